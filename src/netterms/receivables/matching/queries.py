"""Reads of bank statements, their lines and matches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book

STATES = ("open", "proposed", "posted", "set_aside", "notice")


@dataclass(frozen=True, slots=True)
class Standing:
    """How many lines are in which state; of money out only what somebody or a batch knew."""

    open: int
    proposed: int
    posted: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """A statement as it was taken in; balances in minor units, None where the list had none."""

    id: UUID
    account: str
    currency: str
    report: str
    format: str
    number: str
    first_on: date
    last_on: date
    opening_minor: int | None
    closing_minor: int | None
    lines: int
    open: int
    proposed: int
    posted: int
    file_name: str
    loaded_at: datetime
    loaded_by: str


@dataclass(frozen=True, slots=True)
class MatchedPart:
    """What a match gives to one invoice, in minor units."""

    invoice_id: UUID
    invoice_number: str
    due_on: date
    open_minor: int
    taken_minor: int
    discount_minor: int
    write_off_minor: int
    buyer_id: UUID
    buyer_name: str


@dataclass(frozen=True, slots=True)
class ReadMatch:
    """A match with its reasons and parts."""

    id: UUID
    state: str
    buyer_id: UUID
    buyer_number: str
    buyer_name: str
    score: int
    reasons: tuple[str, ...]
    parts: tuple[MatchedPart, ...]
    payment_id: UUID | None
    decided_by: str
    decided_at: datetime | None
    why: str
    kind: str
    of_payment: UUID | None
    charge_minor: int


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of a statement and the match that stands for it."""

    id: UUID
    statement_id: UUID
    booked_on: date
    value_on: date | None
    currency: str
    amount_minor: int
    reversal: bool
    payer_name: str
    payer_account: str
    end_to_end: str
    creditor_reference: str
    bank_reference: str
    words: str
    state: str
    match: ReadMatch | None


def standing(ctx: Context) -> Standing:
    """How many lines wait, for a match or for a person."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select state, count(*) as n from bank_line"
            " where seller_id = %(seller)s and (amount_minor > 0 or state <> 'open')"
            " group by state",
            {"seller": ctx.seller},
        )
    counts = {line["state"]: line["n"] for line in found}
    return Standing(*(counts.get(name, 0) for name in ("open", "proposed", "posted", "set_aside")))


def statements(ctx: Context, *, most: int, skip: int) -> list[ReadStatement]:
    """Statements, the newest first."""
    return _statements(ctx, {"most": most, "skip": skip, "id": None})


def statement(ctx: Context, statement_id: UUID) -> ReadStatement:
    """One statement; NOT_FOUND."""
    found = _statements(ctx, {"most": 1, "skip": 0, "id": statement_id})
    if not found:
        raise Refusal(Code.NOT_FOUND, field="bank_statement", value=str(statement_id))
    return found[0]


def _statements(ctx: Context, asked: dict[str, Any]) -> list[ReadStatement]:
    ctx.require(Permission.READ)
    with book(ctx):
        return sql.read(
            "receivables/bank_statements", ReadStatement, {"seller": ctx.seller, **asked}
        )


def lines(ctx: Context, statement_id: UUID, *, most: int, skip: int) -> list[ReadLine]:
    """Lines of a statement in the order of the bank."""
    return _lines(ctx, {"statement": statement_id, "state": None, "most": most, "skip": skip})


def waiting(ctx: Context, state: str, *, most: int, skip: int) -> list[ReadLine]:
    """Lines in a state, whatever their statement, the surest first; open ones bring money in."""
    return _lines(ctx, {"statement": None, "state": state, "most": most, "skip": skip})


def line(ctx: Context, line_id: UUID) -> ReadLine:
    """One line; NOT_FOUND."""
    found = _lines(ctx, {"statement": None, "state": None, "most": 1, "skip": 0, "line": line_id})
    if not found:
        raise Refusal(Code.NOT_FOUND, field="bank_line", value=str(line_id))
    return found[0]


def _lines(ctx: Context, asked: dict[str, Any]) -> list[ReadLine]:
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            sql.statement("receivables/bank_lines"), {"seller": ctx.seller, "line": None, **asked}
        )
    return [_read(row) for row in found]


def _read(row: dict[str, Any]) -> ReadLine:
    match = None
    if row["match_id"] is not None:
        parts = tuple(
            MatchedPart(
                UUID(part["invoice"]),
                part["number"],
                date.fromisoformat(part["due_on"]),
                part["open"],
                part["taken"],
                part["discount"],
                part["write_off"],
                UUID(part["buyer"]),
                part["name"],
            )
            for part in row["match_parts"] or ()
        )
        match = ReadMatch(
            row["match_id"],
            row["match_state"],
            row["buyer_id"],
            row["buyer_number"],
            row["buyer_name"],
            row["score"],
            tuple(row["reasons"]),
            parts,
            row["payment_id"],
            row["decided_by"],
            row["decided_at"],
            row["why"],
            row["match_kind"],
            row["of_payment"],
            row["charge_minor"],
        )
    own = {name: row[name] for name in ReadLine.__slots__ if name != "match"}
    return ReadLine(**own, match=match)


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice of a buyer that a line may be posted to by hand."""

    id: UUID
    invoice_number: str
    issued_on: date
    due_on: date
    open_minor: int


def open_invoices(ctx: Context, buyer_id: UUID, currency: str, most: int) -> list[OpenInvoice]:
    """What a buyer has open in a currency, the oldest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select id, invoice_number, issued_on, due_on, open_minor from invoice"
            " where seller_id = %(seller)s and buyer_id = %(buyer)s and currency = %(currency)s"
            " and open_minor > 0 and kind = 'invoice'"
            " order by due_on, invoice_number limit %(most)s",
            {"seller": ctx.seller, "buyer": buyer_id, "currency": currency, "most": most},
        )
    return sql.typed(found, OpenInvoice)
