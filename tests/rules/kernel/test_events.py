"""Events as JSON can hold them."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.kernel.events import Event, facts, plain
from netterms.kernel.money import Money


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class InvoiceSettled(Event):
    kind: ClassVar[str] = "receivables.invoice_settled"
    amount: Money
    settled_on: date
    days_late: int | None


def test_facts_leave_the_subject_out():
    event = InvoiceSettled(UUID(int=7), Money(1234, "EUR"), date(2026, 6, 9), 70)
    assert event.kind == "receivables.invoice_settled"
    assert facts(event) == {
        "amount": {"minor": 1234, "currency": "EUR"},
        "settled_on": "2026-06-09",
        "days_late": 70,
    }


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (None, None),
        (True, True),
        (Decimal("1.50"), "1.50"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "2026-01-02T03:04:00+00:00"),
        (Colour.RED, "red"),
        ({1: [date(2026, 1, 2)]}, {"1": ["2026-01-02"]}),
        ((Money(1, "JPY"),), [{"minor": 1, "currency": "JPY"}]),
    ],
)
def test_plain_values(value, wanted):
    assert plain(value) == wanted


@pytest.mark.parametrize("value", [1.5, object(), Money])
def test_what_an_event_cannot_hold(value):
    with pytest.raises(TypeError, match="cannot hold"):
        plain(value)


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.uuids()
    | st.builds(Money, st.integers(), st.sampled_from(["USD", "JPY"]))
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10
)


@given(VALUES)
def test_plain_is_json_and_plain_again(value):
    once = plain(value)
    assert json.loads(json.dumps(once)) == once == plain(once)
