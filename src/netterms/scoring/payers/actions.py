"""Learning how a seller's buyers pay, and foretelling when open invoices will be paid."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from functools import cache
from typing import Any

from psycopg.types.json import Jsonb

from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.kernel.ids import new_id
from netterms.scoring.events import PayerModelTrained
from netterms.scoring.payers.features import QUESTION
from netterms.scoring.payers.measuring import Measured, compare, split
from netterms.scoring.payers.queries import StoredModel, newest_model
from netterms.scoring.payers.training import (
    VERSION,
    Model,
    Row,
    known_before,
    require_paid,
    train,
)
from netterms.scoring.training import require_extra
from netterms.store import sql
from netterms.store.outbox import record, stamp
from netterms.store.portable import translated
from netterms.store.tenancy import book

# Older invoices say little of how a buyer pays today, and a longer list trains no better a model.
LEARNED_DAYS = 730
MOST_LEARNED = 200_000
# Only buyers with something to foretell are looked at, with all their invoices.
TO_FORETELL = """ and i.buyer_id in (
  select n.buyer_id
  from invoice n
  where n.seller_id = (select current_seller()) and n.open_minor > 0 and n.kind = 'invoice'
    and not exists (select from invoice_forecast f
                    where f.seller_id = n.seller_id and f.invoice_id = n.id
                      and f.model_id = %(model)s))
"""


def train_payers(ctx: Context) -> Measured:
    """Train a model on the seller's own paid invoices, and keep it with what it reached.

    What it reached is of a model of the older three quarters on the newest. VALUE_INVALID with too
    few paid invoices, or without the libraries of the extra `train`.
    """
    ctx.require(Permission.MANAGE_POLICY)
    require_extra()
    rows = known_before(_learned(ctx), ctx.today)
    require_paid(len(rows))
    # Minutes on a large book: no transaction is open meanwhile.
    older, newest = split(rows)
    measured = compare(older, newest, [min(row["issued_on"] for row in newest)])
    _keep(ctx, train(rows), len(rows), measured)
    return measured


def foretell_payments(ctx: Context) -> dict[str, Plain]:
    """Foretell each open invoice that the newest model has not foretold yet; none without a model.

    A forecast says what was to be expected on the invoice's own day, so it is made once a model.
    """
    ctx.require(Permission.RUN_DAY)
    with book(ctx):
        stored = newest_model(ctx)
        if stored is None:
            return {"forecasts": 0}
        rows = _features(ctx, TO_FORETELL, with_settled=False, since=date.min, model=stored.id)
        return {"forecasts": _write(ctx, stored, rows)}


def _learned(ctx: Context) -> list[Row]:
    """Features of the invoices to learn from: the newest, and no older than makes sense."""
    since = ctx.today - timedelta(days=LEARNED_DAYS)
    with book(ctx):
        most = sql.value(
            """
            select issued_on from invoice
            where seller_id = %(seller)s and kind = 'invoice'
            order by issued_on desc
            offset %(most)s limit 1
            """,
            {"seller": ctx.seller, "most": MOST_LEARNED},
        )
        return _features(ctx, "", with_settled=True, since=max(since, most or since))


def _features(ctx: Context, narrowed: str, **params: object) -> list[Row]:
    with sql.by_hash():
        return list(sql.rows(_question(narrowed), {"as_of": ctx.today} | params))


@cache
def _question(narrowed: str) -> str:
    return translated(sql.statement(QUESTION), sql.statement("scoring.payers/item") + narrowed)


def _keep(ctx: Context, model: Model, invoices: int, measured: Measured) -> None:
    model_id = new_id(ctx.now)
    with book(ctx):
        sql.execute(
            """
            insert into payer_model (seller_id, id, version, trained_on, trained_at, trained_by,
                                     invoices, trees, measures)
            values (%(seller)s, %(id)s, %(version)s, %(as_of)s, %(now)s, %(actor)s,
                    %(invoices)s, %(trees)s, %(measures)s)
            """,
            stamp(ctx)
            | {
                "id": model_id,
                "version": VERSION,
                "invoices": invoices,
                "trees": Jsonb(model.trees),
                "measures": Jsonb(_plain(measured)),
            },
        )
        record(ctx, PayerModelTrained(subject=model_id, version=VERSION, invoices=invoices))


def _plain(measured: Measured) -> dict[str, Any]:
    days = {"first": measured.first.isoformat(), "last": measured.last.isoformat()}
    return asdict(measured) | days


def _write(ctx: Context, stored: StoredModel, rows: list[Row]) -> int:
    model = Model(stored.trees)
    told = [{"id": row["invoice_number"], **asdict(model.forecast(row))} for row in rows]
    return sql.execute(
        """
        insert into invoice_forecast (seller_id, invoice_id, model_id, forecast_on, days_late,
                                      late_chance, late_30_chance)
        select i.seller_id, i.id, %(model)s, %(as_of)s, t.days_late, t.late, t.late_30
        from jsonb_to_recordset(%(told)s)
          as t(id uuid, days_late integer, late numeric(5, 4), late_30 numeric(5, 4))
        join invoice i on i.seller_id = %(seller)s and i.id = t.id and i.open_minor > 0
        on conflict do nothing
        """,
        stamp(ctx) | {"model": stored.id, "told": Jsonb(told)},
    )
