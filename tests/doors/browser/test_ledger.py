"""A payment is allocated with the keyboard alone, and every page of the ledger fits a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from netterms.kernel.context import Context
from netterms.receivables import reading
from tests.actions.books import Line, bring_in, buyer_id
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
