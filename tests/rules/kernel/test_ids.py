"""Ids are UUIDs of version 7, ordered by time."""

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from netterms.kernel.ids import before, new_id

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 230 * 365 * 86_400_000).map(lambda ms: EPOCH + timedelta(milliseconds=ms))


@given(INSTANTS)
def test_an_id_is_a_version_7_uuid_of_its_instant(at):
    made = new_id(at)
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == int(at.timestamp() * 1000)


@given(INSTANTS, st.integers(1, 10**6))
def test_a_later_id_sorts_later(at, millis):
    assert new_id(at) < new_id(at + timedelta(milliseconds=millis + 1))


def test_ids_of_one_instant_differ():
    at = datetime(2026, 11, 23, tzinfo=UTC)
    assert len({new_id(at) for _ in range(1000)}) == 1000


@given(INSTANTS, st.integers(0, 86_400_000))
def test_no_id_of_an_instant_is_smaller_than_the_bound_before_it(at, millis):
    apart, tick = timedelta(milliseconds=millis), timedelta(milliseconds=10)
    assert before(at, apart) < new_id(at)
    assert at - apart - tick <= EPOCH or before(at, apart) > new_id(at - apart - tick)
