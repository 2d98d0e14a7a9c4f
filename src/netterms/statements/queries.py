"""Reads of annual accounts, and of what they say, inside one seller's book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.statements import rules
from netterms.statements.actions import EARLIEST_BEFORE, LATEST_BEFORE, accounts_of
from netterms.statements.chart import NAMES
from netterms.statements.failure import Choice, Firm, Model, Score, Settings, fitting, scores
from netterms.statements.rules import Accounts
from netterms.store import sql
from netterms.store.portable import in_postgres
from netterms.store.tenancy import book


@dataclass(frozen=True, slots=True)
class Statement:
    """One version of a buyer's accounts of a period."""

    id: UUID
    accounts: Accounts
    standard: str
    consolidated: bool
    audited: bool
    source: str
    entered_by: str
    entered_at: datetime
    version: int
    corrects: UUID | None


READ = f"""
select id, period_end, months, currency::text as currency, scale, standard, consolidated, audited,
       source, entered_by, entered_at, version, corrects, {", ".join(NAMES)}
from statement
where seller_id = %(seller)s
"""  # noqa: S608 - names of the chart


def statements_of(ctx: Context, buyer_id: UUID) -> list[Statement]:
    """The last version of each of a buyer's statements, the newest period first.

    Of one period the company's own accounts come before the group's.
    """
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            f"""
            select distinct on (period_end, consolidated, months) *
            from ({READ} and buyer_id = %(buyer)s) s
            order by period_end desc, consolidated, months desc, version desc
            """,  # noqa: S608 - our own statement
            {"seller": ctx.seller, "buyer": buyer_id},
        )
    return [_statement(line) for line in found]


def statement(ctx: Context, statement_id: UUID) -> Statement:
    """One version; NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.row(f"{READ} and id = %(id)s", {"seller": ctx.seller, "id": statement_id})
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="statement", value=str(statement_id))
    return _statement(found)


@dataclass(frozen=True, slots=True)
class Judged:
    """A statement and what follows from it: `fits` is the Altman model made for such firms."""

    statement: Statement
    before: Statement | None
    ratios: dict[str, Decimal | None]
    scores: dict[Model, Score]
    fits: Choice


def judged(ctx: Context, buyer_id: UUID, per_dollar: Mapping[str, Fraction]) -> list[Judged]:
    """The last version of each of a buyer's statements with what models say, the newest first.

    `per_dollar`: units of a currency for one US dollar; without them Ohlson's O is not computable.
    """
    known = statements_of(ctx, buyer_id)
    firm = _firm(ctx, buyer_id)
    return [judge(one, known, firm, per_dollar) for one in known]


def judge(
    one: Statement, known: Sequence[Statement], firm: Firm, per_dollar: Mapping[str, Fraction]
) -> Judged:
    """What a statement says, beside the one of the year before among `known`."""
    accounts, before = one.accounts, _year_before(one, known)
    settings = Settings(per_dollar=per_dollar.get(accounts.currency))
    return Judged(
        one,
        before,
        rules.ratios(accounts),
        scores(accounts, before.accounts if before else None, settings),
        fitting(replace(firm, listed="market_value" in accounts.items)),
    )


def _firm(ctx: Context, buyer_id: UUID) -> Firm:
    with book(ctx):
        found = sql.row(
            "select country, sector from buyer where seller_id = %(seller)s and id = %(buyer)s",
            {"seller": ctx.seller, "buyer": buyer_id},
        )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="buyer", value=str(buyer_id))
    return Firm(found["country"], found["sector"])


def _year_before(of: Statement, known: Sequence[Statement]) -> Statement | None:
    """Of the statements of a buyer, the one of the year before, of the same company or group."""
    end = of.accounts.period_end
    first, last = end - EARLIEST_BEFORE, end - LATEST_BEFORE
    return next(
        (
            other
            for other in known
            if first <= other.accounts.period_end <= last and other.consolidated == of.consolidated
        ),
        None,
    )


def ratios_where(condition: str) -> str:
    """Text of `statements/ratios` over those accounts of the seller that meet a condition."""
    accounts = sql.statement("statements/accounts") + f" and {condition}"
    return in_postgres("statements/ratios", accounts, "accounts")


def ratios_of_peers(ctx: Context, buyer_id: UUID, as_of: date, most: int) -> list[dict[str, Any]]:
    """The ratios of others of a buyer's sector with accounts known on `as_of`, one row each.

    `most` at the most, drawn by their ids; none where the buyer has no sector.
    """
    ctx.require(Permission.READ)
    text = ratios_where(f"buyer_id in ({sql.statement('statements/peers')})")
    with book(ctx):
        return sql.rows(text, {"buyer": buyer_id, "as_of": as_of, "most": most})


def _statement(line: dict[str, Any]) -> Statement:
    told = ("id", "standard", "consolidated", "audited", "source", "entered_by", "entered_at")
    return Statement(
        accounts=accounts_of(line),
        version=line["version"],
        corrects=line["corrects"],
        **{name: line[name] for name in told},
    )
