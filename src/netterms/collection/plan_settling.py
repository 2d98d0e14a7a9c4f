"""Money and interest of running plans as papers of the ledger (TRM-03, TRM-04 check 6).

The interest of an instalment becomes a debit note when it falls due, or when money reaches it.
Money that is surely the plan's settles interest first and then the oldest invoice; other money
waits for a person. A plan that ends before its time takes back what it booked and was not earned,
by credit notes, and books interest for the days until then. `plan_rules.py` decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from netterms.collection import events
from netterms.collection.plan_rules import (
    Debt,
    Part,
    Receipt,
    Running,
    Step,
    next_sums,
    spread,
    step,
)
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.by_set import (
    InterestNote,
    Uses,
    allocate_receipts,
    issue_interest,
    set_off,
)
from netterms.receivables.papers import PaperKind
from netterms.receivables.ports import Expected
from netterms.store import sql
from netterms.store.outbox import record_all, stamp
from netterms.store.tenancy import book, once_more

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """A running plan with what its money could do. `head` is the row of `plans_to_settle.sql`."""

    head: Row
    plan: Running
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class WaitingMoney:
    """Money of the buyer that a person may give to its plan; minor units of the plan's currency."""

    id: UUID
    paid_on: date
    reference: str
    minor: int


@once_more
def settle_receipt(ctx: Context, plan_id: UUID, payment_id: UUID) -> UUID:
    """Say that money of the buyer is the plan's: it is settled now. Returns the payment.

    NOT_FOUND where the plan does not run, or no such money of its buyer came in since it began and
    is left.
    """
    ctx.require(Permission.BOOK)
    with book(ctx):
        _, used = _settle(ctx, plan_id, payment_id)
        if payment_id not in used:
            raise Refusal(Code.NOT_FOUND, field="payment", value=str(payment_id))
    return payment_id


def settle_for_lines(ctx: Context, _matched: object) -> None:
    """Bank lines brought money: what is surely a plan's settles it at once."""
    running = "select from payment_plan where seller_id = %(seller)s and state = 'running' limit 1"
    if sql.row(running, {"seller": ctx.seller}) is not None:
        _settle(ctx)


def expected_money(ctx: Context) -> list[Expected]:
    """What running plans wait for next: `plan_rules.next_sums` of each, for matching of bank lines.

    Call it inside a transaction of the seller's book.
    """
    params = stamp(ctx) | {"plan": None}
    sql.execute(sql.statement("collection/plan_receipts"), params)
    plans = sql.rows(sql.statement("collection/plans_expecting"), params)
    sql.execute("drop table plan_receipt")
    parts = _schedules(ctx, [plan["id"] for plan in plans])
    found = []
    for plan in plans:
        schedule = tuple(map(_part, parts[plan["id"]]))
        sums = next_sums(Running(schedule, (), plan["settled_minor"], owes_elsewhere=False))
        found.append(
            Expected(
                plan["buyer_id"],
                plan["currency"],
                plan["started_on"],
                sorted(sums),
                plan["invoices"],
            )
        )
    return found


def waiting_money(ctx: Context, plan_id: UUID) -> list[WaitingMoney]:
    """Money of a running plan's buyer that settles nothing yet, in the order it came."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select y.id, y.paid_on, y.reference, y.unallocated_minor as minor
            from payment_plan p
            join payment y on y.seller_id = p.seller_id and y.buyer_id = p.buyer_id
              and y.currency = p.currency
            where p.seller_id = %(seller)s and p.id = %(id)s and p.state = 'running'
              and y.kind = 'receipt' and y.unallocated_minor > 0
              and y.paid_on between p.started_on and %(today)s
            order by y.id
            """,
            {"seller": ctx.seller, "id": plan_id, "today": ctx.today},
        )
    return sql.typed(found, WaitingMoney)


def settle_plan(ctx: Context, plan_id: UUID) -> Running:
    """Book and settle what one running plan asks for today; returns it as it stands after that."""
    [one], used = _settle(ctx, plan_id)
    mine = sum(sum(parts.values()) for parts in used.values())
    return replace(one.plan, received=one.plan.received + mine)


def open_principal(ctx: Context, plan_id: UUID) -> tuple[int, int]:
    """What is open of a plan's invoices and undisputed, its interest apart; locked.

    With how much of it bears interest: that of earlier plans may bear none.
    """
    debts = [debt for debt in _debts(ctx, [plan_id])[plan_id] if debt.number is None]
    bearing = sum(debt.open for debt in debts if not debt.bears_none)
    return sum(debt.open for debt in debts), bearing


def settle_running(ctx: Context) -> None:
    """Book the interest that is due and settle what is sure, for every plan that runs."""
    _settle(ctx)


def take_back_interest(
    ctx: Context, ended: Mapping[UUID, int], closing: Mapping[UUID, int] | None = None
) -> None:
    """Interest of plans that have ended before their time, within the transaction that ended them.

    Of each plan the notes from instalment `ended[plan]` on are credited; `closing` says what is
    owed for the days until today instead. What a note had been paid goes to what is still open.
    """
    plans = _ended(ctx, list(ended))
    booked = [
        note for note in _booked(ctx, list(ended)) if note["number"] >= ended[note["plan_id"]]
    ]
    taken_back = [_credit(ctx, note) for note in booked]
    last = {
        plan: _note(ctx, plans[plan], 0, minor, ctx.today)
        for plan, minor in (closing or {}).items()
        if minor
    }
    issue_interest(ctx, [*taken_back, *last.values()])
    sql.execute(
        "update plan_interest n set credit_note_id = c.id"
        " from unnest(%(notes)s::uuid[], %(taken_back)s::uuid[]) as c(note, id)"
        " where n.seller_id = %(seller)s and n.invoice_id = c.note",
        {
            "seller": ctx.seller,
            "notes": [note["id"] for note in booked],
            "taken_back": [credit.id for credit in taken_back],
        },
    )
    _link(ctx, [(plan, None, note.id) for plan, note in last.items()])
    open_of = _debts(ctx, list(ended))
    for plan in ended:
        mine = {
            c.id: c for c, note in zip(taken_back, booked, strict=True) if note["plan_id"] == plan
        }
        _use_credits(ctx, plans[plan], mine, open_of[plan])
    record_all(
        ctx,
        [
            events.PlanInterestTakenBack(
                plans[note["plan_id"]]["buyer_id"], note["plan_id"], note["number"], credit.amount
            )
            for credit, note in zip(taken_back, booked, strict=True)
        ]
        + [
            events.PlanInterestBooked(plans[plan]["buyer_id"], plan, 0, note.amount)
            for plan, note in last.items()
        ],
    )


def _settle(
    ctx: Context, plan_id: UUID | None = None, chosen: UUID | None = None
) -> tuple[list[Standing], Uses]:
    """Load, decide, write, announce; what was settled, by receipt."""
    standing = _standing(ctx, plan_id)
    notes = {(s.head["id"], p.number): new_id(ctx.now) for s in standing for p in s.plan.parts}
    return standing, _written(ctx, standing, notes, chosen)


def _standing(ctx: Context, plan_id: UUID | None) -> list[Standing]:
    """Every running plan that asks for something, with its schedule, papers and money, locked."""
    params = stamp(ctx) | {"plan": plan_id}
    sql.execute(sql.statement("collection/plan_receipts"), params)
    heads = sql.rows(sql.statement("collection/plans_to_settle"), params)
    sql.execute("drop table plan_receipt")
    params |= {"plans": [head["id"] for head in heads]}
    money = _by_plan(sql.rows(sql.statement("collection/plan_money"), params))
    debts = _debts(ctx, params["plans"])
    parts = _schedules(ctx, params["plans"])
    return [
        Standing(
            head,
            Running(
                tuple(map(_part, parts[head["id"]])),
                tuple(debts[head["id"]]),
                head["settled_minor"],
                head["owes_elsewhere"],
            ),
            tuple(
                Receipt(line["id"], line["minor"], line["untouched"], line["names_other"])
                for line in money[head["id"]]
            ),
        )
        for head in heads
    ]


def _schedules(ctx: Context, plans: Sequence[UUID]) -> defaultdict[UUID, list[Row]]:
    return _by_plan(
        sql.rows(
            """
            select i.plan_id, i.number, i.due_on, i.payment_minor, i.interest_minor,
                   n.invoice_id is not null as booked
            from plan_instalment i
            left join plan_interest n on n.seller_id = i.seller_id and n.plan_id = i.plan_id
              and n.number = i.number
            where i.seller_id = %(seller)s and i.plan_id = any(%(plans)s::uuid[])
            """,
            {"seller": ctx.seller, "plans": list(plans)},
        )
    )


def _written(
    ctx: Context,
    standing: Sequence[Standing],
    notes: Mapping[tuple[UUID, int], UUID],
    chosen: UUID | None = None,
) -> Uses:
    """Write what each plan asks for; what was settled, by receipt."""
    asked: list[tuple[Standing, Step]] = []
    for one in standing:
        mine = {part.number: notes[one.head["id"], part.number] for part in one.plan.parts}
        asked.append((one, step(one.plan, one.receipts, ctx.today, mine, chosen)))
    made = [
        (one.head, part.number, _note(ctx, one.head, part.number, part.interest, part.due_on,
                                      notes[one.head["id"], part.number]))
        for one, wanted in asked
        for part in wanted.interest
    ]  # fmt: skip
    issue_interest(ctx, [note for _, _, note in made])
    _link(ctx, [(head["id"], number, note.id) for head, number, note in made])
    told: list[events.PlanInterestBooked | events.PlanMoneySettled] = [
        events.PlanInterestBooked(head["buyer_id"], head["id"], number, note.amount)
        for head, number, note in made
    ]
    by_currency: dict[str, dict[UUID, Mapping[UUID, int]]] = defaultdict(dict)
    buyers: dict[UUID, UUID] = {}
    for one, wanted in asked:
        head = one.head
        for payment, used in wanted.uses.items():
            buyers[payment] = head["buyer_id"]
            by_currency[head["currency"]][payment] = used
            amount = Money(sum(used.values()), head["currency"])
            by_hand = payment == chosen
            told.append(
                events.PlanMoneySettled(head["buyer_id"], head["id"], payment, amount, by_hand)
            )
    for currency, uses in by_currency.items():
        allocate_receipts(ctx, buyers, uses, currency)
    record_all(ctx, told)
    return {payment: used for _, wanted in asked for payment, used in wanted.uses.items()}


def _note(
    ctx: Context, head: Row, number: int, minor: int, due_on: date, key: UUID | None = None
) -> InterestNote:
    """The debit note of an instalment's interest; number 0 is that of the days until an end."""
    said = f"instalment {number}" if number else f"until {ctx.today}"
    return InterestNote(
        key or new_id(ctx.now),
        head["first_invoice"],
        Money(minor, head["currency"]),
        due_on,
        f"Interest of the payment plan for {head['first_number']}, {said}",
        "payment plan",
    )


def _credit(ctx: Context, note: Row) -> InterestNote:
    return InterestNote(
        new_id(ctx.now),
        note["id"],
        Money(note["amount_minor"], note["currency"]),
        ctx.today,
        f"Interest of {note['invoice_number']} taken back: the plan ended",
        "payment plan ended",
        PaperKind.CREDIT_NOTE,
    )


def _use_credits(
    ctx: Context, head: Row, taken_back: Mapping[UUID, InterestNote], debts: Sequence[Debt]
) -> None:
    """Each credit takes its own note off first; what that had been paid goes to the next open."""
    used: dict[UUID, dict[UUID, int]] = {}
    left = {debt.id: debt.open for debt in debts}
    rest: dict[UUID, int] = {}
    for credit, note in taken_back.items():
        own = min(note.amount.minor, left.get(note.of, 0))
        used[credit] = {note.of: own} if own else {}
        left[note.of] = 0
        rest[credit] = note.amount.minor - own
    others = [replace(debt, open=left[debt.id]) for debt in debts]
    for credit, more in spread(rest, others).items():
        used[credit] |= more
    set_off(ctx, head["buyer_id"], used, head["currency"])


def _link(ctx: Context, made: Sequence[tuple[UUID, int | None, UUID]]) -> None:
    """Notes belong to their plan: frozen with it, and counted when they are paid."""
    params = {
        "seller": ctx.seller,
        "plans": [plan for plan, _, _ in made],
        "numbers": [number for _, number, _ in made],
        "notes": [note for _, _, note in made],
    }
    sql.execute(
        "insert into payment_plan_invoice (seller_id, plan_id, invoice_id)"
        " select %(seller)s, * from unnest(%(plans)s::uuid[], %(notes)s::uuid[])",
        params,
    )
    sql.execute(
        "insert into plan_interest (seller_id, plan_id, number, invoice_id)"
        " select %(seller)s, *"
        " from unnest(%(plans)s::uuid[], %(numbers)s::smallint[], %(notes)s::uuid[])",
        params,
    )


def _ended(ctx: Context, plans: Sequence[UUID]) -> dict[UUID, Row]:
    found = sql.rows(
        """
        select distinct on (p.id) p.id, p.buyer_id, p.currency::text as currency,
               i.id as first_invoice, i.invoice_number as first_number
        from payment_plan p
        join payment_plan_invoice x on x.seller_id = p.seller_id and x.plan_id = p.id
        join invoice i on i.seller_id = x.seller_id and i.id = x.invoice_id
        where p.seller_id = %(seller)s and p.id = any(%(plans)s::uuid[]) and not exists (
          select from plan_interest n where n.seller_id = i.seller_id and n.invoice_id = i.id
            and n.plan_id = p.id)
        order by p.id, i.due_on, i.id
        """,
        {"seller": ctx.seller, "plans": list(plans)},
    )
    return {line["id"]: line for line in found}


def _booked(ctx: Context, plans: Sequence[UUID]) -> list[Row]:
    return sql.rows(
        """
        select n.plan_id, n.number, i.id, i.invoice_number, i.amount_minor,
               i.currency::text as currency
        from plan_interest n
        join invoice i on i.seller_id = n.seller_id and i.id = n.invoice_id
        where n.seller_id = %(seller)s and n.plan_id = any(%(plans)s::uuid[])
          and n.number is not null and n.credit_note_id is null
        order by n.plan_id, n.number
        """,
        {"seller": ctx.seller, "plans": list(plans)},
    )


def _debts(ctx: Context, plans: Sequence[UUID]) -> defaultdict[UUID, list[Debt]]:
    found = defaultdict(list)
    for line in sql.rows(
        sql.statement("collection/plan_debts"), {"seller": ctx.seller, "plans": list(plans)}
    ):
        found[line["plan_id"]].append(
            Debt(line["id"], line["due_on"], line["minor"], line["number"], line["bears_none"])
        )
    return found


def _by_plan(lines: Sequence[Row]) -> defaultdict[UUID, list[Row]]:
    found = defaultdict(list)
    for line in lines:
        found[line["plan_id"]].append(line)
    return found


def _part(line: Row) -> Part:
    return Part(
        line["number"],
        line["due_on"],
        line["payment_minor"],
        line["interest_minor"],
        line["booked"],
    )
