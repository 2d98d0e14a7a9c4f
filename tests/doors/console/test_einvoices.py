"""An e-invoice is checked by rule and place, shown, and booked only where nothing is wrong."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile

from netterms.access.rules import Role
from netterms.receivables import reading
from netterms.receivables.periods import close_period
from tests.actions.books import invoice_id, value
from tests.actions.connectors.test_einvoices import UBL

FILE = "/invoices/new/file/"


def send(client, content=UBL, do="check"):
    file = SimpleUploadedFile("mine.xml", content.encode())
    return client.post(FILE, {"file": file, "do": do})


def wrong(page):
    rows = re.findall(r"<tr><th class=\"nowrap\">(.*?)</tr>", page, re.S)
    return [re.sub(r"<[^>]+>", " ", row).split() for row in rows]


def test_a_check_shows_what_would_be_booked_and_books_nothing(ctx, signed_in):
    client = signed_in(ctx)
    page = send(client).content.decode()
    for said in ("Acheteur SA", "it would be opened", "€238.00", "Bolts", "Paid before", "€38.00"):
        assert said in page
    assert value(ctx, "select count(*) from invoice") == 0
    assert value(ctx, "select count(*) from buyer") == 0
    for _ in range(2):
        assert send(client, do="book").status_code == 302
    made = reading.paper(ctx, invoice_id(ctx, "R-7"))
    assert (made.amount_minor, made.open_minor) == (23_800, 20_000)
    assert "in the book already" in send(client).content.decode()


def test_what_is_wrong_is_told_by_rule_and_place_before_anything_is_booked(ctx, signed_in):
    client = signed_in(ctx)
    broken = UBL.replace(">50.00<", ">-50.00<").replace(">38.00<", ">3.00<")
    found = wrong(send(client, broken, "book").content.decode())
    assert [row[0] for row in found] == ["BR-27", "BR-CO-15", "BR-CO-16", "BR-CO-17"]
    assert found[0][1:5] == ["line", "1,", "number", "1"]
    assert found[1][1] == "document"
    assert found[3][1:5] == ["VAT", "breakdown,", "row", "1"]
    [unreadable] = wrong(send(client, UBL.replace("2026-05-04", "soon"), "book").content.decode())
    assert unreadable[1] == "IssueDate"
    for content in ("MZ no invoice", "", "<a/>"):
        [said] = wrong(send(client, content, "book").content.decode())
        assert said[:2] == ["–", "–"]
    assert len(wrong(client.post(FILE, {"do": "book"}).content.decode())) == 1
    assert value(ctx, "select count(*) from invoice") == 0


def test_the_book_has_its_say_at_the_check_too(ctx, signed_in):
    client = signed_in(ctx)
    close_period(ctx, ctx.today.replace(month=5, day=10))
    page = send(client).content.decode()
    assert "2026-05-04 lies in a closed period" in page
    assert signed_in(ctx, role=Role.READER).get(FILE).status_code == 403
