"""Bank accounts of buyers: never edited, and one that follows another is to be confirmed by a call.

A letter that names a new account is the commonest fraud.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from stdnum import iban as iban_number

from netterms.access.queries import same_person
from netterms.buyers import events
from netterms.buyers.particulars import LONGEST, checked_text, insert, lock, params
from netterms.kernel.context import Context, Permission
from netterms.kernel.mends import Mend
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.store import sql
from netterms.store.keys import done_once
from netterms.store.outbox import record
from netterms.store.tenancy import book


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account: an IBAN, or the number that a bank of `country` gave with its bank code."""

    number: str
    country: str = ""
    bank_code: str = ""
    holder: str = ""


@dataclass(frozen=True, slots=True)
class KeptAccount:
    """An account as the book has it; `to_confirm`: nobody has called a known number about it.

    `number` is whole for who may READ_PERSONAL, else its last four signs after "…". `before` (the
    account that it is in place of) and `following` (the one that waits to take its place) always
    are such ends.
    """

    id: UUID
    country: str
    iban: bool
    number: str
    bank_code: str
    holder: str
    added_on: date
    added_by: str
    to_confirm: bool
    replaces: UUID | None
    before: str | None
    following: str | None
    confirmed_on: date | None
    confirmed_by: str | None
    confirmed_how: str | None
    confirmed_alone: bool


def set_bank_account(
    ctx: Context, buyer_id: UUID, told: BankAccount, *, replaces: UUID | None = None
) -> UUID:
    """Keep an account of the buyer, in place of `replaces` if named; returns its id.

    Where there was one before, it is to be confirmed by a call to a number known from elsewhere:
    a letter that names a new account is the commonest fraud. Until then the one that it replaces
    stays in force: entering an account cuts nobody off. The same account again changes nothing.
    VALUE_INVALID, also where the one to replace waits itself; NOT_FOUND.
    """
    ctx.require(Permission.IMPORT)
    wanted = _account(told)
    with book(ctx):
        lock(ctx, buyer_id)
        before = _accounts(ctx, buyer_id)
        for kept in before:
            if (kept.country, kept.bank_code, kept.number) == (
                wanted["country"], wanted["bank_code"], wanted["number"],
            ):  # fmt: skip
                return kept.id
        if replaces is not None:
            _require_in_force(before, replaces)
        ever = sql.value(
            "select exists (select from buyer_bank_account"
            " where seller_id = %(seller)s and buyer_id = %(buyer)s)",
            params(ctx, buyer_id),
        )
        extra = {"is_change": ever, "added_by": ctx.actor, "replaces": replaces}
        account = insert(ctx, "buyer_bank_account", buyer_id, wanted | extra)
        assert account is not None
        shown = [_masked(kept.number) for kept in before]
        if ever:
            told_of = events.BankAccountChanged(buyer_id, account, shown, _masked(wanted["number"]))
            record(ctx, told_of)
        else:
            record(ctx, events.BankAccountAdded(buyer_id, account, _masked(wanted["number"])))
    return account


def confirm_bank_account(
    ctx: Context, account_id: UUID, how: str, *, of: UUID | None = None, key: str = ""
) -> bool:
    """Note that somebody confirmed a changed account by a call to a known number, and how.

    `of`: the buyer it must be of. Whether `key` had confirmed it before. NOT_FOUND; SAME_PERSON
    for who entered the account, and for programs of that person: who slips in an account would
    confirm it, too.
    """
    ctx.require(Permission.SET_LIMIT)
    how = checked_reason(how, "how", most=LONGEST)

    def act() -> None:
        changed = waiting(ctx, account_id, of)
        if same_person(ctx, changed["added_by"], ctx.actor):
            raise Refusal(Code.SAME_PERSON, actor=ctx.actor)
        sql.execute(
            """
            update buyer_bank_account
            set confirmed_on = %(today)s, confirmed_by = %(actor)s, confirmed_how = %(how)s
            where seller_id = %(seller)s and id = %(id)s
            """,
            decision(ctx, account_id, how),
        )
        end_replaced(ctx, changed["replaces"])
        record(ctx, events.BankAccountConfirmed(changed["buyer_id"], account_id))

    return done_once(ctx, key, {"confirm": account_id, "how": how}, act)[1]


def reject_bank_account(
    ctx: Context, account_id: UUID, why: str, *, of: UUID | None = None, key: str = ""
) -> bool:
    """Note that a changed account is not the buyer's; the one it was to replace stays in force.

    `of`: the buyer it must be of. Whether `key` had rejected it before. NOT_FOUND.
    """
    ctx.require(Permission.SET_LIMIT)
    why = checked_reason(why, most=LONGEST)

    def act() -> None:
        changed = waiting(ctx, account_id, of)
        sql.execute(
            """
            update buyer_bank_account
            set ended_on = %(today)s, rejected_on = %(today)s, rejected_by = %(actor)s,
                rejected_why = %(how)s
            where seller_id = %(seller)s and id = %(id)s
            """,
            decision(ctx, account_id, why),
        )
        stays = _in_force(ctx, changed["replaces"])
        told = events.BankAccountRejected(
            changed["buyer_id"], account_id, _masked(changed["number"]), stays
        )
        record(ctx, told)

    return done_once(ctx, key, {"reject": account_id, "why": why}, act)[1]


def waiting(ctx: Context, account_id: UUID, of: UUID | None) -> dict[str, Any]:
    """The changed account that nobody has decided on, locked; NOT_FOUND."""
    found = sql.row(
        """
        select buyer_id, added_by, added_on, number, replaces from buyer_bank_account
        where seller_id = %(seller)s and id = %(id)s and is_change and confirmed_on is null
          and ended_on is null and coalesce(buyer_id = %(of)s::uuid, true)
        for update
        """,
        {"seller": ctx.seller, "id": account_id, "of": of},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="account", value=str(account_id))
    return found


def _in_force(ctx: Context, account_id: UUID | None) -> UUID | None:
    found: UUID | None = sql.value(
        "select id from buyer_bank_account"
        " where seller_id = %(seller)s and id = %(id)s and ended_on is null",
        {"seller": ctx.seller, "id": account_id},
    )
    return found


def end_replaced(ctx: Context, account_id: UUID | None) -> None:
    """End the account that a confirmed one replaces. For use cases that hold the lock."""
    sql.execute(
        "update buyer_bank_account set ended_on = %(today)s"
        " where seller_id = %(seller)s and id = %(id)s and ended_on is null",
        {"seller": ctx.seller, "id": account_id, "today": ctx.today},
    )


def decision(ctx: Context, account_id: UUID, how: str) -> dict[str, Any]:
    """What the statement that confirms or rejects an account asks for."""
    return {
        "seller": ctx.seller,
        "id": account_id,
        "today": ctx.today,
        "actor": ctx.actor,
        "how": how,
    }


def accounts_of(ctx: Context, buyer_id: UUID) -> list[KeptAccount]:
    """The buyer's accounts in use, the newest first; whole only for who may READ_PERSONAL."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = _accounts(ctx, buyer_id)
    if Permission.READ_PERSONAL in ctx.may:
        return found
    return [
        replace(one, number=_masked(one.number), holder="", confirmed_how=None) for one in found
    ]


def _accounts(ctx: Context, buyer_id: UUID) -> list[KeptAccount]:
    found = sql.rows(
        """
        select a.id, a.country, a.iban, a.number, a.bank_code, a.holder, a.added_on, a.added_by,
               a.is_change and a.confirmed_on is null as to_confirm, a.replaces,
               '…' || right(r.number, 4) as before, '…' || right(n.number, 4) as following,
               a.confirmed_on, a.confirmed_by, a.confirmed_how, a.confirmed_alone
        from buyer_bank_account a
        left join buyer_bank_account r on r.seller_id = a.seller_id and r.id = a.replaces
        left join lateral (
          select w.number from buyer_bank_account w
          where w.seller_id = a.seller_id and w.buyer_id = a.buyer_id and w.replaces = a.id
            and w.is_change and w.confirmed_on is null and w.ended_on is null
          order by w.id desc limit 1
        ) n on true
        where a.seller_id = %(seller)s and a.buyer_id = %(buyer)s and a.ended_on is null
        order by a.id desc
        """,
        params(ctx, buyer_id),
    )
    return sql.typed(found, KeptAccount)


def _account(told: BankAccount) -> dict[str, Any]:
    bare = "".join(told.number.split()).replace("-", "").upper()
    holder = checked_text("holder", told.holder)
    # Two letters and two digits in front are an IBAN, whatever country is named beside it.
    if re.match(r"[A-Z]{2}[0-9]{2}", bare) and (not told.bank_code):
        if not iban_number.is_valid(bare, check_country=False):
            raise invalid("iban", told.number, Mend.CHECK_DIGITS)
        return {
            "country": bare[:2], "iban": True, "number": bare, "bank_code": "", "holder": holder,
        }  # fmt: skip
    if not re.fullmatch(r"[A-Z]{2}", told.country):
        raise invalid("country", told.country, Mend.COUNTRY_CODE)
    for field, text, least in (("account", bare, 1), ("bank_code", told.bank_code, 0)):
        if not (least <= len(text) <= 40 and text.isascii() and (text.isalnum() or not text)):
            raise invalid(field, text, Mend.LETTERS_AND_DIGITS, most=40)
    return {
        "country": told.country, "iban": False, "number": bare, "bank_code": told.bank_code,
        "holder": holder,
    }  # fmt: skip


def _masked(number: str) -> str:
    """The last four signs: enough for a person to tell two accounts apart."""
    return f"…{number[-4:]}"


def _require_in_force(kept: Sequence[KeptAccount], account_id: UUID) -> None:
    """One that waits itself is decided on first: rejected later, it would lead nowhere."""
    found = next((one for one in kept if one.id == account_id), None)
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="account", value=str(account_id))
    if found.to_confirm:
        raise invalid("account", found.number[-4:], Mend.DECIDE_FIRST)
