"""Limits that other suppliers give a buyer, as somebody tells them: what SCR-10 averages."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from netterms.buyers.known import Lock, ids_by_number, require_buyer
from netterms.kernel.calendar import add_months
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES, Money
from netterms.kernel.refusal import Refusal, invalid
from netterms.limits import events
from netterms.limits.facts import REFERENCE_MONTHS, TradeReference, counting, same_supplier
from netterms.limits.lines import MOST_MINOR
from netterms.store import sql
from netterms.store.keys import done_once
from netterms.store.outbox import record_all
from netterms.store.tenancy import book, once_more

LONGEST_SUPPLIER = 200


@dataclass(frozen=True, slots=True)
class KeptReference:
    """A reference as the book has it. `limit_minor` None: the supplier gives none any more.

    `counts`: it is the supplier's newest and no older than a year.
    """

    id: UUID
    supplier: str
    currency: str
    limit_minor: int | None
    given_on: date
    entered_by: str
    counts: bool = False


def enter_reference(
    ctx: Context,
    buyer_id: UUID,
    supplier: str,
    currency: str,
    limit_minor: int | None,
    given_on: date,
    *,
    key: str = "",
) -> tuple[UUID, bool]:
    """Keep what another supplier gives the buyer; its id, and whether `key` had brought it before.

    A newer one of the same supplier, however it is spelt, takes its place; a limit of None says
    that there is none any more. NOT_FOUND, VALUE_INVALID.
    """
    ctx.require(Permission.IMPORT)
    _check(ctx, supplier, currency, limit_minor, given_on)
    name = supplier.strip()

    def act() -> str:
        require_buyer(ctx, buyer_id)
        return str(_keep(ctx, [(buyer_id, name, currency, limit_minor, given_on)])[0])

    asked = {"reference_of": buyer_id, "supplier": name, "currency": currency,
             "limit_minor": limit_minor, "given_on": given_on}  # fmt: skip
    found, repeated = done_once(ctx, key, asked, act)
    return UUID(str(found)), repeated


@dataclass(frozen=True, slots=True)
class ReferenceIn:
    """A line of a list: what a supplier gives the buyer of that number."""

    buyer_number: str
    supplier: str
    currency: str
    limit_minor: int | None
    given_on: date


@dataclass(frozen=True, slots=True)
class EnteredReferences:
    """How many references of a list are new, and how many the book had."""

    new: int
    known: int


def flaws(ctx: Context, lines: Sequence[ReferenceIn]) -> list[tuple[int, Refusal]]:
    """What of a list cannot be entered, each with its place in it."""
    ctx.require(Permission.READ)
    with book(ctx):
        known = ids_by_number(ctx, (line.buyer_number for line in lines))
    found: list[tuple[int, Refusal]] = []
    for place, line in enumerate(lines):
        try:
            _check_line(ctx, line, known)
        except Refusal as refusal:
            found.append((place, refusal))
    return found


@once_more
def enter_references(ctx: Context, lines: Sequence[ReferenceIn]) -> EnteredReferences:
    """Enter a list of references, all of them or none; a second time changes nothing.

    VALUE_INVALID names the field of the first that cannot be entered (`flaws` has all of them).
    """
    ctx.require(Permission.IMPORT)
    with book(ctx):
        # One list at a time for a buyer: two at once would both enter what both bring.
        of = ids_by_number(ctx, (line.buyer_number for line in lines), Lock.NO_KEY_UPDATE)
        for line in lines:
            _check_line(ctx, line, of)
        told = {
            (of[x.buyer_number], same_supplier(x.supplier.strip()), x.currency, x.limit_minor,
             x.given_on): x.supplier.strip()
            for x in lines
        }  # fmt: skip
        for had in sql.rows(_HAD, {"seller": ctx.seller, "buyers": list(of.values())}):
            told.pop(tuple(had.values()), None)
        new = [
            (buyer, name, currency, limit, given_on)
            for (buyer, _, currency, limit, given_on), name in told.items()
        ]
        _keep(ctx, new)
    return EnteredReferences(len(new), len(lines) - len(new))


# A buyer, who supplies it, a currency, a limit in its minor units, and the day it was given.
_Given = tuple[UUID, str, str, int | None, date]


def _keep(ctx: Context, given: Sequence[_Given]) -> list[UUID]:
    ids = [new_id(ctx.now) for _ in given]
    sql.execute_many(
        _INSERT,
        [
            (ctx.seller, number, buyer, name, same_supplier(name), currency, limit, given_on,
             ctx.today, ctx.actor, ctx.now)
            for number, (buyer, name, currency, limit, given_on) in zip(ids, given, strict=True)
        ],
    )  # fmt: skip
    record_all(ctx, [events.TradeReferenceEntered(*one) for one in given])
    return ids


def _check_line(ctx: Context, line: ReferenceIn, known: Container[str]) -> None:
    if line.buyer_number not in known:
        raise invalid("buyer_number", line.buyer_number, Mend.KNOWN_BUYER)
    _check(ctx, line.supplier, line.currency, line.limit_minor, line.given_on)


def _check(
    ctx: Context, supplier: str, currency: str, limit_minor: int | None, given_on: date
) -> None:
    name = supplier.strip()
    if not 1 <= len(name) <= LONGEST_SUPPLIER or not name.isprintable():
        raise invalid("supplier", name, Mend.CHARACTERS, least=1, most=LONGEST_SUPPLIER)
    if currency not in CURRENCIES:
        raise invalid("currency", currency, Mend.CURRENCY_CODE)
    if limit_minor is not None and not 0 <= limit_minor <= MOST_MINOR:
        raise invalid("limit_minor", limit_minor, Mend.BETWEEN, least=0, most=MOST_MINOR)
    first = add_months(ctx.today, -REFERENCE_MONTHS)
    if not first < given_on <= ctx.today:
        raise invalid("given_on", given_on, Mend.BETWEEN, least=first, most=ctx.today)


def references_of(ctx: Context, buyer_id: UUID) -> list[KeptReference]:
    """What other suppliers give the buyer, the newest entered first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select id, supplier, currency::text as currency, limit_minor, given_on, entered_by
            from trade_reference where seller_id = %(seller)s and buyer_id = %(buyer)s
            order by id desc
            """,
            {"seller": ctx.seller, "buyer": buyer_id},
        )
    told = [_told(line) for line in reversed(found)]
    counts = {id(one) for one in counting(told, ctx.today)}
    marked = [
        line | {"counts": id(one) in counts}
        for line, one in zip(found, reversed(told), strict=True)
    ]
    return sql.typed(marked, KeptReference)


def _told(line: dict[str, Any]) -> TradeReference:
    limit = None if line["limit_minor"] is None else Money(line["limit_minor"], line["currency"])
    return TradeReference(line["supplier"], limit, line["given_on"])


_HAD = """
select buyer_id, supplier_core, currency::text, limit_minor, given_on
from trade_reference where seller_id = %(seller)s and buyer_id = any(%(buyers)s)
"""
_INSERT = """
insert into trade_reference (seller_id, id, buyer_id, supplier, supplier_core, currency,
                             limit_minor, given_on, known_on, entered_by, entered_at)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
