"""State tables, refusals, contexts and clocks."""

from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

import pytest

from netterms.kernel.clock import FixedClock, SystemClock, business_date
from netterms.kernel.context import EVERYTHING, Context, Permission
from netterms.kernel.moves import after
from netterms.kernel.refusal import Code, Refusal
from netterms.kernel.sentence import gettext_noop


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


class Push(StrEnum):
    GO = "go"
    HALT = "halt"


MOVES = {(Light.RED, Push.GO): Light.GREEN, (Light.GREEN, Push.HALT): Light.RED}


def test_a_move_in_the_table_leads_on():
    assert after(MOVES, Light.RED, Push.GO) is Light.GREEN


def test_an_empty_cell_is_refused_and_says_what_would_go():
    with pytest.raises(Refusal) as refused:
        after(MOVES, Light.GREEN, Push.GO)
    assert refused.value.code is Code.MOVE_NOT_ALLOWED
    assert refused.value.facts == {"state": "green", "move": "go", "allowed": ["halt"]}
    assert str(refused.value).startswith("move_not_allowed: state='green'")


def test_a_refusal_without_facts_is_its_code():
    assert str(Refusal(Code.NOT_FOUND)) == "not_found"


def test_codes_are_named_as_they_read_and_sorted():
    values = [code.value for code in Code]
    assert values == [code.name.lower() for code in Code]
    assert values == sorted(values)


def context(*permissions):
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    return Context(UUID(int=1), "ann", date(2026, 11, 23), now, frozenset(permissions))


def test_a_context_without_the_permission_is_refused():
    context(Permission.READ).require(Permission.READ)
    with pytest.raises(Refusal) as refused:
        context(Permission.READ).require(Permission.SET_LIMIT)
    assert refused.value.code is Code.NOT_ALLOWED
    assert refused.value.facts == {"permission": "set_limit", "actor": "ann"}
    assert frozenset(Permission) == EVERYTHING


def test_a_context_on_another_day_is_otherwise_the_same():
    here = context(Permission.READ)
    there = here.on(date(2026, 12, 1))
    assert there.today == date(2026, 12, 1)
    assert there.on(here.today) == here


def test_the_business_date_is_the_sellers():
    at = FixedClock(datetime(2026, 11, 23, 20, tzinfo=UTC)).now()
    assert business_date(at, "Asia/Shanghai") == date(2026, 11, 24)
    assert business_date(at, "America/New_York") == date(2026, 11, 23)


def test_the_machines_clock_tells_utc():
    assert SystemClock().now().tzinfo is UTC


def test_marking_a_sentence_changes_nothing():
    assert gettext_noop("A sentence.") == "A sentence."
