"""Credit lines as use cases: open one, change its limit, status, top-up or terms."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain, plain
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.limits import events
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

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
            raise _invalid("discount_percent", self.discount_percent, "give 0 to 99.99")
        if (self.top_up_minor == 0) != (self.top_up_until is None):
            raise _invalid("top_up_until", self.top_up_until, "a top-up has an amount and an end")


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

    NOT_FOUND for a buyer the seller does not have. CHANGED_MEANWHILE when `version` is given and is
    not the line's own (0: it must not exist yet).
    """
    ctx.require(Permission.SET_LIMIT)
    terms.check()
    Money(0, currency)
    with book(ctx):
        _buyer(ctx, buyer_id)
        before = _locked(ctx, buyer_id, currency)
        if version is not None and version != (before.version if before else 0):
            raise Refusal(
                Code.CHANGED_MEANWHILE,
                field="line",
                value=str(version),
                version=before.version if before else 0,
            )
        if before is None:
            _insert(ctx, buyer_id, currency, terms)
            sql.value("select refresh_owed(array[%(buyer)s]::uuid[])", {"buyer": buyer_id})
            record(ctx, events.LineOpened(buyer_id, currency, _facts(terms), why))
        elif before.terms != terms:
            _update(ctx, buyer_id, currency, terms)
            changed = _facts(before.terms)
            record(ctx, events.LineChanged(buyer_id, currency, changed, _facts(terms), why))
        after = _locked(ctx, buyer_id, currency)
    assert after is not None
    return after


def _facts(terms: LineTerms) -> dict[str, Plain]:
    return {name: plain(value) for name, value in asdict(terms).items()}


def _buyer(ctx: Context, buyer_id: UUID) -> None:
    if not sql.row(
        "select id from buyer where seller_id = %(seller)s and id = %(buyer)s",
        {"seller": ctx.seller, "buyer": buyer_id},
    ):
        raise Refusal(Code.NOT_FOUND, field="buyer", value=str(buyer_id))


def _locked(ctx: Context, buyer_id: UUID, currency: str) -> CreditLine | None:
    found = sql.row(
        "select * from credit_line where seller_id = %(seller)s and buyer_id = %(buyer)s"
        " and currency = %(currency)s for update",
        {"seller": ctx.seller, "buyer": buyer_id, "currency": currency},
    )
    return line_of(found, ctx.today) if found else None


def line_of(row: dict[str, Any], today: date) -> CreditLine:
    """A row of `credit_line` as it stands on `today`."""
    terms = LineTerms(**{field.name: row[field.name] for field in fields(LineTerms)})
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
        raise _invalid(field, value, f"give {least} to {most}")


def _invalid(field: str, value: object, mend: str) -> Refusal:
    return Refusal(Code.VALUE_INVALID, field=field, value=str(value), mend=mend)
