"""A model learned from a seller's own book foretells its open invoices."""

from __future__ import annotations

import random
from datetime import date, timedelta
from importlib.util import find_spec

import pytest

from netterms.doors.look.sentences import sentence
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring import training as extra
from netterms.scoring.payers import measuring, training
from netterms.scoring.payers.actions import foretell_payments, train_payers
from netterms.scoring.payers.queries import forecasts_among, forecasts_of, newest_model
from netterms.scoring.training import NEEDED
from tests.actions.books import Line, bring_in, fingerprint, rows

TODAY = date(2026, 6, 1)
needs_training = pytest.mark.skipif(
    any(find_spec(library) is None for library in NEEDED),
    reason="the extra train is not installed",
)


def ledger_lines(seed: int = 3, count: int = 900) -> list[Line]:
    """Two years of three buyers: one pays on the day, one 6 days late, one 35, give or take one."""
    dice, lines = random.Random(seed), []
    for n in range(count):
        buyer, habit = dice.choice([("prompt", 0), ("slow", 6), ("bad", 35)])
        issued = TODAY - timedelta(days=1 + dice.randrange(700))
        due = issued + timedelta(days=30)
        paid = due + timedelta(days=habit + dice.randrange(-1, 2))
        lines.append(
            Line(
                buyer, due, dice.randrange(1_000, 900_000), number=f"P{n}", issued_on=issued,
                settled_on=paid if paid <= TODAY else None,
            )
        )  # fmt: skip
    return lines


def open_ones(issued: date = TODAY) -> list[Line]:
    return [
        Line(buyer, issued + timedelta(days=30), 50_000, number=f"O-{buyer}", issued_on=issued)
        for buyer in ("prompt", "slow", "bad")
    ]


def ids(ctx, table: str, name: str):
    return {r["name"]: r["id"] for r in rows(ctx, f"select id, {name} as name from {table}")}


@needs_training
def test_each_buyer_is_foretold_by_its_habit_and_only_once(ctx):
    bring_in(ctx, *ledger_lines(), *open_ones())
    measured = train_payers(ctx)
    ours = next(m for m in measured.measures if m.method == "payers_v1")
    simple = next(m for m in measured.measures if m.method == "always_due")
    assert ours.error < 2 < simple.error
    assert ours.late_auc > 0.85
    still_open = sum(line.settled_on is None for line in ledger_lines())
    assert foretell_payments(ctx) == {"forecasts": still_open + 3}
    invoice, buyer = ids(ctx, "invoice", "invoice_number"), ids(ctx, "buyer", "buyer_number")
    due = TODAY + timedelta(days=30)
    found = {
        name: forecasts_of(ctx, buyer[name], TODAY)[invoice[f"O-{name}"]]
        for name in ("prompt", "slow", "bad")
    }
    expected = {name: (f.expected_on - due).days for name, f in found.items()}
    assert abs(expected["prompt"]) <= 1
    assert 5 <= expected["slow"] <= 7
    assert 33 <= expected["bad"] <= 37
    assert found["prompt"].late_chance < found["slow"].late_chance
    assert found["slow"].late_30_chance < 0.1 < 0.9 < found["bad"].late_30_chance
    before = fingerprint(ctx)
    assert foretell_payments(ctx) == {"forecasts": 0}
    assert fingerprint(ctx) == before


@needs_training
def test_the_model_is_kept_with_what_it_reached_and_told(ctx):
    bring_in(ctx, *ledger_lines())
    measured = train_payers(ctx)
    model = newest_model(ctx)
    assert (model.version, model.trained_on, model.trained_by) == ("payers_v1", TODAY, "test")
    assert model.measures["tested"] == measured.tested
    assert model.measures["first"] == measured.first.isoformat()
    [event] = rows(
        ctx, "select subject_id, facts from event where kind = 'scoring.payer_model_trained'"
    )
    assert event == {
        "subject_id": model.id, "facts": {"version": "payers_v1", "invoices": model.invoices}
    }  # fmt: skip


@needs_training
def test_a_day_that_passed_goes_before_what_was_expected(ctx):
    bring_in(ctx, *ledger_lines(), *open_ones())
    train_payers(ctx)
    foretell_payments(ctx)
    [prompt] = [
        r["id"] for r in rows(ctx, "select id from invoice where invoice_number = 'O-prompt'")
    ]
    later = TODAY + timedelta(days=61)
    forecast = forecasts_among(ctx, [prompt], later)[prompt]
    assert (forecast.expected_on, forecast.late_chance, forecast.late_30_chance) == (later, 1, 1)
    assert forecasts_among(ctx, [prompt], TODAY - timedelta(days=1)) == {}


@needs_training
def test_another_seller_sees_neither_model_nor_forecasts(ctx, new_seller):
    bring_in(ctx, *ledger_lines(), *open_ones())
    train_payers(ctx)
    foretell_payments(ctx)
    other = new_seller()
    assert newest_model(other) is None
    assert forecasts_among(other, list(ids(ctx, "invoice", "invoice_number").values()), TODAY) == {}
    assert foretell_payments(other) == {"forecasts": 0}


@needs_training
def test_what_was_written_off_is_no_payment(ctx):
    """It leaves the book on that day, but nobody learns from it that the buyer pays then."""
    from netterms.store import sql
    from netterms.store.tenancy import book

    bring_in(ctx, Line("x", date(2026, 1, 30), number="W", issued_on=date(2026, 1, 1)))
    with book(ctx):
        sql.execute(
            "update invoice set open_minor = 0, state = 'written_off', settled_on = '2026-03-01'"
            " where seller_id = %(seller)s",
            {"seller": ctx.seller},
        )
        [item] = sql.rows(sql.statement("scoring.payers/item"), {"as_of": TODAY})
    assert item["settled_on"] is None


@needs_training
def test_too_few_paid_invoices_are_refused_with_how_many_are_missing(ctx):
    bring_in(ctx, *ledger_lines(count=120))
    with pytest.raises(Refusal) as refused:
        train_payers(ctx)
    facts = refused.value.facts
    assert refused.value.code is Code.VALUE_INVALID
    assert facts["mend"] is Mend.MORE_PAID_INVOICES
    assert facts["missing"] + facts["value"] == training.LEAST_PAID
    assert f"{facts['missing']} are missing" in sentence(refused.value)


def test_without_the_libraries_training_says_what_to_install(ctx, monkeypatch, tmp_path):
    monkeypatch.setattr(extra, "find_spec", lambda name: None)
    for attempt in (lambda: train_payers(ctx), lambda: measuring.measure(tmp_path / "x.csv")):
        with pytest.raises(Refusal) as refused:
            attempt()
        assert "netterms[train]" in sentence(refused.value)


def test_training_and_foretelling_ask_for_their_permissions(ctx):
    from dataclasses import replace

    reader = replace(ctx, may=frozenset({Permission.READ}))
    for attempt in (train_payers, foretell_payments):
        with pytest.raises(Refusal) as refused:
            attempt(reader)
        assert refused.value.code is Code.NOT_ALLOWED


def test_to_learn_from_are_only_those_paid_before_and_long_enough_due():
    day = date(2026, 6, 1)

    def row(due: int, settled: int | None):
        return {
            "due_on": day + timedelta(days=due),
            "settled_on": None if settled is None else day + timedelta(days=settled),
        }

    told = [row(-30, -1), row(-11, -20), row(-30, 0), row(-30, None), row(-10, -20), row(5, -3)]
    assert training.known_before(told, day) == told[:2]


@needs_training
def test_a_list_is_measured_on_its_newest_quarter_or_on_a_list_of_its_own(tmp_path):
    head = "cust_number,amount,due_date,clear_date,posting_date_est\n"
    lines = [
        f"{x.buyer},{x.amount / 100:.2f},{x.due_on},{x.settled_on},{x.issued_on}\n"
        for x in sorted(ledger_lines(count=1_000), key=lambda x: x.issued_on)
        if x.settled_on is not None
    ]
    whole, old, new = (tmp_path / f"{name}.csv" for name in ("whole", "old", "new"))
    whole.write_text(head + "".join(lines))
    old.write_text(head + "".join(lines[:700]))
    new.write_text(head + "".join(lines[700:]))
    for found, least in ((measuring.measure(whole), 215), (measuring.measure(old, new), 200)):
        assert found.tested >= least
        by_method = {m.method: m for m in found.measures}
        assert by_method["payers_v1"].error < 2
        assert by_method["always_due"].error > 8


@needs_training
def test_a_list_without_a_column_is_refused_by_its_name(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("cust_number,amount,due_date\n1,2.00,2026-01-01\n")
    with pytest.raises(Refusal) as refused:
        measuring.measure(file)
    assert (refused.value.code, refused.value.facts["field"]) == (
        Code.COLUMN_MISSING, "clear_date",
    )  # fmt: skip
