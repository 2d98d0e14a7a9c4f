"""A form that is refused says so beside the field, and keeps what was typed, in both languages."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from netterms.buyers import queries as buyers
from netterms.collection.links import make_link
from netterms.kernel.clock import SystemClock
from netterms.kernel.context import Context
from tests.actions.small_book import put
from tests.doors.browser.test_console import HAN, Watched

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("NETTERMS_PICTURES")


def beside(page: Page, field: str) -> str:
    """What is said of a field to whoever stands in it, as a screen reader finds it."""
    control = page.locator(field)
    expect(control).to_be_focused()
    expect(control).to_have_attribute("aria-invalid", "true")
    told = (control.get_attribute("aria-describedby") or "").split()
    said = page.locator(", ".join(f"#{name}" for name in told)).all_inner_texts()
    above, below = control.bounding_box(), page.locator(f"#{told[-1]}").bounding_box()
    assert above is not None
    assert below is not None
    assert 0 <= below["y"] - above["y"] < 80
    return " ".join(said)


def looked_at(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"refused-{name}.png", full_page=True)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    chromium: Browser, address: str, new_seller, person, language: str, tmp_path: Path
) -> None:
    seller, now = new_seller(name="Forms & Co"), SystemClock().now()
    ctx = Context(seller.seller, seller.actor, now.date(), now, seller.may)
    buyer, _ = put(ctx, "4711", "R-1", 12_000_00, due_on=now.date() - timedelta(days=45))
    watched = Watched(chromium, address)
    watched.sign_in(person(ctx, language=language).email)
    page, home = watched.page, watched.address

    # A form that is sent to an address of its own: one is back on its page.
    page.goto(f"{home}/payments/")
    page.fill("#buyer", buyers.buyer(ctx, buyer).buyer_number)
    page.fill("#amount", "1.234,56")
    page.fill("#reference", "Dank für <alles> & 多谢")
    page.locator("#amount").press("Enter")
    said = beside(page, "#amount")
    label = page.locator("label[for=amount]").inner_text().rstrip(" *")
    assert "1.234,56" in said
    assert label in said
    assert bool(HAN.search(said)) == (language == "zh-hans")
    assert page.input_value("#amount") == "1.234,56"
    assert page.input_value("#reference") == "Dank für <alles> & 多谢"
    assert page.url == f"{home}/payments/"
    looked_at(page, f"payment-{language}")
    page.reload()
    expect(page.locator("[aria-invalid]")).to_have_count(0)

    # A page that takes its own form: the fold it lies in is open, full-width digits are digits.
    page.goto(f"{home}/buyers/{buyer}/particulars/")
    page.locator("#references summary").click()
    page.fill("#r_supplier", "南风")
    page.fill("#r_limit", "１２３")
    page.fill("#r_currency", "XXQ")
    page.locator("#r_supplier").press("Enter")
    assert "XXQ" in beside(page, "#r_currency")
    assert page.input_value("#r_limit") == "１２３"
    page.fill("#r_currency", "EUR")
    page.locator("#r_supplier").press("Enter")
    expect(page.locator(".flash.success")).to_be_visible()
    expect(page.locator("#references")).to_contain_text("123.00")

    # A file is not kept by the browser, and the page says so next to it.
    sent = tmp_path / "day.csv"
    sent.write_bytes(b"\x00nothing\xff")
    page.goto(f"{home}/bank/")
    page.set_input_files("input[name=file]", str(sent))
    page.locator("form:has(input[name=file]) button").last.click()
    again = "a browser does not keep it" if language == "en" else "浏览器"
    assert again in beside(page, "input[name=file]")
    looked_at(page, f"bank-{language}")
    assert watched.complaints == []

    # The buyer's page, which knows no session.
    guest = chromium.new_context().new_page()
    guest.goto(f"{home}/p/{make_link(ctx, buyer)}/promise/?lang={language}")
    guest.fill("#amount", "12,5")
    guest.fill("#payer", "林")
    guest.locator("#payer").press("Enter")
    assert "12,5" in beside(guest, "#amount")
    assert guest.input_value("#payer") == "林"
    looked_at(guest, f"promise-{language}")
    guest.context.close()
    watched.context.close()
