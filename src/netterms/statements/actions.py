"""Enter a buyer's annual accounts. A correction is a new version; nothing is ever changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from netterms.buyers.known import Lock, require_buyer
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import plain
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES, Money
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.statements import events
from netterms.statements.chart import BY_NAME, NAMES
from netterms.statements.rules import (
    FIRST_DAY,
    MOST_MONTHS,
    SCALES,
    Accounts,
    Finding,
    Flaw,
    Standard,
    completed,
    findings,
    unknown_items,
)
from netterms.store import keys, sql
from netterms.store.outbox import record_all
from netterms.store.tenancy import book, once_more

LONGEST_SOURCE = 200
# The year before ends about a year earlier: company years move by some weeks.
EARLIEST_BEFORE, LATEST_BEFORE = timedelta(days=400), timedelta(days=330)


@dataclass(frozen=True, slots=True)
class Told:
    """Accounts as somebody has them. `source`: where they are from, in words.

    `confirmed`: what looks like a slip of the units was looked at and is so.
    """

    accounts: Accounts
    standard: Standard = Standard.OTHER
    consolidated: bool = False
    audited: bool = False
    source: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """The statement that holds the accounts; `new` is False where they were known just so."""

    id: UUID
    version: int
    new: bool


def check(ctx: Context, told: Told, before: Accounts | None = None) -> Accounts:
    """The accounts with what follows from them; refuses what does not hold together.

    VALUE_INVALID names the line, what stands there, and what would mend it.
    """
    accounts = told.accounts
    _check_head(ctx, told)
    for name in unknown_items(accounts.items):
        raise invalid("items", name, Mend.ONE_OF, allowed=", ".join(NAMES))
    full = completed(accounts)
    for finding in findings(full, before):
        if not (finding.is_question and told.confirmed):
            raise refused(finding, accounts.currency)
    return full


def refused(finding: Finding, currency: str) -> Refusal:
    """A flaw as a refusal that names its line."""
    facts: dict[str, object] = {}
    if finding.expected is not None:
        facts["expected"] = _shown(finding.item, finding.expected, currency)
    return Refusal(
        Code.VALUE_INVALID,
        field=finding.item,
        value="" if finding.value is None else _shown(finding.item, finding.value, currency),
        mend=MENDS[finding.flaw],
        least=0,
        most=facts.get("expected", ""),
        **facts,
    )


MENDS = {
    Flaw.BALANCE: Mend.BALANCED,
    Flaw.TOTAL: Mend.SUM_OF_PARTS,
    Flaw.NEGATIVE: Mend.AT_LEAST,
    Flaw.TOO_LARGE: Mend.AT_MOST,
    Flaw.NOTHING: Mend.GIVE_IT,
    Flaw.SCALE_JUMP: Mend.LOOK_AT_UNIT,
}


@once_more
def record_statement(ctx: Context, buyer_id: UUID, told: Told, *, key: str = "") -> Recorded:
    """Enter accounts of a buyer; its net worth and turnover follow from the newest ones.

    The same again changes nothing; other figures for the same period are a new version. With a
    `key` the second request under it gets the first one's answer. NOT_FOUND for a buyer the
    seller does not have; VALUE_INVALID as `check` says.
    """
    ctx.require(Permission.IMPORT)
    with book(ctx):
        if not key:
            return _record(ctx, buyer_id, [told])[0]
        made: list[Recorded] = []

        def act() -> str:
            made.extend(_record(ctx, buyer_id, [told]))
            return str(made[0].id)

        asked = {"statement_of": buyer_id, "told": plain(_plain(told))}
        found = UUID(str(keys.once(ctx, key, asked, act)))
        return made[0] if made else Recorded(found, _version(ctx, found), new=False)


@once_more
def record_statements(ctx: Context, buyer_id: UUID, told: Sequence[Told]) -> list[Recorded]:
    """Enter accounts of several periods of a buyer, all of them or none; as `record_statement`."""
    ctx.require(Permission.IMPORT)
    with book(ctx):
        return _record(ctx, buyer_id, told)


def flaws(ctx: Context, buyer_id: UUID, told: Sequence[Told]) -> list[list[Finding]]:
    """What is wrong with each of `told`, beside each other and what is known of the buyer.

    Questions that were confirmed are none. VALUE_INVALID for a period or a currency that cannot be.
    """
    ctx.require(Permission.READ)
    for one in told:
        _check_head(ctx, one)
    with book(ctx):
        known = _known(ctx, buyer_id)
    told = [replace(one, accounts=completed(one.accounts)) for one in told]
    return [
        [
            finding
            for finding in findings(one.accounts, _before(one, told, known))
            if not (finding.is_question and one.confirmed)
        ]
        for one in told
    ]


def _record(ctx: Context, buyer_id: UUID, told: Sequence[Told]) -> list[Recorded]:
    # Versions of one buyer are counted by one at a time.
    require_buyer(ctx, buyer_id, Lock.NO_KEY_UPDATE)
    known = _known(ctx, buyer_id)
    lines = [
        _versioned(_line(ctx, buyer_id, one, check(ctx, one, _before(one, told, known))), known)
        for one in told
    ]
    new = [line for line in lines if line["new"]]
    if new:
        sql.execute_many(INSERT, new)
        sql.execute(sql.statement("statements/follow_accounts"), new[0])
        record_all(ctx, [_event(line) for line in new])
    return [Recorded(line["id"], line["version"], new=line["new"]) for line in lines]


def _known(ctx: Context, buyer_id: UUID) -> list[dict[str, Any]]:
    """The last version of each of the buyer's statements, the newest first."""
    return sql.rows(KNOWN, {"seller": ctx.seller, "buyer": buyer_id})


def _versioned(line: dict[str, Any], known: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The line as the next version of its statement, or as the one that says the same."""
    last = next((old for old in known if all(old[name] == line[name] for name in SAME)), None)
    if last is None:
        return line | {"version": 1, "corrects": None, "new": True}
    if all(last[name] == line[name] for name in CONTENT):
        return line | {"id": last["id"], "version": last["version"], "new": False}
    return line | {"version": last["version"] + 1, "corrects": last["id"], "new": True}


def _event(line: Mapping[str, Any]) -> events.StatementRecorded:
    return events.StatementRecorded(
        line["buyer_id"], line["id"], line["period_end"], line["version"], line["corrects"]
    )


def _before(one: Told, told: Sequence[Told], known: Sequence[Mapping[str, Any]]) -> Accounts | None:
    """The same company's accounts of the year before: told beside it, else known."""
    end, group = one.accounts.period_end, one.consolidated
    beside = [other.accounts for other in told if other.consolidated == group]
    beside += [accounts_of(line) for line in known if line["consolidated"] == group]
    first, last = end - EARLIEST_BEFORE, end - LATEST_BEFORE
    return next((other for other in beside if first <= other.period_end <= last), None)


def _line(ctx: Context, buyer_id: UUID, told: Told, accounts: Accounts) -> dict[str, Any]:
    return {
        "seller": ctx.seller,
        "seller_id": ctx.seller,
        "id": new_id(ctx.now),
        "buyer": buyer_id,
        "buyer_id": buyer_id,
        "period_end": accounts.period_end,
        "months": accounts.months,
        "currency": accounts.currency,
        "scale": accounts.scale,
        "standard": told.standard.value,
        "consolidated": told.consolidated,
        "audited": told.audited,
        "source": told.source.strip(),
        "entered_by": ctx.actor,
        "entered_at": ctx.now,
        "known_on": ctx.today,
        **{name: accounts.items.get(name) for name in NAMES},
    }


def accounts_of(line: Mapping[str, Any]) -> Accounts:
    """The accounts in a row of the table."""
    items = {name: line[name] for name in NAMES if line[name] is not None}
    return Accounts(
        line["period_end"], line["currency"], items, months=line["months"], scale=line["scale"]
    )


def _version(ctx: Context, statement_id: UUID) -> int:
    return int(
        sql.value(
            "select version from statement where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": statement_id},
        )
    )


def _check_head(ctx: Context, told: Told) -> None:
    accounts = told.accounts
    if not FIRST_DAY <= accounts.period_end <= ctx.today:
        raise invalid(
            "period_end", accounts.period_end, Mend.BETWEEN, least=FIRST_DAY, most=ctx.today
        )
    if not 1 <= accounts.months <= MOST_MONTHS:
        raise invalid("months", accounts.months, Mend.BETWEEN, least=1, most=MOST_MONTHS)
    if accounts.currency not in CURRENCIES:
        raise invalid("currency", accounts.currency, Mend.CURRENCY_CODE)
    if accounts.scale not in SCALES:
        raise invalid("scale", accounts.scale, Mend.ONE_OF, allowed=", ".join(map(str, SCALES)))
    if len(told.source) > LONGEST_SOURCE or not (told.source.isprintable() or not told.source):
        raise invalid("source", told.source, Mend.CHARACTERS, least=0, most=LONGEST_SOURCE)


def _shown(item: str, value: int, currency: str) -> str:
    return str(value) if BY_NAME[item].count else str(Money(value, currency).major)


def _plain(told: Told) -> dict[str, object]:
    accounts = told.accounts
    return {
        "period_end": accounts.period_end,
        "months": accounts.months,
        "currency": accounts.currency,
        "scale": accounts.scale,
        "items": dict(accounts.items),
        "standard": told.standard.value,
        "consolidated": told.consolidated,
        "audited": told.audited,
        "source": told.source,
    }


# What makes another statement, and what another version of it.
SAME = ("period_end", "months", "consolidated")
CONTENT = ("currency", "scale", "standard", "audited", "source", *NAMES)
COLUMNS = (
    *("seller_id", "id", "buyer_id", "period_end", "months", "currency", "scale", "standard"),
    *("consolidated", "audited", "source", "entered_by", "entered_at", "known_on", "version"),
    *("corrects", *NAMES),
)
INSERT = f"""
insert into statement ({", ".join(COLUMNS)})
values ({", ".join(f"%({name})s" for name in COLUMNS)})
"""  # noqa: S608 - names of the chart
KNOWN = f"""
select distinct on (period_end, consolidated, months)
       id, version, period_end, months, consolidated, currency::text as currency, scale, standard,
       audited, source, {", ".join(NAMES)}
from statement
where seller_id = %(seller)s and buyer_id = %(buyer)s
order by period_end desc, consolidated, months desc, version desc
"""  # noqa: S608 - names of the chart
