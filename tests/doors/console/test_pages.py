"""Every page: renders in both languages, keeps the policy, and shows what is in the book."""

from __future__ import annotations

import re
from itertools import pairwise
from uuid import uuid4

import pytest

from netterms.kernel.money import Money

PAGES = [
    "/",
    "/?currency=USD",
    "/buyers/",
    "/buyers/?q=nord&sort=name",
    "/buyers/?grade=8&stage=3&country=DE&sort=days",
    "/buyers/?page=999&sort=nonsense&grade=99",
    "/ageing/",
    "/ageing/?currency=USD",
    "/ageing/EUR/31-60/",
    "/ageing/EUR/current/",
    "/ageing/EUR/over-120/",
    "/work/",
    "/work/?stage=3",
    "/deadlines/",
    "/runs/",
    "/accounts/2fa/",
    "/accounts/password/change/",
]

EMPTY = [
    "/",
    "/buyers/",
    "/ageing/",
    "/work/",
    "/deadlines/",
    "/runs/",
    "/plans/",
    "/disputes/",
    "/mail/",
    "/webhooks/",
    "/webhooks/deliveries/",
    "/orders/caps/",
    "/terms/policy/",
    "/terms/calculator/",
    "/invoices/new/file/",
]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("address", PAGES)
def test_every_page_renders_and_keeps_the_policy(shop, signed_in, address, language):
    response = signed_in(shop.ctx, language=language).get(address)
    html = response.content.decode()
    assert response.status_code == 200
    assert f'lang="{language}"' in html
    # Keys work on the work list: one script of our own, and none inside the page.
    ours = "'self'" if address.startswith("/work/") else "'none'"
    assert f"script-src {ours};" in response.headers["Content-Security-Policy"]
    html = html.replace('<script src="/static/console/work.js" defer></script>', "")
    assert not re.search(r"<script|\sstyle=|\son[a-z]+=[\"']|javascript:", html)
    assert "<b>Bold" not in html


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_one_buyer_has_risk_line_invoices_case_and_history(shop, signed_in, language):
    client = signed_in(shop.ctx, language=language)
    for buyer in shop.buyers[:4]:
        response = client.get(f"/buyers/{buyer}/")
        assert response.status_code == 200
        assert not re.search(r"<script|\sstyle=", response.content.decode())


def test_an_empty_book_has_pages_too_and_no_heading_leaves_a_level_out(ctx, signed_in):
    client = signed_in(ctx)
    for address in EMPTY:
        response = client.get(address)
        assert response.status_code == 200
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", response.content.decode())]
        assert levels[0] == 1, address
        assert all(after - before <= 1 for before, after in pairwise(levels)), address


def test_a_buyer_owes_all_its_invoices_not_those_the_page_has_room_for(
    shop, signed_in, monkeypatch
):
    from netterms.doors.console import buyers

    def credit_line(buyer):
        html = signed_in(shop.ctx).get(f"/buyers/{buyer}/").content.decode()
        [facts] = re.findall(r"<dl class=.facts.><dt>Credit limit.*?</dl>", html)
        return facts, html.count('data-label="Open"'), "Only the first invoices" in html

    seen = {buyer: credit_line(buyer) for buyer in shop.buyers[:6]}
    assert max(shown for _, shown, _ in seen.values()) > 1
    monkeypatch.setattr(buyers, "INVOICES_SHOWN", 1)
    for buyer, (facts, shown, cut) in seen.items():
        assert not cut
        assert credit_line(buyer) == (facts, min(shown, 1), shown > 1)


def test_the_ageing_is_the_journal(shop, signed_in):
    from netterms.portfolio.live import ageing

    aged = ageing(shop.ctx, shop.ctx.today)
    assert sum(one.total_minor for one in aged.values()) == shop.open_minor
    for one in aged.values():
        assert one.balance_minor == one.journal_minor
    html = signed_in(shop.ctx).get("/ageing/").content.decode()
    assert "do not rely on" not in html
    from netterms.doors.look.formats import bare_amount

    assert bare_amount(Money(aged["EUR"].total_minor, "EUR")) in html


def test_overview_and_ageing_name_currencies_in_one_order_and_lead_to_buyers(shop, signed_in):
    client = signed_in(shop.ctx)
    overview, ageing = (client.get(address).content.decode() for address in ("/", "/ageing/"))
    tabs = re.compile(r'<a href="\?currency=([A-Z]{3})"')
    assert tabs.findall(overview) == tabs.findall(ageing) == ["EUR", "USD"]
    html = client.get("/?currency=USD").content.decode()
    [by_buyer] = re.findall(r'<a href="([^"]+)">By buyer</a>', html)
    assert by_buyer == "/buyers/?currency=USD"
    listed = re.findall(r'<td class="muted">([A-Z]{3})</td>', client.get(by_buyer).content.decode())
    assert set(listed) == {"USD"}


def test_another_sellers_buyer_is_not_there(shop, ctx, signed_in):
    client = signed_in(ctx)
    assert client.get(f"/buyers/{shop.buyers[0]}/").status_code == 404
    assert client.get(f"/buyers/{uuid4()}/").status_code == 404
    assert client.get("/ageing/EUR/nonsense/").status_code == 404
    assert client.get("/no-such-page/").status_code == 404


def test_pages_do_not_ask_once_a_row(shop, crowd, signed_in):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for address in ("/", "/buyers/", "/work/", "/deadlines/", "/ageing/EUR/31-60/"):
        seen = []
        for book in (shop, crowd):
            client = signed_in(book.ctx)
            client.get(address)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(address)
            seen.append(len(queries))
        assert seen[0] == seen[1], address


def test_the_list_is_found_filtered_and_paged(crowd, signed_in):
    client = signed_in(crowd.ctx)
    assert "1–50 of 60" in client.get("/buyers/").content.decode()
    assert "51–60 of 60" in client.get("/buyers/?page=2").content.decode()
    found = client.get("/buyers/?q=10003").content.decode()
    assert "深圳华强电子有限公司" in found
    assert "1–1 of 1" in found
    assert "No buyer matches" in client.get("/buyers/?q=100%25").content.decode()
