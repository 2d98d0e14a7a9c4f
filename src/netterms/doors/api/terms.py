"""Terms: countries' rules of late payment, reference rates, and what may be claimed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Router, Schema

from netterms.buyers import queries as buyers
from netterms.collection import queries as collection
from netterms.doors.api.shapes import (
    ApiRequest,
    CountryCode,
    Day,
    Flag,
    Id,
    Money,
    Text,
    day_shown,
    money,
)
from netterms.doors.look import jurisdiction
from netterms.doors.look.sentences import sentence
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES
from netterms.kernel.money import Money as Amount
from netterms.kernel.refusal import Code, Refusal
from netterms.terms import queries
from netterms.terms.actions import claimable
from netterms.terms.jurisdictions import Cell, Jurisdiction
from netterms.terms.quotes import Asked, Quote, quote
from netterms.terms.rules import Method, Parties

router = Router(tags=["terms"])
CLAIMS_SHOWN = 500
Minor = Annotated[int, Field(gt=0, le=10**13)]
Percent = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=6)]


class Country(Schema):
    """What is on file of a country. `standing` of a cell: checked, partly or unverified.

    `refused` is null where a rule of interest can be worked out, else why not. `announced` are
    reforms that are not law: nothing of them counts. `interest_on_interest` is never,
    under_conditions, agreed_later, agreed, by_law or unverified. No legal advice.
    """

    country: str
    currency: str
    rule: str
    refused: str | None
    max_term_days: int | None
    limitation_years: int | None
    retention: str
    court_order: str
    standing: dict[str, str]
    source: str
    as_of: str
    confidence: str
    announced: list[str]
    interest_on_interest: str


class Countries(Schema):
    """Every country on file, by its code."""

    items: list[Country]


class InterestLine(Schema):
    """Interest of a period with one rate; `amount` is rounded for reading and never summed."""

    first: date
    last: date
    days: int
    percent: Decimal
    amount: Money


class InterestQuote(Schema):
    """What may be claimed. `why` is null where interest is worked out, else a code, said in `said`.

    `unverified` are the cells of the country that nobody read in a public text.
    """

    interest: Money
    daily: Money
    compensation: Money
    lines: list[InterestLine]
    by_contract: bool
    why: str | None
    said: str
    source: str
    unverified: list[str]


class BuyerClaim(Schema):
    """What may be claimed for one late invoice of a buyer.

    `unverified` are the cells of the country that nobody read in a public text.
    """

    invoice_id: UUID
    interest: Money
    daily: Money
    compensation: Money
    why: str | None
    unverified: list[str]


class BuyerClaims(Schema):
    """What may be claimed of a buyer for what is open and late, invoice by invoice."""

    as_of: date
    items: list[BuyerClaim]


class ReferenceRate(Schema):
    """A reference rate in force: percent a year from a day on, known up to another."""

    series: str
    valid_from: date
    percent: Decimal
    known_until: date
    source: str
    loaded_by: str


class ReferenceRates(Schema):
    """Reference rates in force, the newest of each series first."""

    items: list[ReferenceRate]


@router.get("/terms/jurisdictions", response=Countries, summary="Countries' rules")
def countries(request: ApiRequest) -> dict[str, Any]:
    """The rules of late payment on file, with what is unverified."""
    return {"items": [_country(place) for place in queries.places(request.auth).values()]}


@router.get("/terms/jurisdictions/{country}", response=Country, summary="One country's rules")
def one(request: ApiRequest, country: CountryCode) -> dict[str, Any]:
    """The same of one country, by its ISO 3166 code."""
    return _country(queries.place(request.auth, country))


@router.get("/terms/interest", response=InterestQuote, summary="What may be claimed")
def interest(
    request: ApiRequest,
    country: CountryCode,
    currency: Text,
    amount_minor: Minor,
    due_on: Day,
    until: Day | None = None,
    received_on: Day | None = None,
    contract_percent: Percent | None = None,
    creditor_small: Flag | None = None,
    debtor_large: Flag | None = None,
    method: Method = Method.EXACT,
) -> dict[str, Any]:
    """Interest by period and compensation of an unpaid invoice, from day to day.

    What is not given is as the seller's terms policy says.
    """
    if currency not in CURRENCIES:
        raise Refusal(Code.VALUE_INVALID, field="currency", value=currency, mend=Mend.CURRENCY_CODE)
    return _quote(
        quote(
            request.auth,
            Asked(
                country=country,
                amount=Amount(amount_minor, currency),
                due_on=due_on,
                until=day_shown(request.auth, until),
                received_on=received_on,
                contract_percent=contract_percent,
                parties=Parties(creditor_small, debtor_large),
                method=method,
            ),
        )
    )


@router.get("/terms/rates", response=ReferenceRates, summary="Reference rates")
def rates(request: ApiRequest, series: Text = "") -> dict[str, Any]:
    """Those that came along and those the seller loaded; a loaded one counts before."""
    return {"items": queries.rates_in_force(request.auth, series)}


@router.get("/buyers/{buyer_id}/claims", response=BuyerClaims, summary="What a buyer owes besides")
def claims(request: ApiRequest, buyer_id: Id, as_of: Day | None = None) -> dict[str, Any]:
    """Interest and compensation of a buyer's open late invoices, up to 500 of them."""
    buyers.buyer(request.auth, buyer_id)
    day = day_shown(request.auth, as_of)
    lines = collection.invoice_lines(request.auth, day, buyer_id=buyer_id, most=CLAIMS_SHOWN)
    found = claimable(request.auth, [line.id for line in lines], day)
    return {
        "as_of": day,
        "items": [
            {
                "invoice_id": invoice,
                "interest": money(claim.interest.minor, claim.interest.currency),
                "daily": money(claim.daily.minor, claim.daily.currency),
                "compensation": money(claim.compensation.minor, claim.compensation.currency),
                "why": claim.refused,
                "unverified": claim.basis.get("unverified", []),
            }
            for invoice, claim in found.items()
        ],
    }


def _country(place: Jurisdiction) -> dict[str, Any]:
    return {
        "country": place.country,
        "currency": place.currency,
        "rule": jurisdiction.interest(place),
        "refused": place.refused or None,
        "max_term_days": place.max_term_days,
        "limitation_years": place.limitation_years,
        "retention": place.retention,
        "court_order": place.court_order,
        "standing": {cell.value: place.standing(cell).value for cell in Cell},
        "source": place.source,
        "as_of": place.as_of,
        "confidence": place.confidence,
        "announced": jurisdiction.bills(place),
        "interest_on_interest": place.interest_on_interest.rule.value,
    }


def _quote(said: Quote) -> dict[str, Any]:
    def told(amount: Amount) -> Money:
        return money(amount.minor, amount.currency)

    return {
        "interest": told(said.interest.total),
        "daily": told(said.interest.daily),
        "compensation": told(said.compensation),
        "lines": [
            {
                "first": line.first,
                "last": line.last,
                "days": line.days,
                "percent": line.percent,
                "amount": told(line.amount),
            }
            for line in said.interest.lines
        ],
        "by_contract": said.by_contract,
        "why": said.why,
        "said": sentence(said.refused) if said.refused else "",
        "source": said.basis["source"],
        "unverified": said.basis["unverified"],
    }
