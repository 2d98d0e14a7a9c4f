"""A person decides about a waiting order in the browser, in English and in Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from netterms.checkout.policies import in_force
from netterms.checkout.queries import order
from netterms.kernel.context import Context
from netterms.limits.caps import CapKind, set_cap
from netterms.limits.queries import lines_of
from tests.doors import programs
from tests.doors.browser.test_console import HAN, Watched
from tests.doors.credit import Credit, credit

CUT_OFF = """[...document.querySelectorAll('.table-wrap')]
    .filter(wrap => wrap.scrollWidth > wrap.clientWidth + 1).length"""
pytestmark = pytest.mark.browser


@pytest.fixture(params=["en", "zh-hans"])
def visit(
    chromium: Browser,
    address: str,
    new_seller: Callable[..., Context],
    person: Callable[..., object],
    request: pytest.FixtureRequest,
):
    made = credit(new_seller(name="Checkout & Co"))
    watched = Watched(chromium, address)
    watched.sign_in(person(made.ctx, language=request.param).email)
    yield watched, made, request.param
    watched.context.close()


def pages(made: Credit) -> list[str]:
    return [
        "/orders/",
        "/orders/queue/",
        "/orders/policy/",
        "/orders/caps/",
        "/keys/",
        "/webhooks/",
        "/webhooks/deliveries/",
        "/runs/",
        *(f"/orders/{order_id}/" for order_id in made.orders.values()),
        f"/buyers/{made.buyer}/",
        f"/buyers/{made.buyer}/lines/EUR/",
    ]


def test_a_person_approves_a_waiting_order_and_the_line_shows_it(visit) -> None:
    watched, made, language = visit
    page = watched.page
    page.goto(watched.address + "/orders/")
    assert bool(HAN.search(page.locator("h1").inner_text())) == (language == "zh-hans")
    page.click("nav.tabs a[href='/orders/queue/']")
    card = page.locator(".queue .card")
    expect(card).to_have_count(1)
    card.locator("input[name=limit]").fill("4,000")
    card.locator("input[name=why]").fill("bank reference seen")
    card.locator("button.btn-primary").click()
    expect(page.locator(".flash.success")).to_be_visible()
    expect(page.locator(".queue .card")).to_have_count(0)
    line = lines_of(made.ctx, made.lineless)["EUR"]
    assert (line.terms.limit_minor, line.held_minor) == (4_000_00, 2_500_00)
    assert order(made.ctx, made.orders["pending"]).state == "authorised"
    page.goto(f"{watched.address}/buyers/{made.lineless}/")
    legend = page.locator(".legend").first
    expect(legend).to_contain_text("2,500.00")
    expect(legend).to_contain_text("1,500.00")
    page.locator("a[href$='/lines/EUR/']").first.click()
    expect(page.locator(".timeline")).to_contain_text("bank reference seen")
    assert watched.complaints == []


def test_a_person_ships_a_part_and_cancels_the_rest(visit) -> None:
    watched, made, _ = visit
    page = watched.page
    page.goto(f"{watched.address}/orders/{made.orders['authorised']}/")
    page.fill("#f-capture", "250")
    page.locator("form[action$='/capture/'] button").click()
    expect(page.locator(".kpi-value").nth(2)).to_have_text(re.compile("250.00"))
    page.locator("details", has=page.locator("form[action$='/void/']")).locator("summary").click()
    page.locator("form[action$='/void/'] button").click()
    expect(page.locator(".kpi-value").nth(1)).to_have_text(re.compile("250.00"))
    expect(page.locator("main .table tbody tr")).to_have_count(1)
    expect(page.locator(".timeline li")).to_have_count(3)
    assert watched.complaints == []


def test_a_policy_goes_from_draft_over_trial_into_force(visit) -> None:
    watched, made, _ = visit
    page = watched.page
    page.goto(watched.address + "/orders/policy/")
    page.locator("input[name=bound_amount]").first.fill("1000")
    page.locator("select[name=bound_grade]").first.select_option("10")
    page.locator("input[name=starter_amount]").first.fill("1500")
    page.locator("select[name=starter_grade]").first.select_option("10")
    for box in page.locator("input[name=review]").all():
        box.uncheck()
    page.locator("form.policy button.btn-primary").click()
    expect(page).to_have_url(re.compile("/orders/policy/1/$"))
    expect(page.locator("main tbody").first.locator("tr")).to_have_count(2)
    page.fill("input[name=why]", "tried on a year of orders")
    page.locator("main form button.btn-primary").click()
    expect(page.locator(".flash.success")).to_be_visible()
    assert in_force(made.ctx).version == 1
    assert watched.complaints == []


def test_every_page_fits_a_phone(visit) -> None:
    watched, made, _ = visit
    page = watched.page
    programs.keys(made.ctx)
    programs.deliveries(made.ctx, programs.endpoints(made.ctx)["all"])
    set_cap(made.ctx, CapKind.SECTOR, "wholesale of machinery and equipment", 9_000_000_00)
    page.set_viewport_size({"width": 390, "height": 800})
    for address in pages(made):
        page.goto(watched.address + address)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 1, f"{address} is {wide}px wider than a phone"
        assert page.evaluate(CUT_OFF) == 0, f"a table of {address} is cut off on a phone"
    assert watched.complaints == []
