"""A payment is allocated with the keyboard alone, and every page of the ledger fits a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from netterms.kernel.context import Context
from netterms.receivables import reading
from tests.actions.books import Line, bring_in, buyer_id
from tests.actions.connectors.test_einvoices import UBL
from tests.doors.browser.test_console import Watched
from tests.doors.browser.test_orders import CUT_OFF
from tests.doors.papers import Papers, papers

pytestmark = pytest.mark.browser
# For a person who wants to look: a folder for pictures of the pages.
PICTURES = os.environ.get("NETTERMS_PICTURES")


@pytest.fixture(params=["en", "zh-hans"])
def visit(
    chromium: Browser,
    address: str,
    new_seller: Callable[..., Context],
    person: Callable[..., object],
    request: pytest.FixtureRequest,
):
    ctx = new_seller(name="Ledger & Co")
    bring_in(ctx, Line(number="A-1", amount=119_000), Line(number="A-2", amount=59_500))
    made = papers(ctx, buyer_id(ctx))
    watched = Watched(chromium, address)
    watched.sign_in(person(ctx, language=request.param).email)
    yield watched, ctx, made, request.param
    watched.context.close()


def pages(ctx: Context, made: Papers) -> dict[str, str]:
    return {
        "write": f"/invoices/new/?of={made.invoices[0]}",
        "file": "/invoices/new/file/",
        "rules": "/books/rules/",
        "payments": "/payments/",
        "payment": f"/payments/{made.payments[0]}/?suggest=1",
        "foreign": f"/payments/{made.payments[2]}/",
        "invoice": f"/invoices/{made.invoices[0]}/",
        "credit": f"/invoices/{made.invoices[3]}/",
        "disputes": "/disputes/?all=1",
        "dispute": f"/disputes/{made.disputes[0]}/",
        "books": "/books/",
        "account": f"/buyers/{buyer_id(ctx)}/account/",
    }


def test_a_payment_is_allocated_with_the_keyboard(visit) -> None:
    watched, ctx, made, _ = visit
    page = watched.page
    payment = made.payments[0]
    left = reading.payment(ctx, payment).unallocated_minor
    page.goto(f"{watched.address}/payments/{payment}/")
    suggest = page.locator("a[href='?suggest=1']")
    suggest.focus()
    page.keyboard.press("Enter")
    first = page.locator("input[name^='amount_']").first
    expect(first).not_to_have_value("")
    first.focus()
    # From any field of the form Enter sends it.
    page.keyboard.press("Enter")
    expect(page.locator(".flash.success")).to_be_visible()
    assert left > 0
    assert reading.payment(ctx, payment).unallocated_minor == 0
    assert watched.complaints == []


def test_every_page_of_the_ledger_fits_a_phone(visit) -> None:
    watched, ctx, made, language = visit
    page = watched.page
    for name, path in pages(ctx, made).items():
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(watched.address + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.evaluate(CUT_OFF) == 0, path
            if PICTURES:
                shot = Path(PICTURES) / f"{name}-{language}-{width}.png"
                page.screenshot(path=str(shot), full_page=True)
    assert watched.complaints == []


def test_an_invoice_is_written_line_by_line(visit) -> None:
    watched, ctx, _made, language = visit
    page = watched.page
    page.goto(f"{watched.address}/invoices/new/?buyer={buyer_id(ctx)}")
    page.fill("#invoice_number", "B-7")
    lines = (
        ("Bearings", "3", "1,033.33", "19"),
        ("Grease", "1.5", "12.40", "19"),
        ("Book", "1", "10", "7"),
    )
    for at, (what, *figures) in enumerate((*lines, ("Freight", "1", "25,00", "19"))):
        if at == len(lines):
            page.click("button[name=do][value=add]")
        page.locator("input[name=description]").nth(at).fill(what)
        for name, figure in zip(("quantity", "unit_price", "tax_rate"), figures, strict=True):
            page.locator(f"input[name={name}]").nth(at).fill(figure)
    # Enter works the totals out, and books nothing.
    page.keyboard.press("Enter")
    expect(page.locator("td .errors")).to_have_count(1)
    _look(page, "write-wrong", language)
    page.locator("input[name=unit_price]").nth(len(lines)).fill("25.00")
    page.keyboard.press("Enter")
    expect(page.locator("tfoot")).to_contain_text("3,751.57")
    _look(page, "write-totals", language)
    page.click("button[name=do][value=issue]")
    expect(page.locator(".flash.success")).to_be_visible()
    assert "B-7" in page.locator("h1").inner_text()
    assert watched.complaints == []


def test_an_e_invoice_is_checked_before_it_is_booked(visit) -> None:
    watched, _ctx, _made, language = visit
    page = watched.page
    page.goto(f"{watched.address}/invoices/new/file/")
    broken = UBL.replace(">50.00<", ">-50.00<").replace(">38.00<", ">3.00<")
    for name, content, shown in (("wrong", broken, "BR-CO-17"), ("right", UBL, "Acheteur SA")):
        file = {"name": "invoice.xml", "mimeType": "text/xml", "buffer": content.encode()}
        page.set_input_files("#file", file)  # type: ignore[arg-type] # a payload
        page.click("button[name=do][value=check]")
        expect(page.locator("main")).to_contain_text(shown)
        _look(page, f"file-{name}", language)
    assert watched.complaints == []


def _look(page: Page, name: str, language: str) -> None:
    """The page fits a desk and a phone; a picture of each for a person who wants to look."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert page.evaluate(CUT_OFF) == 0, name
        if PICTURES:
            shot = Path(PICTURES) / f"{name}-{language}-{width}.png"
            page.screenshot(path=str(shot), full_page=True)
