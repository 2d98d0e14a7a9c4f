"""Credit lines as use cases: open one, change its limit, status, top-up or terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from netterms.buyers.events import BuyerInsolvent, BuyerSanctioned
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain, plain
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES, Money
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.limits import events
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book, once_more

MOST_MINOR = 10**15
LONGEST_NET_DAYS, MOST_INSTALMENTS = 365, 12
FULL_PERCENT = 100


class LineStatus(StrEnum):
    """An open line takes orders; one on hold or closed takes none, but what it granted stands."""

    OPEN = "open"
    ON_HOLD = "on_hold"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class LineTerms:
    """What a seller decides on a line. Money in minor units of its currency.

    A top-up adds to the limit up to and on `top_up_until`. Instalments are equal parts, `net_days`
    apart. `discount_percent` is off when paid within `discount_days`.
    """

    limit_minor: int
    status: LineStatus = LineStatus.OPEN
    top_up_minor: int = 0
    top_up_until: date | None = None
    insured_minor: int = 0
    net_days: int = 30
    discount_percent: Decimal = Decimal(0)
    discount_days: int = 0
    instalments: int = 1

    def check(self) -> None:
        """VALUE_INVALID names the field, its value and what would mend it."""
        for field in ("limit_minor", "top_up_minor", "insured_minor"):
            _within(field, getattr(self, field), 0, MOST_MINOR)
        _within("net_days", self.net_days, 0, LONGEST_NET_DAYS)
        _within("discount_days", self.discount_days, 0, LONGEST_NET_DAYS)
        _within("instalments", self.instalments, 1, MOST_INSTALMENTS)
        if not 0 <= self.discount_percent < FULL_PERCENT:
            raise invalid(
                "discount_percent", self.discount_percent, Mend.BETWEEN, least=0, most="99.99"
            )
        if (self.top_up_minor == 0) != (self.top_up_until is None):
            raise invalid("top_up_until", self.top_up_until or "", Mend.TOP_UP_WHOLE)


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A line as it stands. `available_minor` is below zero when the limit was lowered under use."""

    buyer_id: UUID
    currency: str
    terms: LineTerms
    held_minor: int
    owed_minor: int
    available_minor: int
    version: int


@once_more
def set_line(
    ctx: Context,
    buyer_id: UUID,
    currency: str,
    terms: LineTerms,
    why: str = "",
    *,
    version: int | None = None,
) -> CreditLine:
    """Open the buyer's line in `currency`, or change it to `terms`; the same again changes nothing.

    Its limit is from then on the decision in force.
    NOT_FOUND for a buyer the seller does not have. CHANGED_MEANWHILE when `version` is given and is
    not the line's own (0: it must not exist yet).
    """
    ctx.require(Permission.SET_LIMIT)
    terms.check()
    if currency not in CURRENCIES:
        raise invalid("currency", currency, Mend.CURRENCY_CODE)
    with book(ctx):
        buyer, before = locked(ctx, buyer_id, currency)
        if version is not None and version != (before.version if before else 0):
            raise Refusal(
                Code.CHANGED_MEANWHILE,
                field="line",
                value=str(version),
                version=before.version if before else 0,
            )
        _check_top_up(ctx, before, terms)
        opens = terms.status is LineStatus.OPEN and (
            before is None or before.terms.status is not LineStatus.OPEN
        )
        if opens and buyer["sanctions_hit"]:
            raise invalid("status", terms.status.value, Mend.KEEP_SHUT)
        if before is None:
            _insert(ctx, buyer_id, currency, terms)
            here = {"buyer": buyer_id, "today": ctx.today}
            sql.value("select refresh_caps(array[%(buyer)s]::uuid[], %(today)s)", here)
            sql.value("select refresh_owed(array[%(buyer)s]::uuid[])", here)
            record(ctx, events.LineOpened(buyer_id, currency, _facts(terms), why))
        elif before.terms != terms:
            _change(ctx, before, terms, why)
        if before is None or before.terms.limit_minor != terms.limit_minor:
            decide(ctx, buyer_id, Money(terms.limit_minor, currency), why)
        _, after = locked(ctx, buyer_id, currency)
    assert after is not None
    return after


def locked(ctx: Context, buyer_id: UUID, currency: str) -> tuple[dict[str, Any], CreditLine | None]:
    """The buyer and its line, locked in the order of every lock; NOT_FOUND for no buyer.

    For use cases that go on to change the line in the same transaction.
    """
    buyer = _buyer(ctx, buyer_id)
    sql.value("select lock_caps()")
    lines = _of_buyer(ctx, buyer_id)
    return buyer, next((line for line in lines if line.currency == currency), None)


def _check_top_up(ctx: Context, before: CreditLine | None, terms: LineTerms) -> None:
    """VALUE_INVALID for one that is over; one that ended since may stay as it was."""
    wanted = terms.top_up_minor, terms.top_up_until
    was = (before.terms.top_up_minor, before.terms.top_up_until) if before else None
    if terms.top_up_until and terms.top_up_until < ctx.today and wanted != was:
        raise invalid("top_up_until", terms.top_up_until, Mend.TODAY_OR_LATER)


def _change(ctx: Context, before: CreditLine, terms: LineTerms, why: str) -> None:
    buyer_id, currency, was = before.buyer_id, before.currency, _facts(before.terms)
    _update(ctx, buyer_id, currency, terms)
    record(ctx, events.LineChanged(buyer_id, currency, was, _facts(terms), why))


def _facts(terms: LineTerms) -> dict[str, Plain]:
    return {name: plain(value) for name, value in asdict(terms).items()}


def decide(ctx: Context, buyer_id: UUID, limit: Money, why: str) -> bool:
    """Note that a limit was decided; False when it was in force before. For use cases only."""
    params = {
        "seller": ctx.seller,
        "buyer": buyer_id,
        "currency": limit.currency,
        "as_of": ctx.today,
        "granted": limit.minor,
        "by": ctx.actor,
        "reasons": Jsonb([why]),
    }
    return sql.execute(sql.statement("limits/grant"), params) > 0


def top_up(
    ctx: Context,
    buyer_id: UUID,
    extra: Money,
    until: date,
    why: str,
    *,
    version: int | None = None,
) -> CreditLine:
    """Add `extra` to the limit of the line in its currency, up to and on `until`; zero ends it.

    NOT_FOUND where there is no such line; VALUE_INVALID for a day that is over; `version` as in
    `set_line`.
    """
    running = {"top_up_minor": extra.minor, "top_up_until": until if extra.minor else None}
    return _altered(ctx, buyer_id, extra.currency, running, why, version)


def set_status(
    ctx: Context,
    buyer_id: UUID,
    currency: str,
    status: LineStatus,
    why: str,
    *,
    version: int | None = None,
) -> CreditLine:
    """Hold, close or open again a line; what it granted stands. Errors as of `top_up`."""
    return _altered(ctx, buyer_id, currency, {"status": status}, why, version)


def follow_decision(ctx: Context, buyer_id: UUID, limit: Money, why: str) -> CreditLine:
    """Let the buyer's line in the limit's currency carry it; opened on hold where credit is none.

    What else was agreed on the line stays as it is.
    """
    ctx.require(Permission.SET_LIMIT)
    with book(ctx):
        buyer, before = locked(ctx, buyer_id, limit.currency)
        if before:
            terms = replace(before.terms, limit_minor=limit.minor)
        else:
            stopped = buyer["sanctions_hit"] or buyer["insolvent_on"] is not None
            status = LineStatus.ON_HOLD if stopped else LineStatus.OPEN
            terms = LineTerms(limit.minor, status)
        return set_line(ctx, buyer_id, limit.currency, terms, why)


def hold_lines(ctx: Context, insolvent: BuyerInsolvent) -> None:
    """No more orders from a buyer over whom insolvency proceedings were opened.

    Its open lines go on hold; a person may open them again.
    """
    _hold(ctx, insolvent.subject, "insolvency")


def hold_sanctioned(ctx: Context, sanctioned: BuyerSanctioned) -> None:
    """No more orders from a party on a sanctions list. Who is cleared is opened by a person."""
    if sanctioned.hit:
        _hold(ctx, sanctioned.subject, "sanctions")


def hold_for_promises(ctx: Context, buyers: Sequence[UUID]) -> int:
    """Whoever broke as many promises as COL-02 allows gets no more credit; how many lines changed.

    Their open lines go on hold; a person may open them again.
    """
    with book(ctx):
        found = sql.rows(
            "select * from credit_line where seller_id = %(seller)s"
            " and buyer_id = any(%(buyers)s::uuid[]) order by buyer_id, currency for update",
            {"seller": ctx.seller, "buyers": list(buyers)},
        )
        held = [
            line
            for line in (line_of(row, ctx.today) for row in found)
            if line.terms.status is LineStatus.OPEN
        ]
        for before in held:
            terms = replace(before.terms, status=LineStatus.ON_HOLD)
            _change(ctx, before, terms, "promises_broken")
    return len(held)


def hold_buyer(ctx: Context, buyer_id: UUID, why: str) -> None:
    """Put a buyer's open lines on hold for `why`. For use cases of the rooms above."""
    _hold(ctx, buyer_id, why)


def _hold(ctx: Context, buyer_id: UUID, why: str) -> None:
    for before in _of_buyer(ctx, buyer_id):
        if before.terms.status is LineStatus.OPEN:
            _change(ctx, before, replace(before.terms, status=LineStatus.ON_HOLD), why)


@once_more
def _altered(
    ctx: Context,
    buyer_id: UUID,
    currency: str,
    changes: dict[str, Any],
    why: str,
    version: int | None,
) -> CreditLine:
    ctx.require(Permission.SET_LIMIT)
    with book(ctx):
        _, before = locked(ctx, buyer_id, currency)
        if before is None:
            raise Refusal(Code.NOT_FOUND, field="line", value=f"{buyer_id}/{currency}")
        terms = replace(before.terms, **changes)
        return set_line(ctx, buyer_id, currency, terms, why, version=version)


def _buyer(ctx: Context, buyer_id: UUID) -> dict[str, Any]:
    # Before any line: who changes the buyer locks it before its lines, too.
    found = sql.row(
        "select sanctions_hit, insolvent_on from buyer"
        " where seller_id = %(seller)s and id = %(buyer)s for key share",
        {"seller": ctx.seller, "buyer": buyer_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="buyer", value=str(buyer_id))
    return found


def _of_buyer(ctx: Context, buyer_id: UUID) -> list[CreditLine]:
    """Every line of the buyer, locked in the order of every lock."""
    found = sql.rows(
        "select * from credit_line where seller_id = %(seller)s and buyer_id = %(buyer)s"
        " order by currency for update",
        {"seller": ctx.seller, "buyer": buyer_id},
    )
    return [line_of(line, ctx.today) for line in found]


def line_of(row: dict[str, Any], today: date) -> CreditLine:
    """A row of `credit_line` as it stands on `today`."""
    told = {field.name: row[field.name] for field in fields(LineTerms)}
    terms = LineTerms(**told | {"status": LineStatus(row["status"])})
    top_up = row["top_up_minor"] if row["top_up_until"] and today <= row["top_up_until"] else 0
    return CreditLine(
        buyer_id=row["buyer_id"],
        currency=row["currency"],
        terms=terms,
        held_minor=row["held_minor"],
        owed_minor=row["owed_minor"],
        available_minor=row["limit_minor"] + top_up - row["held_minor"] - max(row["owed_minor"], 0),
        version=row["version"],
    )


def _insert(ctx: Context, buyer_id: UUID, currency: str, terms: LineTerms) -> None:
    names = [field.name for field in fields(LineTerms)]
    given = ", ".join(f"%({name})s" for name in names)
    sql.execute(
        f"insert into credit_line (seller_id, buyer_id, currency, {', '.join(names)})"  # noqa: S608
        f" values (%(seller)s, %(buyer)s, %(currency)s, {given})",
        asdict(terms) | {"seller": ctx.seller, "buyer": buyer_id, "currency": currency},
    )


def _update(ctx: Context, buyer_id: UUID, currency: str, terms: LineTerms) -> None:
    given = ", ".join(f"{field.name} = %({field.name})s" for field in fields(LineTerms))
    sql.execute(
        f"update credit_line set {given}, version = version + 1"  # noqa: S608
        " where seller_id = %(seller)s and buyer_id = %(buyer)s and currency = %(currency)s",
        asdict(terms) | {"seller": ctx.seller, "buyer": buyer_id, "currency": currency},
    )


def _within(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise invalid(field, value, Mend.BETWEEN, least=least, most=most)
