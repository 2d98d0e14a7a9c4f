"""A credit report: ordered once for a form, read as page, PDF and JSON, in both languages."""

from __future__ import annotations

import json
import re

import pytest

from netterms.connectors import letters
from netterms.reports.queries import reports_of
from tests.doors.credit import credit

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
    from netterms.store import sql
    from netterms.store.tenancy import book

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
