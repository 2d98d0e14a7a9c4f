"""Names of the tables are shown in words, in both languages: none is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netterms.access.rules import Role
from netterms.checkout.moves import OrderState
from netterms.checkout.policy import Decision, Doubt
from netterms.collection.ladder import StepKind
from netterms.collection.moves import ActionState, CaseState, PromiseState
from netterms.doors.console import event_words, score_words, words
from netterms.doors.console.templatetags.console import LISTS
from netterms.insurance.deadlines import DeadlineKind
from netterms.insurance.policies import LIMIT_KINDS
from netterms.kernel.context import Permission
from netterms.limits.caps import CapKind
from netterms.limits.lines import LineStatus, LineTerms
from netterms.receivables.clocks import Clock
from netterms.receivables.disputes import DisputeReason
from netterms.receivables.ledger_text import ACCOUNTS
from netterms.receivables.moves import DisputeMove
from netterms.receivables.write_offs import WriteOffReason, WriteOffState
from netterms.scoring.blocks import combination
from netterms.scoring.figures import Concern, FigureKind
from netterms.scoring.figures import Role as ScoreRole
from netterms.scoring.moves import CardState
from netterms.scoring.overlay import NEUTRAL, parse
from netterms.webhooks.queries import DeliveryState, known_kinds
from netterms.wiring import day_steps

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "netterms"
ASKED = re.compile(r"""\|word:["'](\w+)["']""")
ERROR = re.compile(r'error="(\w+)"')


def test_every_list_of_words_that_a_template_asks_for_is_there():
    templates = list((PACKAGE / "doors").rglob("*.html"))
    asked = {name for file in templates for name in ASKED.findall(file.read_text("utf-8"))}
    assert len(asked) > 20
    assert asked <= set(LISTS)


@pytest.mark.parametrize(
    ("list_name", "names"),
    [
        ("action_states", ActionState),
        ("cap_kinds", CapKind),
        ("card_states", CardState),
        ("case_states", CaseState),
        ("cover", LIMIT_KINDS),
        ("deadlines", DeadlineKind),
        ("if_missed", DeadlineKind),
        ("delivery_states", DeliveryState),
        ("dispute_clocks", Clock),
        ("dispute_moves", DisputeMove),
        ("dispute_reasons", DisputeReason),
        ("accounts", ACCOUNTS),
        ("write_off_reasons", WriteOffReason),
        ("write_off_states", WriteOffState),
        ("line_states", LineStatus),
        ("order_reasons", Doubt),
        ("order_states", OrderState),
        ("permissions", Permission),
        ("promises", PromiseState),
        ("roles", Role),
        ("run_steps", [step.name for step in day_steps(None, None)]),
        ("score_blocks", [b.name for b in combination().blocks] + ["prior", "overlay"]),
        ("score_attributes", combination().attributes),
        ("score_concerns", Concern),
        ("score_figures", FigureKind),
        ("score_roles", ScoreRole),
        ("steps", StepKind),
        ("verdicts", Decision),
    ],
)
def test_every_name_has_a_word(list_name, names):
    assert [str(name) for name in names if str(name) not in LISTS[list_name]] == []


def test_every_table_of_country_and_sector_factors_says_where_it_comes_from():
    text = (PACKAGE / "scoring" / "data" / "overlay.json").read_text("utf-8")
    tables, _ = parse(text)
    shown = {f"overlay_v{table.version}" for table in tables} | {NEUTRAL.name}
    assert shown == set(score_words.OVERLAY_SOURCES)


def test_every_error_of_a_delivery_has_a_word():
    source = (PACKAGE / "connectors" / "webhooks" / "__init__.py").read_text("utf-8")
    assert set(ERROR.findall(source)) == set(words.DELIVERY_ERRORS)


def test_every_event_and_every_field_of_a_line_has_a_name():
    assert sorted(set(known_kinds()) - set(event_words.EVENTS)) == []
    assert set(words.LINE_FIELDS) == set(LineTerms.__dataclass_fields__)


def test_what_a_step_did_is_told_in_its_order():
    """The database keeps the facts of a step without their order."""
    kept = {"gone": 0, "found": 2, "buyers": 38, "new": 1}
    assert [name for name, _ in event_words.in_order(kept)] == ["buyers", "found", "gone", "new"]
