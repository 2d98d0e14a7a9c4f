"""The features know nothing of what came after the invoice's own day, on any engine."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import fmean, median

import duckdb
import pytest

from netterms.scoring.payers.features import FEATURES, QUESTION, values_of
from netterms.scoring.payers.measuring import ITEM
from netterms.store import sql
from netterms.store.portable import DuckEngine, SparkEngine, spark_session, translated
from netterms.store.tenancy import book
from tests import ensure_java
from tests.actions.books import Line, bring_in

START = date(2025, 1, 6)
ASKED = {"with_settled": True, "since": date(2000, 1, 1)}


@dataclass(frozen=True)
class Bill:
    buyer: str
    number: str
    issued_on: date
    due_on: date
    amount: int
    settled_on: date | None


def bills(seed: int, count: int = 160) -> list[Bill]:
    """Invoices of four buyers over nine months; some are never paid."""
    dice, made = random.Random(seed), []
    for n in range(count):
        issued = START + timedelta(days=dice.randrange(270))
        due = issued + timedelta(days=dice.choice([10, 15, 15, 30]))
        paid = None if dice.random() < 0.1 else due + timedelta(days=dice.randrange(-9, 40))
        amount = dice.choice([5_000, 100_000, dice.randrange(100, 900_000)])
        made.append(Bill(dice.choice("AABCD"), f"N{n}", issued, due, amount, paid))
    return made


def answers(connection, **asked):
    found = DuckEngine(connection).ask(QUESTION, **ASKED | asked)
    return {row["invoice_number"]: row for row in found}


def features(made: list[Bill], **asked):
    with duckdb.connect() as connection:
        fill(connection, made)
        return answers(connection, **asked)


def fill(connection, made: list[Bill]) -> None:
    connection.execute(ITEM)
    connection.executemany(
        "INSERT INTO item VALUES (?, 'EUR', ?, ?, ?, ?, 0, ?)",
        [(b.buyer, b.number, b.issued_on, b.due_on, b.amount, b.settled_on) for b in made],
    )


def otherwise_from(day: date, made: list[Bill], dice: random.Random) -> list[Bill]:
    """Another course of things from `day` on: payments differ or never come, later bills too."""
    changed = []
    for bill in made:
        if bill.issued_on > day:
            if dice.random() < 0.3:
                continue
            bill = replace(bill, amount=dice.randrange(100, 900_000), settled_on=None)
        elif bill.settled_on is None or bill.settled_on >= day:
            later = day + timedelta(days=dice.randrange(90))
            bill = replace(bill, settled_on=dice.choice([None, later]))
        changed.append(bill)
    for n in range(20):
        issued = day + timedelta(days=1 + dice.randrange(60))
        paid = issued + timedelta(days=dice.randrange(9))
        changed.append(Bill(dice.choice("ABCD"), f"later{n}", issued, paid, 7_000, paid))
    return changed


@pytest.mark.parametrize("seed", range(12))
def test_nothing_after_the_day_changes_what_was_known_on_it(seed):
    dice = random.Random(100 + seed)
    made = bills(seed)
    day = dice.choice([b.issued_on for b in made if b.issued_on > START + timedelta(days=60)])
    before = features(made)
    after = features(otherwise_from(day, made, dice))
    known = [b.number for b in made if b.issued_on <= day]
    assert len(known) > 20
    for number in known:
        assert values_of(after[number]) == values_of(before[number]), number


def test_the_history_is_that_of_invoices_paid_before_the_day():
    made = bills(5)
    found = features(made)
    some = 0
    for bill in made:
        late = [
            (other.settled_on - other.due_on).days
            for other in made
            if other.buyer == bill.buyer
            and other.settled_on is not None
            and other.settled_on < bill.issued_on
        ]
        row = found[bill.number]
        assert row["paid_count"] == len(late)
        if late:
            some += 1
            assert row["late_mean"] == pytest.approx(fmean(late))
            assert row["late_median"] == median(late)
            assert row["late_share"] == pytest.approx(fmean(d > 0 for d in late))
        standing = [
            o for o in made
            if o.buyer == bill.buyer and o.issued_on < bill.issued_on
            and (o.settled_on is None or o.settled_on >= bill.issued_on)
        ]  # fmt: skip
        assert row["open_count"] == len(standing)
        assert row["overdue_count"] == sum(o.due_on < bill.issued_on for o in standing)
    assert some > 100


def test_only_open_invoices_are_asked_for_without_the_paid_ones():
    made = bills(6)
    found = features(made, with_settled=False)
    assert set(found) == {b.number for b in made if b.settled_on is None}
    whole = features(made)
    assert all(values_of(found[number]) == values_of(whole[number]) for number in found)


def same(found: list[dict], expected: list[dict]) -> None:
    """Both in the same order; figures agree up to the noise of binary numbers."""
    assert len(found) == len(expected) > 0
    for ours, theirs in zip(found, expected, strict=True):
        assert (ours["buyer"], ours["due_on"]) == (theirs["buyer"], theirs["due_on"])
        assert ours["days_late"] == theirs["days_late"]
        for name, mine, other in zip(FEATURES, values_of(ours), values_of(theirs), strict=True):
            assert mine == (other if other is None else pytest.approx(other, abs=1e-9)), name


def test_postgresql_answers_as_duckdb(ctx):
    as_of = ctx.today
    bring_in(
        ctx,
        *(
            Line(
                b.buyer, b.due_on, b.amount + n, number=b.number, issued_on=b.issued_on,
                settled_on=b.settled_on,
            )
            for n, b in enumerate(bills(7))
        ),
    )  # fmt: skip
    item = sql.statement("scoring.payers/item")
    with book(ctx):
        live = sql.rows(translated(sql.statement(QUESTION), item), {"as_of": as_of, **ASKED})
        items = sql.rows(item, {"as_of": as_of})
    with duckdb.connect() as connection:
        fill(
            connection,
            [
                Bill(
                    i["buyer"], i["invoice_number"], i["issued_on"], i["due_on"],
                    i["amount_minor"], i["settled_on"],
                )
                for i in items
            ],
        )  # fmt: skip
        same(live, DuckEngine(connection).ask(QUESTION, **ASKED))


def test_spark_answers_as_duckdb(tmp_path):
    if ensure_java.find() is None:
        pytest.skip(f"no Java {ensure_java.OLDEST} or newer: Apache Spark cannot be asked")
    session = spark_session()
    try:
        with duckdb.connect() as connection:
            fill(connection, [replace(b, amount=b.amount + n) for n, b in enumerate(bills(8))])
            connection.execute(f"COPY item TO '{tmp_path / 'item.parquet'}'")
            session.read.parquet(str(tmp_path / "item.parquet")).createOrReplaceTempView("item")
            same(
                SparkEngine(session).ask(QUESTION, **ASKED),
                DuckEngine(connection).ask(QUESTION, **ASKED),
            )
    finally:
        session.stop()
