"""A buyer's promise to pay, taken down as COL-02 asks: amount, date, payer and channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from netterms.collection import events
from netterms.collection.rules import LadderSettings, Promise, promise_objections
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.calendars import calendar_of
from netterms.store.outbox import record, stamp
from netterms.store.tenancy import book

# Enough to look ahead from any promise that could be accepted.
CALENDAR_DAYS = 60


class Channel(StrEnum):
    """How the promise was made."""

    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"
    VISIT = "visit"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class PromiseGiven:
    """What was promised: by whom (a person's name), how, how much and by when."""

    buyer_id: UUID
    amount: Money
    promised_for: date
    payer: str
    channel: Channel


def record_promise(
    ctx: Context, given: PromiseGiven, settings: LadderSettings | None = None
) -> UUID:
    """Take down a promise made today; an open one in the same currency is replaced by it.

    But what was kept by then counts as kept, and a promise whose date is over as broken where the
    new one is for later than its grace: a later promise does not undo a broken one.

    NOT_FOUND for an unknown buyer. VALUE_INVALID names what is missing, or the `objections` of
    COL-02: too far ahead, past the policy's next deadline, in the past, or too many broken before.
    """
    ctx.require(Permission.COLLECT)
    _check(given)
    with book(ctx):
        country = _country(ctx, given.buyer_id)
        rules = settings or LadderSettings()
        _judge_open(ctx, given, rules)
        _object(ctx, given, country, rules)
        params = {"seller": ctx.seller, "buyer": given.buyer_id, "today": ctx.today}
        sql.execute(
            """
            update promise set state = 'replaced', closed_on = %(today)s
            where seller_id = %(seller)s and buyer_id = %(buyer)s and state = 'open'
              and currency = %(currency)s
            """,
            params | {"currency": given.amount.currency},
        )
        promise = new_id(ctx.now)
        sql.execute(
            """
            insert into promise (seller_id, id, buyer_id, currency, amount_minor, made_on,
                                 promised_for, payer, channel)
            values (%(seller)s, %(id)s, %(buyer)s, %(currency)s, %(minor)s, %(today)s, %(by)s,
                    %(payer)s, %(channel)s)
            """,
            params
            | {
                "id": promise,
                "currency": given.amount.currency,
                "minor": given.amount.minor,
                "by": given.promised_for,
                "payer": given.payer.strip(),
                "channel": Channel(given.channel).value,
            },
        )
        record(
            ctx,
            events.PromiseMade(
                given.buyer_id, promise, given.amount, given.promised_for, given.payer.strip()
            ),
        )
    return promise


def _judge_open(ctx: Context, given: PromiseGiven, settings: LadderSettings) -> None:
    sql.execute(
        sql.statement("collection/judge_promises"),
        stamp(ctx)
        | {
            "kept_share": settings.kept_share,
            "grace_days": settings.grace_days,
            "buyer": given.buyer_id,
            "currency": given.amount.currency,
            "instead": given.promised_for,
        },
    )


def _check(given: PromiseGiven) -> None:
    if not given.payer.strip():
        raise Refusal(Code.VALUE_INVALID, field="payer", value="", mend=Mend.GIVE_IT)
    if given.amount.minor <= 0:
        raise Refusal(
            Code.VALUE_INVALID,
            field="amount",
            value=str(given.amount),
            mend=Mend.MORE_THAN,
            least=0,
        )


def _country(ctx: Context, buyer_id: UUID) -> str:
    """The buyer's country; the buyer is locked, so that two promises cannot cross."""
    found = sql.row(
        "select country from buyer where seller_id = %(seller)s and id = %(buyer)s for update",
        {"seller": ctx.seller, "buyer": buyer_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="buyer", value=str(buyer_id))
    return str(found["country"])


def _object(ctx: Context, given: PromiseGiven, country: str, settings: LadderSettings) -> None:
    last = ctx.today + timedelta(days=CALENDAR_DAYS)
    params = {"seller": ctx.seller, "buyer": given.buyer_id, "today": ctx.today}
    broken = sql.rows(
        "select closed_on from promise where seller_id = %(seller)s and buyer_id = %(buyer)s"
        " and state = 'broken' order by closed_on",
        params,
    )
    deadline = sql.value(
        """
        select min(due_on) from policy_deadline
        where seller_id = %(seller)s and buyer_id = %(buyer)s and state = 'open'
          and due_on >= %(today)s and kind in ('overdue_notice', 'hand_over', 'claim_filing')
        """,
        params,
    )
    objections = promise_objections(
        Promise(given.amount, ctx.today, given.promised_for),
        [line["closed_on"] for line in broken],
        deadline,
        settings,
        calendar_of(country, ctx.today, last),
    )
    if objections:
        raise Refusal(
            Code.VALUE_INVALID,
            field="promised_for",
            value=str(given.promised_for),
            mend=Mend.EARLIER_OR_NONE,
            objections=[objection.value for objection in objections],
        )
