"""What changes a buyer's master data. Each function is one use case and one transaction."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from netterms.buyers import events
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Event, plain
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.outbox import record_all
from netterms.store.tenancy import book

LANGUAGES = ("en", "zh-hans")


@dataclass(frozen=True, slots=True)
class BuyerFacts:
    """What an invoice list does not tell of a buyer; None leaves a field as it is.

    `parent` is the buyer number of the group's parent. A sanctions hit once noted is not taken
    back here.
    """

    buyer_number: str
    language: str | None = None
    email: str | None = None
    key_account: bool | None = None
    insolvent_on: date | None = None
    parent: str | None = None


# Fields of BuyerFacts that are columns of the same name.
PLAIN_FIELDS = ("language", "email", "key_account", "insolvent_on")


def update_facts(ctx: Context, facts: Sequence[BuyerFacts]) -> int:
    """Set what is told about buyers by number; returns how many changed. Safe to repeat.

    NOT_FOUND names a number the seller does not know; VALUE_INVALID a value to mend.
    """
    ctx.require(Permission.IMPORT)
    for told in facts:
        _check(ctx, told)
    with book(ctx):
        known = _locked(ctx, [f.buyer_number for f in facts] + [f.parent for f in facts])
        changes = [(told, known[told.buyer_number], _wanted(told, known)) for told in facts]
        changed = [
            (line, {name: value for name, value in wanted.items() if line[name] != value})
            for _, line, wanted in changes
        ]
        changed = [(line, after) for line, after in changed if after]
        for line, after in changed:
            _write(ctx, line, after)
        record_all(ctx, [event for line, after in changed for event in _told(line, after)])
    return len(changed)


def _check(ctx: Context, facts: BuyerFacts) -> None:
    if facts.language is not None and facts.language not in LANGUAGES:
        raise Refusal(
            Code.VALUE_INVALID, field="language", value=facts.language, mend=" or ".join(LANGUAGES)
        )
    if facts.insolvent_on is not None and facts.insolvent_on > ctx.today:
        raise Refusal(
            Code.VALUE_INVALID,
            field="insolvent_on",
            value=str(facts.insolvent_on),
            mend="the day proceedings were opened, not a later one than today",
        )
    if facts.parent is not None and facts.parent == facts.buyer_number:
        raise Refusal(
            Code.VALUE_INVALID, field="parent", value=facts.parent, mend="another buyer's number"
        )


def _locked(ctx: Context, numbers: Iterable[str | None]) -> dict[str, dict[str, Any]]:
    wanted = sorted({number for number in numbers if number is not None})
    found = sql.rows(
        """
        select id, buyer_number, language, email, key_account, insolvent_on, parent_id
        from buyer where seller_id = %(seller)s and buyer_number = any(%(numbers)s)
        order by id for update
        """,
        {"seller": ctx.seller, "numbers": wanted},
    )
    known = {line["buyer_number"]: line for line in found}
    for number in wanted:
        if number not in known:
            raise Refusal(Code.NOT_FOUND, field="buyer_number", value=number)
    return known


def _wanted(facts: BuyerFacts, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    told = {f.name: getattr(facts, f.name) for f in dataclasses.fields(facts)}
    wanted = {name: told[name] for name in PLAIN_FIELDS if told[name] is not None}
    if facts.parent is not None:
        wanted["parent_id"] = known[facts.parent]["id"]
    return wanted


def _write(ctx: Context, line: dict[str, Any], after: dict[str, Any]) -> None:
    sql.execute(
        """
        update buyer set language = %(language)s, email = %(email)s, key_account = %(key_account)s,
                         insolvent_on = %(insolvent_on)s, parent_id = %(parent_id)s
        where seller_id = %(seller)s and id = %(id)s
        """,
        line | after | {"seller": ctx.seller},
    )


def _told(line: dict[str, Any], after: dict[str, Any]) -> list[Event]:
    before = {name: plain(line[name]) for name in after}
    told: list[Event] = [
        events.BuyerFactsUpdated(
            line["id"], before, {name: plain(value) for name, value in after.items()}
        )
    ]
    if "insolvent_on" in after:
        told.append(events.BuyerInsolvent(line["id"], after["insolvent_on"]))
    return told
