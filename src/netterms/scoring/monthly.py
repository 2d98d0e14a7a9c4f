"""Cards watched month by month: measured on the first business day, kept, and read again.

What is measured and when it calls for a look: `figures.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from netterms.kernel.calendar import add_months
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.receivables.queries import live_engine
from netterms.scoring.actions import made_with
from netterms.scoring.blocks import Combination
from netterms.scoring.events import FigureCrossed
from netterms.scoring.figures import (
    POPULATION_DAYS,
    Concern,
    Figure,
    FigureKind,
    Role,
    Watched,
    crossed,
    outcomes,
    shifts,
)
from netterms.scoring.scorecard import Attribute
from netterms.scoring.versions import challenger, champion
from netterms.store import sql
from netterms.store.calendars import calendar_of
from netterms.store.outbox import record_all, stamp
from netterms.store.tenancy import book

MONTHS_SHOWN = 36
SCORE = ""


@dataclass(frozen=True, slots=True)
class _Card:
    """A card to watch: `source` fills the table `watched`, with `params`."""

    watched: Watched
    made: Combination
    source: str
    params: Mapping[str, Any]


def measure_month(ctx: Context, since: date | None = None) -> dict[str, Plain]:
    """On the first business day of a month, measure the card in force and the challenger; keep it.

    `since` is the date of the run before: a first business day on which nothing ran is made up for
    by the next run. A figure that stands worse than the month before is announced.
    """
    ctx.require(Permission.RUN_DAY)
    with book(ctx):
        if not _is_due(ctx, since):
            return {"figures": 0}
        found = [f for card in _cards(ctx) for f in _measured(ctx, card)]
        worse = crossed(found, _of_month(ctx, add_months(ctx.today.replace(day=1), -1)))
        kept = _keep(ctx, found)
        if kept:
            record_all(ctx, [_told(ctx, figure) for figure in worse])
    return {"figures": kept, "crossed": len(worse) if kept else 0}


def figures(ctx: Context, as_of: date, *, months: int = MONTHS_SHOWN) -> list[Figure]:
    """What was measured in the last `months` months until `as_of`, the oldest first."""
    ctx.require(Permission.READ)
    since = add_months(as_of.replace(day=1), 1 - months)
    with book(ctx):
        return _read(
            ctx, "month >= %(since)s and measured_on <= %(as_of)s", since=since, as_of=as_of
        )


def concerns(ctx: Context, as_of: date) -> list[Figure]:
    """Figures of the newest month measured until `as_of` that call for a look, the worst first."""
    ctx.require(Permission.READ)
    newest = (
        "month = (select max(month) from score_figure"
        " where seller_id = %(seller)s and measured_on <= %(as_of)s) and concern <> 'ok'"
    )
    with book(ctx):
        found = _read(ctx, newest, as_of=as_of)
    return sorted(found, key=lambda f: f.concern is not Concern.ALARM)


def _is_due(ctx: Context, since: date | None) -> bool:
    first = ctx.today.replace(day=1)
    country = sql.value("select country from seller where seller_id = %(seller)s", stamp(ctx))
    days = calendar_of(country, first, ctx.today)
    if not days.is_open(ctx.today):
        return False
    return since is None or since < days.on_or_after(first)


def _cards(ctx: Context) -> list[_Card]:
    found = [_in_force(ctx), _on_trial(ctx)]
    return [card for card in found if card is not None]


def _in_force(ctx: Context) -> _Card | None:
    made = made_with(champion(ctx))
    first = sql.value(_FIRST_BY_CHAMPION, stamp(ctx))
    if first is None:
        return None
    return _Card(
        Watched(Role.CHAMPION, made.blocks[0].card.name, first, ctx.today),
        made,
        "scoring/watched_champion",
        {"first": first},
    )


def _on_trial(ctx: Context) -> _Card | None:
    found = challenger(ctx)
    if found is None:
        return None
    made, params = made_with(found.card), {"version": found.version}
    first = sql.value(_FIRST_BY_CHALLENGER, stamp(ctx) | params)
    if first is None:
        return None
    return _Card(
        Watched(Role.CHALLENGER, found.scorecard.name, first, ctx.today),
        made,
        "scoring/watched_challenger",
        params,
    )


def _measured(ctx: Context, card: _Card) -> list[Figure]:
    """The figures of one card: two passes over its population, none for each figure."""
    watched = card.watched
    params = stamp(ctx) | dict(card.params)
    days = {"reference": watched.reference, "cohort": watched.cohort, "days": POPULATION_DAYS}
    sql.execute(sql.statement(card.source), params | days)
    sql.execute("analyze watched")
    found = shifts(watched, sql.rows(_counts(card.made)))
    became = live_engine().ask("scoring/watched_outcomes", as_of=ctx.today)
    sql.execute("drop table watched")
    return found + outcomes(watched, became)


def _counts(made: Combination) -> str:
    """Buyers by side, name and bin: the score ("") in tenths of the reference, the attributes."""
    named = [f"('{SCORE}', width_bucket(score, (select points from tenths)))"]  # noqa: S608
    # A score of payments alone keeps no events, as there were none.
    named += [
        f"('{a.name}', {_bin(a, unknown='0' if b.name == 'events' else 'null')})"
        for b in made.blocks
        for a in b.card.attributes
    ]
    return f"""
        with tenths as (
          select percentile_disc(array[.1, .2, .3, .4, .5, .6, .7, .8, .9])
                   within group (order by score) as points
          from watched where side = 'reference'
        )
        select w.side, v.name, v.bin, count(*) as buyers
        from watched w cross join lateral (values {", ".join(named)}) v (name, bin)
        where w.side <> 'cohort'
        group by w.side, v.name, v.bin
        """  # noqa: S608 - names and bounds of parsed cards


def _bin(a: Attribute, unknown: str) -> str:
    """The number of the bin a value falls into, 0 for not known."""
    value = f"coalesce((attributes ->> '{a.name}')::numeric, {unknown})"
    bounds = [b.up_to for b in a.bins if b.up_to is not None]
    arms = " ".join(f"when {value} <= {bound:f} then {n}" for n, bound in enumerate(bounds, 1))
    return f"case when {value} is null then 0 {arms} else {len(bounds) + 1} end"


def _keep(ctx: Context, found: Sequence[Figure]) -> int:
    columns = {name: [_value(getattr(f, name)) for f in found] for name in _TYPES}
    return sql.execute(_INSERT, columns | {"seller": ctx.seller})


def _value(value: object) -> object:
    return value.value if isinstance(value, StrEnum) else value


def _of_month(ctx: Context, month: date) -> list[Figure]:
    return _read(ctx, "month = %(month)s", month=month)


def _read(ctx: Context, which: str, **params: object) -> list[Figure]:
    found = sql.rows(
        f"""
        select {", ".join(_TYPES)} from score_figure where seller_id = %(seller)s and {which}
        order by month, role desc, figure, length(part), part
        """,  # noqa: S608 - our own words
        {"seller": ctx.seller, **params},
    )
    return [
        Figure(
            **line
            | {
                "role": Role(line["role"]),
                "figure": FigureKind(line["figure"]),
                "concern": Concern(line["concern"]),
            }
        )
        for line in found
    ]


def _told(ctx: Context, figure: Figure) -> FigureCrossed:
    told = asdict(figure)
    return FigureCrossed(
        ctx.seller,
        **{
            name: told[name]
            for name in ("month", "role", "card", "figure", "part", "value", "concern")
        },
    )


_TYPES = {
    "month": "date",
    "role": "text",
    "card": "text",
    "figure": "text",
    "part": "text",
    "value": "numeric",
    "expected": "numeric",
    "low": "numeric",
    "high": "numeric",
    "cases": "int",
    "defaults": "int",
    "concern": "text",
    "since": "date",
    "measured_on": "date",
}
_INSERT = f"""
insert into score_figure (seller_id, {", ".join(_TYPES)})
select %(seller)s, told.*
from unnest({", ".join(f"%({name})s::{kind}[]" for name, kind in _TYPES.items())}) told
on conflict do nothing
"""  # noqa: S608 - our own names
# Scores of the day of the decision may be of the card before.
_FIRST_BY_CHAMPION = """
select min(scored_on) from score
where seller_id = %(seller)s and scored_on <= %(as_of)s
  and scored_on > coalesce(
    (select max(business_date) from event
     where seller_id = %(seller)s and kind = 'scoring.card_decided'
       and business_date <= %(as_of)s and facts ->> 'before' <> facts ->> 'after'),
    '-infinity')
"""
_FIRST_BY_CHALLENGER = """
select min(scored_on) from shadow_score
where seller_id = %(seller)s and version = %(version)s and scored_on <= %(as_of)s
"""
