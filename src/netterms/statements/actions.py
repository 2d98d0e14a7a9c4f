"""Enter a buyer's annual accounts. A correction is a new version; nothing is ever changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.events import plain
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES, Money
from netterms.kernel.refusal import Code, Refusal
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
from netterms.store.outbox import record
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
        raise _invalid("items", name, Mend.ONE_OF, allowed=", ".join(NAMES))
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
            return _record(ctx, buyer_id, told)
        made: list[Recorded] = []

        def act() -> str:
            made.append(_record(ctx, buyer_id, told))
            return str(made[0].id)

        asked = {"statement_of": buyer_id, "told": plain(_plain(told))}
        found = UUID(str(keys.once(ctx, key, asked, act)))
        return made[0] if made else Recorded(found, _version(ctx, found), new=False)


def _record(ctx: Context, buyer_id: UUID, told: Told) -> Recorded:
    # Versions of one buyer are counted by one at a time.
    locked = sql.row(
        "select id from buyer where seller_id = %(seller)s and id = %(buyer)s for no key update",
        {"seller": ctx.seller, "buyer": buyer_id},
    )
    if locked is None:
        raise Refusal(Code.NOT_FOUND, field="buyer", value=str(buyer_id))
    accounts = check(ctx, told, _before(ctx, buyer_id, told))
    line = _line(ctx, buyer_id, told, accounts)
    last = sql.row(LAST, line)
    if last is not None and all(last[name] == line[name] for name in CONTENT):
        return Recorded(last["id"], last["version"], new=False)
    line |= {"version": 1, "corrects": None}
    if last is not None:
        line |= {"version": last["version"] + 1, "corrects": last["id"]}
    sql.execute(INSERT, line)
    sql.execute(sql.statement("statements/follow_accounts"), line)
    record(
        ctx,
        events.StatementRecorded(
            buyer_id, line["id"], accounts.period_end, line["version"], line["corrects"]
        ),
    )
    return Recorded(line["id"], line["version"], new=True)


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


def _before(ctx: Context, buyer_id: UUID, told: Told) -> Accounts | None:
    """The same company's accounts of the year before, the last version."""
    end = told.accounts.period_end
    found = sql.row(
        BEFORE,
        {
            "seller": ctx.seller,
            "buyer": buyer_id,
            "consolidated": told.consolidated,
            "first": end - EARLIEST_BEFORE,
            "last": end - LATEST_BEFORE,
        },
    )
    return None if found is None else accounts_of(found)


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
        raise _invalid(
            "period_end", accounts.period_end, Mend.BETWEEN, least=FIRST_DAY, most=ctx.today
        )
    if not 1 <= accounts.months <= MOST_MONTHS:
        raise _invalid("months", accounts.months, Mend.BETWEEN, least=1, most=MOST_MONTHS)
    if accounts.currency not in CURRENCIES:
        raise _invalid("currency", accounts.currency, Mend.CURRENCY_CODE)
    if accounts.scale not in SCALES:
        raise _invalid("scale", accounts.scale, Mend.ONE_OF, allowed=", ".join(map(str, SCALES)))
    if len(told.source) > LONGEST_SOURCE or not (told.source.isprintable() or not told.source):
        raise _invalid("source", told.source, Mend.CHARACTERS, least=0, most=LONGEST_SOURCE)


def _invalid(field: str, value: object, mend: Mend, **facts: object) -> Refusal:
    return Refusal(Code.VALUE_INVALID, field=field, value=str(value), mend=mend, **facts)


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


# What makes another version: any of these is not what it was.
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
LAST = f"""
select id, version, {", ".join(f"{name}::text" if name == "currency" else name for name in CONTENT)}
from statement
where seller_id = %(seller)s and buyer_id = %(buyer)s and period_end = %(period_end)s
  and months = %(months)s and consolidated = %(consolidated)s
order by version desc limit 1
"""  # noqa: S608 - names of the chart
BEFORE = f"""
select period_end, currency::text as currency, months, scale, {", ".join(NAMES)}
from statement
where seller_id = %(seller)s and buyer_id = %(buyer)s and consolidated = %(consolidated)s
  and period_end between %(first)s and %(last)s
order by period_end desc, months desc, version desc limit 1
"""  # noqa: S608 - names of the chart
