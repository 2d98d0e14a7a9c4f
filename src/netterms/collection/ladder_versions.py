"""The ladder as the seller's data: write a version, try it on the book, let it count from a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from netterms.access.queries import same_person
from netterms.collection import events
from netterms.collection.ladder import LADDER, Doer, LadderStep, StepKind, Way, as_columns, check
from netterms.collection.rules import STAGE_STARTS, LadderSettings
from netterms.kernel.context import Context, Permission
from netterms.kernel.mends import Mend
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

SHIPPED = 0
# A version stands live from its day on, until a later decision's day has come.
VERSIONS = """
select l.version, l.made_at, l.made_by, l.why, p.live_from, coalesce(p.put_by, '') as put_by
from ladder l
left join lateral (
  select live_from, put_by from ladder_live v
  where v.seller_id = l.seller_id and v.version = l.version
  order by v.id desc limit 1
) p on true
where l.seller_id = %(seller)s
"""
LIVE = """
select version from ladder_live
where seller_id = %(seller)s and live_from <= %(day)s
order by id desc limit 1
"""
COLUMNS = ", ".join(LadderStep.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class LadderVersion:
    """A ladder and who wrote it when. `live_from` and `put_by` are of its last decision.

    Version 0 is the program's own and has no author; a draft was never put live.
    """

    version: int
    steps: tuple[LadderStep, ...]
    made_at: datetime | None = None
    made_by: str = ""
    why: str = ""
    live_from: date | None = None
    put_by: str = ""

    @property
    def is_draft(self) -> bool:
        """Never put live, by nobody."""
        return self.live_from is None and self.version != SHIPPED


@dataclass(frozen=True, slots=True)
class Given:
    """What a buyer would get: `stage` and step, and how much is late (by currency, minor units)."""

    buyer_id: UUID
    buyer_name: str
    country: str
    stage: int
    step: str
    channel: str
    who: str
    planned_on: date
    days_past_due: int
    overdue_minor: dict[str, int]

    @property
    def what(self) -> tuple[UUID, str, str, str]:
        """The same step for the same buyer is no difference, whenever it was planned."""
        return self.buyer_id, self.step, self.channel, self.who


@dataclass(frozen=True, slots=True)
class Trial:
    """What the day `on` would plan by this ladder and by the live one; nothing was written.

    `counts` has a line a stage and step: how many by this ladder, how many by the live one. `added`
    are steps that only this ladder asks for, `dropped` those that only the live one does.
    """

    on: date
    version: int
    live: int
    given: tuple[Given, ...]
    counts: tuple[tuple[int, str, int, int], ...]
    added: tuple[Given, ...]
    dropped: tuple[Given, ...]


def shipped() -> LadderVersion:
    """The program's own ladder."""
    return LadderVersion(SHIPPED, LADDER)


def versions(ctx: Context) -> list[LadderVersion]:
    """Every ladder the seller wrote, the newest first, and the program's own last."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(VERSIONS + " order by l.version desc", {"seller": ctx.seller})
        steps = sql.rows(
            f"select version, {COLUMNS} from ladder_step"  # noqa: S608 - names of a dataclass
            " where seller_id = %(seller)s order by version, position",
            {"seller": ctx.seller},
        )
    by_version: dict[int, list[LadderStep]] = {}
    for line in steps:
        by_version.setdefault(line.pop("version"), []).append(_step(line))
    return [LadderVersion(steps=tuple(by_version[v["version"]]), **v) for v in found] + [shipped()]


def version(ctx: Context, number: int) -> LadderVersion:
    """One ladder; NOT_FOUND for one that was never written."""
    for found in versions(ctx):
        if found.version == number:
            return found
    raise Refusal(Code.NOT_FOUND, field="ladder", value=str(number))


def live_version(ctx: Context, day: date) -> int:
    """Number of the ladder that counts on `day`."""
    with book(ctx):
        found = sql.value(LIVE, {"seller": ctx.seller, "day": day})
    return SHIPPED if found is None else int(found)


def live_steps(ctx: Context, day: date) -> tuple[LadderStep, ...]:
    """Steps of the ladder that counts on `day`. Call it inside the seller's book."""
    number = sql.value(LIVE, {"seller": ctx.seller, "day": day}) or SHIPPED
    if number == SHIPPED:
        return LADDER
    found = sql.rows(
        f"select {COLUMNS} from ladder_step"  # noqa: S608 - names of a dataclass
        " where seller_id = %(seller)s and version = %(version)s order by position",
        {"seller": ctx.seller, "version": number},
    )
    return tuple(_step(line) for line in found)


def draft(ctx: Context, steps: Sequence[LadderStep], why: str) -> int:
    """Write a ladder down; it counts for nothing yet. Returns its number.

    VALUE_INVALID names what cannot be. The same again as the newest one is that one.
    """
    ctx.require(Permission.MANAGE_POLICY)
    checked, reason = check(steps), checked_reason(why, least=0)
    with book(ctx):
        _alone(ctx)
        newest = next(iter(versions(ctx)))
        if newest.version != SHIPPED and newest.steps == checked:
            return newest.version
        number = newest.version + 1
        named = {"seller": ctx.seller, "version": number}
        sql.execute(
            "insert into ladder (seller_id, version, made_at, made_by, why)"
            " values (%(seller)s, %(version)s, %(now)s, %(actor)s, %(why)s)",
            named | {"now": ctx.now, "actor": ctx.actor, "why": reason},
        )
        names = list(LadderStep.__dataclass_fields__)
        sql.execute_many(
            f"insert into ladder_step (seller_id, version, position, {COLUMNS})"  # noqa: S608
            f" values (%(seller)s, %(version)s, %(position)s,"
            f" {', '.join(f'%({name})s' for name in names)})",
            [named | asdict(step) | {"position": at} for at, step in enumerate(checked)],
        )
        record(ctx, events.LadderDrafted(ctx.seller, number, len(checked), reason))
    return number


def put_live(ctx: Context, number: int, live_from: date, why: str) -> None:
    """Let a ladder count from a day on, today or later: a decision of another than its author.

    NOT_FOUND; SAME_PERSON for who wrote it; VALUE_INVALID without a reason or for a day that is
    over. Again the same as it stands: nothing changes.
    """
    ctx.require(Permission.MANAGE_POLICY)
    reason = checked_reason(why)
    if live_from < ctx.today:
        raise Refusal(
            Code.VALUE_INVALID,
            field="live_from",
            value=str(live_from),
            mend=Mend.TODAY_OR_LATER,
        )
    with book(ctx):
        _alone(ctx)
        if same_person(ctx, version(ctx, number).made_by, ctx.actor):
            raise Refusal(Code.SAME_PERSON, field="ladder", value=ctx.actor)
        last = sql.row(
            "select version, live_from from ladder_live where seller_id = %(seller)s"
            " order by id desc limit 1",
            {"seller": ctx.seller},
        )
        if last == {"version": number, "live_from": live_from}:
            return
        before = live_version(ctx, live_from)
        sql.execute(
            "insert into ladder_live (seller_id, version, live_from, put_at, put_by, why)"
            " values (%(seller)s, %(version)s, %(from)s, %(now)s, %(actor)s, %(why)s)",
            {
                "seller": ctx.seller,
                "version": number,
                "from": live_from,
                "now": ctx.now,
                "actor": ctx.actor,
                "why": reason,
            },
        )
        record(ctx, events.LadderPutLive(ctx.seller, number, before, live_from, reason))


def try_ladder(ctx: Context, number: int, as_of: date) -> Trial:
    """What the day after `as_of` would plan by a ladder, beside the live one. Nothing is written.

    The book is taken as it stands: nothing is paid, disputed or promised until then.
    """
    ctx.require(Permission.READ)
    on = as_of + timedelta(days=1)
    with book(ctx):
        steps = version(ctx, number).steps
        live = live_version(ctx, on)
        params = _facts(ctx, on)
        sql.execute(sql.statement("collection/trial_standing"), params)
        sql.execute("analyze standing")
        given = _given(params, steps)
        before = given if number == live else _given(params, version(ctx, live).steps)
        sql.execute("drop table standing")
    return _compared(on, number, live, given, before)


def _given(params: dict[str, Any], steps: tuple[LadderStep, ...]) -> tuple[Given, ...]:
    return tuple(sql.read("collection/trial", Given, params | as_columns(steps)))


def _compared(
    on: date, number: int, live: int, given: tuple[Given, ...], before: tuple[Given, ...]
) -> Trial:
    ours, theirs = (Counter((g.stage, g.step) for g in side) for side in (given, before))
    known, asked = {g.what for g in before}, {g.what for g in given}
    return Trial(
        on=on,
        version=number,
        live=live,
        given=given,
        counts=tuple((*key, ours[key], theirs[key]) for key in sorted(ours | theirs)),
        added=tuple(g for g in given if g.what not in known),
        dropped=tuple(g for g in before if g.what not in asked),
    )


def _facts(ctx: Context, on: date) -> dict[str, Any]:
    settings = LadderSettings()
    return {
        "seller": ctx.seller,
        "as_of": on,
        "small_balance": settings.small_balance_minor,
        "stage_starts": [day for day, _ in STAGE_STARTS],
    }


def _step(line: dict[str, Any]) -> LadderStep:
    return LadderStep(
        **line
        | {
            "step": StepKind(line["step"]),
            "channel": Way(line["channel"]),
            "who": Doer(line["who"]),
        }
    )


def _alone(ctx: Context) -> None:
    # One writer of a seller's ladders at a time: version numbers have no gaps and no twins.
    sql.value(
        "select pg_advisory_xact_lock(hashtextextended(%(what)s, 0))",
        {"what": f"ladder/{ctx.seller}"},
    )
