"""Caps over many credit lines: what a group, a country, a sector or a grade may use together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from netterms.buyers.events import BuyersRegrouped
from netterms.buyers.known import require_buyer
from netterms.kernel.context import Context, Permission
from netterms.kernel.countries import COUNTRIES
from netterms.kernel.events import Plain
from netterms.kernel.mends import Mend
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.limits import events
from netterms.limits.lines import MOST_MINOR
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book, once_more

GRADES = range(1, 11)
COMPANY = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
SECTOR = r"[^\x00-\x1f\x7f]{1,100}"


class CapKind(StrEnum):
    """What the lines under a cap have in common."""

    GROUP = "group"
    COUNTRY = "country"
    SECTOR = "sector"
    GRADE = "grade"


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap in minor units of the seller's currency.

    `key` is the id of the company on top of a group, a country (ISO 3166), a sector as buyers have
    it, or a grade from 1 to 10. `used_minor` is above a limit that was lowered under use.
    """

    id: UUID
    kind: CapKind
    key: str
    limit_minor: int
    used_minor: int


def caps(ctx: Context) -> list[Cap]:
    """The seller's caps, by kind and key."""
    ctx.require(Permission.READ)
    with book(ctx):
        return _caps(ctx)


@once_more
def set_cap(ctx: Context, kind: CapKind, key: str, limit_minor: int, why: str = "") -> Cap:
    """Set a cap, or its limit; every line it covers counts in it at once.

    VALUE_INVALID for a key that nothing can have; NOT_FOUND for a company the seller does not know.
    The same again changes nothing.
    """
    ctx.require(Permission.SET_LIMIT)
    key, reason = _checked(kind, key), checked_reason(why, least=0)
    if not 0 <= limit_minor <= MOST_MINOR:
        raise invalid("limit_minor", str(limit_minor), Mend.BETWEEN, least=0, most=MOST_MINOR)
    with book(ctx):
        if kind is CapKind.GROUP:
            require_buyer(ctx, UUID(key))
        sql.value("select lock_caps()")
        before = _one(ctx, kind, key)
        params = {"seller": ctx.seller, "kind": kind, "key": key, "limit": limit_minor}
        if before is None:
            sql.execute(
                "insert into exposure_cap (seller_id, kind, key, limit_minor)"
                " values (%(seller)s, %(kind)s, %(key)s, %(limit)s)",
                params,
            )
            sql.value("select refresh_caps(null, %(today)s)", {"today": ctx.today})
        elif before.limit_minor != limit_minor:
            sql.execute(
                "update exposure_cap set limit_minor = %(limit)s"
                " where seller_id = %(seller)s and kind = %(kind)s and key = %(key)s",
                params,
            )
        after = _one(ctx, kind, key)
        assert after is not None
        if before is None or before.limit_minor != limit_minor:
            was = before.limit_minor if before else None
            record(ctx, events.CapSet(after.id, kind.value, key, was, limit_minor, reason))
    return after


@once_more
def remove_cap(ctx: Context, kind: CapKind, key: str, why: str = "") -> None:
    """Take a cap away; NOT_FOUND where there is none."""
    ctx.require(Permission.SET_LIMIT)
    reason = checked_reason(why, least=0)
    with book(ctx):
        sql.value("select lock_caps()")
        cap = _one(ctx, kind, key)
        if cap is None:
            raise Refusal(Code.NOT_FOUND, field="cap", value=f"{kind.value}/{key}")
        sql.execute(sql.statement("limits/leave_cap"), {"seller": ctx.seller, "cap": cap.id})
        sql.execute(
            "delete from exposure_cap where seller_id = %(seller)s and id = %(cap)s",
            {"seller": ctx.seller, "cap": cap.id},
        )
        record(ctx, events.CapRemoved(cap.id, kind.value, key, cap.limit_minor, reason))


@once_more
def refresh_exposure(ctx: Context) -> dict[str, Plain]:
    """A step of the day: count lines in their caps by today's grades and rates.

    What is owed on a line in another currency is counted anew where rates came in for days gone by.
    Two transactions: each takes lines before caps, and both together would not.
    """
    ctx.require(Permission.RUN_DAY)
    with book(ctx):
        recounted = sql.value(sql.statement("limits/count_rated"), {"seller": ctx.seller})
    with book(ctx):
        moved = sql.value("select refresh_caps(null, %(today)s)", {"today": ctx.today})
    return {"recounted": recounted, "moved": moved}


def regroup(ctx: Context, moved: BuyersRegrouped) -> None:
    """Count the lines of buyers whose parent or sector changed, and of all below them, anew."""
    params = {"buyers": list(moved.buyers), "today": ctx.today, "seller": ctx.seller}
    sql.value(sql.statement("limits/regroup"), params)


def _caps(ctx: Context) -> list[Cap]:
    found = sql.rows(
        "select id, kind, key, limit_minor, used_minor from exposure_cap"
        " where seller_id = %(seller)s order by kind, key",
        {"seller": ctx.seller},
    )
    return sql.typed([line | {"kind": CapKind(line["kind"])} for line in found], Cap)


def _one(ctx: Context, kind: CapKind, key: str) -> Cap | None:
    return next((cap for cap in _caps(ctx) if (cap.kind, cap.key) == (kind, key)), None)


def _checked(kind: CapKind, key: str) -> str:
    """The key in its one spelling."""
    if kind is CapKind.GROUP:
        if not re.fullmatch(COMPANY, key, re.ASCII | re.IGNORECASE):
            raise invalid("key", key, Mend.COMPANY_ON_TOP)
        return key.lower()
    if kind is CapKind.COUNTRY and key not in COUNTRIES:
        raise invalid("key", key, Mend.COUNTRY_CODE)
    if kind is CapKind.GRADE and key not in {str(grade) for grade in GRADES}:
        raise invalid("key", key, Mend.BETWEEN, least=GRADES[0], most=GRADES[-1])
    if kind is CapKind.SECTOR and not re.fullmatch(SECTOR, key):
        raise invalid("key", key, Mend.CHARACTERS, least=1, most=100)
    return key
