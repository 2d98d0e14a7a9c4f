"""What a seller sets in the console: how limits are recommended, references, one person alone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from netterms.buyers.alone import account_policy
from netterms.limits.formulas import Formula
from netterms.limits.policy import limit_policies
from netterms.limits.references import references_of
from tests.doors.credit import credit

PAGE = "/limits/policy/"
FORM = {
    "formulas": ["capacity", "three_way"], "concentration_share": "12.5",
    "tolerated_uninsured_share": "0", "net_worth_rule": "", "why": "asked by the bank",
}  # fmt: skip


@pytest.fixture
def made(ctx):
    return credit(ctx)


def test_a_policy_is_set_and_shown_and_what_is_wrong_stays_in_the_form(made, signed_in):
    client = signed_in(made.ctx)
    wrong = client.post(PAGE, FORM | {"concentration_share": "150"}).content.decode()
    assert 'value="150"' in wrong
    assert limit_policies(made.ctx) == []
    html = client.post(PAGE, FORM, follow=True).content.decode()
    [kept] = limit_policies(made.ctx)
    assert kept.policy.formulas == {Formula.CAPACITY, Formula.THREE_WAY}
    assert kept.policy.concentration_share == Decimal("0.125")
    assert "concentration 12.5%" in html
    assert "asked by the bank" in html
    assert "建议额度如何算出" in signed_in(made.ctx, language="zh-hans").get(PAGE).content.decode()
    assert signed_in(made.ctx, role="collector").post(PAGE, FORM).status_code == 403


def test_another_suppliers_limit_is_entered_in_the_particulars(made, signed_in):
    page = f"/buyers/{made.buyer}/particulars/"
    told = {"what": "reference", "supplier": "Südwind", "limit": "1,500", "currency": "eur"}
    client = signed_in(made.ctx)
    html = client.post(page, told | {"key": "r"}, follow=True).content.decode()
    client.post(page, told | {"key": "r"})
    [kept] = references_of(made.ctx, made.buyer)
    assert (kept.limit_minor, kept.currency, kept.counts) == (1_500_00, "EUR", True)
    assert "Südwind" in html
    late = client.post(page, told | {"given_on": str(kept.given_on + timedelta(days=3))})
    assert "Südwind" in late.content.decode()
    assert len(references_of(made.ctx, made.buyer)) == 1


def test_one_person_alone_is_not_switched_on_without_a_code(made, signed_in):
    client = signed_in(made.ctx)
    asked = {"one_person": "on", "cooling_days": "3", "why": "I work alone"}
    html = client.post("/keys/accounts/", asked).content.decode()
    assert "authenticator app" in html
    assert not account_policy(made.ctx).one_person
    assert client.post("/keys/accounts/", asked | {"cooling_days": "99"}).status_code == 200
