"""A buyer opens its link, promises, disputes, proposes a plan; the collector sees all of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from netterms.collection.page import PageSettings, PayAccount, set_page_settings, set_pay_account
from netterms.kernel.clock import SystemClock
from netterms.kernel.context import Context
from tests.actions.small_book import put
from tests.doors.browser.test_console import HAN, Watched

pytestmark = pytest.mark.browser
PNG = b"\x89PNG\r\n\x1a\n picture"
PHONE = {"width": 390, "height": 844}
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(params=["en", "zh-hans"])
def visit(
    chromium: Browser,
    address: str,
    new_seller: Callable[..., Context],
    person: Callable[..., object],
    request: pytest.FixtureRequest,
):
    seller = new_seller(name="Nordwind Trading GmbH")
    now = SystemClock().now()
    ctx = Context(seller.seller, seller.actor, now.date(), now, seller.may)
    buyer, _ = put(ctx, "4711", "R-2026-0042", 12_000_00, due_on=now.date() - timedelta(days=45))
    put(ctx, "4711", "R-2026-0077", 3_250_50, due_on=now.date() + timedelta(days=12))
    account = PayAccount(
        "EUR", "Nordwind Trading GmbH", "DE89370400440532013000", "COBADEFFXXX", "Commerzbank"
    )
    set_pay_account(ctx, account)
    told = PageSettings("Ms Petersen", "ar@nordwind.example", "+49 40 555 0100")
    set_page_settings(ctx, told)
    collector = Watched(chromium, address)
    collector.sign_in(person(ctx, "collector", language=request.param).email)
    guest = Watched(chromium, address)
    guest.page.set_viewport_size(PHONE)
    yield collector, guest, buyer, request.param
    collector.context.close()
    guest.context.close()


def test_a_buyer_does_four_things_and_the_collector_sees_them(visit, tmp_path: Path) -> None:
    collector, guest, buyer, language = visit
    desk, page = collector.page, guest.page
    desk.goto(f"{collector.address}/buyers/{buyer}/")
    desk.click(f"a[href='/buyers/{buyer}/page/']")
    desk.click("button[value=make]")
    link = desk.locator("input[readonly]").input_value()
    page.goto(f"{link}?lang={language}")
    heading = page.locator("h1").inner_text()
    assert bool(HAN.search(heading)) == (language == "zh-hans")
    expect(page.locator(".sum")).to_contain_text("15,250.50")
    expect(page.locator("svg.qr")).to_be_visible()
    assert not page.evaluate(WIDER)

    page.click("a[href*='/promise/']")
    page.fill("#amount", "1000")
    page.fill("#payer", "A. Lindqvist")
    page.click("form.form button")
    expect(page.locator(".flash.success")).to_be_visible()
    assert bool(HAN.search(page.locator(".flash.success").inner_text())) == (language == "zh-hans")

    page.locator(".items a[href*='/dispute/']").first.click()
    page.select_option("#reason", "quality")
    page.fill("#amount", "500")
    page.fill("#note", "two pallets are wet")
    file = tmp_path / "wet.png"
    file.write_bytes(PNG)
    page.set_input_files("#files", str(file))
    page.click("form.form button")
    expect(page.locator(".flash.success")).to_be_visible()

    page.click(".acts a[href*='/plan/']")
    page.select_option("#months", "3")
    page.locator("form[method=get] button").click()
    expect(page.locator("table.schedule tbody tr")).to_have_count(4)
    assert not page.evaluate(WIDER)
    page.check("input[name=agreed]")
    page.fill("#accepted_by", "A. Lindqvist")
    page.locator("form[method=post] button").click()
    expect(page.locator(".flash.success")).to_be_visible()

    page.click("a[href*='/ask/']")
    page.fill("#asked_by", "A. Lindqvist")
    page.click("form.form button")
    expect(page.locator(".flash.success")).to_be_visible()
    assert not page.evaluate(WIDER)

    desk.goto(f"{collector.address}/buyers/{buyer}/page/")
    told = desk.locator("main")
    for text in ("1,000.00", "500.00", "wet.png", "11,500.00", "A. Lindqvist"):
        expect(told).to_contain_text(text)
    with desk.expect_download() as taken:
        desk.get_by_text("wet.png").click()
    assert Path(taken.value.path()).read_bytes() == PNG
    desk.click("a[href^='/plans/']:has-text('11,500.00')")
    desk.locator("form[action$='/approve/'] button").click()
    expect(desk.locator(".flash.success")).to_be_visible()
    page.reload()
    page.locator("a[href*='/plans/']").first.click()
    expect(page.locator("h1 .badge-ok")).to_be_visible()
    assert not page.evaluate(WIDER)

    desk.goto(f"{collector.address}/buyers/{buyer}/page/")
    desk.click("button[value=revoke]")
    expect(desk.locator(".flash.success")).to_be_visible()
    assert collector.complaints == []
    assert guest.complaints == []
    guest.page.goto(link)
    expect(page.locator("h1")).to_have_text(re.compile(".+"))
    assert guest.complaints[0].startswith("404")
