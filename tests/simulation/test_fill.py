"""The simulated book goes in by the real use cases, once, and its parts agree with each other."""

from datetime import date, timedelta
from functools import cache, partial

import pytest

from netterms.kernel.context import Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.matching.queries import statements
from netterms.receivables.queries import receivable_balances
from netterms.simulation import actions
from netterms.simulation.banking import SURE
from netterms.simulation.economy import economy
from netterms.simulation.queries import delivered_before, open_invoices, started
from netterms.simulation.staging import known_on, sha256
from netterms.store import sql
from netterms.store.tenancy import book

ANCHOR = date(2026, 6, 1)
BASE = date(2026, 5, 18)
SEED = 7


@pytest.fixture(scope="module")
def world():
    return cache(partial(economy, SEED, ANCHOR))


@pytest.fixture
def filled(new_seller, world):
    ctx = new_seller(today=ANCHOR)
    actions.fill(ctx, actions.begin(ctx, SEED, BASE, ANCHOR), world)
    return ctx


TABLES = [
    *("buyer", "invoice", "payment", "allocation", "journal_entry", "dispute", "promise"),
    *("payment_plan", "insured_limit", "insurance_policy", "event", "run_step", "import_run"),
    *("statement", "site_visit", "buyer_identifier", "buyer_bank_account", "duplicate_pair"),
]


def counts(ctx):
    with book(ctx):
        return {
            table: sql.value(
                f"select count(*) from {table} where seller_id = %(seller)s",
                {"seller": ctx.seller},
            )
            for table in TABLES
        }


def open_by_currency(world, day):
    sums = {}
    for row in known_on(world, day):
        sign = 1 if row["kind"] == "invoice" else -1
        sums[row["currency"]] = sums.get(row["currency"], 0) + sign * row["open_minor"]
    return sums


def test_the_book_equals_the_economy_and_its_journal(filled, world):
    with book(filled):
        # A part payment before the base is dated on it, so the balance is right from there on.
        assert receivable_balances(filled, BASE) == open_by_currency(world(), BASE)
    found = counts(filled)
    # Two of them introduced themselves again, under another spelling.
    assert found["buyer"] == 200 + 2
    assert found["duplicate_pair"] == 2
    assert found["statement"] >= 60
    assert found["site_visit"] >= 3
    assert found["buyer_identifier"] >= 150
    assert found["insurance_policy"] == 3
    assert 100 <= found["insured_limit"] <= 140
    assert found["invoice"] == len(known_on(world(), BASE))


def test_filling_twice_is_filling_once(filled, world):
    before = counts(filled)
    begun = actions.begin(filled, SEED + 1, BASE - timedelta(days=9), ANCHOR)
    assert (begun.seed, begun.anchor, begun.base) == (SEED, ANCHOR, BASE)
    actions.fill(filled, begun, world)
    assert counts(filled) == before


def test_day_by_day_the_book_follows_the_economy(filled, world):
    for day in (date(2026, 5, 19), date(2026, 5, 26), ANCHOR):
        at = actions.on(filled, day)
        actions.deliver(at, world)
        actions.deliver(at, world)
        with book(at):
            assert receivable_balances(at, day) == open_by_currency(world(), day)
    assert delivered_before(filled, ANCHOR) == date(2026, 5, 26)
    found = counts(filled)
    assert found["promise"] >= 1
    assert found["dispute"] >= 1
    assert found["payment_plan"] == 1


def test_a_day_at_the_bank_settles_what_is_sure_and_leaves_the_rest_to_people(filled, world):
    at = actions.on(filled, date(2026, 5, 27))
    owed = open_invoices(at)
    actions.bank(at, world)
    actions.bank(at, world)
    (told,) = statements(at, most=9, skip=0)
    assert told.closing_minor > told.opening_minor > 0
    paid = {number for number, minor in owed.items() if open_invoices(at).get(number, 0) < minor}
    assert len(paid) >= SURE
    following = actions.on(filled, date(2026, 5, 28))
    actions.bank(following, world)
    newest, before = statements(at, most=9, skip=0)
    assert newest.opening_minor == before.closing_minor
    # The economy says later what the bank told: what is settled stays so.
    actions.deliver(following, world)
    assert not paid & {n for n, minor in open_invoices(at).items() if minor == owed.get(n)}


def test_a_fill_that_was_stopped_is_completed(new_seller, world, monkeypatch):
    ctx = new_seller(today=ANCHOR)
    begun = actions.begin(ctx, SEED, BASE, ANCHOR)

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(actions, "update_facts", stop)
        with pytest.raises(KeyboardInterrupt):
            actions.fill(ctx, begun, world)
    assert started(ctx) == begun
    assert counts(ctx)["insurance_policy"] == 0
    actions.fill(ctx, actions.begin(ctx, 99, ANCHOR, ANCHOR), world)
    assert counts(ctx)["insurance_policy"] == 3


def test_two_sellers_get_equal_books(new_seller, world):
    made = []
    for _ in range(2):
        ctx = new_seller(today=ANCHOR)
        actions.fill(ctx, actions.begin(ctx, SEED, BASE, ANCHOR), world)
        made.append(counts(ctx))
    assert made[0] == made[1]
    assert sha256(known_on(world(), BASE)) == sha256(known_on(economy(SEED, ANCHOR), BASE))


def test_people_without_permission_cannot_fill(new_seller, world):
    from dataclasses import replace

    ctx = replace(new_seller(today=ANCHOR), may=frozenset({Permission.READ}))
    with pytest.raises(Refusal) as refused:
        actions.fill(ctx, actions.begin(ctx, SEED, BASE, ANCHOR), world)
    assert refused.value.code is Code.NOT_ALLOWED
    assert counts(ctx)["buyer"] == 0
