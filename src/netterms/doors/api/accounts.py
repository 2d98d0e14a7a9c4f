"""Accounts: the trial balance of the journal, and the account of one buyer."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Router, Schema

from netterms.doors.api.shapes import ApiRequest, Day, Id
from netterms.receivables import queries

router = Router(tags=["receivables"])


class Balance(Schema):
    """An account: debits less credits are its balance."""

    account: str
    currency: str
    debit_minor: int
    credit_minor: int
    balance_minor: int


class TrialBalance(Schema):
    """Every account of the journal until a day."""

    as_of: date
    items: list[Balance]


class Movement(Schema):
    """What moved the buyer's account; above zero it owes more."""

    booked_on: date
    kind: str
    document: str
    due_on: date | None
    minor: int
    balance_minor: int


class Account(Schema):
    """A buyer's account in one currency."""

    currency: str
    since: date
    until: date
    opening_minor: int
    lines: list[Movement]
    closing_minor: int


class Accounts(Schema):
    """One account for each currency."""

    items: list[Account]


@router.get("/trial-balance", response=TrialBalance, summary="Trial balance")
def trial_balance(request: ApiRequest, as_of: Day | None = None) -> dict[str, Any]:
    """Every account of the journal until a day."""
    day = as_of or request.auth.today
    return {"as_of": day, "items": queries.trial_balance(request.auth, day)}


@router.get("/buyers/{buyer_id}/account", response=Accounts, summary="A buyer's account")
def account(
    request: ApiRequest, buyer_id: Id, since: Day | None = None, until: Day | None = None
) -> dict[str, Any]:
    """Opening balance, what moved it, closing balance; this year where no day is given."""
    last = until or request.auth.today
    first = since or last.replace(month=1, day=1)
    return {"items": queries.buyer_statement(request.auth, buyer_id, first, last)}
