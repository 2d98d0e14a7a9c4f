"""Whether orders in another currency can be answered: a rate must be known for the day."""

from __future__ import annotations

from datetime import date
from typing import Any

from netterms.limits.rates import LONGEST_KEPT, last_day


def shown(today: date) -> dict[str, Any]:
    """`rates_old` and `rates_day` for `console/_rates.html`."""
    newest = last_day(today)
    return {"rates_old": newest is None or newest < today - LONGEST_KEPT, "rates_day": newest}
