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
    "wrong",
    [
        {"countries": "Germany"},
        {"bound_amount": ["much", "", ""]},
        {"bound_currency": ["EURO", "JPY", "EUR"]},
        {"starter_country": ["x", ""]},
        {"net_days": "1000"},
        {"decline_from_grade": "many"},
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(ctx, signed_in, wrong):
    page = signed_in(ctx).post("/orders/policy/", FORM | wrong)
    assert page.status_code == 200
    assert re.search('aria-invalid="true"|class="flash error"', page.content.decode())
    assert versions(ctx) == []


def test_a_reader_reads_and_changes_nothing(ctx, signed_in):
    client = signed_in(ctx, "reader")
    assert '<form class="card policy"' not in client.get("/orders/policy/").content.decode()
    assert client.post("/orders/policy/", FORM).status_code == 403
    assert client.post("/orders/policy/1/", {"why": "x"}).status_code == 403
    for number in ("1", "0", "99999999999999999"):
        assert client.get(f"/orders/policy/{number}/").status_code == 404
