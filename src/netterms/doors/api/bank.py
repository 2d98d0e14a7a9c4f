"""Bank statements: take them in, and read how far their lines are."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Router, Schema
from pydantic import ConfigDict

from netterms.connectors import banks
from netterms.doors.api.once import file_bytes
from netterms.doors.api.shapes import (
    ApiRequest,
    CurrencyCode,
    Id,
    Instant,
    Money,
    PageSize,
    Skip,
    money,
    some,
)
from netterms.receivables.matching import queries
from netterms.receivables.matching.loading import load_statements

router = Router(tags=["bank statements"])


class StatementsWanted(Schema):
    """A file of a bank: `content` is its bytes in base64. The same file again changes nothing.

    `account` and `currency` count where a list of movements names none.
    """

    model_config = ConfigDict(extra="forbid")

    file_name: Annotated[str, Field(min_length=1, max_length=200, pattern="^[^\\x00/\\\\]*$")]
    content: Annotated[str, Field(min_length=4)]
    account: Annotated[str, Field(max_length=60, pattern="^[^\\x00]*$")] = ""
    currency: CurrencyCode = ""


class StatementsLoaded(Schema):
    """What the file changed; zeros where the book knew all of it."""

    statements: int
    lines_new: int
    lines_known: int


class BankStatement(Schema):
    """A statement as it was taken in. Balances are null where a list has none."""

    id: UUID
    account: str
    currency: str
    report: str
    format: str
    number: str
    first_on: date
    last_on: date
    opening: Money | None
    closing: Money | None
    lines: int
    open: int
    proposed: int
    posted: int
    file_name: str
    loaded_at: Instant


class BankStatements(Schema):
    """A page of statements, the newest first."""

    items: list[BankStatement]


class Part(Schema):
    """What a match gives to one invoice."""

    invoice_id: UUID
    invoice_number: str
    buyer_id: UUID
    taken: Money
    discount: Money
    write_off: Money


class Match(Schema):
    """The invoices a line settles, or is proposed to; `score` 0 to 100 is the reasons' points.

    `kind`: `payment`; or money goes back: the bank `returned` the payment `of_payment`, a `refund`,
    or a refund that came back (`refund_back`). `charge` is what the bank took for it.
    """

    id: UUID
    state: str
    buyer_id: UUID
    score: int
    reasons: list[str]
    parts: list[Part]
    payment_id: UUID | None
    kind: str
    of_payment: UUID | None
    charge: Money


class Line(Schema):
    """A movement; money out is below zero."""

    id: UUID
    booked_on: date
    value_on: date | None
    amount: Money
    reversal: bool
    payer_name: str
    payer_account: str
    end_to_end: str
    creditor_reference: str
    bank_reference: str
    text: str
    state: str
    match: Match | None


class Lines(Schema):
    """A page of the lines of a statement, in the bank's order."""

    items: list[Line]


@router.post("/bank-statements", response=StatementsLoaded, summary="Take in bank statements")
def load(request: ApiRequest, wanted: StatementsWanted) -> Any:  # noqa: ANN401
    """camt.053, MT940, a bank's list as CSV or workbook, or a ZIP of them: all of it or nothing."""
    content = file_bytes(wanted.content)
    with tempfile.TemporaryDirectory(prefix="netterms-") as folder:
        path = Path(folder) / "statement"
        path.write_bytes(content)
        found = banks.read(path, account=wanted.account, currency=wanted.currency)
    sha256 = hashlib.sha256(content).hexdigest()
    return load_statements(request.auth, found, wanted.file_name, sha256)


@router.get("/bank-statements", response=BankStatements, summary="List bank statements")
def listing(request: ApiRequest, limit: PageSize = 50, skip: Skip = 0) -> dict[str, Any]:
    """Statements and how many of their lines are open, proposed and posted."""
    found = queries.statements(request.auth, most=limit, skip=skip)
    return {"items": [_statement(each) for each in found]}


@router.get(
    "/bank-statements/{statement_id}/lines", response=Lines, summary="Lines of a bank statement"
)
def lines(
    request: ApiRequest, statement_id: Id, limit: PageSize = 50, skip: Skip = 0
) -> dict[str, Any]:
    """Each line with the match that stands for it."""
    queries.statement(request.auth, statement_id)
    found = queries.lines(request.auth, statement_id, most=limit, skip=skip)
    return {"items": [_line(each) for each in found]}


def _statement(each: queries.ReadStatement) -> dict[str, Any]:
    told = {name: getattr(each, name) for name in each.__slots__}
    return told | {
        "opening": some(each.opening_minor, each.currency),
        "closing": some(each.closing_minor, each.currency),
    }


def _line(each: queries.ReadLine) -> dict[str, Any]:
    told = {name: getattr(each, name) for name in each.__slots__}
    return told | {
        "amount": money(each.amount_minor, each.currency),
        "text": each.words,
        "match": _match(each) if each.match else None,
    }


def _match(each: queries.ReadLine) -> dict[str, Any]:
    match, currency = each.match, each.currency
    assert match is not None
    told = {name: getattr(match, name) for name in match.__slots__}
    return told | {
        "reasons": list(match.reasons),
        "charge": money(match.charge_minor, currency),
        "parts": [
            {
                "invoice_id": part.invoice_id,
                "invoice_number": part.invoice_number,
                "buyer_id": part.buyer_id,
                "taken": money(part.taken_minor, currency),
                "discount": money(part.discount_minor, currency),
                "write_off": money(part.write_off_minor, currency),
            }
            for part in match.parts
        ],
    }
