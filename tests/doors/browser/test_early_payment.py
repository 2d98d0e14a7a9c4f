"""A buyer pays early on a phone, in its language; the seller sees it and what it cost."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from netterms.collection.links import make_link
from netterms.collection.page import PayAccount, set_pay_account
from netterms.early_payment import queries
from netterms.early_payment.actions import Acceptance, accept, set_policy
from netterms.early_payment.rules import Channel, Policy, Step
from netterms.kernel.clock import SystemClock
from netterms.kernel.context import Context
from netterms.receivables.payments import PaymentIn, allocate, record_payment
from netterms.receivables.rules import Part
from netterms.terms.actions import set_terms_policy
from netterms.terms.queries import TermsPolicy
from tests.actions.small_book import put
from tests.doors.browser.test_console import Watched
from tests.doors.browser.test_orders import CUT_OFF

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
# For a person who wants to look: a folder for pictures of the pages.
PICTURES = os.environ.get("NETTERMS_PICTURES")


def taken(ctx: Context, buyer, invoice, pay_by: date) -> None:
    """Accepted and paid in time, some days ago."""
    then = replace(ctx, today=pay_by, now=ctx.now - (ctx.today - pay_by))
    offer = queries.offer(then, invoice_id=invoice)
    step = offer.step(offer.debts[0], pay_by)
    assert isinstance(step, Step)
    accept(then, buyer, Acceptance((invoice,), pay_by, step.pay, "A. Lindqvist", Channel.PAGE))
    payment = record_payment(then, PaymentIn(buyer, step.pay, pay_by, "R-2026-0051"))
    allocate(then, payment, [Part(invoice, step.pay, step.off)])


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
    today = ctx.today
    account = PayAccount("EUR", "Nordwind Trading GmbH", "DE89370400440532013000", "COBADEFFXXX")
    set_pay_account(ctx, account)
    set_terms_policy(ctx, TermsPolicy(cost_of_money=Decimal(8)))
    earlier = replace(ctx, today=today - timedelta(days=9), now=now - timedelta(days=9))
    policy = Policy(offered=True, yearly_percent=Decimal(9), budget_minor=2_500_00)
    set_policy(earlier, policy, earlier.today, "Season begins, cash is short")
    buyer, invoice = put(ctx, "4711", "R-2026-0042", 12_000_00, due_on=today + timedelta(days=43))
    put(ctx, "4711", "R-2026-0077", 3_250_50, due_on=today + timedelta(days=26))
    _, paid = put(ctx, "4711", "R-2026-0051", 8_400_00, due_on=today + timedelta(days=30))
    put(ctx, "4712", "R-2026-0090", 20_000_00, due_on=today + timedelta(days=58))
    taken(ctx, buyer, paid, today - timedelta(days=3))
    desk, guest = Watched(chromium, address), Watched(chromium, address)
    desk.sign_in(person(ctx, language=request.param).email)
    guest.page.set_viewport_size(PHONE)
    link = f"/p/{make_link(ctx, buyer)}/"
    yield desk, guest, link, invoice, request.param
    desk.context.close()
    guest.context.close()


def look(page: Page, name: str) -> None:
    assert page.evaluate(CUT_OFF) == 0, name
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def test_a_buyer_accepts_and_the_seller_sees_it(visit) -> None:
    desk, guest, link, invoice, language = visit
    page = guest.page
    page.goto(f"{guest.address}{link}?lang={language}")
    look(page, f"early-account-{language}")
    page.click("a[href*='/early/']")
    look(page, f"early-offer-{language}")
    page.locator("table.schedule a").nth(1).click()
    # The second invoice is left as it is.
    page.locator("input[name=invoice]").first.uncheck()
    page.fill("input[name=accepted_by]", "A. Lindqvist")
    page.click("form[method=post] .btn-primary")
    assert "done=early" in page.url
    assert page.locator(".flash.success").count() == 1
    look(page, f"early-accepted-{language}")
    desk.page.goto(f"{desk.address}/terms/early-payment/")
    assert desk.page.locator(".badge-info").count() == 1
    assert desk.page.locator(".badge-ok").count() == 2
    look(desk.page, f"early-desk-{language}")
    desk.page.goto(f"{desk.address}/invoices/{invoice}/")
    look(desk.page, f"early-invoice-{language}")
    desk.page.set_viewport_size(PHONE)
    desk.page.goto(f"{desk.address}/terms/early-payment/")
    look(desk.page, f"early-desk-phone-{language}")
