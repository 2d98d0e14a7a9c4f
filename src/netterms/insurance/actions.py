"""The policy in daily life: what it asks by when, and a claim's amount when it comes to that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
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
)
from netterms.insurance.terms import CoverKind, PolicyTerms, terms_from
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain, plain
from netterms.kernel.ids import new_id
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
        held = sql.rows(_with_held("held_deadlines"), params)
        later = [row for line in held for row in _deadline_rows(line)]
        sql.execute(_INSERT_DEADLINES, {"seller": ctx.seller} | _columns(later))
        closed = sql.row(sql.statement("insurance/close_deadlines"), params) or {}
        oldest = sql.rows(_with_held("oldest_unpaid"), params)
        new = [row for line in oldest for row in _deadline_rows(line)]
        # One statement: a first day sets a hundred thousand.
        sql.execute(_INSERT_DEADLINES, {"seller": ctx.seller} | _columns(new))
    return {"set": len(new), "closed": closed["closed"], "lapsed": closed["lapsed"]}


@cache
def _with_held(name: str) -> str:
    """A statement with the relation `held` put in, which two share."""
    held = sql.statement("insurance/held_days")
    return sql.statement(f"insurance/{name}").replace("/* held */", held)


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


def prepare_claims(ctx: Context, buyers: Sequence[UUID]) -> dict[UUID, UUID]:
    """Open a claim file with its working for each insured buyer of `buyers` that has none.

    Returns claim by buyer, one that runs already included. A buyer whose deliveries no policy
    covered, or whose debts are in another currency than the policy's, gets none: converting needs
    a dated rate that the user has loaded.
    """
    ctx.require(Permission.RUN_DAY)
    with book(ctx):
        _hold_policies(ctx)
        running = sql.rows(_RUNNING, stamp(ctx) | {"buyers": list(buyers)})
        debts = sql.rows(
            sql.statement("insurance/claim_debts"), stamp(ctx) | {"buyers": list(buyers)}
        )
        by_claim = [
            list(lines)
            for _, lines in groupby(debts, key=lambda d: (d["policy_id"], d["buyer_id"]))
        ]
        opened = [_claim(ctx, lines) for lines in by_claim if _is_loss(ctx, lines)]
        sql.execute_many(_INSERT_CLAIM, [row for row, _ in opened])
        record_all(ctx, [event for _, event in opened])
    known = {line["buyer_id"]: line["id"] for line in running}
    return known | {event.subject: event.claim for _, event in opened}


def _is_loss(ctx: Context, debts: Sequence[Mapping[str, Any]]) -> bool:
    """A covered invoice is unpaid past its day, or the buyer is insolvent (TCI-01)."""
    return any(debt["due_on"] < ctx.today or _failed(ctx, debt) for debt in debts if _covered(debt))


def _failed(ctx: Context, debt: Mapping[str, Any]) -> bool:
    return bool(debt["insolvent_on"] is not None and debt["insolvent_on"] <= ctx.today)


def _covered(debt: Mapping[str, Any]) -> bool:
    return bool(debt["kind"] == "invoice" and debt["limit_minor"] > 0)


_RUNNING = """
select buyer_id, id from claim
where seller_id = %(seller)s and buyer_id = any(%(buyers)s) and state not in ('refused', 'closed')
order by opened_on, id
"""


_INSERT_CLAIM = """
insert into claim (seller_id, id, policy_id, buyer_id, currency, peril, opened_on, date_of_loss,
                   gross_minor, insured_minor, indemnity_minor, working)
values (%(seller)s, %(id)s, %(policy)s, %(buyer)s, %(currency)s, %(peril)s, %(opened_on)s,
        %(date_of_loss)s, %(gross)s, %(insured)s, %(indemnity)s, %(working)s)
"""


def _claim(
    ctx: Context, debts: list[dict[str, Any]]
) -> tuple[dict[str, object], events.ClaimPrepared]:
    first = debts[0]
    terms = terms_from(first["terms"])
    worked = claim_amount(debts, terms)
    claim = new_id(ctx.now)
    row = {
        "seller": ctx.seller,
        "id": claim,
        "policy": first["policy_id"],
        "buyer": first["buyer_id"],
        "currency": first["currency"],
        "peril": "insolvency" if _failed(ctx, first) else "protracted_default",
        "opened_on": ctx.today,
        "date_of_loss": _loss_day(ctx, debts, terms),
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
    return row, events.ClaimPrepared(first["buyer_id"], claim, worked.insured, worked.paid)


def _loss_day(ctx: Context, debts: Sequence[Mapping[str, Any]], terms: PolicyTerms) -> object:
    """TCI-11 by the oldest invoice; where its clock has not started, counted as if from today."""
    invoices = [debt for debt in debts if debt["kind"] == "invoice"]
    oldest = min(invoices or debts, key=lambda debt: debt["due_on"])
    so_far = Happened(
        notice_received_on=ctx.today,
        collection_started_on=ctx.today,
        insolvent_on=oldest["insolvent_on"],
    )
    return date_of_loss(oldest["due_on"], terms, so_far)


def claim_amount(debts: Sequence[Mapping[str, Any]], terms: PolicyTerms) -> Indemnity:
    """The indemnity of one buyer's debts (TCI-14, TCI-15), with every step of its working.

    All money the buyer paid on these invoices, and its open credit notes, are receipts before the
    loss: which invoice they were meant for does not matter under TCI-18. The limit is that of the
    oldest delivery still under cover; deliveries after its withdrawal are not insurable (TCI-21).
    The insurance year is taken as without other claims.
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
    credits_open = sum(
        debt["amount_minor"] - debt["paid_minor"] for debt in debts if debt["kind"] != "invoice"
    )
    received = sum(debt["paid_minor"] for debt in debts if debt["kind"] == "invoice")
    oldest = min(filter(_covered, debts), key=lambda debt: debt["issued_on"])
    cover = Cover(CoverKind(oldest["cover_kind"]), oldest["limit_minor"])
    return indemnity(ClaimFacts(invoices, cover, received + credits_open), terms, PolicyYear())
