"""The house rules that a program can check: tables, grants, modules, names that must agree."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

import netterms
from netterms.collection import moves as collection_moves
from netterms.collection.ladder import LADDER, StepKind
from netterms.collection.rules import STAGE_STARTS
from netterms.early_payment import rules as early_payment
from netterms.insurance import moves as insurance_moves
from netterms.insurance.deadlines import DeadlineKind
from netterms.kernel.events import Event
from netterms.receivables.disputes import DisputeReason
from netterms.receivables.moves import DisputeState
from netterms.receivables.rules import PaymentKind
from netterms.receivables.write_offs import WriteOffReason, WriteOffState
from netterms.screening.moves import HitState
from netterms.store import sql
from netterms.store.schema import open_database

SOURCE = Path(netterms.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))
STATEMENTS = sorted(SOURCE.rglob("sql/*.sql"))
ROOMS = sorted(p.parent.name for p in SOURCE.glob("*/events.py") if p.parent.name != "kernel")

LONGEST_FILE, LONGEST_FUNCTION = 500, 60
# Ratchets: these were longer when the rule came. A number here only ever goes down.
LONG_FILES: dict[str, int] = {}
LONG_FUNCTIONS: dict[str, int] = {}
CLOCKS = {"date", "datetime", "timezone"}
NAMELESS = {"common", "helpers", "misc", "utils"}
# A cursor is had by these. A transaction around use cases is none, nor are values made for jsonb.
SPEECH = r"netterms\.store\.sql\b|django\.db\.connection\b|psycopg(?!\.types)"
# Beside queries.py, actions.py, sql/ and the store, these use cases speak to the database.
SPEAKS_TO_DATABASE = {
    "collection/legal/pack.py",
    "access/second_factor.py",
    "buyers/accounts.py",
    "buyers/insolvency.py",
    "receivables/returns.py",
    "buyers/alone.py",
    "buyers/duplicates.py",
    "buyers/entering.py",
    "buyers/groups.py",
    "buyers/known.py",
    "buyers/particulars.py",
    "buyers/profile.py",
    "checkout/newcomers.py",
    "checkout/pending.py",
    "checkout/policies.py",
    "checkout/trials.py",
    "collection/instalments.py",
    "collection/cases.py",
    "collection/contacts.py",
    "collection/figures.py",
    "collection/ladder_versions.py",
    "collection/ranking.py",
    "collection/work_settings.py",
    "collection/links.py",
    "collection/page.py",
    "collection/plan_ends.py",
    "collection/plan_offers.py",
    "collection/plan_reads.py",
    "collection/plan_settling.py",
    "collection/plans.py",
    "collection/portal.py",
    "collection/promises.py",
    "insurance/policies.py",
    "checkout/books.py",
    "limits/caps.py",
    "limits/lines.py",
    "limits/policy.py",
    "limits/rates.py",
    "limits/references.py",
    "scoring/monthly.py",
    "scoring/shadow.py",
    "receivables/by_set.py",
    "receivables/disputes.py",
    "receivables/evidence.py",
    "receivables/invoicing.py",
    "receivables/ledger_policy.py",
    "receivables/einvoices.py",
    "receivables/matching/batch.py",
    "receivables/matching/returns.py",
    "receivables/matching/loading.py",
    "receivables/payments.py",
    "scoring/online.py",
    "receivables/periods.py",
    "receivables/reading.py",
    "receivables/write_offs.py",
    "scoring/versions.py",
    "statements/visits.py",
    "wiring.py",
}


def name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def ids(paths):
    return [name(p) for p in paths]


# Tables


@pytest.fixture
def tables(database):
    """Tables with a seller's rows, as the catalogue describes them."""
    open_database()
    return sql.rows(
        """
        select c.relname::text as name, c.relrowsecurity as secured,
               array(select p.polname::text from pg_policy p where p.polrelid = c.oid) as policies
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'seller_id'
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
        order by 1
        """
    )


def test_every_table_with_sellers_rows_is_closed_to_other_sellers(tables):
    assert len(tables) > 20
    assert [t["name"] for t in tables if not t["secured"]] == []
    assert [t["name"] for t in tables if "of_seller" not in t["policies"]] == []


def test_every_unique_key_of_such_a_table_contains_the_seller(tables):
    loose = sql.rows(
        """
        select t.relname::text as name, i.relname::text as key
        from pg_index x
        join pg_class i on i.oid = x.indexrelid
        join pg_class t on t.oid = x.indrelid
        where t.relname = any(%(tables)s) and x.indisunique and not exists (
          select from pg_attribute a
          where a.attrelid = t.oid and a.attnum = any(x.indkey) and a.attname = 'seller_id')
        """,
        {"tables": [t["name"] for t in tables]},
    )
    # A key is presented before its seller is known.
    assert [(line["name"], line["key"]) for line in loose] == [("api_key", "api_key_key_hash_key")]


def test_no_row_moves_to_another_seller_or_key(tables):
    """Nobody holds the grant, so that no mistake in a policy opens the way."""
    changed = sql.rows(
        """
        select t.relname::text as name, a.attname::text as column
        from pg_class t
        join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
        where t.relnamespace = 'public'::regnamespace and t.relname = any(%(tables)s)
          and has_column_privilege('netterms_app', t.oid, a.attnum, 'update')
          and (a.attname = 'seller_id' or exists (
            select from pg_constraint k
            where k.conrelid = t.oid and k.contype = 'p' and a.attnum = any(k.conkey)))
        """,
        {"tables": [t["name"] for t in tables]},
    )
    assert [f"{line['name']}.{line['column']}" for line in changed] == []


def test_what_sellers_share_is_only_ever_added(tables):
    frameworks = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    # Django's cache: failed sign-ins, codes that were used.
    frameworks.add("remembered")
    shared = {
        line["name"]
        for line in sql.rows(
            "select relname::text as name from pg_class"
            " where relkind = 'r' and relnamespace = 'public'::regnamespace"
        )
    } - frameworks.union(t["name"] for t in tables)
    assert shared > {"closed_day", "exchange_rate"}
    assert [
        f"{verb} on {table}"
        for table in sorted(shared)
        for verb in ("update", "delete", "truncate")
        if sql.value(
            "select has_table_privilege('netterms_app', %(t)s, %(v)s)", {"t": table, "v": verb}
        )
    ] == []


@pytest.mark.parametrize(
    "table",
    [
        "journal_entry",
        "early_payment",
        "early_payment_policy",
        "event",
        "allocation",
        "limit_decision",
        "score",
        "score_figure",
        "shadow_score",
        "statement",
        "site_visit",
        "site_photo",
    ],
)
def test_facts_are_only_ever_added(database, table):
    open_database()
    for verb in ("update", "delete", "truncate"):
        held = sql.value(
            "select has_table_privilege('netterms_app', %(t)s, %(v)s)", {"t": table, "v": verb}
        )
        assert not held, f"{verb} on {table}"
    assert not sql.value(
        "select has_any_column_privilege('netterms_app', %(t)s, 'update')", {"t": table}
    )


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("invoice", {"open_minor", "state", "settled_on", "reopened_on"}),
        ("payment", {"unallocated_minor"}),
    ],
)
def test_of_an_invoice_only_what_is_open_changes_and_of_a_payment_what_is_left(
    database, table, columns
):
    open_database()
    found = sql.rows(
        """
        select attname::text as name from pg_attribute
        where attrelid = %(t)s::regclass and attnum > 0 and not attisdropped
          and has_column_privilege('netterms_app', %(t)s, attname, 'update')
        """,
        {"t": table},
    )
    assert {line["name"] for line in found} == columns
    assert not sql.value(
        "select has_table_privilege('netterms_app', %(t)s, 'delete')", {"t": table}
    )


def checked(table: str, column: str) -> set[str]:
    """The values that a CHECK of the table allows in a column."""
    text = sql.value(
        """
        select string_agg(pg_get_constraintdef(oid), ' ') from pg_constraint
        where conrelid = %(table)s::regclass and contype = 'c' and array_length(conkey, 1) = 1
          and conkey[1] = (select attnum from pg_attribute
                           where attrelid = %(table)s::regclass and attname = %(column)s)
        """,
        {"table": table, "column": column},
    )
    return set(re.findall(r"'(\w+)'::text", text or ""))


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("collection_case", "state", collection_moves.CaseState),
        ("collection_action", "state", collection_moves.ActionState),
        ("collection_action", "step", StepKind),
        ("screening_hit", "state", HitState),
        ("promise", "state", collection_moves.PromiseState),
        ("payment_plan", "state", collection_moves.PlanState),
        ("claim", "state", insurance_moves.ClaimState),
        ("policy_deadline", "state", insurance_moves.DeadlineState),
        ("policy_deadline", "kind", DeadlineKind),
        ("dispute", "reason", DisputeReason),
        ("dispute", "state", DisputeState),
        ("write_off", "reason", WriteOffReason),
        ("write_off", "state", WriteOffState),
        ("payment", "kind", PaymentKind),
        ("early_payment", "channel", early_payment.Channel),
    ],
)
def test_the_database_knows_the_same_states(database, table, column, words: type[StrEnum]):
    open_database()
    assert checked(table, column) == {word.value for word in words}


# Words that must agree


def event_kinds() -> dict[str, str]:
    """Kind of every event class, by the room it is in."""
    return {
        kind: room
        for room in ROOMS
        for value in vars(importlib.import_module(f"netterms.{room}.events")).values()
        if isinstance(value, type) and issubclass(value, Event) and (kind := value.kind)
    }


def recorded() -> dict[str, set[str]]:
    """Kinds that SQL writes by itself, by file: whole ones, and beginnings put together there."""
    found = {}
    for path in [*STATEMENTS, *MODULES]:
        text = path.read_text("utf-8")
        if "insert into event" in text.lower():
            found[name(path)] = set(re.findall(rf"'((?:{'|'.join(ROOMS)})\.\w+)'", text))
    return found


def test_every_kind_that_sql_records_has_its_event_class():
    known = event_kinds()
    for file, kinds in recorded().items():
        for kind in kinds:
            assert any(k == kind or (kind.endswith("_") and k.startswith(kind)) for k in known), (
                f"{file} records {kind}"
            )


def test_promises_end_in_events_of_their_own():
    assert {"collection.promise_kept", "collection.promise_broken"} <= set(event_kinds())


def test_an_event_is_named_after_its_room():
    assert {kind: room for kind, room in event_kinds().items() if kind.split(".")[0] != room} == {}


@pytest.mark.parametrize("path", STATEMENTS, ids=ids(STATEMENTS))
def test_the_arms_of_a_stage_in_sql_are_the_rules(path):
    text = path.read_text("utf-8").lower()
    arms = re.findall(r"when [\w.]+ >= (\d+) then (\d)\b", text)
    if arms and "stage" in text:
        # Where only what is late is looked at, the first stage is the rest.
        arms += [("1", rest) for rest in re.findall(r"else (1)\b", text)]
        assert arms == [(str(first), str(int(stage))) for first, stage in reversed(STAGE_STARTS)]


def test_every_stage_of_the_ladder_has_a_step():
    assert {step.stage for step in LADDER} == {int(stage) for _, stage in STAGE_STARTS}


# Who may name whose tables

# Room and table of what a room reads from above it, each with its reason.
NAMED_FROM_ABOVE: dict[tuple[str, str], set[str]] = {
    # Decision 13: the one place where terms knows invoices; the rooms above ask it.
    ("terms/sql/debts.sql", "receivables"): {"allocation", "invoice", "payment"},
    # Still to be given by a port, as `receivables/ports.py` is for matching: what bears no
    # interest in a plan, which debts a plan holds, and which discount was agreed.
    ("terms/sql/debts.sql", "collection"): {"payment_plan", "payment_plan_invoice"},
    ("early_payment/sql/candidates.sql", "collection"): {"payment_plan", "payment_plan_invoice"},
    ("receivables/sql/match_agreed.sql", "early_payment"): {"early_payment"},
}
TABLE = re.compile(r"\bcreate (?:unlogged )?table (?:if not exists )?(\w+)")
NAMED = re.compile(r"\b(?:from|join|into|update|using|table|on)\s+(?:only\s+)?(\w+)")


@cache
def heights() -> dict[str, int]:
    """Every room's place in the contract of who imports whom, the lowest first."""
    told = tomllib.loads((SOURCE.parent.parent / "pyproject.toml").read_text("utf-8"))
    layers = told["tool"]["importlinter"]["contracts"][0]["layers"]
    return {
        room.strip().split(".")[1]: height
        for height, layer in enumerate(reversed(layers))
        for room in layer.split("|")
    }


@cache
def owners() -> dict[str, str]:
    """The room of every table: the one whose migrations make it."""
    found: dict[str, str] = {}
    for path in sorted(SOURCE.glob("*/migrations/*")):
        if path.suffix in {".sql", ".py"}:
            for table in TABLE.findall(path.read_text("utf-8")):
                found.setdefault(table, path.relative_to(SOURCE).parts[0])
    return found


def named_above(path: Path, text: str) -> Iterator[tuple[tuple[str, str], str]]:
    """Tables of rooms above the file's that it names: its file and their room, and the table."""
    height, owner = heights(), owners()
    own = path.relative_to(SOURCE).parts[0]
    for table in NAMED.findall(re.sub("--.*", "", text.lower())):
        room = owner.get(table)
        if own in height and room and height[room] > height[own]:
            yield (name(path), room), table


def test_a_room_names_only_its_own_tables_and_those_of_rooms_below_it():
    assert {owners()[table] for table in ("invoice", "payment_plan", "claim")} == {
        "collection",
        "insurance",
        "receivables",
    }
    bad = "select from payment_plan p join invoice i on true -- from claim"
    seen = list(named_above(SOURCE / "receivables" / "sql" / "x.sql", bad))
    assert seen == [(("receivables/sql/x.sql", "collection"), "payment_plan")]
    found: dict[tuple[str, str], set[str]] = {}
    for path in [*STATEMENTS, *MODULES]:
        if "migrations" not in path.parts:
            for key, table in named_above(path, path.read_text("utf-8")):
                found.setdefault(key, set()).add(table)
    assert found == NAMED_FROM_ABOVE


# Modules


def calls(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, ast.unparse(node.func.value), node.lineno


def test_only_the_clock_knows_what_time_it_is():
    asked = [
        f"{name(path)}:{line}"
        for path in MODULES
        if name(path) not in {"kernel/clock.py", "client/clock.py"}
        for attribute, owner, line in calls(ast.parse(path.read_text("utf-8")))
        if (attribute in {"now", "utcnow", "today"} and owner.split(".")[-1] in CLOCKS)
        or (attribute, owner) == ("time", "time")
    ]
    assert asked == []


def imports(path: Path) -> str:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    found = [
        f"{node.module}.{alias.name}"
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    found += [a.name for node in nodes if isinstance(node, ast.Import) for a in node.names]
    return "\n".join(found)


def test_only_queries_and_actions_speak_to_the_database():
    speaking = {
        name(path)
        for path in MODULES
        if path.relative_to(SOURCE).parts[0] not in {"store", "site"}
        and path.name not in {"queries.py", "actions.py"}
        and "migrations" not in path.parts
        and re.search(SPEECH, imports(path))
    }
    assert speaking <= SPEAKS_TO_DATABASE
    assert speaking >= SPEAKS_TO_DATABASE, "silent now: take it off the list"


def test_no_room_for_things_without_a_name():
    assert [name(p) for p in MODULES if {p.stem, p.parent.name} & NAMELESS] == []


def test_files_stay_short():
    long = {
        name(path): lines
        for path in MODULES
        if (lines := len(path.read_text("utf-8").splitlines())) > LONGEST_FILE
    }
    assert over(long, LONG_FILES) == {}


def test_functions_stay_short():
    long = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long[f"{name(path)}:{node.name}"] = lines
    assert over(long, LONG_FUNCTIONS) == {}


def over(found: dict[str, int], allowed: dict[str, int]) -> dict[str, int]:
    assert {key for key in allowed if key not in found} == set(), "shortened: take it off the list"
    return {key: lines for key, lines in found.items() if lines > allowed.get(key, 0)}
