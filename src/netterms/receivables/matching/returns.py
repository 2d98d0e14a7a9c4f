"""Book money that goes back: returned payments, refunds, refunds that came back; and undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context
from netterms.kernel.ids import new_id
from netterms.kernel.money import Money
from netterms.receivables import payments
from netterms.receivables.matching.money_back import Back, Judged, MatchKind, judged
from netterms.receivables.matching.points import rules
from netterms.receivables.returns import book_return
from netterms.receivables.rules import Part
from netterms.store import sql

NO_WORDS = "returned by the bank"
Row = dict[str, Any]


def likeliest(ctx: Context) -> list[Judged]:
    """What the lines of money that goes back are most likely; within a transaction of the book."""
    limits = rules()
    params = {
        "seller": ctx.seller,
        "return_days": limits.return_days,
        "most_charge": limits.return_charge_most,
    }
    any_line = (
        "select from bank_line where seller_id = %(seller)s and state in ('open', 'proposed')"
        " and (amount_minor < 0 or reversal) limit 1"
    )
    if sql.row(any_line, params) is None:
        return []
    found = sql.rows(sql.statement("receivables/match_money_back"), params)
    return judged(Back(**line | {"kind": MatchKind(line["kind"])}) for line in found)


def keep(ctx: Context, batch: UUID, found: Sequence[Judged]) -> list[UUID]:
    """Propose what was found in place of earlier proposals; the matches that are sure."""
    sql.execute(sql.statement("receivables/forget_money_back"), {"seller": ctx.seller})
    made = [(new_id(ctx.now), one) for one in found]
    sql.execute_many(
        "insert into bank_match (seller_id, id, line_id, batch_id, buyer_id, state, score, reasons,"
        " parts, kind, of_payment, charge_minor)"
        " values (%s, %s, %s, %s, %s, 'proposed', %s, %s, %s, %s, %s, %s)",
        [
            (
                ctx.seller,
                match_id,
                one.back.line,
                batch,
                one.back.buyer_id,
                one.score,
                sorted(reason.value for reason in one.reasons),
                _as_json(one.back),
                one.back.kind.value,
                one.back.of_payment,
                one.back.charge,
            )
            for match_id, one in made
        ],
    )
    sql.execute(
        "update bank_line set state = 'proposed'"
        " where seller_id = %(seller)s and id = any(%(lines)s)",
        {"seller": ctx.seller, "lines": [one.back.line for one in found]},
    )
    return [match_id for match_id, one in made if one.sure]


def post(ctx: Context, line: Row, match: Row) -> UUID:
    """Book what a match says of its line; the payment that moved the money.

    AMOUNT_OUT_OF_RANGE where the payment has gone elsewhere since, or the note is not open.
    """
    kind = MatchKind(match["kind"])
    if kind is MatchKind.RETURNED:
        return _return(ctx, line, match)
    amount = Money(abs(line["amount_minor"]), line["currency"])
    back = kind is MatchKind.REFUND_BACK
    made = payments.record_payment(
        ctx,
        payments.PaymentIn(
            match["buyer_id"],
            amount,
            line["booked_on"],
            reference=reference_of(line) or NO_WORDS,
            kind="receipt" if back else "refund",
            channel="bank",
            source_id=match["id"],
            refund_of=None if back else match["of_payment"],
        ),
    )
    if kind is MatchKind.REFUND and match["parts"]:
        invoice = UUID(match["parts"][0]["invoice"])
        payments.allocate(ctx, made, [Part(invoice, amount)])
    return made


def _return(ctx: Context, line: Row, match: Row) -> UUID:
    """Let out what a line brought, of each firm of a group; the charge goes with the first."""
    minor = match["charge_minor"]
    charge = Money(minor, line["currency"]) if minor else None
    gone = []
    for receipt in receipts_beside(ctx, match["of_payment"]):
        gone.append(
            book_return(
                ctx,
                receipt["id"],
                line["booked_on"],
                reference_of(line) or NO_WORDS,
                charge=charge,
                line_id=line["id"],
                source_id=match["id"],
            )
        )
        charge = None
    sql.execute(
        "update bank_match set undone_entries = %(entries)s"
        " where seller_id = %(seller)s and id = %(id)s",
        {
            "seller": ctx.seller,
            "id": match["id"],
            "entries": [one.entry for one in gone if one.entry],
        },
    )
    return gone[0].refund


def undo(ctx: Context, match: Row, reason: str) -> None:
    """Take back what `post` booked of money that went out: every balance is as before it.

    AMOUNT_OUT_OF_RANGE where an invoice that a returned payment had settled was paid since.
    """
    made = sql.rows(
        "select id, refund_of from payment where seller_id = %(seller)s and source_id = %(match)s"
        " and kind = 'refund' order by id",
        {"seller": ctx.seller, "match": match["id"]},
    )
    for refund in made:
        payments.take_back_refund(ctx, refund["id"], reason)
    undone = sql.rows(
        "select distinct a.entry_id, a.payment_id from allocation a"
        " where a.seller_id = %(seller)s and a.entry_id = any(%(entries)s)"
        " and a.payment_id = any(%(receipts)s) order by a.entry_id",
        {
            "seller": ctx.seller,
            "entries": match["undone_entries"],
            "receipts": [refund["refund_of"] for refund in made],
        },
    )
    for entry in undone:
        payments.settle_again(ctx, entry["payment_id"], entry["entry_id"])


def receipts_beside(ctx: Context, payment: UUID) -> list[Row]:
    """The payment, and those that came with it by one line for other firms of the group."""
    return sql.rows(
        """
        select y.id, y.buyer_id, y.amount_minor from payment p
        join payment y on y.seller_id = p.seller_id
          and (y.id = p.id or y.source_id = p.source_id and y.kind = 'receipt')
        where p.seller_id = %(seller)s and p.id = %(payment)s
        order by y.id
        """,
        {"seller": ctx.seller, "payment": payment},
    )


def reference_of(line: Row) -> str:
    """What the payment of a bank line says it is for; who paid, where the line says nothing."""
    said = line["words"] or line["end_to_end"] or line["payer_name"]
    return str(said)[: payments.LONGEST_REFERENCE]


def _as_json(back: Back) -> Any:  # noqa: ANN401 - psycopg's own
    from psycopg.types.json import Jsonb

    if back.invoice is None:
        return Jsonb([])
    part = {"invoice": str(back.invoice), "taken": back.minor, "discount": 0, "write_off": 0}
    return Jsonb([part])
