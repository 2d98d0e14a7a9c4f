"""Reads about lists and hits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.screening.moves import UNDECIDED, HitState
from netterms.store import sql
from netterms.store.tenancy import book


@dataclass(frozen=True, slots=True)
class LoadedList:
    """A list in force: the newest load of its kind."""

    version: int
    kind: str
    title: str
    published_on: date | None
    file_name: str
    entries: int
    loaded_at: datetime


@dataclass(frozen=True, slots=True)
class Hit:
    """A buyer beside the entry it looks like. `entry` has names, countries, numbers, programmes."""

    id: UUID
    buyer_id: UUID
    buyer_number: str
    buyer_name: str
    country: str
    kind: str
    entry_id: str
    listed_name: str
    score: int
    points: Mapping[str, int]
    entry: Mapping[str, Any]
    found_on: date
    state: HitState
    proposed_by: str | None
    why: str
    decided_by: str | None
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far screening has come: buyers in all, looked at against the lists in force, hits."""

    buyers: int
    screened: int
    undecided: int


def lists_in_force(seller: UUID | None = None) -> list[LoadedList]:
    """The newest load of every kind that all sellers share or that is this seller's alone."""
    found = sql.rows(
        "select distinct on (kind) version, kind, title, published_on, file_name, entries,"
        " loaded_at from watchlist where only_for is null or only_for = %(seller)s"
        " order by kind, version desc",
        {"seller": seller},
    )
    return sql.typed(found, LoadedList)


def standing(ctx: Context) -> Standing:
    """What is left to screen and to decide."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select (select count(*) from buyer where seller_id = %(seller)s) as buyers,
                   (select count(*) from screening where seller_id = %(seller)s
                      and lists_version = (select max(version) from watchlist
                                           where only_for is null or only_for = %(seller)s)
                   ) as screened,
                   (select count(*) from screening_hit where seller_id = %(seller)s
                      and state in ('open', 'clearing', 'confirming')) as undecided
            """,
            {"seller": ctx.seller},
        )
    return sql.typed(found, Standing)[0]


HIT = """
select h.id, h.buyer_id, b.buyer_number, h.buyer_name, b.country, h.kind, h.entry_id,
       h.listed_name, h.score, h.points, h.entry, h.found_on, h.state, h.proposed_by, h.why,
       h.decided_by, h.decided_on
from screening_hit h join buyer b on b.seller_id = h.seller_id and b.id = h.buyer_id
where h.seller_id = %(seller)s
"""


def undecided(ctx: Context, *, most: int, skip: int = 0) -> list[Hit]:
    """Hits a person has to look at, the likeliest first."""
    ctx.require(Permission.READ)
    states = [state.value for state in UNDECIDED]
    with book(ctx):
        found = sql.rows(
            HIT + " and h.state = any(%(states)s) order by h.score desc, h.id"
            " limit %(most)s offset %(skip)s",
            {"seller": ctx.seller, "states": states, "most": most, "skip": skip},
        )
    return [_hit(line) for line in found]


def hits_of(ctx: Context, buyer_id: UUID) -> list[Hit]:
    """Every hit of a buyer, decided or not, the likeliest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            HIT + " and h.buyer_id = %(buyer)s order by h.score desc, h.id",
            {"seller": ctx.seller, "buyer": buyer_id},
        )
    return [_hit(line) for line in found]


def hit(ctx: Context, hit_id: UUID) -> Hit:
    """One hit; NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.row(HIT + " and h.id = %(id)s", {"seller": ctx.seller, "id": hit_id})
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="hit", value=str(hit_id))
    return _hit(found)


def screened_on(ctx: Context, buyer_id: UUID) -> date | None:
    """When a buyer was last held against the lists; None when nobody has looked."""
    ctx.require(Permission.READ)
    with book(ctx):
        found: date | None = sql.value(
            "select screened_on from screening where seller_id = %(seller)s and buyer_id = %(id)s",
            {"seller": ctx.seller, "id": buyer_id},
        )
    return found


def _hit(line: dict[str, Any]) -> Hit:
    return Hit(**line | {"state": HitState(line["state"])})
