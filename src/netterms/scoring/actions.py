"""Scoring as use cases: the daily pass over the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from functools import cache
from uuid import UUID

from netterms.buyers.known import require_buyer
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.scoring import events
from netterms.scoring.blocks import PRIOR, Block, Combination, combination, with_payment_card
from netterms.scoring.blocks_sql import compile_sql
from netterms.scoring.company import CompanyFacts
from netterms.scoring.overlay import Overlay, overlay_on
from netterms.scoring.queries import company_facts
from netterms.scoring.versions import champion
from netterms.statements.queries import ratios_where
from netterms.store import sql
from netterms.store.outbox import record, stamp
from netterms.store.portable import translated
from netterms.store.tenancy import book

# The block whose attributes are ratios.
ACCOUNTS = "accounts"
MANY = 10_000
REASON_COLUMNS = "reason_1, reason_2, reason_3, raised_1, raised_2"
# Only the buyers to score are looked at: their items, not the book's.
ITEM_FILTER = " and i.buyer_id in (select buyer_id from to_score)"
STATEMENT_FILTER = "buyer_id in (select buyer_id from to_score)"
# Of payments it is the behaviour, of accounts the ratios, of everything else the facts. Who was
# scored before its first invoice (`unpaid`) stays in the pass until there is behaviour.
_SOURCE = """
(SELECT paid.*, {facts}
 FROM (SELECT COALESCE(behaviour.buyer, unpaid.buyer) AS buyer,
              COALESCE(behaviour.currency, unpaid.currency) AS currency, {payment}
       FROM ({behaviour}) AS behaviour
       FULL JOIN unpaid ON unpaid.buyer = behaviour.buyer AND unpaid.currency = behaviour.currency
      ) AS paid
 JOIN buyer_facts ON buyer_facts.buyer = paid.buyer
 LEFT JOIN buyer_ratios ON buyer_ratios.buyer = paid.buyer)
"""


def refresh_scores(ctx: Context, since: date | None = None) -> dict[str, Plain]:
    """Score the buyers whose turn it is or to whom something happened since the last run.

    Each score is stored with its attributes, reasons and the names of what made it: the payment
    card where payments are all that is known, else the combination with what each block did. A
    score already given on that date stands. Accounts count from the day they are entered.
    """
    ctx.require(Permission.RUN_DAY)
    with book(ctx):
        params = stamp(ctx) | {"since": since or ctx.today}
        gather_known("scoring/to_score", params)
        sql.execute(scored_table(champion(ctx), overlay_on(ctx.today)), params)
        scored = sql.execute(_INSERT, params)
        if scored > MANY:
            # What follows today reads these rows: the planner must know how many there are.
            sql.execute("analyze score")
        moved = sql.execute(_GRADE_EVENTS, params)
    return {"buyers": scored, "grades_changed": moved}


def record_company_facts(ctx: Context, buyer_id: UUID, facts: CompanyFacts) -> None:
    """Note what is known of a company from today on; the newest facts count, as a whole.

    The same again changes nothing. NOT_FOUND for a buyer the seller does not have; VALUE_INVALID
    names the field.
    """
    ctx.require(Permission.IMPORT)
    facts.check(ctx.today)
    params = {
        "seller": ctx.seller,
        "buyer": buyer_id,
        "known_on": ctx.today,
        **asdict(facts),
    }
    with book(ctx):
        require_buyer(ctx, buyer_id)
        known = company_facts(ctx, buyer_id)
        if known is not None and known.facts == facts:
            return
        sql.execute(
            """
            insert into company_fact
              (seller_id, buyer_id, known_on, founded_on, employees, form_rank, source)
            values (%(seller)s, %(buyer)s, %(known_on)s, %(founded_on)s, %(employees)s,
                    %(form_rank)s, %(source)s)
            """,
            params,
        )
        record(ctx, events.CompanyFactsRecorded(buyer_id, **asdict(facts)))


def made_with(own: str | None) -> Combination:
    """What scores: the combination delivered, with the seller's own payment card if it has one."""
    return combination() if own is None else with_payment_card(own)


def gather_known(whom: str, params: Mapping[str, object]) -> None:
    """Whom the statement `whom` names and what is known of them: what `scored_table` reads."""
    _gather("to_score", sql.statement(whom), params)
    _gather("unpaid", sql.statement("scoring/unpaid"), params)
    _gather("buyer_facts", sql.statement("scoring/buyer_facts"), params)
    _gather("buyer_ratios", ratios_where(STATEMENT_FILTER), params)


def _gather(name: str, query: str, params: Mapping[str, object]) -> None:
    """Its rows as a table of this transaction, with what the planner needs to know of them."""
    sql.execute(f"create temp table {name} on commit drop as {query}", params)
    sql.execute(f"analyze {name}")


@cache
def scored_table(own: str | None, overlay: Overlay) -> str:
    """The pass in PostgreSQL's dialect: all blocks of each buyer, as a table.

    Payments are judged by the card that the seller trained and put in force, if there is one.
    Not written into `score` at once: only a pass that writes nothing else is shared among workers.
    """
    made = made_with(own)
    payment, *others = made.blocks
    scored = compile_sql(
        made,
        _source(payment, others),
        ["buyer", "currency", *made.attributes],
        overlay=overlay,
        defaulted="in_default",
        parts=True,
    )
    question = translated(scored, sql.statement("receivables/item") + ITEM_FILTER)
    return f"""
        create temp table scored on commit drop as
        select buyer::uuid as buyer_id, currency,
               case when is_plain then '{payment.card.name}' else '{made.name}' end as scorecard,
               score_hundredths / 100.0 as score, pd, grade, payment_index, confidence,
               case when is_plain then {_attributes([payment])}
                    else {_attributes([payment, *others])} end as attributes,
               to_jsonb(array_remove(array[{REASON_COLUMNS}], null)) as reasons,
               case when not is_plain then {_parts(made, overlay)} end as blocks
        from (select *, {_plain(others)} as is_plain,
                     {_total([payment, *others])} as weight_all from ({question}) q {sql.FENCE}) s
        """  # noqa: S608 - our own statements, and names from parsed cards


def _source(payment: Block, others: Sequence[Block]) -> str:
    told = ["buyer_facts." + name for name in ("country", "sector", "in_default")]
    for b in others:
        table = "buyer_ratios" if b.name == ACCOUNTS else "buyer_facts"
        told += [f"{table}.{a.name}" for a in b.card.attributes]
    return _SOURCE.format(
        facts=", ".join(told),
        payment=", ".join(f"behaviour.{a.name}" for a in payment.card.attributes),
        behaviour=sql.statement("scoring/behaviour"),
    )


def _plain(others: Sequence[Block]) -> str:
    """Payments are known, and nothing else had a part in the score."""
    tests = [f"taken_{b.name} = 0" if b.adjusts else f"weight_{b.name} = 0" for b in others]
    return " and ".join([*tests, "weight_payment > 0", "overlay_hundredths = 0"])


def _total(blocks: Sequence[Block]) -> str:
    weights = [f"weight_{b.name}" for b in blocks if not b.adjusts]
    return " + ".join(["weight_prior", *weights])


def _attributes(blocks: Sequence[Block]) -> str:
    pairs = ", ".join(f"'{a.name}', {a.name}" for b in blocks for a in b.card.attributes)
    return f"jsonb_build_object({pairs})"


def _parts(made: Combination, overlay: Overlay) -> str:
    """What each block did, as a list: the score and share of a level, the points of the others."""
    prior = (
        f"jsonb_build_object('block', '{PRIOR}', 'card', '{made.name}',"
        f" 'score', {made.prior} / 100.0, 'share', round(weight_prior::numeric / weight_all, 4))"
    )
    parts = [f"case when weight_prior > 0 then jsonb_build_array({prior}) else '[]' end"]
    for b in made.blocks:
        did = (
            f"'points', -taken_{b.name}"
            if b.adjusts
            else f"'score', score_{b.name}, 'confidence', weight_{b.name} / {b.weight} / 100.0,"
            f" 'share', round(weight_{b.name}::numeric / weight_all, 4)"
        )
        known = f"taken_{b.name} > 0" if b.adjusts else f"weight_{b.name} > 0"
        part = f"jsonb_build_object('block', '{b.name}', 'card', '{b.card.name}', {did})"
        parts.append(f"case when {known} then jsonb_build_array({part}) else '[]' end")
    shift = (
        f"jsonb_build_object('block', 'overlay', 'card', '{overlay.name}',"
        f" 'points', overlay_hundredths / 100.0, 'stale', {str(overlay.stale).lower()})"
    )
    parts.append(f"case when overlay_hundredths <> 0 then jsonb_build_array({shift}) else '[]' end")
    return " || ".join(parts)


_INSERT = """
insert into score (seller_id, buyer_id, currency, scored_on, scorecard, score, pd, grade,
                   payment_index, confidence, attributes, reasons, blocks)
select %(seller)s, buyer_id, currency, %(as_of)s, scorecard, score, pd, grade, payment_index,
       confidence, attributes, reasons, blocks
from scored
on conflict do nothing
"""


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
