"""Who a company is: numbers, other names, people, places and bank accounts. One use case each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from stdnum import iban as iban_number

from netterms.buyers import events
from netterms.buyers.identifiers import Identifier, identifier
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
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


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account: an IBAN, or the number that a bank of `country` gave with its bank code."""

    number: str
    country: str = ""
    bank_code: str = ""
    holder: str = ""


@dataclass(frozen=True, slots=True)
class KeptAccount:
    """An account as the book has it; `to_confirm`: nobody has called a known number about it."""

    id: UUID
    country: str
    iban: bool
    number: str
    bank_code: str
    holder: str
    added_on: date
    to_confirm: bool


def add_identifier(
    ctx: Context, buyer_id: UUID, kind: str, value: str, country: str = ""
) -> Identifier:
    """Keep a number of the buyer; the same again changes nothing. VALUE_INVALID, NOT_FOUND."""
    ctx.require(Permission.IMPORT)
    told = identifier(kind, country, value)
    with book(ctx):
        _locked(ctx, buyer_id)
        made = sql.execute(
            """
            insert into buyer_identifier
              (seller_id, buyer_id, kind, country, value, checked, added_on)
            values (%(seller)s, %(buyer)s, %(kind)s, %(country)s, %(value)s, %(checked)s, %(today)s)
            on conflict do nothing
            """,
            _params(ctx, buyer_id) | asdict(told) | {"checked": told.checked.value},
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
            _params(ctx, buyer_id)
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
    name = _text("name", name.strip(), least=1)
    with book(ctx):
        _locked(ctx, buyer_id)
        alias = _added(ctx, "buyer_alias", buyer_id, {"name": name, "kind": AliasKind(kind).value})
        if alias is not None:
            record(ctx, events.AliasAdded(buyer_id, name, AliasKind(kind).value))
    return alias


def add_contact(ctx: Context, buyer_id: UUID, told: Contact) -> UUID:
    """Keep a person at the buyer. The event names no one: a person may ask to be forgotten."""
    ctx.require(Permission.IMPORT)
    _text("name", told.name, least=1)
    _text("role", told.role)
    if told.email and not (EMAIL.fullmatch(told.email) and len(told.email) <= LONGEST):
        raise _invalid("email", told.email, Mend.EMAIL)
    if told.phone and not PHONE.fullmatch(told.phone):
        raise _invalid("phone", told.phone, Mend.FITTING, pattern=PHONE.pattern)
    if told.language not in LANGUAGES:
        raise _invalid("language", told.language, Mend.ONE_OF, allowed=", ".join(LANGUAGES[1:]))
    with book(ctx):
        _locked(ctx, buyer_id)
        contact = _added(ctx, "buyer_contact", buyer_id, asdict(told))
        assert contact is not None
        record(ctx, events.ContactAdded(buyer_id, contact))
    return contact


def add_address(ctx: Context, buyer_id: UUID, told: Address) -> UUID:
    """Keep a place of the buyer. VALUE_INVALID, NOT_FOUND."""
    ctx.require(Permission.IMPORT)
    if told.kind not in list(AddressKind):
        raise _invalid("kind", told.kind, Mend.ONE_OF, allowed=", ".join(AddressKind))
    if not 1 <= len(told.lines.strip()) <= LONGEST_LINES:
        raise _invalid("address", told.lines, Mend.CHARACTERS, least=1, most=LONGEST_LINES)
    _text("postal_code", told.postal_code)
    _text("city", told.city)
    if not re.fullmatch(r"([A-Z]{2})?", told.country):
        raise _invalid("country", told.country, Mend.COUNTRY_CODE)
    with book(ctx):
        _locked(ctx, buyer_id)
        address = _added(ctx, "buyer_address", buyer_id, asdict(told))
        assert address is not None
        record(ctx, events.AddressAdded(buyer_id, address))
    return address


def forget(ctx: Context, what: str, particular_id: UUID) -> None:
    """Delete an alias, a contact or an address; NOT_FOUND."""
    ctx.require(Permission.IMPORT)
    with book(ctx):
        buyer_id = sql.value(
            FORGET[what] + " returning buyer_id", {"seller": ctx.seller, "id": particular_id}
        )
        if buyer_id is None:
            raise Refusal(Code.NOT_FOUND, field=what, value=str(particular_id))
        record(ctx, events.ParticularForgotten(buyer_id, what, particular_id))


FORGET: Mapping[str, str] = {
    "alias": "delete from buyer_alias where seller_id = %(seller)s and id = %(id)s",
    "contact": "delete from buyer_contact where seller_id = %(seller)s and id = %(id)s",
    "address": "delete from buyer_address where seller_id = %(seller)s and id = %(id)s",
}


def set_bank_account(
    ctx: Context, buyer_id: UUID, told: BankAccount, *, replaces: UUID | None = None
) -> UUID:
    """Keep an account of the buyer, in place of `replaces` if named; returns its id.

    Where there was one before, it is to be confirmed by a call to a number known from elsewhere:
    a letter that names a new account is the commonest fraud. The same account again changes
    nothing. VALUE_INVALID, NOT_FOUND.
    """
    ctx.require(Permission.IMPORT)
    wanted = _account(told)
    with book(ctx):
        _locked(ctx, buyer_id)
        before = accounts_of(ctx, buyer_id)
        for kept in before:
            if (kept.country, kept.bank_code, kept.number) == (
                wanted["country"], wanted["bank_code"], wanted["number"],
            ):  # fmt: skip
                return kept.id
        if replaces is not None:
            _end_account(ctx, buyer_id, replaces)
        ever = sql.value(
            "select exists (select from buyer_bank_account"
            " where seller_id = %(seller)s and buyer_id = %(buyer)s)",
            _params(ctx, buyer_id),
        )
        extra = {"is_change": ever, "added_by": ctx.actor}
        account = _added(ctx, "buyer_bank_account", buyer_id, wanted | extra)
        assert account is not None
        shown = [_masked(kept.number) for kept in before]
        if ever:
            told_of = events.BankAccountChanged(buyer_id, account, shown, _masked(wanted["number"]))
            record(ctx, told_of)
        else:
            record(ctx, events.BankAccountAdded(buyer_id, account, _masked(wanted["number"])))
    return account


def confirm_bank_account(ctx: Context, account_id: UUID, how: str) -> None:
    """Note that somebody confirmed a changed account by a call to a known number, and how."""
    ctx.require(Permission.SET_LIMIT)
    if not how.strip():
        raise _invalid("why", how, Mend.SAY_WHY)
    with book(ctx):
        buyer_id = sql.value(
            """
            update buyer_bank_account
            set confirmed_on = %(today)s, confirmed_by = %(actor)s, confirmed_how = %(how)s
            where seller_id = %(seller)s and id = %(id)s and confirmed_on is null
              and ended_on is null
            returning buyer_id
            """,
            {
                "seller": ctx.seller,
                "id": account_id,
                "today": ctx.today,
                "actor": ctx.actor,
                "how": _text("why", how.strip()),
            },
        )
        if buyer_id is None:
            raise Refusal(Code.NOT_FOUND, field="account", value=str(account_id))
        record(ctx, events.BankAccountConfirmed(buyer_id, account_id, how.strip()))


def accounts_of(ctx: Context, buyer_id: UUID) -> list[KeptAccount]:
    """The buyer's accounts in use, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select id, country, iban, number, bank_code, holder, added_on,
                   is_change and confirmed_on is null as to_confirm
            from buyer_bank_account
            where seller_id = %(seller)s and buyer_id = %(buyer)s and ended_on is null
            order by id desc
            """,
            _params(ctx, buyer_id),
        )
    return sql.typed(found, KeptAccount)


def _account(told: BankAccount) -> dict[str, Any]:
    bare = "".join(told.number.split()).replace("-", "").upper()
    holder = _text("holder", told.holder)
    # Two letters and two digits in front are an IBAN, whatever country is named beside it.
    if re.match(r"[A-Z]{2}[0-9]{2}", bare) and (not told.bank_code):
        if not iban_number.is_valid(bare, check_country=False):
            raise _invalid("iban", told.number, Mend.CHECK_DIGITS)
        return {
            "country": bare[:2], "iban": True, "number": bare, "bank_code": "", "holder": holder,
        }  # fmt: skip
    if not re.fullmatch(r"[A-Z]{2}", told.country):
        raise _invalid("country", told.country, Mend.COUNTRY_CODE)
    for field, text, least in (("account", bare, 1), ("bank_code", told.bank_code, 0)):
        if not (least <= len(text) <= 40 and text.isascii() and (text.isalnum() or not text)):
            raise _invalid(field, text, Mend.LETTERS_AND_DIGITS, most=40)
    return {
        "country": told.country, "iban": False, "number": bare, "bank_code": told.bank_code,
        "holder": holder,
    }  # fmt: skip


def _masked(number: str) -> str:
    """The last four signs: enough for a person to tell two accounts apart."""
    return f"…{number[-4:]}"


def _end_account(ctx: Context, buyer_id: UUID, account_id: UUID) -> None:
    ended = sql.execute(
        """
        update buyer_bank_account set ended_on = %(today)s
        where seller_id = %(seller)s and buyer_id = %(buyer)s and id = %(id)s and ended_on is null
        """,
        _params(ctx, buyer_id) | {"id": account_id},
    )
    if not ended:
        raise Refusal(Code.NOT_FOUND, field="account", value=str(account_id))


def _added(ctx: Context, table: str, buyer_id: UUID, values: Mapping[str, Any]) -> UUID | None:
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


def _locked(ctx: Context, buyer_id: UUID) -> None:
    found = sql.row(
        "select id from buyer where seller_id = %(seller)s and id = %(buyer)s for no key update",
        _params(ctx, buyer_id),
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="buyer", value=str(buyer_id))


def _params(ctx: Context, buyer_id: UUID) -> dict[str, Any]:
    return {"seller": ctx.seller, "buyer": buyer_id, "today": ctx.today}


def _text(field: str, value: str, *, least: int = 0) -> str:
    if not (least <= len(value.strip()) and len(value) <= LONGEST) or not value.isprintable():
        raise _invalid(field, value, Mend.CHARACTERS, least=least, most=LONGEST)
    return value


def _invalid(field: str, value: str, mend: Mend, **facts: object) -> Refusal:
    return Refusal(Code.VALUE_INVALID, field=field, value=value, mend=mend, **facts)
