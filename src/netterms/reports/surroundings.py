"""Where a buyer does business: what its country and its sector add to its risk."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from netterms.buyers.queries import Buyer
from netterms.kernel.context import Context
from netterms.reports import queries
from netterms.scoring.overlay import Overlay, overlay_on
from netterms.terms.jurisdictions import Cell, Scope, jurisdictions


def surroundings(ctx: Context, buyer: Buyer) -> dict[str, Any]:
    """Country and sector of a buyer as plain values.

    `points`: what the table of factors (SCR-16) adds to a score for each. `law`: what is on file
    of the country, each value with the parties it binds, a remark, and its standing. `paid`: how
    others there paid the seller within 12 months, beside the buyer; of fewer than
    `queries.LEAST_PEERS` others nothing is told, and `sampled` says that not all were asked.
    """
    return {
        "country": buyer.country,
        "sector": buyer.sector,
        "points": _points(overlay_on(ctx.today), buyer),
        "law": _law(buyer.country),
        "paid": [
            line
            for line in queries.paid_around(ctx, buyer.id)
            if line["scope"] == "buyer" or line["buyers"] >= queries.LEAST_PEERS
        ],
    }


def _points(overlay: Overlay, buyer: Buyer) -> dict[str, Any]:
    return {
        "table": overlay.name,
        "source": overlay.source,
        "stale": overlay.stale,
        "country": Decimal(overlay.points(buyer.country, "")) / 100,
        "sector": Decimal(overlay.points("", buyer.sector)) / 100,
    }


def _law(country: str) -> dict[str, Any]:
    place = jurisdictions().get(country)
    if place is None:
        return {}
    return {
        "max_term_days": {
            "value": place.max_term_days,
            "scope": place.max_term_scope.value,
            "note": place.max_term_note,
            "standing": place.standing(Cell.MAX_TERM).value,
        },
        "limitation_years": {
            "value": place.limitation_years,
            "scope": Scope.ALL.value,
            "note": place.limitation_note,
            "standing": place.standing(Cell.LIMITATION).value,
        },
    }
