"""An invoice or note is written line by line, without a script, and says what is wrong where."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from netterms.access.rules import Role
from netterms.receivables import reading
from tests.actions.books import Line, bring_in, buyer_id, invoice_id, value

NEW = "/invoices/new/"
TWO = {
    "description": ["Bearings", "Book", ""],
    "quantity": ["3", "1", ""],
    "unit": ["H87", "", ""],
    "unit_price": ["1,033.33", "10.00", ""],
    "allowance": ["", "0.50", ""],
    "tax_category": ["S", "S", "S"],
    "tax_rate": ["19", "7", ""],
}


@pytest.fixture
def book(ctx):
    bring_in(ctx, Line(number="A", amount=100_000))
    return ctx


def form(do, **changes):
    head = {
        "kind": "invoice", "buyer": "100", "invoice_number": "R-1", "currency": "eur",
        "issued_on": "2026-05-20", "due_on": "2026-06-20", "key": f"console/{uuid4()}", "do": do,
    }  # fmt: skip
    return head | TWO | changes


def errors(page):
    return re.findall(r'class="errors"[^>]*>([^<]*)<', page)


def test_rows_are_added_and_totals_shown_before_anything_is_booked(book, signed_in):
    client = signed_in(book)
    page = client.get(f"{NEW}?buyer={buyer_id(book)}").content.decode()
    assert 'value="100"' in page
    assert page.count('name="description"') == 3
    page = client.post(NEW, form("add")).content.decode()
    assert page.count('name="description"') == 4
    assert errors(page) == []
    page = client.post(NEW, form("total")).content.decode()
    # 3 x 1,033.33 at 19 % and 10.00 less 0.50 at 7 %: tax on the sum of each rate.
    assert "3,109.49" in page
    assert "589.00" in page
    assert "€3,699.16" in page
    assert value(book, "select count(*) from invoice") == 1


def test_a_form_sent_twice_is_one_invoice(book, signed_in):
    client, told = signed_in(book), form("issue")
    for _ in range(2):
        answer = client.post(NEW, told)
        assert answer.status_code == 302
    made = reading.paper(book, invoice_id(book, "R-1"))
    assert answer["Location"] == f"/invoices/{made.id}/"
    assert made.amount_minor == 369_916
    assert [line.allowance_minor for line in reading.lines_of(book, made.id)] == [0, 50]
    # Another one under this number is refused beside the number.
    page = client.post(NEW, form("issue")).content.decode()
    assert "number" in errors(page)[0]
    assert 'value="Bearings"' in page


def test_each_field_says_what_is_wrong_with_it(book, signed_in):
    client = signed_in(book)
    wrong = form(
        "issue", buyer="nobody", invoice_number="", issued_on="x", currency="EUR",
        quantity=["3,5", "0", ""], unit_price=["-1", "10", ""], tax_rate=["x", "7", ""],
    )  # fmt: skip
    page = client.post(NEW, wrong).content.decode()
    said = errors(page)
    assert len(said) == 6
    for words in ("nobody", "3,5", "-1", "VAT rate", "Quantity"):
        assert any(words in each for each in said), words
    assert value(book, "select count(*) from invoice") == 1
    none = {name: ["", "", ""] for name in TWO if not name.startswith("tax")}
    page = client.post(NEW, form("issue") | none).content.decode()
    assert "lines" in errors(page)[0]
    many = form("issue") | {name: [values[0]] * 101 for name, values in TWO.items()}
    assert "101" in errors(client.post(NEW, many).content.decode())[0]
    bare = form("issue", allowance=["", "", "5"])
    assert len(errors(client.post(NEW, bare).content.decode())) == 2
    late = form("issue", issued_on="2026-05-20", due_on="2026-05-19", tax_category=["E", "S", "S"])
    said = errors(client.post(NEW, late).content.decode())
    assert any("Due date" in each for each in said)
    assert any("19" in each for each in said)


def test_a_credit_note_of_lines_is_set_off(book, signed_in):
    client, a = signed_in(book), invoice_id(book, "A")
    page = client.get(f"{NEW}?of={a}").content.decode()
    assert 'value="credit_note" selected' in page
    assert 'value="A"' in page
    told = form("issue", kind="credit_note", note_of="A", invoice_number="", due_on="",
                unit_price=["100", "10.00", ""])  # fmt: skip
    assert "say why" in " ".join(errors(client.post(NEW, told).content.decode()))
    assert client.post(NEW, told | {"reason": "scratched"}).status_code == 302
    assert reading.paper(book, a).open_minor == 100_000 - 35_700 - 10_17
    said = errors(client.post(NEW, told | {"reason": "x", "note_of": "B"}).content.decode())
    assert said == ["There is no invoice B."]


def test_who_may_not_book_has_no_form(book, signed_in):
    client = signed_in(book, role=Role.COLLECTOR)
    assert client.get(NEW).status_code == 403
    assert client.post(NEW, form("issue")).status_code == 403
    assert "/invoices/new/" not in client.get("/payments/").content.decode()
