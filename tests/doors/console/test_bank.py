"""The bank's pages: take in, confirm, match by hand, take back; and the browser's one key."""

from __future__ import annotations

from datetime import date
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from netterms.receivables.matching import queries
from tests.actions.connectors.test_banks import CHINESE, GERMAN, _camt, _entry
from tests.actions.receivables.test_matching import DUE, line, load, opens, standing
from tests.actions.small_book import put

GERMAN_LIST = GERMAN.encode("cp1252")


@pytest.fixture
def client(signed_in, ctx):
    return signed_in(ctx)


def sent(content: bytes, name: str = "day.csv") -> dict[str, object]:
    return {"file": SimpleUploadedFile(name, content)}


def said(answer) -> str:
    return unescape(answer.content.decode())


def test_a_list_is_taken_in_and_matched_at_once(client, ctx):
    put(ctx, "1", "RE-4711", 120_050, due_on=DUE)
    answer = client.post("/bank/upload/", sent(GERMAN_LIST), follow=True)
    assert "Lines new: 2, known already: 0." in said(answer)
    assert "Posted: 0. Proposed: 1." in said(answer)
    assert "RE-4711" in answer.content.decode()
    again = client.post("/bank/upload/", sent(GERMAN_LIST), follow=True)
    assert "Lines new: 0, known already: 2." in said(again)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (_camt(_entry("30.00", "CRDT", ""), closing="1031.00").encode(), "does not add up"),
        (b"", "file is empty"),
        (b"%PDF-1.7", "cannot be read"),
        (CHINESE["CCB"].replace("11200.00", "11300.00").encode(), "does not add up"),
    ],
)
def test_why_a_file_is_refused_is_said(client, ctx, content: bytes, why: str):
    answer = client.post("/bank/upload/", sent(content), follow=True)
    assert why in said(answer)
    assert queries.statements(ctx, most=1, skip=0) == []


def test_a_proposal_is_posted_and_taken_back(client, ctx):
    put(ctx, "2", "INV-2026-00043", 70_000, due_on=DUE)
    load(ctx, line(70_000, "thanks", name="Buyer 2"))
    client.post("/bank/match/")
    match = standing(ctx)
    page = client.get("/bank/").content.decode()
    assert 'autofocus accesskey="y"' in page
    assert "The payer&#x27;s name is the buyer&#x27;s" in page
    client.post(f"/bank/matches/{match['id']}/confirm/")
    assert opens(ctx)["INV-2026-00043"] == (0, "paid")
    at = f"/bank/lines/{match['line_id']}/"
    assert "Posted to" in client.get(at).content.decode()
    assert "Nothing was given for" in said(
        client.post(f"/bank/matches/{match['id']}/undo/", {"line": match["line_id"]}, follow=True)
    )
    client.post(f"/bank/matches/{match['id']}/undo/", {"why": "x", "line": match["line_id"]})
    assert opens(ctx)["INV-2026-00043"] == (70_000, "open")


def test_a_line_is_matched_by_hand_and_set_aside(client, ctx):
    buyer, invoice = put(ctx, "2", "INV-2026-00043", 70_000, due_on=DUE)
    load(ctx, line(30_000, "cheque"), line(5_000, "interest"))
    (told,) = queries.statements(ctx, most=1, skip=0)
    first, second = queries.lines(ctx, told.id, most=2, skip=0)
    at = f"/bank/lines/{first.id}/"
    assert f"?buyer={buyer}" in client.get(f"{at}?q=Buyer 2").content.decode()
    assert "INV-2026-00043" in client.get(f"{at}?buyer={buyer}").content.decode()
    client.post(f"{at}?buyer={buyer}", {"invoice": [str(invoice)]})
    assert opens(ctx)["INV-2026-00043"] == (40_000, "part_paid")
    client.post(f"/bank/lines/{second.id}/aside/")
    assert queries.standing(ctx).set_aside == 1
    client.post(f"/bank/lines/{second.id}/aside/", {"back": "1"})
    assert queries.standing(ctx).set_aside == 0


def test_a_statement_shows_its_lines(client, ctx):
    load(ctx, line(30_000, "cheque"), line(-5_000, "fee", reversal=True))
    (told,) = queries.statements(ctx, most=1, skip=0)
    page = client.get(f"/bank/statements/{told.id}/").content.decode()
    assert "cheque" in page
    assert "reversal" in page
    assert told.first_on == date(2026, 5, 20)


def test_a_returned_payment_is_shown_confirmed_and_taken_back(client, ctx):
    put(ctx, "2", "INV-2026-00043", 70_000, due_on=DUE)
    load(ctx, line(70_000, "INV-2026-00043", end_to_end="E2E-1"))
    client.post("/bank/match/")
    load(ctx, line(-70_250, "returned", reversal=True, end_to_end="E2E-1"), opening=70_000)
    client.post("/bank/match/")
    posted = queries.waiting(ctx, "posted", most=2, skip=0)
    (back,) = (one for one in posted if one.amount_minor < 0)
    page = said(client.get(f"/bank/lines/{back.id}/"))
    assert "The bank returns a payment: what it settled is open again" in page
    assert "Charge of the bank: €2.50" in page
    assert "By hand" not in page
    assert opens(ctx)["INV-2026-00043"] == (70_000, "open")
    client.post(f"/bank/matches/{back.match.id}/undo/", {"why": "x", "line": back.id})
    assert opens(ctx)["INV-2026-00043"] == (0, "paid")
    client.post(f"/bank/lines/{back.id}/aside/")
    assert queries.standing(ctx).set_aside == 1
