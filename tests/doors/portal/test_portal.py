"""The buyer's page over HTTP: every address, the headers, and that a link opens one buyer alone."""

from __future__ import annotations

import io
import logging
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from netterms.access.actions import create_key
from netterms.collection import portal
from netterms.collection.instalments import propose
from netterms.collection.links import MOST_USES, links_of, make_link, open_link, revoke_link
from netterms.collection.page import PayAccount, set_pay_account
from netterms.collection.plan_offers import standard_offer
from netterms.doors.portal.language import LANGUAGES, language
from netterms.doors.portal.urls import urlpatterns
from netterms.early_payment import queries as early_payment
from netterms.early_payment.actions import set_policy
from netterms.early_payment.rules import Policy
from netterms.kernel.clock import SystemClock
from netterms.kernel.context import Context
from tests.actions.small_book import put, rows
from tests.doors.conftest import visitor

PDF = b"%PDF-1.7 x"
NAMES = [pattern.name for pattern in urlpatterns]


class Shop:
    """A seller with a buyer who owes, another buyer, and a link of each."""

    def __init__(self, ctx: Context) -> None:
        now = SystemClock().now()
        self.ctx = Context(ctx.seller, ctx.actor, now.date(), now, ctx.may)
        late = now.date() - timedelta(days=40)
        self.buyer, self.invoice = put(self.ctx, "B1", "INV-<b>1", 1_000_00, due_on=late)
        self.other, self.theirs = put(self.ctx, "B2", "SECRET-7", 77_77, due_on=late)
        soon = now.date() + timedelta(days=9)
        _, self.early = put(self.ctx, "B1", "INV-2", 500_00, due_on=soon)
        set_policy(self.ctx, Policy(offered=True, least_minor=1), now.date(), "cash")
        account = PayAccount("EUR", "Seller & Co", "DE89370400440532013000", "COBADEFFXXX")
        set_pay_account(self.ctx, account)
        self.token = make_link(self.ctx, self.buyer)
        self.client = visitor()

    def url(self, name: str = "portal", **where: object) -> str:
        return reverse(name, kwargs={"token": self.token, **where})


@pytest.fixture
def shop(new_seller):
    return Shop(new_seller(name="Seller & <b>Bold</b>"))


def plan_by_seller(shop: Shop):
    offer = standard_offer(shop.ctx, shop.buyer, [shop.invoice])
    return propose(shop.ctx, offer)


@pytest.fixture
def log():
    """What the log of a server holds."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    handler.setFormatter(next(h.formatter for h in root.handlers if h.name == "console"))
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def test_no_link_and_no_key_is_in_the_log(shop, log):
    assert shop.client.post(shop.url("portal_promise"), {"amount": "x"}).status_code == 422
    assert shop.client.get(shop.url() + "nowhere/").status_code == 404
    key = create_key(shop.ctx, "till", ["read"])
    try:
        raise ValueError(f"Bearer {key}")
    except ValueError:
        logging.getLogger("netterms").exception("broken at %s", shop.url())
    said = log.getvalue()
    assert said.count("/p/***/") == 3
    assert shop.token not in said
    assert "Bearer nt_live_***" in said
    assert key.removeprefix("nt_live_") not in said


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_page_opens_in_every_language_under_strict_headers(shop, name, code):
    where = {"plan_id": plan_by_seller(shop)} if name == "portal_plan_one" else {}
    response = shop.client.get(shop.url(name, **where), {"lang": code})
    html = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{code}"' in html
    assert not re.search(r"<script|\sstyle=|\son[a-z]+=[\"']|javascript:", html)
    assert "<b>" not in html
    headers = response.headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert headers["Cache-Control"] == "no-store, private"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Content-Language"] == code
    assert response.cookies == {}
    assert "SECRET-7" not in html


def test_the_account_says_what_to_pay_and_how(shop):
    html = shop.client.get(shop.url(), {"lang": "en"}).content.decode()
    for told in ("1,500.00", "40 days late", "DE89 3704 0044 0532 0130 00", "COBADEFFXXX"):
        assert told in html, told
    assert 'class="qr"' in html


def test_a_session_of_the_console_counts_for_nothing_here(shop, signed_in, new_seller):
    client = signed_in(new_seller(name="Another seller"))
    html = client.get(shop.url()).content.decode()
    assert "Another seller" not in html
    response = client.get(shop.url()[:-3] + "xx/")
    assert response.status_code == 404


def test_a_buyer_promises(shop):
    by = (shop.ctx.today + timedelta(days=3)).isoformat()
    typed = {"key": "k", "currency": "EUR", "amount": "400.00", "by": by, "payer": "A. Lindqvist"}
    for _ in range(2):
        answer = shop.client.post(shop.url("portal_promise"), typed)
        assert (answer.status_code, answer.url) == (302, shop.url() + "?done=promise")
    assert len(rows(shop.ctx, "select 1 from promise")) == 1
    shown = shop.client.get(answer.url + "&lang=en").content.decode()
    assert "Your promise to pay is noted" in shown
    for wrong in ({"amount": "1501"}, {"amount": "1,5"}, {"amount": ""}, {"payer": " "},
                  {"by": "2999-01-01"}, {"by": "x"}, {"amount": "-1"}):  # fmt: skip
        answer = shop.client.post(shop.url("portal_promise"), typed | {"key": "l"} | wrong)
        assert answer.status_code == 422, wrong
        assert 'aria-invalid="true"' in answer.content.decode()
    assert len(rows(shop.ctx, "select 1 from promise")) == 1


def test_a_buyer_disputes_with_a_file_known_by_its_content(shop):
    typed = {"key": "k", "invoice": str(shop.invoice), "reason": "quality", "amount": "100",
             "note": "two are broken"}  # fmt: skip
    bad = SimpleUploadedFile("photo.png", b"<html><script>", "image/png")
    answer = shop.client.post(shop.url("portal_dispute"), typed | {"files": bad})
    assert answer.status_code == 422
    assert rows(shop.ctx, "select 1 from dispute") == []
    good = SimpleUploadedFile("../x/photo.html", PDF, "text/html")
    answer = shop.client.post(shop.url("portal_dispute"), typed | {"files": good})
    assert answer.url == shop.url() + "?done=dispute"
    [file] = rows(shop.ctx, "select name, kind from dispute_file")
    assert file == {"name": "photo.pdf", "kind": "application/pdf"}
    for wrong in ({"reason": "x"}, {"invoice": "x"}):
        again = shop.client.post(shop.url("portal_dispute"), typed | {"key": "l"} | wrong)
        assert again.status_code == 422


def test_what_is_too_large_is_not_read(shop):
    answer = shop.client.post(
        shop.url("portal_dispute"), {}, headers={"content-length": str(17 * 2**20)}
    )
    assert answer.status_code == 413


def test_a_buyer_proposes_a_plan_and_accepts_one(shop):
    page = shop.client.get(shop.url("portal_plan"), {"months": "3", "down": "20"})
    assert "266.67" not in page.content.decode(), "instalments carry interest"
    typed = {"key": "k", "currency": "EUR", "months": "3", "down": "20", "agreed": "yes",
             "accepted_by": "A. Lindqvist"}  # fmt: skip
    for wrong in ({"months": "7"}, {"down": "5"}, {"agreed": ""}, {"accepted_by": ""}):
        answer = shop.client.post(shop.url("portal_plan"), typed | wrong)
        assert answer.status_code == 422, wrong
    answer = shop.client.post(shop.url("portal_plan") + "?lang=en", typed)
    assert answer.url == shop.url() + "?done=plan&lang=en"
    # A double click: there is nothing left to plan, and still it is the same answer.
    again = shop.client.post(shop.url("portal_plan") + "?lang=en", typed)
    assert (again.status_code, again.url) == (302, answer.url)
    [plan] = rows(
        shop.ctx, "select state, months, accepted_by, acknowledged_text from payment_plan"
    )
    assert (plan["state"], plan["months"], plan["accepted_by"]) == ("proposed", 3, "A. Lindqvist")
    assert "€1,000.00" in plan["acknowledged_text"]
    assert "INV-<b>1" in plan["acknowledged_text"]


def test_a_buyer_accepts_the_sellers_plan(shop):
    made = plan_by_seller(shop)
    url = shop.url("portal_plan_one", plan_id=made)
    assert shop.client.post(url, {"accepted_by": "A. Lindqvist"}).status_code == 422
    answer = shop.client.post(url, {"accepted_by": "A. Lindqvist", "agreed": "yes"})
    assert answer.url == shop.url() + "?done=accept"
    [plan] = rows(shop.ctx, "select state from payment_plan")
    assert plan["state"] == "running"


def test_a_buyer_pays_early_for_less(shop):
    assert "Pay early, save" in shop.client.get(shop.url(), {"lang": "en"}).content.decode()
    page = shop.client.get(
        shop.url("portal_early"), {"pay_by": shop.ctx.today.isoformat(), "lang": "en"}
    )
    html = page.content.decode()
    # 500.00 ÷ (1 + 0.10 × 9 ÷ 365); what is late is not on offer.
    assert "498.77" in html
    assert "INV-<" not in html
    assert "INV-&lt;" not in html
    form = {
        "key": "k", "currency": "EUR", "pay_by": shop.ctx.today.isoformat(),
        "invoice": str(shop.early), f"pay_{shop.early}": "49877", "accepted_by": "A. Lindqvist",
    }  # fmt: skip
    url = shop.url("portal_early")
    for wrong in ({"invoice": ""}, {"invoice": str(shop.theirs)}, {"accepted_by": ""},
                  {f"pay_{shop.early}": "1"}, {f"pay_{shop.early}": "x"}, {"pay_by": "x"},
                  {"currency": "?"}):  # fmt: skip
        assert shop.client.post(url, form | wrong).status_code in {404, 422}, wrong
    assert early_payment.acceptances(shop.ctx) == []
    for _ in range(2):
        done = shop.client.post(url, form)
        assert done.status_code == 302
        assert done.url.endswith("?done=early")
    [made] = early_payment.acceptances(shop.ctx)
    assert (made.pay_minor, made.accepted_by, made.channel) == (498_77, "A. Lindqvist", "page")
    html = shop.client.get(shop.url(), {"lang": "en"}).content.decode()
    assert "Agreed for early payment" in html
    # What was agreed has a payment code of its own beside that of the whole.
    assert html.count("<figure>") == 2
    assert "Pay early, save" not in html
    # Nothing else is on offer.
    assert shop.client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [("de-AT,en;q=0.5", "de"), ("ja,fr;q=0.7,en;q=0.3", "fr"), ("es", "es"), ("zh-CN", "zh-hans"),
     ("ja", "en"), ("", "en")],
)  # fmt: skip
def test_a_link_that_opens_nothing_says_so_in_the_language_of_the_browser(shop, accepted, spoken):
    url = shop.url("portal").replace("/p/", "/p/AAAA")
    shut = shop.client.get(url, headers={"accept-language": accepted})
    assert (shut.status_code, shut["Content-Language"]) == (404, spoken)
    assert f'<html lang="{spoken}"'.lower() in shut.content.decode().lower()
    chosen = shop.client.get(f"{url}?lang=es", headers={"accept-language": accepted})
    assert chosen["Content-Language"] == "es"


def test_a_buyer_asks_for_a_document(shop):
    typed = {"key": "k", "kind": "invoice_copy", "note": "INV", "asked_by": "A", "answer_to": "a@b"}
    assert shop.client.post(shop.url("portal_ask"), typed).url == shop.url() + "?done=ask"
    assert shop.client.post(shop.url("portal_ask"), typed | {"kind": "x"}).status_code == 422
    [asked] = portal.requests_of(shop.ctx, shop.buyer)
    assert asked.asked_by == "A"


def test_links_that_open_nothing_look_alike_and_read_nothing(shop):
    seen = set()
    for token in ("x" * 90, shop.token[:-1] + ("A" if shop.token[-1] != "A" else "B")):
        answer = shop.client.get(f"/p/{token}/")
        assert answer.status_code == 404
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        seen.add(answer.content)
    [link] = links_of(shop.ctx, shop.buyer)
    revoke_link(shop.ctx, link.id)
    seen.add(shop.client.get(shop.url()).content)
    assert len(seen) == 1


def test_nothing_of_others_is_reached_by_any_address(shop, new_seller):
    foreign = Shop(new_seller(name="Elsewhere"))
    theirs = open_link(make_link(shop.ctx, shop.other), shop.ctx.now)
    made = portal.propose_plan(theirs, "k", portal.PlanChosen("EUR"), "B", lambda *_: "I owe it")
    for plan in (made, plan_by_seller(foreign), uuid4()):
        url = shop.url("portal_plan_one", plan_id=plan)
        assert shop.client.get(url).status_code == 404
        yes = {"accepted_by": "A", "agreed": "yes"}
        assert shop.client.post(url, yes).status_code == 404
    for invoice in (shop.theirs, foreign.invoice, uuid4()):
        page = shop.client.get(shop.url("portal_dispute"), {"invoice": str(invoice)})
        assert "SECRET-7" not in page.content.decode()
        typed = {"key": "k", "invoice": str(invoice), "reason": "price", "amount": "1"}
        assert shop.client.post(shop.url("portal_dispute"), typed).status_code == 404
    for book in (shop, foreign):
        assert rows(book.ctx, "select 1 from dispute") == []


def test_other_methods_are_refused(shop):
    assert shop.client.delete(shop.url()).status_code == 405


def test_too_many_requests_are_slowed_down(shop):
    answers = {shop.client.get(shop.url("portal_ask")).status_code for _ in range(MOST_USES + 1)}
    assert answers == {200, 429}


@pytest.mark.parametrize(
    ("chosen", "of_buyer", "country", "spoken"),
    [
        ("fr", "zh-hans", "DE", "fr"),
        ("xx", "zh-hans", "DE", "zh-hans"),
        ("", "zh-CN", "DE", "zh-hans"),
        ("", "en", "AT", "de"),
        ("", "en", "MX", "es"),
        ("", "de", "FR", "de"),
        ("", "en", "US", "en"),
    ],
)
def test_the_language_is_the_readers(chosen, of_buyer, country, spoken):
    assert language(chosen, of_buyer, country) == spoken
