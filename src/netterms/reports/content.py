"""What a credit report says, gathered from the rooms below: plain values and codes, no words.

Amounts are minor units beside their currency, shares and probabilities fractions as text, days ISO
dates. A part that is not known is empty, and named in `missing`: what would make the report better.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from netterms.buyers import groups, insolvency
from netterms.buyers import queries as buyers
from netterms.buyers.particulars import Address, AddressKind
from netterms.buyers.profile import addresses_of, aliases_of, identifiers_of
from netterms.buyers.queries import Buyer
from netterms.collection import queries as collection
from netterms.insurance import queries as insurance
from netterms.kernel.context import Context
from netterms.limits import queries as limits
from netterms.limits.rates import per_dollar
from netterms.monitoring import queries as monitoring
from netterms.receivables import returns
from netterms.reports import queries
from netterms.reports.surroundings import surroundings
from netterms.scoring import queries as scoring
from netterms.scoring.queries import StoredScore
from netterms.screening import queries as screening
from netterms.statements import queries as statements
from netterms.statements.queries import Judged
from netterms.statements.visits import visits_of
from netterms.store.tenancy import book

Part = dict[str, Any]
SIGNALS_SHOWN = 20
PERIODS_SHOWN = 3
MEMBERS_SHOWN = 20
ADDRESS = ("kind", "lines", "postal_code", "city", "country")
MEMBER = ("name", "buyer_number", "country", "depth")


def content_of(ctx: Context, buyer_id: UUID) -> Part:
    """Everything a report says of a buyer as of `ctx.today`; NOT_FOUND."""
    buyer = buyers.buyer(ctx, buyer_id)
    parts: Part = {
        "identity": _identity(ctx, buyer),
        "screening": _screening(ctx, buyer),
        "surroundings": surroundings(ctx, buyer),
        "scores": _scores(ctx, buyer_id),
        "accounts": _accounts(buyer),
        "statements": _statements(ctx, buyer_id),
        "visit": _visit(ctx, buyer_id),
        "payment": _payment(ctx, buyer_id),
        "signals": _signals(ctx, buyer_id),
        "cover": [asdict(each) for each in insurance.insured_limits(ctx, buyer_id, ctx.today)],
        "limits": _limits(ctx, buyer_id),
    }
    return parts | {"missing": _missing(parts)}


def _identity(ctx: Context, buyer: Buyer) -> Part:
    # One that turned out to be another belongs where that one does.
    stays = buyers.buyer(ctx, buyer.merged_into) if buyer.merged_into else buyer
    return {
        "name": buyer.name,
        "buyer_number": buyer.buyer_number,
        "country": buyer.country,
        "registration_number": buyer.registration_number,
        "numbers": [
            {name: getattr(each, name) for name in ("kind", "country", "value")}
            for each in identifiers_of(ctx, buyer.id)
        ],
        "aliases": [{"kind": each.kind, "name": each.name} for each in aliases_of(ctx, buyer.id)],
        "addresses": [_address(each) for each in addresses_of(ctx, buyer.id)],
        "company": _company(ctx, buyer.id),
        # Whether there is one: a report is kept for good, a person's address need not be.
        "has_email": bool(buyer.email),
        "key_account": buyer.key_account,
        "insolvent_on": buyer.insolvent_on,
        "merged_into": _named(stays) if buyer.merged_into else None,
        "merged": [
            {"name": each.name, "buyer_number": each.buyer_number}
            for each in buyers.merged_with(ctx, buyer.id)
        ],
        "group": _group(ctx, stays),
    }


def _address(each: Address) -> Part:
    """A seat as registers show it; of other places, which may be somebody's home, the town."""
    told = {name: getattr(each, name) for name in ADDRESS}
    if each.kind != AddressKind.REGISTERED:
        told |= {"lines": "", "postal_code": ""}
    return told


def _group(ctx: Context, buyer: Buyer) -> Part:
    """The companies above, the nearest first, and the tree read from the one on top.

    The tree is cut, but the buyer and the companies above it are always in it.
    """
    above: list[Buyer] = []
    at = buyer
    # An older book may hold a loop.
    while at.parent_id and at.parent_id not in {buyer.id, *(each.id for each in above)}:
        at = buyers.buyer(ctx, at.parent_id)
        above.append(at)
    line = {buyer.id, *(each.id for each in above)}
    members = [each for each in groups.group_of(ctx, buyer.id) if not each.merged]
    return {
        "above": [_named(each) for each in above if not each.merged_into],
        "members": len(members),
        "companies": [
            {name: getattr(each, name) for name in MEMBER}
            for place, each in enumerate(members)
            if place < MEMBERS_SHOWN or each.id in line
        ],
    }


def _named(buyer: Buyer) -> Part:
    return {name: getattr(buyer, name) for name in ("name", "buyer_number", "country")}


def _company(ctx: Context, buyer_id: UUID) -> Part:
    known = scoring.company_facts(ctx, buyer_id)
    return {"known_on": known.known_on, **asdict(known.facts)} if known else {}


def _visit(ctx: Context, buyer_id: UUID) -> Part:
    """What the newest visit found; who went there is in the book, not in a report."""
    found = visits_of(ctx, buyer_id)
    if not found:
        return {}
    newest = found[0].visit
    return {"visited_on": newest.visited_on, "verdict": newest.verdict, "staff": newest.staff}


def _screening(ctx: Context, buyer: Buyer) -> Part:
    shown = ("kind", "entry_id", "listed_name", "score", "state")
    return {
        "screened_on": screening.screened_on(ctx, buyer.id),
        "lists": [
            {"kind": each.kind, "published_on": each.published_on, "entries": each.entries}
            for each in screening.lists_in_force(ctx.seller)
        ],
        "hits": [
            {name: getattr(hit, name) for name in shown} for hit in screening.hits_of(ctx, buyer.id)
        ],
        "sanctioned": buyer.sanctions_hit,
    }


def _scores(ctx: Context, buyer_id: UUID) -> list[Part]:
    by_currency = scoring.score_history(ctx, buyer_id, ctx.today)
    return [_score(history) for history in by_currency.values()]


def _score(history: list[StoredScore]) -> Part:
    newest = history[-1]
    return asdict(newest) | {
        "history": [
            {"scored_on": each.scored_on, "grade": each.grade, "pd": each.pd} for each in history
        ]
    }


def _accounts(buyer: Buyer) -> Part:
    if buyer.tangible_net_worth_minor is None and buyer.annual_turnover_minor is None:
        return {}
    return {
        "currency": buyer.accounts_currency,
        "tangible_net_worth_minor": buyer.tangible_net_worth_minor,
        "annual_turnover_minor": buyer.annual_turnover_minor,
    }


def _statements(ctx: Context, buyer_id: UUID) -> Part:
    """The newest periods with ratios and failure models, beside the median of the sector."""
    currencies = {one.accounts.currency for one in statements.statements_of(ctx, buyer_id)}
    with book(ctx):
        rates = per_dollar(currencies, ctx.today)
    found = statements.judged(ctx, buyer_id, rates)[:PERIODS_SHOWN]
    if not found:
        return {}
    return {
        "fits": found[0].fits.model.value,
        "periods": [_period(one) for one in found],
        "sector": queries.sector_ratios(ctx, buyer_id),
    }


def _period(one: Judged) -> Part:
    accounts = one.statement.accounts
    return {
        "period_end": accounts.period_end,
        "currency": accounts.currency,
        "items": dict(accounts.items),
        "ratios": one.ratios,
        "models": {
            model.value: {"value": score.value, "pd": score.pd, "zone": score.zone}
            for model, score in one.scores.items()
        },
    }


def _payment(ctx: Context, buyer_id: UUID) -> list[Part]:
    months = queries.payment_months(ctx, buyer_id)
    balances = {each.currency: each for each in collection.balances_of(ctx, ctx.today, buyer_id)}
    lost = queries.written_off(ctx, buyer_id)
    currencies = sorted({*balances, *lost, *(line["currency"] for line in months)})
    return [
        {
            "currency": currency,
            "balance": asdict(balances[currency]) if currency in balances else None,
            "written_off_minor": lost.get(currency, 0),
            "months": [
                {name: value for name, value in line.items() if name != "currency"}
                for line in months
                if line["currency"] == currency
            ],
        }
        for currency in currencies
    ]


def _signals(ctx: Context, buyer_id: UUID) -> Part:
    case = collection.case_of(ctx, buyer_id)
    alerts = monitoring.open_alerts(ctx, buyer_id=buyer_id, most=SIGNALS_SHOWN)
    promises = collection.promises_of(ctx, buyer_id)
    disputes = collection.disputes_of(ctx, buyer_id)
    return {
        "stage": case.stage if case and case.closed_on is None else 0,
        "case": case.state if case and case.closed_on is None else "",
        "alerts": [
            {"kind": each.kind, "severity": each.severity, "raised_on": each.raised_on}
            for each in alerts
        ],
        "notices": [_notice(one) for one in insolvency.notices_of(ctx, buyer_id)],
        "returned_payments": returns.returns_of(ctx, buyer_id)[:SIGNALS_SHOWN],
        "promises": _counted(promise.state for promise in promises),
        "disputes": _counted(dispute.state for dispute in disputes),
    }


def _notice(one: insolvency.KnownNotice) -> Part:
    shown = ("kind", "dated_on", "source", "reference", "words", "known_on", "withdrawn_on")
    return {name: getattr(one, name) for name in shown} | {"withdrawn_why": one.withdrawn_why or ""}


def _counted(states: Any) -> dict[str, int]:  # noqa: ANN401 - any states
    counts: dict[str, int] = {}
    for state in states:
        counts[str(state)] = counts.get(str(state), 0) + 1
    return counts


def _limits(ctx: Context, buyer_id: UUID) -> list[Part]:
    lines = limits.lines_of(ctx, buyer_id)
    decisions = limits.decisions_in_force(ctx, buyer_id, ctx.today)
    found = []
    for currency in sorted({*lines, *decisions}):
        decision, line = decisions.get(currency), lines.get(currency)
        found.append(
            {
                "currency": currency,
                "recommended_minor": decision.recommended_minor if decision else None,
                "granted_minor": decision.granted_minor if decision else None,
                "reasons": decision.reasons if decision else [],
                "decided_on": decision.decided_on if decision else None,
                "line_minor": line.terms.limit_minor if line else None,
                "status": line.terms.status.value if line else "",
            }
        )
    return found


def _missing(parts: Part) -> list[str]:
    """Codes of what is not known, in the order a person would mend it."""
    identity, screened = parts["identity"], parts["screening"]["screened_on"]
    paid = any(each["months"] for each in parts["payment"])
    told: dict[str, object] = {
        "registration_number": identity["registration_number"] or identity["numbers"],
        "address": identity["addresses"],
        "country": identity["country"],
        "sector": parts["surroundings"]["sector"],
        "screening": screened,
        "accounts": parts["accounts"] or parts["statements"],
        "payments": paid,
        "score": parts["scores"],
        "email": identity["has_email"],
        # Nobody goes to see a small buyer.
        "visit": parts["visit"] or not identity["key_account"],
    }
    return [name for name, known in told.items() if not known]
