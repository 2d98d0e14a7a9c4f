"""The policy in daily life: what it asks by when, and a claim's amount when it comes to that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from netterms.insurance import events
from netterms.insurance.deadlines import Dispute, Happened, date_of_loss, deadlines
from netterms.insurance.rules import (
    ClaimFacts,
    ClaimInvoice,
    Cover,
    Indemnity,
    PolicyYear,
    indemnity,
    receipts_by_part,
)
from netterms.insurance.terms import CoverKind, PolicyTerms, terms_from
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain, plain
from netterms.kernel.ids import new_id
from netterms.kernel.money import Money
from netterms.store import sql
from netterms.store.outbox import record_all, stamp
from netterms.store.tenancy import book


def refresh_deadlines(ctx: Context) -> dict[str, Plain]:
    """Close the deadlines that are met or missed; set those of newly overdue oldest invoices."""
    ctx.require(Permission.RUN_DAY)
    params = stamp(ctx)
    with book(ctx):
        _hold_policies(ctx)
        # What was disputed has its later dates before any of the old ones could be missed.
        held = sql.rows(sql.statement("insurance/held_deadlines"), params)
        later = [row for line in held for row in _deadline_rows(line)]
        sql.execute(_INSERT_DEADLINES, {"seller": ctx.seller} | _columns(later))
        closed = sql.row(sql.statement("insurance/close_deadlines"), params) or {}
        oldest = sql.rows(sql.statement("insurance/oldest_unpaid"), params)
        new = [row for line in oldest for row in _deadline_rows(line)]
        # One statement: a first day sets a hundred thousand.
        sql.execute(_INSERT_DEADLINES, {"seller": ctx.seller} | _columns(new))
    return {"set": len(new), "closed": closed["closed"], "lapsed": closed["lapsed"]}


def _hold_policies(ctx: Context) -> None:
    """Nobody changes terms while something begins to count by them."""
    sql.rows(
        "select 1 from insurance_policy where seller_id = %(seller)s for share",
        {"seller": ctx.seller},
    )


_INSERT_DEADLINES = """
insert into policy_deadline (seller_id, policy_id, buyer_id, invoice_id, kind, due_on, rule)
select %(seller)s, n.*
from unnest(%(policies)s::uuid[], %(buyers)s::uuid[], %(invoices)s::uuid[], %(kinds)s::text[],
            %(days)s::date[], %(rules)s::text[]) as n
on conflict (seller_id, policy_id, invoice_id, kind) do update set due_on = excluded.due_on
where policy_deadline.state = 'open'
"""
_NAMES = ("policies", "buyers", "invoices", "kinds", "days", "rules")


def _columns(rows: Sequence[tuple[object, ...]]) -> dict[str, list[object]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(_NAMES)}


def _deadline_rows(line: Mapping[str, Any]) -> list[tuple[object, ...]]:
    happened = Happened(
        insolvent_on=line["insolvent_on"],
        policy_ends_on=line["policy_ends_on"],
        disputes=tuple(Dispute(*map(date.fromisoformat, days)) for days in line["disputes"]),
    )
    dates = deadlines(line["issued_on"], line["due_on"], terms_from(line["terms"]), happened)
    return [
        (
            line["policy_id"],
            line["buyer_id"],
            line["invoice_id"],
            each.kind.value,
            each.on,
            each.rule,
        )
        for each in dates.all
    ]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Claim file by buyer, one that runs already included; buyers whose disputes hold theirs."""

    files: Mapping[UUID, UUID]
    held: frozenset[UUID]


def prepare_claims(ctx: Context, buyers: Sequence[UUID]) -> Prepared:
    """Open a claim file with its working for each insured buyer of `buyers` that has none.

    One file for an insurer and currency, with a part for each policy in whose time was delivered.
    A buyer whose deliveries no policy covered, or whose debts are in another currency than the
    policy's, gets none: converting needs a dated rate that the user has loaded. Nor does one all of
    whose debts are disputed: there is no default of them yet (TCI-01, TCI-12).
    """
    ctx.require(Permission.RUN_DAY)
    with book(ctx):
        _hold_policies(ctx)
        asked = stamp(ctx) | {"buyers": list(buyers)}
        running = sql.rows(_RUNNING, asked)
        counted = {(r["buyer_id"], r["insurer"], r["currency"]): r for r in running}
        debts = sql.rows(sql.statement("insurance/claim_debts"), asked)
        by_file = {
            key: list(lines)
            for key, lines in groupby(
                debts, key=lambda d: (d["buyer_id"], d["insurer"], d["currency"])
            )
        }
        opened = [
            _file(ctx, lines, counted.get(key))
            for key, lines in by_file.items()
            if _is_loss(ctx, lines)
        ]
        sql.execute_many(_INSERT_CLAIM, [row for rows, _ in opened for row in rows])
        record_all(ctx, [event for _, event in opened])
    known = {line["buyer_id"]: line["file_id"] for line in reversed(running)}
    files = {event.subject: event.claim for _, event in reversed(opened)} | known
    held = {lines[0]["buyer_id"] for lines in by_file.values() if _is_held(lines)}
    return Prepared(files, frozenset(held - files.keys()))


def _is_loss(ctx: Context, debts: Sequence[Mapping[str, Any]]) -> bool:
    """A covered invoice is unpaid past its day and undisputed, or the buyer insolvent (TCI-01)."""
    return any(
        (debt["due_on"] < ctx.today and _undisputed(debt)) or _failed(ctx, debt)
        for debt in debts
        if _covered(debt)
    )


def _is_held(debts: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a part of what is covered is disputed."""
    return any(debt["disputed_minor"] for debt in debts if _covered(debt))


def _undisputed(debt: Mapping[str, Any]) -> bool:
    return bool(debt["disputed_minor"] < debt["amount_minor"] - debt["paid_minor"])


def _failed(ctx: Context, debt: Mapping[str, Any]) -> bool:
    return bool(debt["insolvent_on"] is not None and debt["insolvent_on"] <= ctx.today)


def _covered(debt: Mapping[str, Any]) -> bool:
    return bool(debt["kind"] == "invoice" and debt["limit_minor"] > 0)


_RUNNING = """
select c.buyer_id, p.insurer, c.currency::text as currency, c.file_id,
       sum(c.insured_minor)::bigint as insured_minor
from claim c
join insurance_policy p on p.seller_id = c.seller_id and p.id = c.policy_id
where c.seller_id = %(seller)s and c.buyer_id = any(%(buyers)s)
  and c.state not in ('refused', 'closed')
group by 1, 2, 3, 4
order by min(c.opened_on), c.file_id
"""


_INSERT_CLAIM = """
insert into claim (seller_id, id, file_id, policy_id, buyer_id, currency, peril, opened_on,
                   date_of_loss, gross_minor, insured_minor, indemnity_minor, working)
values (%(seller)s, %(id)s, %(file)s, %(policy)s, %(buyer)s, %(currency)s, %(peril)s,
        %(opened_on)s, %(date_of_loss)s, %(gross)s, %(insured)s, %(indemnity)s, %(working)s)
"""


def _file(
    ctx: Context, debts: Sequence[dict[str, Any]], running: Mapping[str, Any] | None
) -> tuple[list[dict[str, object]], events.ClaimPrepared]:
    """The parts of a file, one a policy, the oldest first; parts that join one that runs.

    What the buyer paid goes to its oldest debts, of whichever policy (TCI-18), and its limit is one
    for all of them: what an older part has used of it a later one has not (TCI-07).
    """
    by_policy = [list(some) for _, some in groupby(debts, key=lambda debt: debt["policy_id"])]
    received = receipts_by_part(
        [sum(d["amount_minor"] for d in part if d["kind"] == "invoice") for part in by_policy],
        _received(debts),
    )
    used = running["insured_minor"] if running else 0
    loss_day = _loss_day(ctx, debts)
    file = running["file_id"] if running else None
    rows, insured, paid = [], 0, 0
    for part, minor in zip(by_policy, received, strict=True):
        if not any(map(_covered, part)):
            continue
        worked = claim_amount(part, terms_from(part[0]["terms"]), minor, used)
        claim = new_id(ctx.now)
        file = file or claim
        rows.append(_row(ctx, part, worked, loss_day) | {"id": claim, "file": file})
        used += worked.insured.minor
        insured, paid = insured + worked.insured.minor, paid + worked.paid.minor
    first = debts[0]
    assert file is not None
    return rows, events.ClaimPrepared(
        first["buyer_id"], file, Money(insured, first["currency"]), Money(paid, first["currency"])
    )


def _row(
    ctx: Context, debts: Sequence[dict[str, Any]], worked: Indemnity, loss_day: date
) -> dict[str, object]:
    first = debts[0]
    return {
        "seller": ctx.seller,
        "policy": first["policy_id"],
        "buyer": first["buyer_id"],
        "currency": first["currency"],
        "peril": "insolvency" if _failed(ctx, first) else "protracted_default",
        "opened_on": ctx.today,
        "date_of_loss": loss_day,
        "gross": worked.insurable.minor,
        "insured": worked.insured.minor,
        "indemnity": worked.paid.minor,
        "working": Jsonb(
            {
                "steps": plain(list(worked.steps)),
                "reasons": [reason.value for reason in worked.reasons],
                "invoices": [debt["invoice_number"] for debt in debts],
            }
        ),
    }


def _received(debts: Sequence[Mapping[str, Any]]) -> int:
    """What was paid on the debts, and what is open of the credit notes beside them, each once."""
    once = {debt["invoice_id"]: debt for debt in debts}.values()
    return sum(
        debt["paid_minor"]
        if debt["kind"] == "invoice"
        else debt["amount_minor"] - debt["paid_minor"]
        for debt in once
    )


def _loss_day(ctx: Context, debts: Sequence[Mapping[str, Any]]) -> date:
    """TCI-11: the earliest of what is covered and undisputed, or the insolvency.

    Disputes settled since held the clock of their debt (TCI-12, EX-1.14). Where a clock has not
    started it is counted as if from today.
    """
    found = []
    for debt in filter(_covered, debts):
        so_far = Happened(
            notice_received_on=ctx.today,
            collection_started_on=ctx.today,
            insolvent_on=debt["insolvent_on"] if _failed(ctx, debt) else None,
            disputes=tuple(Dispute(*map(date.fromisoformat, days)) for days in debt["disputes"]),
        )
        if _undisputed(debt) or so_far.insolvent_on:
            found.append(date_of_loss(debt["due_on"], terms_from(debt["terms"]), so_far))
    return min(day for day in found if day is not None)


def claim_amount(
    debts: Sequence[Mapping[str, Any]], terms: PolicyTerms, received: int, used: int = 0
) -> Indemnity:
    """The indemnity of one buyer's debts under a policy (TCI-14, TCI-15), with all its steps.

    All money the buyer paid on its invoices, and its open credit notes, are receipts before the
    loss: which invoice they were meant for does not matter under TCI-18; `received` is this
    policy's part. The limit is that of the oldest delivery still under cover, less what an older
    policy's part has `used` of it; deliveries after its withdrawal are not insurable (TCI-21). The
    insurance year is taken as without other claims.
    """
    invoices = tuple(
        ClaimInvoice(
            number=debt["invoice_number"],
            due_on=debt["due_on"],
            gross_minor=debt["amount_minor"],
            disputed_minor=debt["disputed_minor"],
            insurable=_covered(debt),
        )
        for debt in debts
        if debt["kind"] == "invoice"
    )
    oldest = min(filter(_covered, debts), key=lambda debt: debt["issued_on"])
    cover = Cover(CoverKind(oldest["cover_kind"]), max(0, oldest["limit_minor"] - used))
    return indemnity(ClaimFacts(invoices, cover, received), terms, PolicyYear())
