"""Reads about buyers, inside one seller's book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer's master data. Amounts of its accounts are minor units of `accounts_currency`."""

    id: UUID
    buyer_number: str
    name: str
    country: str
    registration_number: str
    language: str
    email: str
    key_account: bool
    accounts_currency: str | None
    tangible_net_worth_minor: int | None
    annual_turnover_minor: int | None
    sanctions_hit: bool
    insolvent_on: date | None


@dataclass(frozen=True, slots=True)
class Named:
    """What a buyer is called."""

    id: UUID
    buyer_number: str
    name: str


def buyer(ctx: Context, buyer_id: UUID) -> Buyer:
    """One buyer of the seller; NOT_FOUND for an id the seller does not know."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select id, buyer_number, name, country,
                   coalesce(registration_number, '') as registration_number, language, email,
                   key_account,
                   accounts_currency::text as accounts_currency, tangible_net_worth_minor,
                   annual_turnover_minor, sanctions_hit, insolvent_on
            from buyer where seller_id = %(seller)s and id = %(id)s
            """,
            {"seller": ctx.seller, "id": buyer_id},
        )
    if not found:
        raise Refusal(Code.NOT_FOUND, field="buyer", value=str(buyer_id))
    return sql.typed(found, Buyer)[0]


def buyer_by_number(ctx: Context, number: str) -> Named:
    """The buyer with that number; NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select id, buyer_number, name from buyer"
            " where seller_id = %(seller)s and buyer_number = %(number)s",
            {"seller": ctx.seller, "number": number},
        )
    if not found:
        raise Refusal(Code.NOT_FOUND, field="buyer_number", value=number)
    return sql.typed(found, Named)[0]


def named(ctx: Context, buyers: list[UUID]) -> dict[UUID, Named]:
    """Numbers and names of buyers, by id; without those the seller does not know."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select id, buyer_number, name from buyer"
            " where seller_id = %(seller)s and id = any(%(ids)s)",
            {"seller": ctx.seller, "ids": buyers},
        )
    return {one.id: one for one in sql.typed(found, Named)}


def countries(ctx: Context) -> list[str]:
    """Countries the seller has buyers in, as ISO 3166 codes."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select distinct country from buyer"
            " where seller_id = %(seller)s and country <> '' order by country",
            {"seller": ctx.seller},
        )
    return [line["country"] for line in found]
