"""A person books a payment, allocates it, takes it back; credits, disputes, writes off, closes."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from netterms.access.rules import Role
from netterms.receivables import reading
from netterms.receivables.periods import periods
from tests.actions.books import Line, bring_in, buyer_id, invoice_id, value
from tests.doors.papers import PDF


@pytest.fixture
def book(ctx):
    bring_in(
        ctx,
        Line(number="A", amount=100_000),
        Line(number="B", amount=50_000, due_on=ctx.today + timedelta(days=9)),
    )
    return ctx


def send(client, address, **form):
    answer = client.post(address, form, follow=True)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_payment_is_booked_allocated_and_taken_back(book, signed_in):
    client = signed_in(book)
    told = {"buyer": "100", "amount": "1,200.00", "currency": "eur", "paid_on": "2026-05-20"}
    for _ in range(2):
        send(client, "/payments/record/", **told, reference="R 1", key="console/same-form-twice")
    [payment] = reading.payments(book)
    assert "1,200.00" in client.get("/payments/").content.decode()
    a, b = invoice_id(book, "A"), invoice_id(book, "B")
    page = client.get(f"/payments/{payment.id}/?suggest=1").content.decode()
    assert f'name="amount_{a}"' in page
    assert 'value="1000.00"' in page
    assert 'value="200.00"' in page
    form = {f"amount_{a}": "1000.00", f"amount_{b}": "200.00", f"discount_{b}": "5.00"}
    said = send(client, f"/payments/{payment.id}/allocate/", **form, key="console/allocate-1")
    assert "The payment is allocated." in said
    assert reading.paper(book, b).open_minor == 29_500
    said = send(client, f"/payments/{payment.id}/allocate/", **form, key="console/allocate-2")
    assert "VALUE" not in said
    assert reading.paper(book, b).open_minor == 29_500
    said = send(client, f"/payments/{payment.id}/undo/", invoice=str(b), reason="")
    assert "say why" in said
    send(client, f"/payments/{payment.id}/undo/", invoice=str(b), reason="not for this one")
    assert reading.paper(book, b).open_minor == 50_000
    assert reading.payment(book, payment.id).unallocated_minor == 20_000
    assert "not for this one" in client.get(f"/invoices/{b}/").content.decode()


def test_money_for_what_was_written_off_is_a_recovery_and_may_be_taken_back(book, signed_in):
    client, a = signed_in(book), invoice_id(book, "A")
    send(client, f"/invoices/{a}/write_off/", amount="1000", reason="uncollectable", key="w")
    assert reading.paper(book, a).state == "written_off"
    told = {"buyer": "100", "amount": "400", "currency": "EUR", "paid_on": "2026-05-20"}
    send(client, "/payments/record/", **told, reference="late", key="p")
    [payment] = reading.payments(book)
    page = client.get(f"/payments/{payment.id}/").content.decode()
    assert f'<option value="{a}">A · €1,000.00</option>' in page
    address = f"/payments/{payment.id}/recover/"
    refused = send(client, address, invoice=str(a), amount="401", key="r0")
    assert "The recovery is booked." not in refused
    assert 'aria-invalid="true"' in refused
    for _ in range(2):
        said = send(client, address, invoice=str(a), amount="400", key="r")
        assert "The recovery is booked." in said
    bad = "select sum(case debit_account when 'bad_debt' then amount_minor else 0 end"
    bad += " - case credit_account when 'bad_debt' then amount_minor else 0 end) from journal_entry"
    assert value(book, bad) == 60_000
    assert reading.payment(book, payment.id).unallocated_minor == 0
    assert reading.paper(book, a).state == "written_off"
    send(client, f"/payments/{payment.id}/undo/", invoice=str(a), reason="not for this")
    assert value(book, bad) == 100_000
    assert reading.payment(book, payment.id).unallocated_minor == 40_000


def test_an_invoice_is_credited_and_written_off_by_two(book, signed_in):
    client = signed_in(book)
    a = invoice_id(book, "A")
    send(
        client, f"/invoices/{a}/note/", kind="credit_note", amount="100", tax_rate="19", reason="x"
    )
    assert reading.paper(book, a).open_minor == 88_100
    said = send(client, f"/invoices/{a}/note/", kind="credit_note", amount="100", tax_rate="x")
    assert "is not a valid value for Tax in percent" in said
    bring_in(book, Line(number="BIG", amount=900_000))
    big = invoice_id(book, "BIG")
    said = send(client, f"/invoices/{big}/write_off/", amount="9000", reason="insolvent")
    assert "It waits for a second person." in said
    waiting = value(book, "select id from write_off where state = 'proposed'")
    assert "Another person" in send(client, "/books/agree/", id=str(waiting))
    send(signed_in(book), "/books/agree/", id=str(waiting))
    assert reading.paper(book, big).state == "written_off"


def test_a_dispute_goes_its_way(book, signed_in):
    client = signed_in(book)
    a = invoice_id(book, "A")
    send(client, f"/invoices/{a}/dispute/", amount="300", reason="quality", note="scratched")
    [dispute] = reading.disputes(book)
    assert "scratched" in client.get(f"/disputes/{dispute.id}/").content.decode()
    send(client, f"/disputes/{dispute.id}/assign/", owner="anna@example.com")
    file = SimpleUploadedFile("photo.exe", PDF)
    send(client, f"/disputes/{dispute.id}/evidence/", files=file)
    page = client.get(f"/disputes/{dispute.id}/").content.decode()
    assert "photo.pdf" in page
    bad = SimpleUploadedFile("photo.pdf", b"MZ not one")
    said = send(client, f"/disputes/{dispute.id}/evidence/", files=bad)
    assert "not a valid value for evidence" in said
    send(client, f"/disputes/{dispute.id}/state_position/", note="we credit it")
    send(client, f"/disputes/{dispute.id}/credited/", note="agreed")
    assert reading.paper(book, a).open_minor == 70_000
    assert reading.dispute(book, dispute.id).credit_note_id is not None
    assert "A-C1" in client.get(f"/invoices/{a}/").content.decode()


def test_a_period_is_closed_checked_and_opened_by_two(book, signed_in):
    client = signed_in(book)
    send(client, "/books/close/", closed_until="2026-03-15")
    [period] = periods(book)
    assert "is what was hashed" in send(client, "/books/check/", id=str(period.id))
    send(client, "/books/ask/", id=str(period.id), why="forgotten")
    assert "Another person" in send(client, "/books/reopen/", id=str(period.id))
    send(signed_in(book), "/books/reopen/", id=str(period.id))
    assert periods(book)[0].reopened_by not in {None, period.closed_by}


def test_the_statement_of_account_is_one_figure_everywhere(book, signed_in):
    client = signed_in(book)
    buyer = buyer_id(book)
    page = client.get(f"/buyers/{buyer}/account/?since=2026-01-01").content.decode()
    assert "1,500.00" in page
    sheet = client.get(f"/buyers/{buyer}/account/xlsx/?since=2026-01-01")
    rows = list(load_workbook(BytesIO(sheet.content)).active.values)
    assert rows[-1][-1] == 1500
    assert [row[2] for row in rows[2:4]] == ["A", "B"]
    pdf = client.get(f"/buyers/{buyer}/account/pdf/?since=2026-01-01")
    assert pdf.content.startswith(b"%PDF")


def test_who_only_reads_sees_no_forms_and_does_nothing(book, signed_in):
    client = signed_in(book, role=Role.READER)
    a = invoice_id(book, "A")
    for address in ("/payments/", f"/invoices/{a}/", "/books/"):
        page = client.get(address).content.decode()
        assert 'name="amount"' not in page
        assert 'name="closed_until"' not in page
    for address, form in (
        ("/payments/record/", {"buyer": "100", "amount": "1", "currency": "EUR",
                               "paid_on": "2026-05-20"}),
        (f"/invoices/{a}/write_off/", {"amount": "1", "reason": "insolvent"}),
        ("/books/close/", {"closed_until": "2026-03-15"}),
    ):  # fmt: skip
        assert client.post(address, form).status_code == 403
