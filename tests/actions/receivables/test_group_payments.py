"""A firm that pays for others of its group: proposed by reference, booked with each buyer."""

from __future__ import annotations

import pytest

from netterms.buyers.accounts import BankAccount, set_bank_account
from netterms.buyers.groups import set_parent
from netterms.kernel.context import Context
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code
from netterms.receivables.matching.actions import (
    Matched,
    confirm,
    match_by_hand,
    match_lines,
    undo,
)
from netterms.receivables.rules import Part
from tests.actions.receivables.test_matching import (
    DUE,
    balances,
    line,
    load,
    opens,
    refusal,
    standing,
)
from tests.actions.small_book import put, rows

IBAN = "DE89370400440532013000"


@pytest.fixture
def group(ctx: Context):
    """Two sisters and their parent, which has paid all it owes; and a stranger."""
    parent, _ = put(ctx, "P", "INV-2026-00010", 10_000, due_on=DUE, paid=10_000, settled_on=DUE)
    sisters = [
        put(ctx, number, f"INV-2026-0002{number}", minor, due_on=DUE)
        for number, minor in (("1", 50_000), ("2", 70_000))
    ]
    stranger = put(ctx, "S", "INV-2026-00030", 90_000, due_on=DUE)
    for buyer, _ in sisters:
        set_parent(ctx, buyer, parent)
    set_bank_account(ctx, parent, BankAccount(IBAN))
    return ctx, parent, sisters, stranger


def receipts(ctx: Context):
    return {
        one["buyer_id"]: (one["amount_minor"], one["unallocated_minor"])
        for one in rows(
            ctx,
            "select buyer_id, amount_minor, unallocated_minor from payment"
            " where seller_id = %(seller)s and kind = 'receipt' and channel = 'bank'",
        )
    }


def test_a_parent_that_pays_for_its_daughters_is_booked_with_each(group):
    ctx, parent, ((one, _), (two, _)), _ = group
    before = balances(ctx), opens(ctx)
    load(ctx, line(121_000, "INV-2026-00021 INV-2026-00022", account=IBAN))
    assert match_lines(ctx) == Matched(1, 0, 1), "a person looks at it"
    match = standing(ctx)
    assert {"payer_group", "payer_account", "reference"} <= set(match["reasons"])
    confirm(ctx, match["id"])
    assert receipts(ctx) == {one: (50_000, 0), two: (70_000, 0), parent: (1_000, 1_000)}
    assert {opens(ctx)[f"INV-2026-0002{n}"] for n in "12"} == {(0, "paid")}
    undo(ctx, match["id"], "not theirs")
    assert (balances(ctx), opens(ctx)) == before
    assert {left for _, left in receipts(ctx).values()} == {0}
    assert match_lines(ctx) == Matched(1, 0, 0)


def test_a_sister_that_pays_for_one_other_teaches_nothing_of_its_account(group):
    ctx, _, ((one, _), (two, _)), _ = group
    other = "DE02100500000054540402"
    set_bank_account(ctx, two, BankAccount(other))
    load(ctx, line(50_000, "INV-2026-00021", account=other))
    assert match_lines(ctx) == Matched(1, 0, 1)
    match = standing(ctx)
    assert match["buyer_id"] == one
    assert "payer_contradicts" not in match["reasons"]
    confirm(ctx, match["id"])
    assert receipts(ctx) == {one: (50_000, 0)}
    assert rows(ctx, "select 1 from known_payer where seller_id = %(seller)s") == []


def test_who_is_of_no_group_pays_for_itself_only(group):
    ctx, parent, (_, (_, invoice)), (_stranger, strange) = group
    load(ctx, line(160_000, "INV-2026-00022 INV-2026-00030", account=IBAN))
    match_lines(ctx)
    assert {
        part["invoice"]
        for one in rows(ctx, "select parts from bank_match where seller_id = %(seller)s")
        for part in one["parts"]
    } != {str(invoice), str(strange)}
    (bank_line,) = rows(ctx, "select id from bank_line where seller_id = %(seller)s")
    parts = [Part(invoice, Money(70_000, "EUR")), Part(strange, Money(90_000, "EUR"))]
    with refusal(Code.NOT_FOUND):
        match_by_hand(ctx, bank_line["id"], parent, parts)
    match_by_hand(ctx, bank_line["id"], parent, parts[:1])
    assert receipts(ctx)[parent] == (90_000, 90_000)
    assert opens(ctx)["INV-2026-00030"] == (90_000, "open")
