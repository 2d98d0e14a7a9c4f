"""A person buys on credit in the example shop, beside a real netterms with its worker."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, expect

from netterms.access.actions import create_key
from netterms.client import Client, LineWanted, Money, OrderState
from netterms.kernel.clock import SystemClock
from netterms.kernel.context import Context
from tests.conftest import REPO
from tests.doors.browser.conftest import chromium  # noqa: F401 - a fixture
from tests.doors.cli.commands import environment
from tests.doors.gateway.servers import serving

pytestmark = pytest.mark.browser

SCOPES = ("checkout", "read", "set_limit", "manage_access")
PATIENCE = 20_000
HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass
class Shop:
    """The shop's address, its folder, and the credit manager's side of netterms."""

    address: str
    home: Path
    credit: Client

    def warehouse(self) -> str:
        return (self.home / "sign_in").read_text().splitlines()[0].split()[1]


@contextmanager
def opened(database: Path, home: Path, netterms: str, key: str) -> Iterator[str]:
    told = {"SHOP_HOME": str(home), "NETTERMS_URL": netterms, "NETTERMS_API_KEY": key}
    command = [sys.executable, str(REPO / "examples/shop/start.py"), "--port", "0"]
    env = environment(database) | told | {"SHOP_SETUP_KEY": key, "PYTHONUNBUFFERED": "1"}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    with subprocess.Popen(command, env=env, text=True, stdout=subprocess.PIPE) as process:
        try:
            said = ""
            while "Shop: " not in said:
                line = process.stdout.readline()
                assert line, said
                said += line
            yield re.search(r"Shop: (http://[^/]+)", said)[1]
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            finally:
                process.kill()


@pytest.fixture
def shop(database: Path, new_seller: Callable[..., Context], tmp_path: Path) -> Iterator[Shop]:
    now = SystemClock().now()
    ctx = replace(new_seller(name="Birch & Brass"), now=now, today=now.date())
    key = create_key(ctx, "shop", SCOPES)
    connections.close_all()
    with (
        serving(database, NETTERMS_WEBHOOK_LOOPBACK=1) as server,
        Client(key, server.address) as credit,
        opened(database, tmp_path, server.address, key) as address,
    ):
        yield Shop(address, tmp_path, credit)


def pages(browser: Browser, address: str) -> Page:
    return browser.new_context(base_url=address, locale="en-GB").new_page()


def join(page: Page) -> None:
    page.goto("/join")
    for name, value in {
        "name": "Werkzeugbau Kühn GmbH",
        "country": "DE",
        "registration_number": "HRB 12345",
        "email": "einkauf@kuehn.example",
        "password": "grain-of-salt-88",
    }.items():
        page.fill(f"input[name={name}]", value)
    page.get_by_role("button", name="Open an account").click()


def buy(page: Page, name: str, quantity: int) -> str:
    """Orders so many, and gives the number of the order."""
    page.goto("/")
    page.get_by_role("button", name=f"Add {name} to the basket").click()
    page.get_by_label("Quantity").fill(str(quantity))
    # A click before the basket is there again would be lost with the page it was made on.
    with page.expect_navigation():
        page.get_by_role("button", name="Change").click()
    page.get_by_role("button", name="Pay on invoice, 30 days").click()
    page.wait_for_url("**/orders/WEB-*")
    return page.url.rsplit("/", 1)[1]


def state(page: Page, wanted: str) -> None:
    expect(page.locator(f"[data-state={wanted}]")).to_be_visible(timeout=PATIENCE)


def test_a_company_buys_on_credit(chromium: Browser, shop: Shop):  # noqa: F811
    page = pages(chromium, shop.address)
    join(page)

    # Nobody knows the company yet: a person decides, and the page learns it by webhook.
    first = buy(page, "Oak chair", 2)
    state(page, "pending")
    expect(page.get_by_role("heading", name="We will tell you")).to_be_visible()
    [waiting] = shop.credit.orders(first)
    assert (waiting.state, waiting.amount) == (OrderState.PENDING, Money(378_00, "EUR"))
    shop.credit.set_line(waiting.buyer_id, LineWanted(Money(1_000_00, "EUR")), why="known firm")
    assert shop.credit.approve(waiting.id).done
    state(page, "authorised")

    # Now it is known: the answer comes at once.
    second = buy(page, "Desk lamp", 1)
    state(page, "authorised")
    [granted] = shop.credit.orders(second)
    assert (granted.state, granted.buyer_id) == (OrderState.AUTHORISED, waiting.buyer_id)

    # 1,000.00 less 378.00 less 79.50 is what is left, and the shop says so.
    third = buy(page, "Coffee machine", 1)
    state(page, "declined")
    expect(page.get_by_text("This is more than your credit line has left.")).to_be_visible()
    expect(page.get_by_text("Available now: €542.50.")).to_be_visible()
    [declined] = shop.credit.orders(third)
    assert (declined.state, declined.reasons) == (OrderState.DECLINED, ("over_limit",))

    # The warehouse ships: netterms has the invoice.
    page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in")
    page.fill("input[name=username]", "warehouse")
    page.fill("input[name=password]", shop.warehouse())
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.goto(f"/orders/{second}")
    page.get_by_role("button", name="Ship").click()
    state(page, "captured")
    [paper] = shop.credit.order(granted.id).invoices
    assert (paper.kind, paper.amount) == ("invoice", Money(79_50, "EUR"))
    expect(page.get_by_text(f"Invoice {paper.invoice_number}")).to_be_visible()

    page.get_by_role("button", name="中文").click()
    page.goto(f"/orders/{third}")
    assert HAN.search(page.get_by_role("heading", level=2).inner_text())
    page.context.close()


def test_the_shop_believes_only_what_netterms_signed(shop: Shop):
    body = '{"type": "checkout.order_approved", "timestamp": "2026-06-01T09:00:00Z", "data": {}}'
    head = {"webhook-id": "x", "webhook-timestamp": "1780304400", "webhook-signature": "v1,AAAA"}
    assert httpx.post(f"{shop.address}/netterms", content=body, headers=head).status_code == 400
    assert httpx.post(f"{shop.address}/netterms", content=body).status_code == 400


def test_many_clicks_at_one_moment_are_one_order(shop: Shop):
    with httpx.Client(base_url=shop.address, follow_redirects=True, timeout=PATIENCE) as person:
        company = {
            "name": "Werkzeugbau Kühn GmbH",
            "country": "DE",
            "registration_number": "HRB 12345",
            "email": "einkauf@kuehn.example",
            "password": "grain-of-salt-88",
        }
        person.post("/join", data=company | hidden(person.get("/join")))
        for _ in range(3):
            chosen = {"sku": "CHAIR", "quantity": "1", "add": "1"}
            basket = person.post("/basket", data=chosen | hidden(person.get("/")))
            cookies, form = dict(person.cookies), hidden(basket)

            def click(
                _: int, form: dict[str, str] = form, cookies: dict[str, str] = cookies
            ) -> str:
                said = httpx.post(
                    f"{shop.address}/checkout", data=form, cookies=cookies, timeout=PATIENCE
                )
                return f"{said.status_code} {said.headers.get('location')}"

            with ThreadPoolExecutor(6) as people:
                assert len(set(people.map(click, range(6)))) == 1


def hidden(page: httpx.Response) -> dict[str, str]:
    """What the page's forms send along: its protection, and the token of an order."""
    names = r'name="(csrfmiddlewaretoken|token)" value="([^"]+)"'
    return dict(re.findall(names, page.text))
