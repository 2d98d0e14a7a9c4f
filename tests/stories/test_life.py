"""One buyer's whole life, in plain steps: sold, late, reminded, called, at law, claimed, paid."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import date, timedelta

import pytest
from django.db import connection

from netterms.collection.actions import complete_action
from netterms.insurance.policies import GrantedLimit, PolicySchedule, grant_limits, open_policy
from netterms.insurance.terms import PolicyTerms
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.queries import receivable_balances
from netterms.store.tenancy import book
from netterms.wiring import day_steps, run_day
from tests.actions.books import (
    Line,
    Postbag,
    actions,
    bring_in,
    cases,
    fingerprint,
    kinds,
    on,
    pay,
    rows,
    stages,
)

ISSUED, DUE = date(2026, 3, 1), date(2026, 4, 30)
SOLD = Line(number="INV-1", issued_on=ISSUED, due_on=DUE, amount=1_200_000, country="DE")


class Life:
    """A seller whose days are run one by one."""

    def __init__(self, ctx):
        self.ctx, self.bag, self.today = ctx, Postbag(), ISSUED - timedelta(days=1)

    def live_until(self, day: date) -> None:
        while self.today < day:
            self.today += timedelta(days=1)
            run_day(on(self.ctx, self.today), mailer=self.bag)

    def late(self, days: int) -> None:
        self.live_until(DUE + timedelta(days=days))

    @property
    def now(self):
        return on(self.ctx, self.today)

    def owed(self) -> int:
        with book(self.ctx):
            return receivable_balances(self.ctx, self.today).get("EUR", 0)

    def waiting(self, step: str) -> list:
        return [a for a in actions(self.ctx, step) if a["state"] == "planned"]


def test_a_whole_life(new_seller):
    ctx = new_seller(name="Harbour & Vale", today=ISSUED)
    life = Life(ctx)

    # Sold on 60 days, insured for less than all of it.
    bring_in(ctx, SOLD)
    policy = open_policy(
        ctx,
        PolicySchedule("N", "P-1", date(2026, 1, 1), date(2026, 12, 31), PolicyTerms("EUR")),
    )
    grant_limits(ctx, policy, [GrantedLimit("100", 1_000_000, date(2026, 1, 1))])
    # Days before the due date hold nothing but scores: a few of them are enough.
    for day in (ISSUED, date(2026, 4, 29), DUE):
        life.today = day - timedelta(days=1)
        life.live_until(day)
    assert life.owed() == 1_200_000
    assert (cases(ctx), actions(ctx), life.bag.letters) == ([], [], [])
    assert rows(ctx, "select * from policy_deadline") == []

    # One day late: a holiday in Germany, so the letter leaves on the next business day.
    life.late(1)
    assert [c["state"] for c in cases(ctx)] == ["open"]
    assert stages(ctx) == {"INV-1": 1}
    assert life.bag.letters == []
    assert [a["due_on"] for a in life.waiting("email_reminder")] == [date(2026, 5, 4)]
    assert {d["kind"] for d in rows(ctx, "select kind from policy_deadline where state = 'open'")}
    life.late(4)
    assert [letter.to for letter in life.bag.letters] == ["ap@buyer.example"]
    assert "INV-1" in life.bag.letters[0].text

    # A part is paid; the rest goes on.
    bring_in(life.now, Line(number="INV-1", open=1_100_000, amount=1_200_000, issued_on=ISSUED))
    assert life.owed() == 1_100_000

    # Stage 2: people call.
    life.late(31)
    assert stages(ctx) == {"INV-1": 2}
    assert len(life.bag.letters) == 3
    [call] = life.waiting("call")
    complete_action(life.now, call["id"], "promised nothing")
    assert life.waiting("call") == []

    # Stage 3: legal steps; the policy's notice is on the list a week before its day.
    life.late(61)
    assert stages(ctx) == {"INV-1": 3}
    assert len(life.waiting("legal_step")) == 1
    life.late(83)
    [notice] = life.waiting("policy_notice")
    assert (notice["due_on"], notice["facts"]["duty"]) == (date(2026, 7, 29), "overdue_notice")

    # Stage 4: a claim file with its amount: 90 % of what the limit covers.
    life.late(91)
    assert stages(ctx) == {"INV-1": 4}
    [claim] = rows(ctx, "select * from claim")
    assert (claim["gross_minor"], claim["insured_minor"]) == (1_100_000, 1_000_000)
    assert (claim["indemnity_minor"], claim["date_of_loss"]) == (900_000, date(2026, 10, 30))
    [filed] = life.waiting("claim_file")
    assert filed["facts"]["claim"] == str(claim["id"])
    assert life.owed() == 1_100_000

    # Paid after all: nothing is owed, nothing is late, nothing is left to do.
    pay(life.now, SOLD)
    life.late(92)
    assert life.owed() == 0
    assert [(c["state"], c["closed_on"]) for c in cases(ctx)] == [("closed_paid", life.today)]
    assert stages(ctx) == {}
    assert [a for a in actions(ctx) if a["state"] in {"planned", "sending", "failed"}] == []
    open_deadlines = rows(ctx, "select * from policy_deadline where state = 'open'")
    assert open_deadlines == []

    # The journal tells the same story, balanced line by line.
    told = rows(
        ctx,
        "select booked_on, debit_account, credit_account, amount_minor from journal_entry"
        " order by booked_on, amount_minor desc",
    )
    assert [tuple(line.values()) for line in told] == [
        (ISSUED, "receivable", "sales", 1_200_000),
        (DUE + timedelta(days=4), "bank", "receivable", 100_000),
        (DUE + timedelta(days=91), "bank", "receivable", 1_100_000),
    ]
    seen = [kind for kind in kinds(ctx) if kind.startswith(("collection.case", "collection.stage"))]
    assert seen == (
        ["collection.case_opened"] + ["collection.stage_reached"] * 3 + ["collection.case_closed"]
    )


def test_a_day_run_twice_changes_nothing_and_days_do_not_run_backwards(new_seller):
    ctx = new_seller(today=date(2026, 6, 2))
    bring_in(
        ctx, SOLD, Line("2", date(2026, 2, 1), email=""),
        Line("3", date(2026, 6, 1), currency="USD"), Line("4", date(2026, 8, 1)),
        Line("5", date(2026, 5, 1), settled_on=date(2026, 5, 20)),
    )  # fmt: skip
    bag = Postbag()
    first = run_day(ctx, mailer=bag)
    assert [done.repeated for done in first] == [False] * len(first)
    before, letters = fingerprint(ctx), len(bag.letters)
    again = run_day(ctx, mailer=bag)
    assert [done.repeated for done in again] == [True] * len(first)
    assert [done.facts for done in again] == [done.facts for done in first]
    assert (fingerprint(ctx), len(bag.letters)) == (before, letters)
    run_day(on(ctx, date(2026, 6, 3)), mailer=bag)
    before = fingerprint(ctx)
    with pytest.raises(Refusal) as no:
        run_day(ctx, mailer=bag)
    assert no.value.code is Code.DAY_OUT_OF_ORDER
    assert no.value.facts == {"date": "2026-06-02", "last_run": "2026-06-03"}
    assert fingerprint(ctx) == before


@pytest.mark.parametrize("other_day", [date(2026, 6, 2), date(2026, 6, 3)])
def test_two_who_run_the_day_at_once_the_second_is_refused(new_seller, other_day):
    ctx = new_seller(today=date(2026, 6, 2))
    bring_in(ctx, Line("2", date(2026, 6, 1)))
    bag = Postbag()
    refused = []

    def second():
        with closing(connection), pytest.raises(Refusal) as no:
            run_day(on(ctx, other_day), mailer=bag)
        refused.append(no.value)

    def meets(step):
        with ThreadPoolExecutor(1) as other:
            other.submit(second).result(30)

    first = run_day(ctx, told=meets, mailer=bag)
    assert {no.code for no in refused} == {Code.ALREADY_RUNNING}
    assert len(refused) == len(first)
    assert refused[0].facts == {"run": "day", "date": other_day.isoformat()}
    assert len(bag.letters) == 1
    assert not any(done.repeated for done in first)
    assert all(done.repeated for done in run_day(ctx, mailer=bag))


def test_a_day_that_died_half_way_ends_as_if_it_had_not(new_seller, monkeypatch):
    """The same book twice: once in one go, once killed before every step."""
    lines = [SOLD, Line("2", date(2026, 5, 30)), Line("3", date(2026, 4, 1))]
    whole, torn = (new_seller(today=date(2026, 6, 2)) for _ in range(2))
    for ctx in (whole, torn):
        bring_in(ctx, *lines)
    run_day(whole, mailer=Postbag())
    steps = len(day_steps(None, Postbag()))
    for survives in range(steps):
        done = []

        def dies(step, done=done, survives=survives):
            done.append(step)
            if len(done) > survives:
                raise KeyboardInterrupt

        with suppress(KeyboardInterrupt):
            run_day(torn, told=dies, mailer=Postbag())
    assert [c["stage"] for c in cases(torn)] == [c["stage"] for c in cases(whole)]
    assert [(a["step"], a["state"]) for a in actions(torn)] == [
        (a["step"], a["state"]) for a in actions(whole)
    ]
    counts = [{t: many for t, (many, _) in fingerprint(ctx).items()} for ctx in (torn, whole)]
    assert counts[0] == counts[1]
