"""What may be claimed on an invoice that somebody describes: the calculator behind every door."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from netterms.kernel.context import Context
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money, zero
from netterms.kernel.refusal import Code, Refusal
from netterms.terms import queries
from netterms.terms.jurisdictions import Jurisdiction, Law
from netterms.terms.rules import (
    Interest,
    Method,
    OneRate,
    Parties,
    Why,
    applied,
    compensation,
    late_interest,
    start_of,
)

# Later than anybody is sued for; a wrong century is a slip.
MOST_YEARS = 30
DAYS_A_YEAR = 365
MOST_MINOR = 10**13


@dataclass(frozen=True, slots=True)
class Asked:
    """An unpaid invoice, in a country, until a day. What is None is as the seller's policy says."""

    country: str
    amount: Money
    due_on: date
    until: date
    received_on: date | None = None
    contract_percent: Decimal | None = None
    parties: Parties = field(default_factory=Parties)
    method: Method = Method.EXACT


@dataclass(frozen=True, slots=True)
class Quote:
    """Interest by sub-period and compensation; or, in `refused`, why no interest is named."""

    asked: Asked
    law: Law | None
    by_contract: bool
    start: date
    interest: Interest
    compensation: Money
    refused: Refusal | None
    basis: dict[str, Any]

    @property
    def why(self) -> str | None:
        """Why no interest is named, as a code."""
        if self.refused is None:
            return None
        return str(self.refused.facts.get("no_interest", self.refused.code.value))


def quote(ctx: Context, asked: Asked) -> Quote:
    """What may be claimed; NOT_FOUND for a country not on file, VALUE_INVALID for a wrong date."""
    place = queries.place(ctx, asked.country)
    _check(asked)
    policy = queries.terms_policy(ctx)
    told = _completed(asked, policy)
    rule = applied(
        place,
        told.parties,
        told.due_on,
        contract_percent=told.contract_percent,
        one_rate=policy.one_rate,
    )
    nothing = zero(asked.amount.currency)
    none = Interest((), nothing, nothing, Decimal(0))
    begins = start_of(rule.law, told.due_on, told.received_on) if rule.law else told.due_on
    start = begins or told.due_on
    refused = _refused(place, rule.why or (Why.RECEIPT_UNKNOWN if begins is None else None))
    interest = none
    if rule.law is not None and refused is None:
        try:
            interest = late_interest(
                rule.law, told.amount, start, told.until, queries.rate_table(ctx),
                method=told.method, one_rate=policy.one_rate or OneRate.START,
            )  # fmt: skip
        except Refusal as refusal:
            refused = refusal
    pays = rule.compensation and begins is not None and told.until > start
    return Quote(
        asked=told,
        law=rule.law,
        by_contract=rule.by_contract,
        start=start,
        interest=interest,
        compensation=compensation(place, told.amount, start) if pays else nothing,
        refused=refused,
        basis=queries.basis(place),
    )


def _completed(asked: Asked, policy: queries.TermsPolicy) -> Asked:
    parties = asked.parties
    if parties.creditor_small is None:
        parties = replace(parties, creditor_small=policy.creditor_small)
    percent = asked.contract_percent
    return replace(
        asked,
        parties=parties,
        contract_percent=policy.contract_percent if percent is None else percent,
    )


def _check(asked: Asked) -> None:
    if abs((asked.until - asked.due_on).days) > MOST_YEARS * DAYS_A_YEAR:
        raise Refusal(
            Code.VALUE_INVALID, field="due_on", value=str(asked.due_on), mend=Mend.DAY
        )  # fmt: skip
    if not 0 < asked.amount.minor <= MOST_MINOR:
        raise Refusal(
            Code.VALUE_INVALID, field="amount", value=str(asked.amount.major),
            mend=Mend.AMOUNT, currency=asked.amount.currency,
        )  # fmt: skip


def _refused(place: Jurisdiction, why: Why | None) -> Refusal | None:
    if why is None:
        return None
    return Refusal(Code.INTEREST_NOT_COMPUTED, country=place.country, no_interest=why.value)
