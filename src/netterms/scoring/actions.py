"""Scoring as use cases: the daily pass over the book."""

from __future__ import annotations

from datetime import date
from functools import cache

from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.scoring.scorecard import Scorecard, built_in_text, parse
from netterms.scoring.scorecard_sql import compile_sql
from netterms.scoring.versions import champion
from netterms.store import sql
from netterms.store.outbox import stamp
from netterms.store.portable import translated
from netterms.store.tenancy import book

CARD = "payment_behaviour_v1"
MANY = 10_000
REASON_COLUMNS = "reason_1, reason_2, reason_3, raised_1, raised_2"
# Only the buyers to score are looked at: their items, not the book's.
ITEM_FILTER = " and i.buyer_id in (select buyer_id from to_score)"


def refresh_scores(ctx: Context, since: date | None = None) -> dict[str, Plain]:
    """Score the buyers whose turn it is or to whom something happened since the last run.

    Each score is stored with its attributes, reasons and the card's version. A score already given
    on that date stands.
    """
    ctx.require(Permission.RUN_DAY)
    with book(ctx):
        params = stamp(ctx) | {"since": since or ctx.today}
        sql.execute(sql.statement("scoring/to_score"), params)
        sql.execute("analyze to_score")
        sql.execute(
            "create temp table insolvent on commit drop as select id::text as buyer from buyer"
            " where seller_id = %(seller)s and insolvent_on <= %(as_of)s",
            params,
        )
        card = champion(ctx) or built_in_text(CARD)
        sql.execute(_scored(card), params)
        scored = sql.execute(_INSERT, params | {"card": parse(card).name})
        if scored > MANY:
            # What follows today reads these rows: the planner must know how many there are.
            sql.execute("analyze score")
        moved = sql.execute(_GRADE_EVENTS, params)
    return {"buyers": scored, "grades_changed": moved}


@cache
def _scored(text: str) -> str:
    """The pass in PostgreSQL's dialect: the card over the behaviour of each buyer, as a table.

    Not written into `score` at once: only a pass that writes nothing else is shared among workers.
    """
    card = parse(text)
    behaviour = sql.statement("scoring/behaviour")
    scored = compile_sql(card, f"({behaviour})", defaulted="buyer IN (SELECT buyer FROM insolvent)")
    question = translated(scored, sql.statement("receivables/item") + ITEM_FILTER)
    return f"""
        create temp table scored on commit drop as
        select buyer::uuid as buyer_id, currency, score, pd, grade, payment_index, confidence,
               {_attributes(card)} as attributes,
               to_jsonb(array_remove(array[{REASON_COLUMNS}], null)) as reasons
        from ({question}) scored
        """  # noqa: S608 - our own statements, and names from a parsed card


_INSERT = """
insert into score (seller_id, buyer_id, currency, scored_on, scorecard, score, pd, grade,
                   payment_index, confidence, attributes, reasons)
select %(seller)s, buyer_id, currency, %(as_of)s, %(card)s, score, pd, grade, payment_index,
       confidence, attributes, reasons
from scored
on conflict do nothing
"""


def _attributes(card: Scorecard) -> str:
    pairs = ", ".join(f"'{a.name}', {a.name}" for a in card.attributes)
    return f"jsonb_build_object({pairs})"


_GRADE_EVENTS = """
insert into event (seller_id, happened_at, business_date, actor, why, kind, subject_id, facts)
select %(seller)s, %(now)s, %(as_of)s, %(actor)s, %(why)s, 'scoring.grade_changed', s.buyer_id,
       jsonb_build_object('currency', s.currency, 'before', before.grade, 'after', s.grade,
                          'scorecard', s.scorecard)
from score s
join to_score t on t.buyer_id = s.buyer_id
join lateral (
  select grade from score p
  where p.seller_id = s.seller_id and p.buyer_id = s.buyer_id and p.currency = s.currency
    and p.scored_on < s.scored_on
  order by p.scored_on desc limit 1
) before on before.grade <> s.grade
where s.seller_id = %(seller)s and s.scored_on = %(as_of)s
"""
