"""When two buyers may be one company: each reason on its own, and what rules it out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.buyers.likeness import SUPPORT, Side, compare

NORD = Side(("Nordwind Handels GmbH",), "DE")
REASONS = st.sets(st.sampled_from(["identifier", "name", "word", *SUPPORT]))
SIDES = st.builds(
    Side,
    st.lists(st.sampled_from(["Nordwind", "Nordwnd AG", "Bank of Chad"]), min_size=1).map(tuple),
    st.sampled_from(["", "DE", "FR"]),
    st.sampled_from(["", "1", "2"]),
)


@given(SIDES, SIDES, REASONS)
def test_likeness_is_symmetric_and_within_0_and_100(one, other, shared):
    likeness = compare(one, other, shared)
    assert likeness == compare(other, one, shared)
    assert 0 <= likeness.score <= 100


@given(SIDES, SIDES, st.sets(st.sampled_from(list(SUPPORT))))
def test_sharing_more_never_lowers_the_score(one, other, shared):
    assert compare(one, other, shared).score >= compare(one, other, set()).score


@pytest.mark.parametrize(
    ("other", "shared", "proposed"),
    [
        (Side(("NORDWIND HANDELS AG",), "DE"), {"name"}, True),
        (Side(("Nordwnd Handels",), "DE"), {"word"}, True),
        (Side(("Nordwind Handels",), "FR"), {"name"}, False),
        (Side(("Nordwind Handels",), ""), {"name"}, True),
        (Side(("Nordwind Logistik",), "DE"), {"word"}, False),
        (Side(("Nordwind Logistik",), "DE"), {"word", "domain"}, False),
        (Side(("Something Else",), "FR"), {"identifier"}, True),
        (Side(("Something Else",), "DE"), {"address", "bank_account", "email"}, False),
        (Side(("Boreas", "Nordwind Handels"), "DE"), {"name"}, True),
    ],
)
def test_who_is_proposed(other, shared, proposed):
    assert compare(NORD, other, shared).proposed is proposed


def test_a_trade_name_of_a_whole_group_is_not_enough():
    one, other = (Side((name, "Universal Exports")) for name in ("UE Singapore", "UE India"))
    assert not compare(one, other, {"name"}).proposed
    assert compare(one, other, {"name", "address"}).proposed


def test_two_numbers_in_one_register_are_two_companies():
    one, other = (Side(("Nordwind GmbH",), "DE", number) for number in ("HRB1", "HRB2"))
    assert not compare(one, other, {"name"}).proposed


def test_reasons_name_what_speaks_for_it():
    likeness = compare(NORD, Side(("Nordwind Handels AG",), "DE"), {"email", "word", "name"})
    assert likeness.reasons == ("email", "same_name", "same_country")
