"""Every attempt to reach a buyer, written down with what came of it (COL-03), in one go."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from netterms.collection import events
from netterms.collection.actions import complete_action
from netterms.collection.moves import ActionState
from netterms.collection.promises import Channel, PromiseGiven, record_promise
from netterms.collection.ranking import rank_work
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

MOST_MINUTES = 600
LONGEST_NOTE = 2000


class Outcome(StrEnum):
    """How an attempt ended."""

    PROMISED = "promised"
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    SENT = "sent"
    DISPUTES = "disputes"
    NO_NEED = "no_need"


@dataclass(frozen=True, slots=True)
class Contact:
    """An attempt to reach the buyer of a case, and what is to follow.

    `right_party`: a person who can pay or decide was met; then `person` says who (COL-03).
    `contact_id` is that of the buyer's contacts where it is one of them. `promise` belongs to the
    outcome `promised`. `next_on` plans a call for that day. `invoices` are those spoken about.
    `minutes` is how long it took; `script` and `language` which words were used.
    """

    case_id: UUID
    channel: Channel
    outcome: Outcome
    right_party: bool = False
    person: str = ""
    contact_id: UUID | None = None
    action_id: UUID | None = None
    promise: PromiseGiven | None = None
    next_on: date | None = None
    invoices: tuple[UUID, ...] = ()
    minutes: int = 0
    script: str = ""
    language: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact as it was logged."""

    id: UUID
    made_at: datetime
    made_on: date
    made_by: str
    channel: str
    right_party: bool
    contact_id: UUID | None
    person: str
    outcome: str
    next_on: date | None
    minutes: int
    script: str
    language: str
    note: str


def log_contact(ctx: Context, contact: Contact, key: str) -> UUID:
    """Write an attempt down with its promise, its task done and the next call planned.

    A task that is not to be done any more stays as it is: every attempt is logged (COL-03).
    Sent again with its `key`, it is answered and not done again. NOT_FOUND for a case that is not
    open or a task of another; KEY_REUSED; VALUE_INVALID names what is missing, and whatever the
    promise is refused for (COL-02). All of it or nothing.
    """
    ctx.require(Permission.COLLECT)
    checked = _check(ctx, contact)
    fingerprint = _fingerprint(checked)
    with book(ctx):
        buyer, stage = _locked(ctx, contact.case_id)
        known = _known(ctx, key, fingerprint)
        if known is not None:
            return known
        promise = None
        if checked.promise is not None:
            promise = record_promise(ctx, replace(checked.promise, buyer_id=buyer))
        if checked.action_id is not None:
            _finish(ctx, checked)
        if checked.next_on is not None:
            _plan_call(ctx, checked, buyer, stage)
        made = _insert(ctx, checked, buyer, promise, key, fingerprint)
        told = events.ContactMade(
            buyer, made, checked.channel, checked.right_party, checked.outcome
        )
        record(ctx, told)
        rank_work(ctx, buyer)
    return made


def contacts_made(ctx: Context, buyer_id: UUID, most: int = 20) -> list[ContactLine]:
    """Attempts to reach a buyer, the newest first. Names of people are left out of them for those
    who may not read personal data.
    """
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select id, made_at, made_on, made_by, channel, right_party, contact_id, person, outcome,
                   next_on, minutes, script, language, note
            from contact_made where seller_id = %(seller)s and buyer_id = %(buyer)s
            order by made_at desc, id desc limit %(most)s
            """,
            {"seller": ctx.seller, "buyer": buyer_id, "most": most},
        )
    lines = sql.typed(found, ContactLine)
    if Permission.READ_PERSONAL in ctx.may:
        return lines
    return [replace(line, person="") for line in lines]


def right_parties(ctx: Context, buyer_id: UUID) -> frozenset[UUID]:
    """Contacts of a buyer that were met as the right party when they were spoken to last."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select distinct on (contact_id) contact_id, right_party
            from contact_made
            where seller_id = %(seller)s and buyer_id = %(buyer)s and contact_id is not null
              and outcome <> 'not_reached'
            order by contact_id, made_at desc
            """,
            {"seller": ctx.seller, "buyer": buyer_id},
        )
    return frozenset(line["contact_id"] for line in found if line["right_party"])


def _check(ctx: Context, contact: Contact) -> Contact:
    person, note = contact.person.strip(), contact.note.strip()
    if contact.right_party and not person:
        raise Refusal(Code.VALUE_INVALID, field="person", value="", mend=Mend.GIVE_IT)
    if contact.right_party and contact.outcome is Outcome.NOT_REACHED:
        allowed = ", ".join(one for one in Outcome if one is not Outcome.NOT_REACHED)
        raise Refusal(
            Code.VALUE_INVALID,
            field="outcome",
            value=contact.outcome.value,
            mend=Mend.ONE_OF,
            allowed=allowed,
        )
    if (contact.outcome is Outcome.PROMISED) != (contact.promise is not None):
        raise Refusal(Code.VALUE_INVALID, field="promise", value="", mend=Mend.GIVE_IT)
    if contact.next_on is not None and contact.next_on <= ctx.today:
        raise Refusal(
            Code.VALUE_INVALID,
            field="next_on",
            value=str(contact.next_on),
            mend=Mend.AFTER_TODAY,
        )
    if not 0 <= contact.minutes <= MOST_MINUTES:
        raise Refusal(
            Code.VALUE_INVALID,
            field="minutes",
            value=str(contact.minutes),
            mend=Mend.BETWEEN,
            least=0,
            most=MOST_MINUTES,
        )
    return replace(contact, person=person, note=note[:LONGEST_NOTE])


def _fingerprint(contact: Contact) -> str:
    promise = contact.promise
    said: dict[str, Any] = {
        name: getattr(contact, name) for name in Contact.__dataclass_fields__ if name != "promise"
    }
    if promise is not None:
        said["promise"] = (promise.amount, promise.promised_for, promise.payer, promise.channel)
    return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()


def _locked(ctx: Context, case_id: UUID) -> tuple[UUID, int]:
    found = sql.row(
        "select buyer_id, stage from collection_case where seller_id = %(seller)s"
        " and id = %(case)s and closed_on is null for update",
        {"seller": ctx.seller, "case": case_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="case", value=str(case_id))
    return found["buyer_id"], found["stage"]


def _known(ctx: Context, key: str, fingerprint: str) -> UUID | None:
    found = sql.row(
        "select id, fingerprint from contact_made where seller_id = %(seller)s and key = %(key)s",
        {"seller": ctx.seller, "key": key},
    )
    if found is None:
        return None
    if found["fingerprint"] != fingerprint:
        raise Refusal(Code.KEY_REUSED, field="idempotency_key", key=key)
    return UUID(str(found["id"]))


def _finish(ctx: Context, contact: Contact) -> None:
    state = sql.value(
        "select state from collection_action where seller_id = %(seller)s and id = %(id)s"
        " and case_id = %(case)s for update",
        {"seller": ctx.seller, "id": contact.action_id, "case": contact.case_id},
    )
    if state is None or contact.action_id is None:
        raise Refusal(Code.NOT_FOUND, field="task", value=str(contact.action_id))
    if state != ActionState.PLANNED:
        # Another did it during this call, or money cancelled it: the call was made all the same.
        return
    said = f"{contact.outcome}: {contact.note}" if contact.note else contact.outcome.value
    complete_action(ctx, contact.action_id, said)


def _plan_call(ctx: Context, contact: Contact, buyer: UUID, stage: int) -> None:
    """The call agreed upon is a task of its own, on a business day of the buyer's country."""
    sql.execute(
        """
        insert into collection_action (seller_id, case_id, buyer_id, stage, step, channel, who,
                                       planned_on, due_on, facts)
        select %(seller)s, %(case)s, b.id, %(stage)s, 'call', 'phone', 'collector', %(on)s,
               business_day_on_or_after(b.country, %(on)s), '{"agreed": true}'
        from buyer b where b.seller_id = %(seller)s and b.id = %(buyer)s
        on conflict do nothing
        """,
        {
            "seller": ctx.seller,
            "case": contact.case_id,
            "buyer": buyer,
            "stage": stage,
            "on": contact.next_on,
        },
    )


def _insert(
    ctx: Context,
    contact: Contact,
    buyer: UUID,
    promise: UUID | None,
    key: str,
    fingerprint: str,
) -> UUID:
    made = new_id(ctx.now)
    sql.execute(
        """
        insert into contact_made (
          seller_id, id, key, fingerprint, case_id, buyer_id, action_id, made_on, made_at, made_by,
          channel, right_party, contact_id, person, outcome, promise_id, next_on, invoices, minutes,
          script, language, note)
        values (
          %(seller)s, %(id)s, %(key)s, %(fingerprint)s, %(case_id)s, %(buyer)s, %(action_id)s,
          %(today)s, %(now)s, %(actor)s, %(channel)s, %(right_party)s, %(contact_id)s, %(person)s,
          %(outcome)s, %(promise_id)s, %(next_on)s, %(invoices)s::uuid[], %(minutes)s, %(script)s,
          %(language)s, %(note)s)
        """,
        {
            "seller": ctx.seller,
            "id": made,
            "key": key,
            "fingerprint": fingerprint,
            "buyer": buyer,
            "today": ctx.today,
            "now": ctx.now,
            "actor": ctx.actor,
            "promise_id": promise,
            "case_id": contact.case_id,
            "action_id": contact.action_id,
            "channel": contact.channel.value,
            "right_party": contact.right_party,
            "contact_id": contact.contact_id,
            "person": contact.person,
            "outcome": contact.outcome.value,
            "next_on": contact.next_on,
            "invoices": list(contact.invoices),
            "minutes": contact.minutes,
            "script": contact.script,
            "language": contact.language,
            "note": contact.note,
        },
    )
    return made
