"""A credit report: ordered once for a form, read as page, PDF and JSON, in both languages."""

from __future__ import annotations

import json
import re

import pytest
from psycopg.types.json import Jsonb

from netterms.buyers.actions import BuyerFacts, update_facts
from netterms.buyers.duplicates import merge
from netterms.buyers.groups import set_parent
from netterms.buyers.particulars import Address, add_address
from netterms.connectors import letters
from netterms.kernel.ids import new_id
from netterms.limits.lines import LineStatus, LineTerms, set_line
from netterms.reports.actions import order_report
from netterms.reports.queries import reports_of
from netterms.statements.actions import record_statement
from netterms.store import sql
from netterms.store.tenancy import book
from tests.actions.statements.test_record import told
from tests.doors.credit import buyer, credit
from tests.doors.seed import insert

PDF = b"%PDF-"


def order(client, buyer, key="form-1"):
    return client.post(f"/buyers/{buyer}/report/", {"key": key}, follow=True)


def test_a_report_is_ordered_once_for_a_form_and_kept_as_it_was(shop, signed_in):
    client = signed_in(shop.ctx)
    before = len(reports_of(shop.ctx, shop.buyers[0]))
    page = order(client, shop.buyers[0], "once")
    assert order(client, shop.buyers[0], "once").redirect_chain == page.redirect_chain
    assert len(reports_of(shop.ctx, shop.buyers[0])) == before + 1
    html = page.content.decode()
    for title in (
        "Grade and limit",
        "Identity and group",
        "Sanctions",
        "Country and sector",
        "Signals",
        "What is missing",
    ):
        assert f"<h2>{title}</h2>" in html
    assert "nobody has looked" in html


def test_page_pdf_and_json_say_the_same(shop, signed_in):
    client = signed_in(shop.ctx)
    page = order(client, shop.buyers[0], "three")
    address = page.redirect_chain[-1][0]
    told = json.loads(client.get(f"{address}json/").content)
    assert told["identity"]["buyer_number"] in page.content.decode()
    assert {"scores", "payment", "limits", "missing", "as_of"} <= told.keys()
    pdf = client.get(f"{address}pdf/")
    assert pdf.content.startswith(PDF)
    assert pdf["Content-Type"] == "application/pdf"
    assert re.fullmatch(r'attachment; filename="credit-report-[\d-]+-[\w-]+\.pdf"',
                        pdf["Content-Disposition"])  # fmt: skip


def test_in_chinese(shop, signed_in):
    client = signed_in(shop.ctx, language="zh-hans")
    page = order(client, shop.buyers[0], "zh")
    html = page.content.decode()
    assert "<h2>评级与额度</h2>" in html
    assert "资信报告：" in html


def test_without_a_font_chinese_is_refused_in_words_and_english_is_not(
    shop, signed_in, monkeypatch
):
    monkeypatch.setattr(letters, "_families", frozenset)
    chinese = signed_in(shop.ctx, language="zh-hans")
    address = order(chinese, shop.buyers[0], "font").redirect_chain[-1][0]
    assert "fonts-noto-cjk" in chinese.get(f"{address}pdf/", follow=True).content.decode()
    assert signed_in(shop.ctx).get(f"{address}pdf/").content.startswith(PDF)


@pytest.mark.parametrize("name", ['#import "@preview/x:1"', "$ x $ \\ *a* _b_ `c`", "<b>&amp;"])
def test_a_name_is_never_markup(ctx, signed_in, name):
    made = credit(ctx)
    with book(ctx):
        sql.execute(
            "update buyer set name = %(name)s where seller_id = %(seller)s and id = %(id)s",
            {"name": name, "seller": ctx.seller, "id": made.buyer},
        )
    client = signed_in(ctx)
    page = order(client, made.buyer)
    address = page.redirect_chain[-1][0]
    assert json.loads(client.get(f"{address}json/").content)["identity"]["name"] == name
    assert client.get(f"{address}pdf/").content.startswith(PDF)
    assert "<b>&amp;" not in page.content.decode()


def test_another_sellers_report_is_not_there(shop, ctx, signed_in):
    address = order(signed_in(shop.ctx), shop.buyers[0], "mine").redirect_chain[-1][0]
    stranger = signed_in(ctx)
    for ending in ("", "pdf/", "json/"):
        assert stranger.get(f"{address}{ending}").status_code == 404
    assert stranger.post(f"/buyers/{shop.buyers[0]}/report/", {"key": "x"}).status_code == 404


def kept(ctx, buyer, content):
    """A report as an earlier release may have kept it; where it is read."""
    made = new_id(ctx.now)
    with book(ctx):
        insert(
            "credit_report", seller_id=ctx.seller, id=made, buyer_id=buyer, as_of=ctx.today,
            ordered_at=ctx.now, ordered_by="somebody", content=Jsonb(content),
        )  # fmt: skip
    return f"/reports/{made}/"


def given_earlier(content):
    """Without what reports tell by now."""
    old = {name: part for name, part in content.items() if name not in {"surroundings", "visit"}}
    new = {"aliases", "addresses", "company", "numbers", "merged_into", "merged"}
    identity = {name: part for name, part in content["identity"].items() if name not in new}
    group = {name: identity["group"][name] for name in ("above", "members")}
    payment = [
        {name: part for name, part in each.items() if name != "written_off_minor"}
        for each in content["payment"]
    ]
    new = {"notices", "returned_payments"}
    signals = {name: part for name, part in content["signals"].items() if name not in new}
    return old | {
        "identity": identity | {"group": group},
        "payment": payment,
        "signals": signals,
    }


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_report_given_earlier_is_still_read(shop, signed_in, language):
    client = signed_in(shop.ctx, language=language)
    made, _ = order_report(shop.ctx, shop.buyers[0], f"earlier-{language}")
    content = json.loads(json.dumps(made.content))
    address = kept(shop.ctx, shop.buyers[0], given_earlier(content))
    html = client.get(address).content.decode()
    assert content["identity"]["buyer_number"] in html
    assert "Country and sector" not in html
    # The first release with these parts told neither for whom a term is nor that it took a sample.
    content["surroundings"]["law"]["max_term_days"] = {"value": 60, "standing": "checked"}
    for line in content["surroundings"]["paid"]:
        del line["sampled"]
    html = client.get(kept(shop.ctx, shop.buyers[0], content)).content.decode()
    assert ("60 days · read in a public text" if language == "en" else "60") in html
    assert client.get(f"{address}pdf/").content.startswith(PDF)


def test_it_says_who_the_buyer_is_where_it_stands_and_that_its_line_is_on_hold(ctx, signed_in):
    made = credit(ctx)
    ctx = made.ctx
    set_parent(ctx, made.buyer, made.lineless)
    set_line(ctx, made.buyer, "EUR", LineTerms(10_000_00, LineStatus.ON_HOLD), "They pay late")
    update_facts(ctx, [BuyerFacts("B-1", country="CN", sector="F")])
    client = signed_in(ctx)
    html = order(client, made.buyer).content.decode()
    assert "Nordlicht &lt;b&gt;Bold&lt;/b&gt; GmbH (this buyer)" in html
    assert "€10,000.00 (on hold)" in html
    assert "60 days (small seller, large buyer) · " in html
    assert "F · Construction" in html
    merge(ctx, made.lineless, made.buyer, "one company")
    page = order(client, made.buyer, "merged").content.decode()
    assert "Turned out to be" in page
    assert "Atelier Dubois SARL (B-2)" in page
    stays = order(client, made.lineless, "stays").content.decode()
    assert "What was sold to a merged buyer" in stays
    said = client.get(f"/buyers/{made.buyer}/").content.decode()
    assert "This buyer turned out to be" in said
    assert f'<a href="/buyers/{made.lineless}/">' in said


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_buyer_of_whom_nothing_is_known_has_a_report(ctx, signed_in, language):
    made = buyer(ctx, "B-9", "深圳市远航国际供应链管理有限公司")
    with book(ctx):
        sql.execute(
            "update buyer set country = '' where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": made},
        )
    long = "广东省深圳市南山区粤海街道科技园社区科苑路15号科兴科学园B栋3单元\n" * 4
    add_address(ctx, made, Address("registered", long.strip(), "518057", "深圳市", "CN"))
    client = signed_in(ctx, language=language)
    page = order(client, made)
    html = page.content.decode()
    assert "深圳市远航国际供应链管理有限公司" in html
    assert "518057 深圳市" in html
    assert client.get(f"{page.redirect_chain[-1][0]}pdf/").content.startswith(PDF)


def test_shares_are_counted_and_days_have_one_decimal_place(ctx, signed_in):
    made = buyer(ctx, "B-9", "Shares AG")
    # Hundredths of what is told are kept, of shares too.
    accounts = told(shares_outstanding=20_000, receivables=250)
    record_statement(ctx, made, accounts, key="accounts")
    html = order(signed_in(ctx), made).content.decode()
    assert "2,000,000" in html
    assert "€20,000.00" not in html
    # 250 of 1,500 a year.
    assert ">60.8<" in html
