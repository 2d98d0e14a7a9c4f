"""A changed account confirmed by one person, for a seller that has no second one. Off by default.

What a second person would bring is made up for by three things: time, in which the buyer or the
bank may speak up; a call that is told of in full; and a code that a stolen session does not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from netterms.access.queries import others_who_may
from netterms.access.second_factor import prove
from netterms.buyers import events
from netterms.buyers.accounts import decision, end_replaced, waiting
from netterms.buyers.particulars import LONGEST, checked_text
from netterms.kernel.calendar import add_days
from netterms.kernel.context import Context, Permission
from netterms.kernel.mends import Mend
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

LEAST_DAYS, MOST_DAYS = 1, 30


@dataclass(frozen=True, slots=True)
class AccountPolicy:
    """Whether one person may confirm alone, after how many days, and since when it is so."""

    one_person: bool = False
    cooling_days: int = 3
    set_on: date | None = None
    set_by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A call back: who was spoken to, at which number, and where that number is known from."""

    person: str
    number: str
    known_from: str

    def told(self) -> str:
        """In one line, as it is kept. VALUE_INVALID names what is missing."""
        for name in ("person", "number", "known_from"):
            checked_text(name, getattr(self, name), least=2)
        line = " · ".join(part.strip() for part in (self.person, self.number, self.known_from))
        return checked_text("known_from", line)


def account_policy(ctx: Context) -> AccountPolicy:
    """What counts now, or what every seller starts with."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select one_person, cooling_days, set_on, set_by, why from account_policy"
            " where seller_id = %(seller)s order by number desc limit 1",
            {"seller": ctx.seller},
        )
    return next(iter(sql.typed(found, AccountPolicy)), AccountPolicy())


def set_account_policy(
    ctx: Context, *, one_person: bool, cooling_days: int, why: str, code: str = ""
) -> None:
    """Say whether one person may confirm a changed account, from now on.

    It asks for the `code` of the person's authenticator app unless it is switched off. The same
    again changes nothing. VALUE_INVALID, TOO_EARLY.
    """
    ctx.require(Permission.MANAGE_ACCESS)
    if not LEAST_DAYS <= cooling_days <= MOST_DAYS:
        raise invalid("cooling_days", cooling_days, Mend.BETWEEN, least=LEAST_DAYS, most=MOST_DAYS)
    reason = checked_reason(why, most=LONGEST)
    before = account_policy(ctx)
    if (before.one_person, before.cooling_days) == (one_person, cooling_days):
        return
    if one_person:
        prove(ctx, code)
    with book(ctx):
        sql.execute(
            """
            insert into account_policy (seller_id, number, one_person, cooling_days, set_on, set_by,
                                        set_at, why)
            select %(seller)s, coalesce(max(number), 0) + 1, %(one_person)s, %(days)s, %(today)s,
                   %(actor)s, %(now)s, %(why)s
            from account_policy where seller_id = %(seller)s
            """,
            {
                "seller": ctx.seller, "one_person": one_person, "days": cooling_days,
                "today": ctx.today, "actor": ctx.actor, "now": ctx.now, "why": reason,
            },
        )  # fmt: skip
        record(ctx, events.AccountPolicySet(ctx.seller, one_person, cooling_days, reason))


def alone_from(ctx: Context, added_on: date) -> date | None:
    """The first day on which the person may confirm an account of that day alone; None: never.

    Neither the account nor the policy may be younger than the cooling time. Where another person
    could confirm it, that one has to.
    """
    policy = account_policy(ctx)
    if not policy.one_person or policy.set_on is None or others_who_may(ctx, Permission.SET_LIMIT):
        return None
    return add_days(max(added_on, policy.set_on), policy.cooling_days)


def confirm_alone(
    ctx: Context, account_id: UUID, call: Call, code: str, *, of: UUID | None = None
) -> None:
    """Note that the one person there is confirmed a changed account by a call back.

    `code` is that of the authenticator app, `of` the buyer it must be of. It stays marked as
    confirmed by one person. NOT_FOUND; SAME_PERSON where it is switched off or there is another
    person; TOO_EARLY within the cooling time; VALUE_INVALID names the field.
    """
    ctx.require(Permission.SET_LIMIT)
    how = call.told()
    with book(ctx):
        _allow(ctx, account_id, of)
    prove(ctx, code)
    with book(ctx):
        kept = _allow(ctx, account_id, of)
        sql.execute(
            """
            update buyer_bank_account
            set confirmed_on = %(today)s, confirmed_by = %(actor)s, confirmed_how = %(how)s,
                confirmed_alone = true
            where seller_id = %(seller)s and id = %(id)s
            """,
            decision(ctx, account_id, how),
        )
        end_replaced(ctx, kept["replaces"])
        record(ctx, events.BankAccountConfirmed(kept["buyer_id"], account_id, alone=True))


def _allow(ctx: Context, account_id: UUID, of: UUID | None) -> dict[str, Any]:
    kept = waiting(ctx, account_id, of)
    first = alone_from(ctx, kept["added_on"])
    if first is None:
        raise Refusal(Code.SAME_PERSON, actor=ctx.actor)
    if ctx.today < first:
        raise Refusal(Code.TOO_EARLY, until=first.isoformat())
    return kept
