"""The policy for new buyers in the console: drafted, tried on past orders, put in force."""

from __future__ import annotations

import re

import pytest

from netterms.checkout.policies import in_force, versions
from netterms.checkout.policy import Bound, Doubt, Largest, Starter
from tests.doors.credit import credit

FORM = {
    "serve_newcomers": "on",
    "countries": "de fr DE",
    "decline_from_grade": "8",
    "net_days": "14",
    "bound_currency": ["EUR", "JPY", "EUR"],
    "bound_grade": ["10", "3", "1"],
    "bound_amount": ["1,000.50", "20000", ""],
    "starter_currency": ["EUR", "EUR"],
    "starter_country": ["", "fr"],
    "starter_grade": ["10", "10"],
    "starter_amount": ["5000", "800"],
    "largest_currency": ["EUR"],
    "largest_amount": ["50000"],
    "review": ["name_differs", "free_mail"],
    "why": "first try",
}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_draft_is_kept_tried_and_put_in_force_with_a_reason(ctx, signed_in, language):
    made = credit(ctx)
    client = signed_in(ctx, language=language)
    assert client.get("/orders/policy/").status_code == 200
    done = client.post("/orders/policy/", FORM)
    assert done.url == "/orders/policy/1/"
    [written] = versions(ctx)
    policy = written.policy
    assert (policy.countries, policy.decline_from_grade, policy.net_days) == (("DE", "FR"), 8, 14)
    assert policy.auto_approve == (Bound("EUR", 10, 1_000_50), Bound("JPY", 3, 20_000))
    assert policy.starter == (Starter("EUR", "", 10, 5_000_00), Starter("EUR", "FR", 10, 800_00))
    assert policy.largest == (Largest("EUR", 50_000_00),)
    assert policy.review == (Doubt.NAME_DIFFERS, Doubt.FREE_MAIL)
    assert in_force(ctx).version == 0
    page = client.get("/orders/policy/1/")
    html = page.content.decode()
    assert not re.search(r"<script|\sstyle=|\son[a-z]+=[\"']", html)
    # Five orders of 100 and 1,000 euros would have passed; 2,500 and 90,000 would not.
    assert len(made.orders) == 7
    tried = re.findall(r'<td class="num" data-label="[^"]+">(\d+)</td>', html)
    assert tried[0::2][:2] == ["5", "2"]
    refused = client.post("/orders/policy/1/", {"why": " "})
    assert refused.status_code == 200
    assert in_force(ctx).version == 0
    assert client.post("/orders/policy/1/", {"why": "looks right"}).url == "/orders/policy/"
    assert in_force(ctx).version == 1
    assert client.get("/orders/policy/").status_code == 200
    # The next draft starts from this one.
    assert 'value="1000.50"' in client.get("/orders/policy/").content.decode()


@pytest.mark.parametrize(
    ("field", "shown", "wrong"),
    [
        ("countries", "Germany", {"countries": "Germany"}),
        ("bound_amount", "much", {"bound_amount": ["much", "", ""]}),
        ("bound_amount", "more", {"bound_amount": ["", "more", ""]}),
        ("bound_currency", "EURO", {"bound_currency": ["EURO", "JPY", "EUR"]}),
        ("bound_currency", "YEN", {"bound_currency": ["EUR", "YENS", "EUR"]}),
        ("starter_country", "x", {"starter_country": ["x", ""]}),
        ("starter_country", "fra", {"starter_country": ["", "fra"]}),
        ("starter_currency", "", {"starter_currency": ["EUR", ""]}),
        ("largest_amount", "1.2.3", {"largest_amount": ["1.2.3"]}),
        ("net_days", "1000", {"net_days": "1000"}),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(ctx, signed_in, field, shown, wrong):
    page = signed_in(ctx).post("/orders/policy/", FORM | wrong)
    assert page.status_code == 200
    [marked] = re.findall(r'<[^>]* aria-invalid="true"[^>]*>', page.content.decode())
    assert f' name="{field}"' in marked
    assert f' value="{shown}' in marked
    assert 'class="flash error"' not in page.content.decode()
    assert versions(ctx) == []


def test_a_grade_that_nobody_offers_is_said_beside_its_choice(ctx, signed_in):
    page = signed_in(ctx).post("/orders/policy/", FORM | {"decline_from_grade": "many"})
    [marked] = re.findall(r'<[^>]* aria-invalid="true"[^>]*>', page.content.decode())
    assert ' name="decline_from_grade"' in marked
    assert versions(ctx) == []


def test_every_row_of_a_table_that_is_wrong_is_marked(ctx, signed_in):
    wrong = {"starter_amount": ["much", "more"]}
    page = signed_in(ctx).post("/orders/policy/", FORM | wrong).content.decode()
    marked = re.findall(r'<[^>]* aria-invalid="true"[^>]*>', page)
    assert [re.findall(r' value="([^"]*)"', each) for each in marked] == [["much"], ["more"]]
    said = re.findall(r'class="errors"[^>]*>([^<]*)<', page)
    assert [each.partition(" is not a valid value for Limit.")[0] for each in said] == [
        "much",
        "more",
    ]


def test_a_reader_reads_and_changes_nothing(ctx, signed_in):
    client = signed_in(ctx, "reader")
    assert '<form class="card policy"' not in client.get("/orders/policy/").content.decode()
    assert client.post("/orders/policy/", FORM).status_code == 403
    assert client.post("/orders/policy/1/", {"why": "x"}).status_code == 403
    for number in ("1", "0", "99999999999999999"):
        assert client.get(f"/orders/policy/{number}/").status_code == 404
