"""One buyer's score at once, for who is asked about before its first turn in the day's pass.

The same facts by the same questions as the pass reads them, by the same cards; a test holds the
stored rows of the two equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from netterms.kernel.context import Context, Permission
from netterms.scoring.actions import ACCOUNTS, made_with
from netterms.scoring.blocks import PRIOR, Combination, Combined, combine
from netterms.scoring.overlay import Overlay, overlay_on
from netterms.scoring.queries import StoredScore, newest_score
from netterms.scoring.scorecard import Value
from netterms.scoring.versions import champion
from netterms.statements.queries import ratios_where
from netterms.store import sql
from netterms.store.outbox import stamp
from netterms.store.portable import in_postgres
from netterms.store.tenancy import book

ONE = "with to_score as (select %(buyer)s::uuid as buyer_id)\n"


def score_at_once(ctx: Context, buyer_id: UUID, currency: str) -> StoredScore:
    """Score a buyer of the seller by all that is known of it today, and keep the score.

    Of whom nothing is known gets the prior with the factors of its country and sector, confidence
    0, and that as the reason. A score already given today stands.
    """
    ctx.require(Permission.CHECKOUT)
    with book(ctx):
        made = made_with(champion(ctx))
        facts = _facts(ctx, buyer_id, currency, made)
        overlay = overlay_on(ctx.today)
        said = combine(
            made,
            facts,
            country=facts["country"],
            sector=facts["sector"],
            overlay=overlay,
            defaulted=facts["in_default"],
        )
        _keep(ctx, buyer_id, currency, made, facts, said, overlay)
        kept = newest_score(ctx, buyer_id, currency)
        assert kept is not None, "just written"
        return kept


def _facts(ctx: Context, buyer_id: UUID, currency: str, made: Combination) -> dict[str, Any]:
    """Country, sector, whether it is in default, and every attribute of the cards."""
    params = stamp(ctx) | {"buyer": buyer_id}
    told = sql.row(ONE + sql.statement("scoring/buyer_facts"), params)
    assert told is not None, "a buyer of the seller"
    accounts = sql.row(ratios_where("buyer_id = %(buyer)s"), params) or {}
    item = sql.statement("receivables/item") + " and i.buyer_id = %(buyer)s"
    paid = sql.rows(in_postgres("scoring/behaviour", item), params)
    payment = next((line for line in paid if line["currency"] == currency), {})
    found = {name: told[name] for name in ("country", "sector", "in_default")}
    for number, block in enumerate(made.blocks):
        source = payment if number == 0 else accounts if block.name == ACCOUNTS else told
        found |= {a.name: source.get(a.name) for a in block.card.attributes}
    return found


def _keep(
    ctx: Context,
    buyer_id: UUID,
    currency: str,
    made: Combination,
    facts: Mapping[str, Any],
    said: Combined,
    overlay: Overlay,
) -> None:
    plain = _is_plain(said)
    payment = made.blocks[0]
    blocks = [payment] if plain else list(made.blocks)
    names = [a.name for b in blocks for a in b.card.attributes]
    params = {
        "seller": ctx.seller,
        "buyer": buyer_id,
        "currency": currency,
        "as_of": ctx.today,
        "scorecard": payment.card.name if plain else made.name,
        "score": said.score,
        "pd": said.pd,
        "grade": said.grade,
        "payment_index": facts["payment_index"],
        "confidence": said.confidence,
        "names": names,
        "values": [_exact(facts[name]) for name in names],
        "reasons": Jsonb([reason.code for reason in said.reasons]),
        "plain": plain,
    }
    sql.execute(_INSERT, params | _columns(_parts(made, said, overlay)))


def _is_plain(said: Combined) -> bool:
    """Payments are known, and nothing else had a part in the score."""
    first, *others = said.contributions
    return bool(first.share) and not (
        said.overlay_points or any(c.share or c.points for c in others)
    )


def _parts(made: Combination, said: Combined, overlay: Overlay) -> list[dict[str, Any]]:
    """What each block did, as the pass stores it."""
    parts: list[dict[str, Any]] = []
    if said.prior_share:
        prior = Decimal(made.prior).scaleb(-2)
        parts.append(_part(PRIOR, made.name, score=prior, share=said.prior_share))
    for block, did in zip(made.blocks, said.contributions, strict=True):
        if block.adjusts and did.points:
            parts.append(_part(did.block, did.card, points=did.points))
        if not block.adjusts and did.share:
            known = {"confidence": did.confidence, "share": did.share}
            parts.append(_part(did.block, did.card, score=did.score, **known))
    if said.overlay_points:
        points = said.overlay_points
        parts.append(_part("overlay", overlay.name, points=points, stale=overlay.stale))
    return parts


def _part(block: str, card: str, **did: Decimal | int | bool) -> dict[str, Any]:
    return {"block": block, "card": card, **did}


def _columns(parts: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """The parts as arrays, since a JSON number of Python would be a binary fraction."""
    figures = ("score", "confidence", "share", "points")
    columns = {name: [_exact(part.get(name)) for part in parts] for name in figures}
    words = {name: [part.get(name) for part in parts] for name in ("block", "card", "stale")}
    return {f"part_{name}": values for name, values in (columns | words).items()}


def _exact(value: Value) -> Decimal | None:
    return None if value is None else Decimal(value)


_INSERT = """
insert into score (seller_id, buyer_id, currency, scored_on, scorecard, score, pd, grade,
                   payment_index, confidence, attributes, reasons, blocks)
values (%(seller)s, %(buyer)s, %(currency)s, %(as_of)s, %(scorecard)s, %(score)s, %(pd)s,
        %(grade)s, %(payment_index)s, %(confidence)s,
        (select jsonb_object_agg(name, value)
         from unnest(%(names)s::text[], %(values)s::numeric[]) a(name, value)),
        %(reasons)s,
        case when not %(plain)s then (
          select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                   'block', block, 'card', card, 'score', score, 'confidence', confidence,
                   'share', share, 'points', points, 'stale', stale)) order by place), '[]')
          from unnest(%(part_block)s::text[], %(part_card)s::text[], %(part_score)s::numeric[],
                      %(part_confidence)s::numeric[], %(part_share)s::numeric[],
                      %(part_points)s::numeric[], %(part_stale)s::boolean[])
            with ordinality p(block, card, score, confidence, share, points, stale, place)
        ) end)
on conflict do nothing
"""
