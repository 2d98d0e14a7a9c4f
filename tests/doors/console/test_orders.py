"""Orders in the console: every state has its page, and people decide what waits."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from netterms.checkout.moves import OrderState
from netterms.checkout.queries import life_of, order, papers_of
from netterms.collection.queries import BuyerFilter, buyers_page
from netterms.limits.lines import LineTerms, set_line
from netterms.limits.queries import lines_of
from tests.doors.credit import ask, buyer, credit


@pytest.fixture
def made(ctx):
    return credit(ctx)


def key_of(html: str, action: str) -> str:
    form = html.partition(f'action="{action}"')[2]
    assert form, action
    return re.search(r'name="key" value="([^"]+)"', form)[1]


def press(client, order_id, move: str, **typed):
    """The form of the order's own page, as a person sends it."""
    page = client.get(f"/orders/{order_id}/").content.decode()
    action = f"/orders/{order_id}/{move}/"
    typed = {"key": key_of(page, action)} | typed
    return client.post(action, typed, follow=True), typed


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_list_and_every_order_render_and_keep_the_policy(made, signed_in, language):
    client = signed_in(made.ctx, language=language)
    pages = [
        "/orders/",
        "/orders/queue/",
        "/orders/?q=S-&state=captured",
        "/orders/?state=nonsense",
    ]
    pages += [f"/orders/{order_id}/" for order_id in made.orders.values()]
    pages += [f"/buyers/{made.buyer}/", f"/buyers/{made.lineless}/"]
    pages += [f"/buyers/{made.buyer}/lines/EUR/", f"/buyers/{made.lineless}/lines/JPY/"]
    for address in pages:
        response = client.get(address)
        html = response.content.decode()
        assert response.status_code == 200, address
        assert not re.search(r"<script|\sstyle=|\son[a-z]+=[\"']|javascript:", html), address
        assert "<b>Bold" not in html, address


def test_the_list_finds_by_number_buyer_and_state(made, signed_in):
    client = signed_in(made.ctx)

    def found(query):
        html = client.get(f"/orders/?{query}").content.decode()
        return set(re.findall(r"<bdi>(S-\d)</bdi>", html))

    assert len(made.orders) == len(OrderState)
    assert found("") == {f"S-{n}" for n in range(1, 8)}
    assert found("q=S-3") == {"S-3"}
    assert found("q=atelier") == {"S-7"}
    assert found("q=B-1&state=captured") == {"S-4"}
    assert found("q=%25") == set()
    assert found(f"buyer={made.lineless}") == {"S-7"}


def test_a_person_ships_a_part_and_the_same_form_sent_twice_writes_one_invoice(made, signed_in):
    client, order_id = signed_in(made.ctx), made.orders["authorised"]
    _, typed = press(client, order_id, "capture", amount="250.50", invoice_number="RE-1")
    again = client.post(f"/orders/{order_id}/capture/", typed)
    assert again.status_code == 302
    assert [(p.invoice_number, p.amount_minor) for p in papers_of(made.ctx, order_id)] == [
        ("RE-1", 250_50)
    ]
    assert order(made.ctx, order_id).state == "part_captured"
    press(client, order_id, "amend", amount="400")
    assert order(made.ctx, order_id).authorised_minor == 400_00
    press(client, order_id, "refund", amount="50.50", why="one box was broken")
    assert order(made.ctx, order_id).refunded_minor == 50_50
    page, _ = press(client, order_id, "void")
    assert order(made.ctx, order_id).state == "captured"
    html = page.content.decode()
    assert "one box was broken" in html
    assert html.count("<li class=") + html.count("<li><div") >= len(life_of(made.ctx, order_id))


@pytest.mark.parametrize(
    "amount", ["nonsense", "1.005", "1e9", "5,00", "1,0000", "-5", "0", "NaN", "9" * 29]
)
def test_an_amount_that_cannot_be_one_is_said_and_changes_nothing(made, signed_in, amount):
    order_id = made.orders["authorised"]
    page, _ = press(signed_in(made.ctx), order_id, "capture", amount=amount)
    assert 'aria-invalid="true"' in page.content.decode()
    assert order(made.ctx, order_id).state == "authorised"


def test_approving_with_a_higher_limit_opens_the_line_with_the_reason(made, signed_in):
    client, order_id = signed_in(made.ctx), made.orders["pending"]
    page, _ = press(client, order_id, "approve", limit="3000", seen="")
    assert "say why" in page.content.decode()
    assert order(made.ctx, order_id).state == "pending"
    assert not lines_of(made.ctx, made.lineless)
    press(client, order_id, "approve", limit="3,000", seen="", why="bank reference seen")
    line = lines_of(made.ctx, made.lineless)["EUR"]
    assert (line.terms.limit_minor, line.held_minor) == (3_000_00, 2_500_00)
    assert order(made.ctx, order_id).state == "authorised"
    assert (
        "bank reference seen" in client.get(f"/buyers/{made.lineless}/lines/EUR/").content.decode()
    )


def test_approving_without_room_leaves_the_order_waiting_and_says_why(made, signed_in):
    page, _ = press(signed_in(made.ctx), made.orders["pending"], "approve")
    assert order(made.ctx, made.orders["pending"]).state == "pending"
    assert "has no credit line" in page.content.decode()


def test_a_line_changed_by_somebody_else_is_not_overwritten_by_an_approval(made, signed_in):
    set_line(made.ctx, made.lineless, "EUR", LineTerms(100_00), "test")
    order_id = made.orders["pending"]
    page, _ = press(signed_in(made.ctx), order_id, "approve", limit="9000", seen="", why="x")
    assert "Somebody else changed this" in page.content.decode()
    assert lines_of(made.ctx, made.lineless)["EUR"].terms.limit_minor == 100_00


def test_declining_from_the_queue_goes_back_to_it_and_nowhere_else(made, signed_in):
    client = signed_in(made.ctx)
    order_id = made.orders["pending"]
    html = client.get("/orders/queue/").content.decode()
    key = re.search(r'name="key" value="([^"]+)">[^<]*Decline', html)[1]
    typed = {"key": key, "back": "/orders/queue/", "why": "not our market"}
    done = client.post(f"/orders/{order_id}/decline/", typed)
    assert done.url == "/orders/queue/"
    assert order(made.ctx, order_id).state == "declined"
    again = client.post(f"/orders/{order_id}/decline/", typed | {"back": "//evil.example/orders/"})
    assert again.url == f"/orders/{order_id}/"


def test_who_may_not_decide_sees_no_buttons_and_is_refused(made, signed_in):
    reader = signed_in(made.ctx, "reader")
    order_id = made.orders["pending"]
    assert f"/orders/{order_id}/approve/" not in reader.get(f"/orders/{order_id}/").content.decode()
    assert f"/orders/{order_id}/approve/" not in reader.get("/orders/queue/").content.decode()
    for move in ("approve", "decline", "void", "amend"):
        assert reader.post(f"/orders/{order_id}/{move}/", {"key": "k"}).status_code == 403
    address = f"/buyers/{made.buyer}/lines/EUR/"
    assert reader.post(address, {"limit": "1", "why": "x"}).status_code == 403
    assert order(made.ctx, order_id).state == "pending"


def test_another_sellers_order_is_not_found(made, new_seller, signed_in):
    other = signed_in(new_seller())
    for order_id in (made.orders["pending"], uuid4()):
        assert other.get(f"/orders/{order_id}/").status_code == 404
        assert other.post(f"/orders/{order_id}/void/", {"key": "k"}).status_code == 404
    assert other.get(f"/buyers/{made.buyer}/lines/EUR/").status_code == 404
    assert signed_in(made.ctx).post(f"/orders/{made.orders['pending']}/expire/").status_code == 404


def test_a_line_is_changed_with_a_reason_and_keeps_its_history(made, signed_in):
    client, address = signed_in(made.ctx), f"/buyers/{made.buyer}/lines/EUR/"
    version = lines_of(made.ctx, made.buyer)["EUR"].version
    form = client.get(address).content.decode()
    typed = {
        "seen": re.search(r'name="seen" value="(\w+)"', form)[1],
        "limit": "12000",
        "status": "on_hold",
        "top_up": "500",
        "insured": "9,000.50",
        "top_up_until": str(made.ctx.today + timedelta(days=60)),
        "net_days": "45",
        "instalments": "3",
        "discount_percent": "2.5",
        "discount_days": "10",
    }
    no_reason = client.post(address, typed)
    assert no_reason.status_code == 200
    assert lines_of(made.ctx, made.buyer)["EUR"].version == version
    # An order in between moves the line and disturbs nobody.
    ask(made.ctx, made.buyer, "S-9", 1_00)
    done = client.post(address, typed | {"why": "spring season"}, follow=True)
    html = done.content.decode()
    terms = lines_of(made.ctx, made.buyer)["EUR"].terms
    assert (terms.limit_minor, terms.status, terms.top_up_minor) == (12_000_00, "on_hold", 500_00)
    assert terms.insured_minor == 9_000_50
    assert "9,000.50" in html
    assert (terms.net_days, terms.instalments, str(terms.discount_percent)) == (45, 3, "2.50")
    assert "spring season" in html
    assert "First line after the credit report" in html
    stale = client.post(address, typed | {"why": "again", "limit": "1"}, follow=True)
    assert "Somebody else changed this" in stale.content.decode()


def test_rates_too_old_for_orders_in_another_currency_are_warned_of(made, signed_in):
    from netterms.doors.console.rates import shown
    from netterms.limits.rates import Rate, load_rates

    # Before any list that other tests load.
    day, week = date(2018, 1, 1), timedelta(days=7)
    load_rates([Rate("USD", day, Decimal("1.2"), "test")])
    assert shown(day - week)["rates_old"]
    assert not shown(day + week)["rates_old"]
    assert shown(day + week + timedelta(days=1)) == {"rates_old": True, "rates_day": day}
    client, today = signed_in(made.ctx), made.ctx.today
    for old in (shown(today)["rates_old"], False):
        for address in ("/orders/", "/orders/queue/"):
            assert ("netterms rates" in client.get(address).content.decode()) == old
        load_rates([Rate("USD", today - week, Decimal("1.2"), "test")])


def test_the_queue_asks_no_more_for_twelve_orders_than_for_one(made, signed_in):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(made.ctx)

    def queue():
        client.get("/orders/queue/")
        with CaptureQueriesContext(connection) as asked:
            html = client.get("/orders/queue/").content.decode()
        return html, len(asked)

    html, for_one = queue()
    assert html.count('<section class="card" id="o') == 1
    for n in range(1, 12):
        to = buyer(made.ctx, f"Q-{n}", f"Waiting {n} GmbH")
        set_line(made.ctx, to, "EUR", LineTerms(n * 1_000_00), "first line")
        ask(made.ctx, to, f"Q-{n}", 50_000_00, review=True)
    html, for_twelve = queue()
    assert html.count('<section class="card" id="o') == 12
    assert all(f"€{n},000.00" in html for n in range(1, 12))
    assert for_twelve == for_one


def test_the_list_of_buyers_says_what_the_line_has_left_after_its_orders(made, signed_in):
    line = lines_of(made.ctx, made.buyer)["EUR"]
    assert line.held_minor > 0
    html = signed_in(made.ctx).get("/buyers/").content.decode()
    shown = html.split('data-label="Available">')[1].split("<")[0]
    assert shown == f"{line.available_minor / 100:,.2f}"
    [listed] = buyers_page(made.ctx, made.ctx.today, BuyerFilter(text="B-1"), 10)
    assert listed.available_minor == line.available_minor


def test_a_persons_reason_for_a_limit_is_not_told_as_the_programs(made, signed_in):
    html = signed_in(made.ctx).get(f"/buyers/{made.buyer}/").content.decode()
    granted = html.split('<p class="muted small">Granted')[1].split("</p>")[0]
    assert "First line after the credit report" in granted
    assert "is recommended</h3>" not in html
