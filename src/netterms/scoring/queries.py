"""Reads of stored scores: the newest ones and how a buyer's grade went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.scoring.company import CompanyFacts
from netterms.store import kept, sql
from netterms.store.tenancy import book

HISTORY_SHOWN = 60
COLUMNS = """
currency::text as currency, scored_on, scorecard, score, pd, grade, payment_index, confidence,
attributes, reasons, blocks
"""


@dataclass(frozen=True, slots=True)
class StoredScore:
    """A score as given: `pd` is a fraction, `attributes` and `reasons` are the rule's own.

    `blocks` is None where payments alone made the score.
    """

    currency: str
    scored_on: date
    scorecard: str
    score: Decimal
    pd: Decimal
    grade: int
    payment_index: Decimal | None
    confidence: Decimal
    attributes: dict[str, Any]
    reasons: list[Any]
    blocks: list[dict[str, Any]] | None

    @property
    def parts(self) -> list[dict[str, Any]]:
        """What each block did: `score`, `confidence` and `share`, or `points` moved."""
        alone = {"block": "payment", "card": self.scorecard, "score": self.score}
        return (
            [alone | {"confidence": self.confidence, "share": 1}]
            if self.blocks is None
            else self.blocks
        )


def newest_score(ctx: Context, buyer_id: UUID, currency: str) -> StoredScore | None:
    """The newest score in `currency`, else the worst of the newest in any other; None without.

    Its permission is the caller's.
    """
    with book(ctx):
        found = sql.rows(
            f"""
            select {COLUMNS}
            from (
              select distinct on (currency) * from score
              where seller_id = %(seller)s and buyer_id = %(buyer)s and scored_on <= %(today)s
              order by currency, scored_on desc
            ) newest
            order by currency <> %(currency)s, grade desc limit 1
            """,  # noqa: S608 - our own columns
            {"seller": ctx.seller, "buyer": buyer_id, "today": ctx.today, "currency": currency},
        )
    return sql.typed(found, StoredScore)[0] if found else None


def score_history(ctx: Context, buyer_id: UUID, as_of: date) -> dict[str, list[StoredScore]]:
    """Scores of a buyer until `as_of` by currency, oldest first, at most `HISTORY_SHOWN` each."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            f"""
            select {COLUMNS}
            from (
              select *, row_number() over (partition by currency order by scored_on desc) as place
              from score
              where seller_id = %(seller)s and buyer_id = %(buyer)s and scored_on <= %(as_of)s
            ) placed
            where place <= %(most)s
            order by currency, scored_on
            """,  # noqa: S608 - our own columns
            {"seller": ctx.seller, "buyer": buyer_id, "as_of": as_of, "most": HISTORY_SHOWN},
        )
    by_currency: dict[str, list[StoredScore]] = {}
    for score in sql.typed(found, StoredScore):
        by_currency.setdefault(score.currency, []).append(score)
    return by_currency


def grades_of(ctx: Context, buyers: Sequence[UUID], as_of: date) -> dict[UUID, dict[str, int]]:
    """The newest grade until `as_of` of each of `buyers` by currency."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select distinct on (buyer_id, currency) buyer_id, currency::text as currency, grade
            from score
            where seller_id = %(seller)s and buyer_id = any(%(buyers)s::uuid[])
              and scored_on <= %(as_of)s
            order by buyer_id, currency, scored_on desc
            """,
            {"seller": ctx.seller, "buyers": list(buyers), "as_of": as_of},
        )
    grades: dict[UUID, dict[str, int]] = {buyer_id: {} for buyer_id in buyers}
    for score in found:
        grades[score["buyer_id"]][score["currency"]] = score["grade"]
    return grades


def probable_defaults(ctx: Context, as_of: date) -> dict[str, Decimal]:
    """PD x open amount of every scored buyer, summed by currency, in minor units (SCR-15).

    Times a loss given default this is the expected loss before insurance. Credits do not count.
    """
    ctx.require(Permission.READ)
    with book(ctx):
        found = kept.rows(
            ctx,
            """
            select s.currency::text as currency, sum(s.pd * o.open_minor) as weighted
            from (
              select distinct on (buyer_id, currency) buyer_id, currency, pd
              from score
              where seller_id = %(seller)s and scored_on <= %(as_of)s
              order by buyer_id, currency, scored_on desc
            ) s
            join (
              select buyer_id, currency, sum(open_minor) as open_minor
              from invoice
              where seller_id = %(seller)s and open_minor > 0 and kind = 'invoice'
              group by buyer_id, currency
            ) o on o.buyer_id = s.buyer_id and o.currency = s.currency
            group by s.currency
            """,
            {"seller": ctx.seller, "as_of": as_of},
        )
    return {line["currency"]: line["weighted"] for line in found}


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """What is known of a company since `known_on`."""

    known_on: date
    facts: CompanyFacts


def company_facts(ctx: Context, buyer_id: UUID) -> KnownFacts | None:
    """The newest facts of a company; None where nobody told any."""
    ctx.require(Permission.READ)
    with book(ctx):
        line = sql.row(
            """
            select known_on, founded_on, employees, form_rank, source from company_fact
            where seller_id = %(seller)s and buyer_id = %(buyer)s
            order by known_on desc, id desc limit 1
            """,
            {"seller": ctx.seller, "buyer": buyer_id},
        )
    return None if line is None else KnownFacts(line.pop("known_on"), CompanyFacts(**line))
