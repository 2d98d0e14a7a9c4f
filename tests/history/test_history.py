"""Nothing is lost, doubled or over its limit while gateway, database and network are killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.history.record import Book
from tests.history.replay import NEW_BUYER
from tests.history.story import Kill, Story, faults, folder, live

pytestmark = pytest.mark.faults

# `make history` is the long one.
SECONDS, KILLS, SEED, LEAST = 20, 18, 3, 1_500
WAYS = 9


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with folder() as made:
        yield made


@pytest.fixture(scope="module")
def story(home: Path) -> Story:
    return live(home, SECONDS, KILLS, SEED, LEAST)


def test_every_answer_is_kept_and_no_line_was_over(story):
    assert story.violations == []


def test_every_way_to_kill_met_requests_under_way(story):
    assert len(story.kills) == KILLS
    assert {kill.what for kill in story.kills} == story.ways
    assert len(story.ways) == WAYS
    assert all(kill.under_way for kill in story.kills)
    # Not only under way: some of those had to be asked again.
    assert sum(any(call.lost for call in kill.under_way) for kill in story.kills) >= WAYS


def test_the_limits_were_felt_and_all_was_done(story):
    kinds = {event["kind"] for event in story.book.events}
    done = ("authorised", "declined", "amended", "captured", "voided", "refunded", "pending")
    assert kinds >= {f"checkout.order_{word}" for word in done}
    assert {"limits.line_changed", "limits.line_opened", "limits.cap_set"} <= kinds
    reasons = {reason for order in story.book.orders for reason in order["reasons"]}
    assert reasons >= {"over_limit", "over_group_cap", "no_line"}
    codes = {call.answer["code"] for call in story.calls if not call.done}
    assert codes >= {"key_reused", "move_not_allowed"}
    assert any(call.replayed and not call.lost for call in story.calls)
    held = {
        (order["currency"], order["line_currency"])
        for order in story.book.orders
        if order["authorised_minor"]
    }
    assert held >= {("EUR", "EUR"), ("USD", "EUR"), ("USD", "USD")}
    assert any(call.done and call.path == NEW_BUYER for call in story.calls)


def test_nobody_met_anything_unexpected(story, home):
    logs = [(home / name).read_text(errors="replace") for name in ("gateway.log", "pg/log")]
    assert faults(story, KILLS, *logs) == []


@pytest.mark.parametrize(
    ("change", "logs", "found"),
    [
        ({}, ("", ""), []),
        ({"violations": ["a line is over"]}, ("", ""), ["a line is over"]),
        ({"lost": Counter({"500": 2, "503": 9})}, ("", ""), ["2 attempts were answered 500"]),
        ({"kills": []}, ("", ""), ["0 of 1 kills met a request under way"]),
        ({}, ("Traceback", ""), ["1 tracebacks in the gateway's log"]),
        ({}, ("", "ERROR:  deadlock detected"), ["1 rings of locks in the database's log"]),
    ],
)
def test_a_history_with_any_fault_fails(change, logs, found):
    empty = Book("EUR", *([] for _ in range(9)))
    story = Story([], [Kill("gateway", 1.0, [])], empty, Counter(), {"gateway"}, 0)
    assert faults(replace(story, **change), 1, *logs) == found
