"""A person works in the console, in English and in Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from netterms.doors.console.urls import urlpatterns
from netterms.kernel.context import Context
from tests.doors.conftest import PASSWORD
from tests.doors.console.test_addresses import FILES, FORMS
from tests.doors.seed import Book, fill

pytestmark = pytest.mark.browser

# Every page that needs no argument: a new one is here by itself.
PAGES = tuple(
    f"/{address.pattern}"
    for address in urlpatterns
    if not address.pattern.converters and address.name not in FORMS | FILES
)
# Chinese has no word of its own for a webhook.
LOAN = {"/webhooks/"}
HAN = re.compile(r"[\u4e00-\u9fff]")


class Watched:
    """A page that remembers every complaint of the browser: scripts, policy, failed requests."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.context = browser.new_context(viewport={"width": 1360, "height": 900}, locale="en-GB")
        self.page: Page = self.context.new_page()
        self.address = address
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._answered)

    def _heard(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _answered(self, response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")

    def sign_in(self, email: str) -> None:
        self.page.goto(self.address + "/")
        self.page.fill("input[name=login]", email)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(self.address + "/")


@pytest.fixture
def visit(
    chromium: Browser,
    address: str,
    new_seller: Callable[..., Context],
    person: Callable[..., object],
):
    """Signs a new owner of a freshly seeded book in; gives the page and the book."""
    opened = []

    def make() -> tuple[Watched, Book]:
        book = fill(new_seller(name="Browser & Co"))
        user = person(book.ctx)
        watched = Watched(chromium, address)
        opened.append(watched)
        watched.sign_in(user.email)
        return watched, book

    yield make
    for watched in opened:
        watched.context.close()


def test_every_page_in_both_languages(visit) -> None:
    watched, _ = visit()
    page = watched.page
    for address in PAGES:
        page.goto(watched.address + address)
        expect(page.locator("h1")).to_be_visible()
        assert not HAN.search(page.locator("nav").first.inner_text()), address
    page.goto(watched.address + "/")
    page.click("button[name=language][value=zh-hans]")
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^zh", re.IGNORECASE))
    for address in PAGES:
        page.goto(watched.address + address)
        assert address in LOAN or HAN.search(page.locator("h1").inner_text()), address
        assert HAN.search(page.locator("nav").first.inner_text()), address
    assert watched.complaints == []


def test_from_the_work_list_to_a_buyer_and_back_with_the_task_done(visit) -> None:
    watched, _ = visit()
    page = watched.page
    page.goto(watched.address + "/work/")
    rows = page.locator("main tbody tr")
    before = rows.count()
    assert before > 0
    task = rows.filter(has=page.locator("summary")).first
    task.locator("summary").click()
    task.locator("select[name=outcome]").select_option(index=1)
    task.locator("form button").last.click()
    expect(page.locator("main tbody tr")).to_have_count(before - 1)
    page.locator("main tbody a[href*='/buyers/']").first.click()
    expect(page.locator("h1")).to_be_visible()
    assert watched.complaints == []


def test_signing_out_closes_the_book(visit) -> None:
    watched, _ = visit()
    page = watched.page
    page.locator("header summary").last.click()
    page.locator("form[action*='logout'] button, a[href*='logout']").first.click()
    page.wait_for_load_state()
    page.goto(watched.address + "/buyers/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_a_phone_can_use_every_page(visit) -> None:
    watched, _ = visit()
    page = watched.page
    page.set_viewport_size({"width": 390, "height": 800})
    for address in PAGES:
        page.goto(watched.address + address)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 1, f"{address} is {wide}px wider than a phone"
