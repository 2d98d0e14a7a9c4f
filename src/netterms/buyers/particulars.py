"""Who a company is: its numbers, other names, people and places. One use case each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from netterms.buyers import events
from netterms.buyers.identifiers import Identifier, identifier
from netterms.buyers.known import Lock, require_buyer
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

LANGUAGES = ("", "en", "zh-hans")
LONGEST = 200
LONGEST_LINES = 500
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{2,38}")


class AliasKind(StrEnum):
    """Why a company has another name; MERGED is the name of a buyer that turned out to be it."""

    OTHER = "other"
    FORMER = "former"
    SCRIPT = "script"
    MERGED = "merged"


# Only a merge makes the name of a merged buyer.
GIVEN_KINDS = (AliasKind.OTHER, AliasKind.FORMER, AliasKind.SCRIPT)


class AddressKind(StrEnum):
    """What a place is for."""

    REGISTERED = "registered"
    BILLING = "billing"
    DELIVERY = "delivery"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of a buyer."""

    id: UUID
    name: str
    kind: str
    added_on: date


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at a buyer; `language` is '' where it is not known."""

    name: str
    role: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A place of a buyer, in any script; `lines` is all but code, city and country."""

    kind: str
    lines: str
    postal_code: str = ""
    city: str = ""
    country: str = ""


def add_identifier(
    ctx: Context, buyer_id: UUID, kind: str, value: str, country: str = ""
) -> Identifier:
    """Keep a number of the buyer; the same again changes nothing. VALUE_INVALID, NOT_FOUND."""
    ctx.require(Permission.IMPORT)
    told = identifier(kind, country, value)
    with book(ctx):
        lock(ctx, buyer_id)
        made = sql.execute(
            """
            insert into buyer_identifier
              (seller_id, buyer_id, kind, country, value, checked, added_on)
            values (%(seller)s, %(buyer)s, %(kind)s, %(country)s, %(value)s, %(checked)s, %(today)s)
            on conflict do nothing
            """,
            params(ctx, buyer_id) | asdict(told) | {"checked": told.checked.value},
        )
        if made:
            record(ctx, events.IdentifierAdded(buyer_id, told.kind, told.country, told.value))
    return told


def remove_identifier(ctx: Context, buyer_id: UUID, told: Identifier) -> None:
    """Take a number away that was kept by mistake; NOT_FOUND."""
    ctx.require(Permission.IMPORT)
    with book(ctx):
        gone = sql.execute(
            """
            delete from buyer_identifier where seller_id = %(seller)s and buyer_id = %(buyer)s
              and kind = %(kind)s and country = %(country)s and value = %(value)s
            """,
            params(ctx, buyer_id)
            | {"kind": told.kind, "country": told.country, "value": told.value},
        )
        if not gone:
            raise Refusal(Code.NOT_FOUND, field="identifier", value=told.value)
        record(ctx, events.IdentifierRemoved(buyer_id, told.kind, told.country, told.value))


def add_alias(
    ctx: Context, buyer_id: UUID, name: str, kind: AliasKind = AliasKind.OTHER
) -> UUID | None:
    """Keep another name of the buyer; None where it is known already. VALUE_INVALID, NOT_FOUND."""
    ctx.require(Permission.IMPORT)
    name = checked_text("name", name.strip(), least=1)
    with book(ctx):
        lock(ctx, buyer_id)
        alias = insert(ctx, "buyer_alias", buyer_id, {"name": name, "kind": AliasKind(kind).value})
        if alias is not None:
            record(ctx, events.AliasAdded(buyer_id, name, AliasKind(kind).value))
    return alias


def add_contact(ctx: Context, buyer_id: UUID, told: Contact) -> UUID:
    """Keep a person at the buyer. The event names no one: a person may ask to be forgotten."""
    ctx.require(Permission.IMPORT)
    checked_text("name", told.name, least=1)
    checked_text("role", told.role)
    if told.email and not (EMAIL.fullmatch(told.email) and len(told.email) <= LONGEST):
        raise invalid("email", told.email, Mend.EMAIL)
    if told.phone and not PHONE.fullmatch(told.phone):
        raise invalid("phone", told.phone, Mend.FITTING, pattern=PHONE.pattern)
    if told.language not in LANGUAGES:
        raise invalid("language", told.language, Mend.ONE_OF, allowed=", ".join(LANGUAGES[1:]))
    with book(ctx):
        lock(ctx, buyer_id)
        contact = insert(ctx, "buyer_contact", buyer_id, asdict(told))
        assert contact is not None
        record(ctx, events.ContactAdded(buyer_id, contact))
    return contact


def add_address(ctx: Context, buyer_id: UUID, told: Address) -> UUID:
    """Keep a place of the buyer. VALUE_INVALID, NOT_FOUND."""
    ctx.require(Permission.IMPORT)
    if told.kind not in list(AddressKind):
        raise invalid("kind", told.kind, Mend.ONE_OF, allowed=", ".join(AddressKind))
    lines = told.lines.strip()
    if not 1 <= len(lines) <= LONGEST_LINES or not "".join(lines.splitlines()).isprintable():
        raise invalid("address", told.lines, Mend.CHARACTERS, least=1, most=LONGEST_LINES)
    checked_text("postal_code", told.postal_code)
    checked_text("city", told.city)
    if not re.fullmatch(r"([A-Z]{2})?", told.country):
        raise invalid("country", told.country, Mend.COUNTRY_CODE)
    with book(ctx):
        lock(ctx, buyer_id)
        address = insert(ctx, "buyer_address", buyer_id, asdict(told) | {"lines": lines})
        assert address is not None
        record(ctx, events.AddressAdded(buyer_id, address))
    return address


def forget(ctx: Context, what: str, particular_id: UUID, of: UUID | None = None) -> None:
    """Delete an alias, a contact or an address, `of` that buyer if it is named; NOT_FOUND.

    The name of a merged buyer goes with the merge alone.
    """
    ctx.require(Permission.IMPORT)
    with book(ctx):
        buyer_id = sql.value(
            FORGET[what] + " and coalesce(buyer_id = %(of)s::uuid, true) returning buyer_id",
            {"seller": ctx.seller, "id": particular_id, "of": of},
        )
        if buyer_id is None:
            raise Refusal(Code.NOT_FOUND, field=what, value=str(particular_id))
        record(ctx, events.ParticularForgotten(buyer_id, what, particular_id))


FORGET: Mapping[str, str] = {
    "alias": "delete from buyer_alias where seller_id = %(seller)s and id = %(id)s"
    " and kind <> 'merged'",
    "contact": "delete from buyer_contact where seller_id = %(seller)s and id = %(id)s",
    "address": "delete from buyer_address where seller_id = %(seller)s and id = %(id)s",
}


def insert(ctx: Context, table: str, buyer_id: UUID, values: Mapping[str, Any]) -> UUID | None:
    """Insert one row with its names from this module; None where the very same is there."""
    lines = {**values, "id": new_id(ctx.now), "buyer_id": buyer_id, "added_on": ctx.today}
    columns = ", ".join(lines)
    places = ", ".join(f"%({name})s" for name in lines)
    made = sql.value(
        f"insert into {table} (seller_id, {columns}) values (%(seller)s, {places})"  # noqa: S608
        " on conflict do nothing returning id",
        {**lines, "seller": ctx.seller},
    )
    return made if made is None else UUID(str(made))


def lock(ctx: Context, buyer_id: UUID) -> None:
    """Lock the buyer's row until the transaction ends; NOT_FOUND."""
    require_buyer(ctx, buyer_id, Lock.NO_KEY_UPDATE)


def params(ctx: Context, buyer_id: UUID) -> dict[str, Any]:
    """What every statement about a buyer's particulars asks for."""
    return {"seller": ctx.seller, "buyer": buyer_id, "today": ctx.today}


def checked_text(field: str, value: str, *, least: int = 0) -> str:
    """The text, if it is printable and of a fitting length; VALUE_INVALID."""
    if not (least <= len(value.strip()) and len(value) <= LONGEST) or not value.isprintable():
        raise invalid(field, value, Mend.CHARACTERS, least=least, most=LONGEST)
    return value
