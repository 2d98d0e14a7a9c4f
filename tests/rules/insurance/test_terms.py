"""A policy's schedule as JSON and back, and what is refused."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from netterms.insurance.terms import (
    ClaimBasis,
    CoverKind,
    PolicyTerms,
    WaitingBasis,
    days,
    months,
    terms_from,
)
from netterms.kernel.events import plain
from netterms.kernel.refusal import Code, Refusal


@pytest.mark.parametrize(
    "terms",
    [
        PolicyTerms("EUR"),
        replace(
            PolicyTerms("JPY"),
            hand_over_days=None,
            stop_days=90,
            max_liability=Decimal("30.5"),
            vat_covered=True,
            waiting_basis=WaitingBasis.NOTICE_RECEIVED,
            claim_deadline=days(240),
            claim_basis=ClaimBasis.DUE_DATE,
        ),
    ],
)
def test_terms_go_to_json_and_come_back(terms):
    assert terms_from(json.loads(json.dumps(plain(terms)))) == terms


def test_what_is_left_out_has_its_default():
    assert terms_from({"currency": "USD", "mep": 30}) == replace(PolicyTerms("USD"), mep=30)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("currency", "eur"),
        ("mep", -1),
        ("mep", 1.5),
        ("mep", None),
        ("mep", True),
        ("insured_pct_named", "120"),
        ("insured_pct_named", "NaN"),
        ("insured_pct_named", "many"),
        ("vat_covered", "yes"),
        ("waiting_period", 6),
        ("waiting_period", {"length": 6}),
        ("waiting_period", {"length": 6, "unit": "moons"}),
        ("deductible_basis", "sideways"),
        ("mepp", 60),
        ("mep", 3_661),
        ("waiting_period", {"length": 121, "unit": "months"}),
        ("threshold_minor", 10**15 + 1),
        ("max_liability", "1001"),
        ("insured_pct_export", "90." + "0" * 5_000),
        ("currency", "XXX"),
    ],
)
def test_a_wrong_field_is_refused_by_name(field, value):
    with pytest.raises(Refusal) as refused:
        terms_from({"currency": "EUR"} | {field: value})
    assert refused.value.code is Code.POLICY_INVALID
    assert refused.value.facts["field"] == field
    assert refused.value.facts["mend"]


def test_the_currency_must_be_there():
    with pytest.raises(Refusal):
        terms_from({})


def test_insured_share_by_kind_of_cover():
    terms = PolicyTerms("EUR")
    found = {kind: terms.insured_share(kind) * 100 for kind in CoverKind}
    assert found == {
        CoverKind.NAMED: 90,
        CoverKind.DISCRETIONARY: 80,
        CoverKind.BASE_COVER: 60,
        CoverKind.EXPORT: 95,
    }


def test_periods():
    assert months(1).after(date(2026, 1, 31)) == date(2026, 2, 28)
    assert days(1).after(date(2026, 12, 31)) == date(2027, 1, 1)
