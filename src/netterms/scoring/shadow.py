"""A challenger in shadow: it scores beside the card in force, and decides nothing.

Its scores stand in `shadow_score`, which no limit, report or order reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.queries import live_engine
from netterms.scoring import validation
from netterms.scoring.actions import gather_known, scored_table
from netterms.scoring.overlay import overlay_on
from netterms.scoring.validation import Moved, Outcomes
from netterms.scoring.versions import CardVersion, challenger
from netterms.store import sql
from netterms.store.outbox import stamp
from netterms.store.tenancy import book

SWAPS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Swap:
    """A buyer that one card would give credit and the other would not; `of_all` such buyers."""

    buyer_id: UUID
    buyer_name: str
    currency: str
    champion_grade: int
    challenger_grade: int
    champion_pd: Decimal
    challenger_pd: Decimal
    open_minor: int
    of_all: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The card in force beside the challenger, as of a day.

    `moved` goes from the grade in force to the challenger's. `champion` and `challenger` are what
    came of the buyers since the challenger first scored them.
    """

    version: CardVersion
    as_of: date
    stop: int
    moved: Sequence[Moved]
    champion: Outcomes
    challenger: Outcomes
    swaps: Sequence[Swap]

    @property
    def buyers(self) -> int:
        """Buyers (per currency) that both have scored."""
        return sum(line.buyers for line in self.moved)

    @property
    def would_decline(self) -> int:
        """Buyers the card in force gives credit and the challenger would not."""
        return sum(m.buyers for m in self.moved if _grade(m.before_grade) < self.stop <= _after(m))

    @property
    def would_approve(self) -> int:
        """Buyers the card in force gives no credit and the challenger would."""
        return sum(m.buyers for m in self.moved if _after(m) < self.stop <= _grade(m.before_grade))

    @property
    def stability_index(self) -> Decimal | None:
        """PSI of the challenger's grades against those in force; None without any."""
        return validation.stability_index(self.moved)


def refresh_shadow(ctx: Context) -> dict[str, Plain]:
    """Let the challenger score whom the card in force scored today, and whom it never met.

    One statement over the whole book; nothing without a challenger. A score given stands.
    """
    ctx.require(Permission.RUN_DAY)
    with book(ctx):
        found = challenger(ctx)
        if found is None:
            return {"buyers": 0}
        params = stamp(ctx) | {"version": found.version}
        gather_known("scoring/shadow_to_score", params)
        sql.execute(scored_table(found.card, overlay_on(ctx.today)), params)
        scored = sql.execute(_INSERT, params)
        sql.execute("drop table to_score, unpaid, buyer_facts, buyer_ratios, scored")
    return {"buyers": scored}


def compare(ctx: Context, as_of: date, stop: int) -> Comparison | None:
    """The challenger beside the card in force; None without a challenger.

    `stop` is the grade from which on nobody gets credit (the limit policy's).
    """
    ctx.require(Permission.READ)
    with book(ctx):
        found = challenger(ctx)
        if found is None:
            return None
        asked = {"version": found.version, "as_of": as_of}
        engine = live_engine()
        moved = [Moved(**line) for line in engine.ask("scoring/shadow_pairs", **asked)]
        became = engine.ask("scoring/shadow_outcomes", **asked)
        swaps = sql.rows(
            sql.statement("scoring/shadow_swaps"),
            asked | {"seller": ctx.seller, "stop": stop, "most": SWAPS_SHOWN},
        )
    return Comparison(
        version=found,
        as_of=as_of,
        stop=stop,
        moved=moved,
        champion=validation.outcomes(x for x in became if x["card"] == "champion"),
        challenger=validation.outcomes(x for x in became if x["card"] == "challenger"),
        swaps=sql.typed(swaps, Swap),
    )


def require_comparison(ctx: Context, as_of: date, stop: int) -> Comparison:
    """As `compare`; NOT_FOUND without a challenger."""
    found = compare(ctx, as_of, stop)
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="challenger")
    return found


def _grade(grade: int | None) -> int:
    assert grade is not None, "pairs have both grades"
    return grade


def _after(moved: Moved) -> int:
    return _grade(moved.after_grade)


_INSERT = """
insert into shadow_score (seller_id, version, buyer_id, currency, scored_on, score, pd, grade)
select %(seller)s, %(version)s, buyer_id, currency, %(as_of)s, score, pd, grade
from scored
on conflict do nothing
"""
