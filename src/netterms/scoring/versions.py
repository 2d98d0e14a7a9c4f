"""A seller's own cards as use cases: keep a candidate, put one in force, retire it, read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from netterms.access.queries import same_person
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.kernel.mends import Mend
from netterms.kernel.moves import after
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring.blocks import with_payment_card
from netterms.scoring.events import CardDecided, CardTrained
from netterms.scoring.moves import CARD_MOVES, CardMove, CardState
from netterms.scoring.scorecard import OWN, Scorecard, parse
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

READ = """
select version, card, measures, state, trained_at, trained_by, why, decided_at, decided_by
from scorecard_version
where seller_id = %(seller)s
"""
CHAMPION = "from scorecard_version where seller_id = %(seller)s and state = 'champion'"


@dataclass(frozen=True, slots=True)
class CardVersion:
    """A card with how it measured when it was trained, and who decided about it."""

    version: int
    card: str
    measures: Mapping[str, Plain]
    state: CardState
    trained_at: datetime
    trained_by: str
    why: str
    decided_at: datetime | None
    decided_by: str | None

    @property
    def scorecard(self) -> Scorecard:
        """The card, ready to be applied."""
        return parse(self.card)


def versions(ctx: Context) -> list[CardVersion]:
    """Every card the seller ever trained, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(READ + " order by version desc", {"seller": ctx.seller})
    return [_version(line) for line in found]


def version(ctx: Context, number: int) -> CardVersion:
    """One card; NOT_FOUND for one that was never trained."""
    ctx.require(Permission.READ)
    with book(ctx):
        return _one(ctx, number)


def champion(ctx: Context) -> str | None:
    """The JSON of the card that counts for the seller; None: the one delivered."""
    with book(ctx):
        card: str | None = sql.value(f"select card {CHAMPION}", {"seller": ctx.seller})
        return card


def challenger(ctx: Context) -> CardVersion | None:
    """The card in shadow, if there is one. Call it inside the seller's book."""
    found = sql.row(READ + " and state = 'shadow'", {"seller": ctx.seller})
    return None if found is None else _version(found)


def next_version(ctx: Context) -> int:
    """The number the next card will bear."""
    with book(ctx):
        last = sql.value(
            "select max(version) from scorecard_version where seller_id = %(seller)s",
            {"seller": ctx.seller},
        )
        return int(last or 0) + 1


def keep_candidate(ctx: Context, card: str, measures: Mapping[str, Plain], why: str) -> int:
    """Keep a trained card; it counts for nothing until another person approves it.

    SCORECARD_INVALID for what is no card, or bears another number than the next one.
    """
    ctx.require(Permission.MANAGE_POLICY)
    read = parse(card)
    # A card that does not fit among the other blocks would stop the day that it scores first.
    with_payment_card(card)
    with book(ctx):
        _alone(ctx)
        number = next_version(ctx)
        if (read.id, read.version) != (OWN, number):
            raise Refusal(
                Code.SCORECARD_INVALID,
                field="name",
                value=read.name,
                mend=Mend.ONE_OF,
                allowed=f"{OWN}_v{number}",
            )
        sql.execute(
            "insert into scorecard_version"
            " (seller_id, version, card, measures, trained_at, trained_by, why) values"
            " (%(seller)s, %(version)s, %(card)s, %(measures)s, %(now)s, %(actor)s, %(why)s)",
            {
                "seller": ctx.seller,
                "version": number,
                "card": card,
                "measures": Jsonb(dict(measures)),
                "now": ctx.now,
                "actor": ctx.actor,
                "why": why,
            },
        )
        counted = {name: int(str(measures.get(name, 0))) for name in ("buyers", "defaults")}
        record(ctx, CardTrained(ctx.seller, version=number, **counted))
    return number


def decide(ctx: Context, number: int, move: CardMove) -> CardState:
    """Put a card in shadow or in force, or retire it. One of each: what it replaces is retired.

    NOT_FOUND; MOVE_NOT_ALLOWED; VALUE_INVALID where who trained a card would approve it.
    """
    ctx.require(Permission.MANAGE_POLICY)
    with book(ctx):
        _alone(ctx)
        found = _one(ctx, number)
        state = after(CARD_MOVES, found.state, move)
        if state is CardState.CHAMPION and same_person(ctx, found.trained_by, ctx.actor):
            raise Refusal(
                Code.VALUE_INVALID, field="approver", value=ctx.actor, mend=Mend.ANOTHER_PERSON
            )
        before = _champion_number(ctx)
        in_shadow = challenger(ctx)
        if state is CardState.SHADOW and in_shadow:
            _set(ctx, in_shadow.version, CardState.RETIRED)
        if state is CardState.CHAMPION and before:
            _set(ctx, before, CardState.RETIRED)
        _set(ctx, number, state)
        record(
            ctx,
            CardDecided(
                ctx.seller,
                version=number,
                state=state.value,
                before=before,
                after=_champion_number(ctx),
            ),
        )
    return state


def _set(ctx: Context, number: int, state: CardState) -> None:
    sql.execute(
        "update scorecard_version set state = %(state)s, decided_at = %(now)s,"
        " decided_by = %(actor)s where seller_id = %(seller)s and version = %(version)s",
        {
            "seller": ctx.seller,
            "version": number,
            "state": state.value,
            "now": ctx.now,
            "actor": ctx.actor,
        },
    )


def _champion_number(ctx: Context) -> int:
    found = sql.value(f"select version {CHAMPION}", {"seller": ctx.seller})
    return int(found or 0)


def _alone(ctx: Context) -> None:
    # One decision about a seller's cards at a time: numbers have no gaps, and one card counts.
    sql.value(
        "select pg_advisory_xact_lock(hashtextextended(%(what)s, 0))",
        {"what": f"scorecard_version/{ctx.seller}"},
    )


def _one(ctx: Context, number: int) -> CardVersion:
    found = sql.row(
        READ + " and version = %(version)s::bigint", {"seller": ctx.seller, "version": number}
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="scorecard", value=str(number))
    return _version(found)


def _version(line: dict[str, object]) -> CardVersion:
    state = CardState(str(line["state"]))
    rest = {name: value for name, value in line.items() if name != "state"}
    return CardVersion(state=state, **rest)  # type: ignore[arg-type]
