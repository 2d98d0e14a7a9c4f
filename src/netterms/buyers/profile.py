"""What the book knows of who a buyer is: reads of its numbers, names, people, places, accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from netterms.buyers.accounts import KeptAccount, accounts_of
from netterms.buyers.identifiers import Identifier
from netterms.buyers.numbers import NumberCheck
from netterms.buyers.particulars import Address, Alias, Contact
from netterms.kernel.context import Context, Permission
from netterms.store import sql
from netterms.store.tenancy import book


@dataclass(frozen=True, slots=True)
class KeptIdentifier(Identifier):
    """A number as the book has it."""

    added_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptContact(Contact):
    """A person as the book has one."""

    id: UUID
    added_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAddress(Address):
    """A place as the book has it."""

    id: UUID
    added_on: date


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything of one buyer. `contacts` is None for who may not READ_PERSONAL."""

    identifiers: list[KeptIdentifier]
    aliases: list[Alias]
    addresses: list[KeptAddress]
    accounts: list[KeptAccount]
    contacts: list[KeptContact] | None


def profile(ctx: Context, buyer_id: UUID) -> Profile:
    """All of it, in one transaction."""
    with book(ctx):
        return Profile(
            identifiers_of(ctx, buyer_id),
            aliases_of(ctx, buyer_id),
            addresses_of(ctx, buyer_id),
            accounts_of(ctx, buyer_id),
            contacts_of(ctx, buyer_id) if Permission.READ_PERSONAL in ctx.may else None,
        )


def identifiers_of(ctx: Context, buyer_id: UUID) -> list[KeptIdentifier]:
    """The buyer's numbers by kind and country."""
    ctx.require(Permission.READ)
    found = _rows(ctx, IDENTIFIERS, buyer_id)
    return [KeptIdentifier(**line | {"checked": NumberCheck(line["checked"])}) for line in found]


def aliases_of(ctx: Context, buyer_id: UUID) -> list[Alias]:
    """The buyer's other names, the newest first."""
    ctx.require(Permission.READ)
    return sql.typed(_rows(ctx, ALIASES, buyer_id), Alias)


def contacts_of(ctx: Context, buyer_id: UUID) -> list[KeptContact]:
    """The people at the buyer, the newest first; for who may READ_PERSONAL."""
    ctx.require(Permission.READ_PERSONAL)
    return sql.typed(_rows(ctx, CONTACTS, buyer_id), KeptContact)


def addresses_of(ctx: Context, buyer_id: UUID) -> list[KeptAddress]:
    """The buyer's places, the newest first."""
    ctx.require(Permission.READ)
    return sql.typed(_rows(ctx, ADDRESSES, buyer_id), KeptAddress)


IDENTIFIERS = """
select kind, country, value, checked, added_on from buyer_identifier
where seller_id = %(seller)s and buyer_id = %(buyer)s order by kind, country, value
"""
ALIASES = """
select id, name, kind, added_on from buyer_alias
where seller_id = %(seller)s and buyer_id = %(buyer)s order by id desc
"""
CONTACTS = """
select id, name, role, email, phone, language, added_on from buyer_contact
where seller_id = %(seller)s and buyer_id = %(buyer)s order by id desc
"""
ADDRESSES = """
select id, kind, lines, postal_code, city, country, added_on from buyer_address
where seller_id = %(seller)s and buyer_id = %(buyer)s order by id desc
"""


def _rows(ctx: Context, question: str, buyer_id: UUID) -> list[dict[str, Any]]:
    with book(ctx):
        return sql.rows(question, {"seller": ctx.seller, "buyer": buyer_id})
