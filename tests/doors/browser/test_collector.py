"""A collector's morning: twenty cases with the keyboard alone, on the real server."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from netterms.collection.ranking import rank_work
from netterms.kernel.clock import SystemClock
from netterms.kernel.context import Context
from tests.actions.books import rows
from tests.doors.browser.test_console import HAN, Watched
from tests.doors.seed import Book, fill

pytestmark = pytest.mark.browser
CASES = 20


@pytest.fixture(params=["en", "zh-hans"])
def morning(
    chromium: Browser,
    address: str,
    new_seller: Callable[..., Context],
    person: Callable[..., object],
    request: pytest.FixtureRequest,
):
    made = fill(new_seller(name="Morning & Co", today=SystemClock().now().date()), buyers=60)
    rank_work(made.ctx)
    watched = Watched(chromium, address)
    watched.sign_in(person(made.ctx, "collector", language=request.param).email)
    yield watched, made, request.param
    watched.context.close()


def reached(made: Book) -> list[str]:
    return [line["outcome"] for line in rows(made.ctx, "select outcome from contact_made")]


def test_twenty_cases_with_the_keyboard_alone(morning) -> None:
    watched, made, language = morning
    page, keys = watched.page, watched.page.keyboard
    page.goto(watched.address + "/work/")
    assert bool(HAN.search(page.locator("h1").inner_text())) == (language == "zh-hans")
    listed = page.locator("tr[data-href]")
    expect(listed.first).to_have_class("is-here")
    keys.press("j")
    expect(listed.nth(1)).to_have_class("is-here")
    keys.press("k")
    keys.press("?")
    expect(page.locator("dialog.keys-list")).to_be_visible()
    keys.press("?")
    expect(page.locator("dialog.keys-list")).to_be_hidden()
    keys.press("Enter")
    expect(page.locator("#contact")).to_be_visible()
    worked = []
    for number in range(CASES):
        worked.append(page.url)
        (promised if number % 4 == 3 else reached_nobody)(page)
        page.wait_for_url(lambda url, left=worked[-1]: url != left)
        assert page.locator(".flash.error").count() == 0
    assert len(set(worked)) == CASES
    outcomes = reached(made)
    assert len(outcomes) == CASES
    assert outcomes.count("promised") == CASES // 4
    minutes = rows(made.ctx, "select sum(minutes)::int as all from contact_made")[0]["all"]
    assert minutes == 3 * CASES
    keys.press("u")
    page.wait_for_url(watched.address + "/work/?whose=")
    expect(listed.first).to_have_class("is-here")
    # n goes to the next case, d to the dispute's form.
    keys.press("Enter")
    expect(page.locator("#contact")).to_be_visible()
    before = page.url
    keys.press("n")
    page.wait_for_url(lambda url: url != before)
    keys.press("d")
    expect(page.locator("#d-invoice")).to_be_focused()
    keys.press("Escape")
    assert watched.complaints == []


def reached_nobody(page) -> None:
    """The key c, the outcome by its letters, minutes, and Ctrl-Enter."""
    page.keyboard.press("c")
    expect(page.locator("#outcome")).to_be_focused()
    while page.locator("#outcome").input_value() != "not_reached":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#minutes")).to_be_focused()
    page.keyboard.type("3")
    page.keyboard.press("Control+Enter")


def promised(page) -> None:
    """The key p sets outcome and right party; the name, the amount and the day are typed."""
    page.keyboard.press("p")
    expect(page.locator("#outcome")).to_have_value("promised")
    expect(page.locator("#person")).to_be_focused()
    page.keyboard.type("Ms Pay")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#amount")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("10")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#promised_for")).to_be_focused()
    # In the order of day and month that the browser shows.
    today = SystemClock().now().date()
    for order in ("%d%m%Y", "%m%d%Y"):
        page.keyboard.type(today.strftime(order))
        if page.locator("#promised_for").input_value() == today.isoformat():
            break
        for _ in range(3):
            page.keyboard.press("ArrowLeft")
    page.locator("#minutes").focus()
    page.keyboard.type("3")
    page.keyboard.press("Control+Enter")
