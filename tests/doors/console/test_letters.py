"""Letters, mail and legal steps in the console, as a collector works with them."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from netterms.collection.actions import climb_ladder
from netterms.collection.letters import queries
from netterms.collection.letters.actions import set_letterhead
from netterms.collection.mail.actions import fetch_mail
from tests.actions.books import Line, bring_in, buyer_id, cases
from tests.actions.collection.test_letters import HEAD
from tests.actions.collection.test_mail import Mailbox
from tests.actions.connectors.test_imap import PDF, bounce, message

NOTE = {"template": "call_follow_up", "language": "fr", "note": "Payé vendredi <b>", "key": "k/1"}


@pytest.fixture
def late(ctx):
    bring_in(ctx, Line(due_on=date(2026, 4, 22)))
    climb_ladder(ctx)
    set_letterhead(ctx, HEAD)
    return ctx


def page(client, address, **sent):
    response = client.post(address, sent, follow=True) if sent else client.get(address)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_a_letter_is_looked_at_written_once_and_sent(late, signed_in):
    client, of = signed_in(late, "collector"), buyer_id(late)
    seen = client.post(f"/buyers/{of}/letters/", NOTE | {"do": "preview"})
    assert seen.headers["Content-Type"] == "application/pdf"
    assert queries.letters_of(late, of) == []
    for _ in range(2):
        html = page(client, f"/buyers/{of}/letters/", **NOTE)
    [line] = queries.letters_of(late, of)
    assert "Payé vendredi &lt;b&gt;" in html
    assert client.get(f"/letters/{line.id}/pdf/").content.startswith(b"%PDF-")
    html = page(client, f"/letters/{line.id}/send/", to="ap@buyer.example")
    assert "Sent to ap@buyer.example." in html
    assert queries.letter(late, line.id).state == "sent"
    html = page(client, f"/letters/{line.id}/send/", do="post")
    assert "in the post" in html


def test_what_a_notice_lacks_is_said_and_the_form_kept(late, signed_in):
    of = buyer_id(late)
    html = page(signed_in(late), f"/buyers/{of}/letters/", template="formal_notice", note="kept")
    assert "Missing: the buyer's address." in html
    assert ">kept</textarea>" in html
    html = page(
        signed_in(late, language="zh-hans"), f"/buyers/{of}/letters/", template="formal_notice"
    )
    assert "缺少" in html


def test_instalments_are_read_line_by_line(late, signed_in):
    of = buyer_id(late)
    told = {"template": "plan_proposal", "instalments": "2026-07-01 500.00 EUR\n2026-08-01 500 EUR"}
    html = page(signed_in(late), f"/buyers/{of}/letters/", **told)
    assert re.search(r"EUR\s1\.000,00", html)
    for wrong in ("2026-07-01", "2026-07-01 x EUR", "soon 5 EUR", "2026-07-01 5 XYZ"):
        html = page(signed_in(late), f"/buyers/{of}/letters/", **told | {"instalments": wrong})
        assert "is not a valid value" in html or "To mend it" in html


def test_an_address_that_came_back_is_shown_and_cleared(late, signed_in):
    of = buyer_id(late)
    fetch_mail(late, Mailbox(bounce()))
    client = signed_in(late)
    assert "Mail to ap@buyer.example came back" in page(client, f"/buyers/{of}/letters/")
    html = page(client, f"/buyers/{of}/letters/about/", clear="ap@buyer.example")
    assert "Mail to ap@buyer.example came back" not in html


def test_mail_is_shown_as_text_its_files_saved_and_strays_decided(late, signed_in):
    of, client = buyer_id(late), signed_in(late)
    made = message("<script>alert(1)</script>", number="1")
    made.add_attachment(PDF, maintype="application", subtype="pdf", filename="n.pdf")
    fetch_mail(late, Mailbox(made, message(number="2", From="x@y.example")))
    html = page(client, f"/buyers/{of}/letters/")
    assert "&lt;script&gt;alert(1)" in html
    [address] = re.findall(r'href="(/mail/[^"]+)"', html)
    file = client.get(address)
    assert file.content == PDF
    assert file.headers["Content-Disposition"].startswith("attachment")
    html = page(client, "/mail/")
    [stray] = re.findall(r'name="mail" value="([^"]+)"', html)[:1]
    html = page(client, "/mail/", mail=stray, buyer_number="100")
    assert "The message is with the buyer." in html
    assert "Nothing waits" in html
    assert client.post("/mail/", {"mail": "x"}, follow=True).status_code == 200


def test_a_case_is_handed_over_with_reasons_and_taken_back(late, signed_in):
    of, client = buyer_id(late), signed_in(late)
    told = {"do": "partner", "kind": "agency", "name": "Inkasso AG", "country": "de"}
    html = page(client, f"/buyers/{of}/legal/", **told)
    [partner] = re.findall(r'<option value="([0-9a-f-]{36})">Inkasso AG', html)
    file = SimpleUploadedFile("pod.pdf", PDF, "text/html")
    html = page(client, f"/buyers/{of}/legal/", do="paper", paper="delivery", files=[file])
    assert "pod.pdf" in html
    html = page(client, f"/buyers/{of}/legal/", do="hand_over", partner=partner,
                reason_orders="by telephone", key="h/1")  # fmt: skip
    assert "say why these are missing" in html
    assert 'value="by telephone"' in html
    reasons = {
        f"reason_{name}": "none"
        for name in ("correspondence", "debtor", "contract", "orders", "guarantees")
    }
    html = page(
        client, f"/buyers/{of}/legal/", do="hand_over", partner=partner, key="h/1", **reasons
    )
    assert cases(late)[0]["state"] == "handed_over"
    [address] = re.findall(r'href="(/hand-overs/[^"]+)"', html)
    pack = zipfile.ZipFile(io.BytesIO(client.get(address).content))
    assert "14-delivery/001-pod.pdf" in pack.namelist()
    assert pack.read("01-statement/statement.pdf").startswith(b"%PDF-")
    page(client, f"/buyers/{of}/legal/", do="back", why="paid in part")
    assert cases(late)[0]["state"] == "open"


def test_the_gate_is_worked_out_from_what_was_typed(late, signed_in):
    of, client = buyer_id(late), signed_in(late)
    assert "It pays" in page(client, f"/buyers/{of}/legal/?cost=100&chance=60")
    assert "It does not pay" in page(client, f"/buyers/{of}/legal/?cost=600&chance=60")
    assert "pays" not in page(client, f"/buyers/{of}/legal/?cost=x&chance=60")


def test_a_letterhead_is_kept(ctx, signed_in):
    told = {"legal_name": "A & Co", "address": "1 Road\r\nTown", "payee": "DE1"}
    html = signed_in(ctx).post("/letterhead/", told, follow=True).content.decode()
    assert "A &amp; Co" in html
    assert queries.letterhead(ctx).address == "1 Road\nTown"
    assert "has to be given" in page(signed_in(ctx), "/letterhead/", legal_name=" ")


def test_who_only_reads_writes_nothing_and_sees_no_mail(late, signed_in):
    of, reader = buyer_id(late), signed_in(late, "reader")
    assert "Write a letter" not in page(reader, f"/buyers/{of}/letters/")
    assert reader.post(f"/buyers/{of}/letters/", NOTE).status_code == 403
    assert reader.post("/letterhead/", {"legal_name": "x"}).status_code == 403
    assert reader.post(f"/buyers/{of}/legal/", {"do": "back", "why": "x"}).status_code == 403


def test_another_sellers_letters_are_not_found(late, signed_in, new_seller):
    of = buyer_id(late)
    page(signed_in(late), f"/buyers/{of}/letters/", **NOTE)
    [line] = queries.letters_of(late, of)
    stranger = signed_in(new_seller(name="Other"))
    for address in (f"/letters/{line.id}/", f"/letters/{line.id}/pdf/", f"/buyers/{of}/legal/"):
        assert stranger.get(address).status_code == 404
