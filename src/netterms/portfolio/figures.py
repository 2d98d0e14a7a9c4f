"""The figures of one currency, from the questions' rows to what the report says."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from netterms.kernel.calendar import add_months
from netterms.kernel.money import exponent
from netterms.portfolio import rules
from netterms.portfolio.queries import Answers, Rows
from netterms.portfolio.rules import Bucket, Month

Row = Mapping[str, Any]
MONTHS_SHOWN = 18


def amount_writer(currency: str) -> Callable[[int], str]:
    """A function from minor units to the decimal string of major units."""
    places = exponent(currency)
    if not places:
        return str
    unit, shape = 10**places, f"%d.%0{places}d"

    def write(minor: int) -> str:
        if minor < 0:
            return f"-{shape % divmod(-minor, unit)}"
        return str(shape % divmod(minor, unit))

    return write


def share(part: int, whole: int) -> float | None:
    """`part / whole` to 6 decimals; None of nothing."""
    return round(part / whole, 6) if whole else None


def number(value: Decimal | None) -> float | None:
    """A rounded figure as JSON writes it."""
    return None if value is None else float(value)


def by_currency(rows: Rows) -> dict[str, Rows]:
    """Rows of each currency, in their order."""
    found: dict[str, Rows] = defaultdict(list)
    for row in rows:
        found[row["currency"]].append(row)
    return found


def all_figures(answers: Answers, as_of: date) -> dict[str, dict[str, Any]]:
    """The figures of every currency, but buyers and whom to chase; most open invoices first."""
    grouped = {
        name: by_currency(getattr(answers, name))
        for name in ("ageing", "late_rate", "year", "quarter", "monthly", "countries", "hhi")
    }
    order = sorted(answers.totals, key=lambda row: (-row["open_count"], row["currency"]))
    return {
        row["currency"]: _figures(row, {k: v[row["currency"]] for k, v in grouped.items()}, as_of)
        for row in order
    }


def _figures(totals: Row, rows: Mapping[str, Rows], as_of: date) -> dict[str, Any]:
    amount = amount_writer(totals["currency"])
    # A file of open invoices alone has no past: a rate of it would look worse than it is.
    has_past = bool(totals["settled_count"])
    late = rows["late_rate"][0] if has_past and rows["late_rate"] else None
    year = rows["year"][0] if has_past and rows["year"] else None
    quarter = rows["quarter"][0] if has_past and rows["quarter"] else None
    return {
        "open_total": amount(totals["open_minor"]),
        "credits_total": amount(totals["credits_minor"]),
        "overdue_total": amount(totals["overdue_minor"]),
        "open_count": totals["open_count"],
        "overdue_count": totals["overdue_count"],
        "credits_count": totals["credits_count"],
        **_ageing(rows["ageing"], amount),
        "late_rate": late and share(late["late_count"], late["judged_count"]),
        "late_rate_by_amount": late and share(late["late_minor"], late["judged_minor"]),
        "average_days_late": late and _average(late["late_days"], late["late_count"]),
        "dso": _dso(totals, year, rows["monthly"], as_of),
        "cei": quarter and _cei(quarter),
        "turnover": year and _turnover(totals, year, as_of),
        **_concentration(rows["hhi"]),
        "countries": _countries(rows["countries"], totals["open_minor"], amount),
        "months": _months(rows["monthly"], as_of, amount, has_past=has_past),
    }


def _average(total: int, count: int) -> float:
    return round(total / count, 2) if count else 0.0


def _ageing(rows: Rows, amount: Callable[[int], str]) -> dict[str, Any]:
    found = {row["bucket"]: row for row in rows}
    return {
        "ageing": {b.value: amount(found[b]["open_minor"] if b in found else 0) for b in Bucket},
        "ageing_counts": {b.value: found[b]["items"] if b in found else 0 for b in Bucket},
    }


def days_covered(first_issued_on: date, as_of: date) -> int:
    """Days of the sales window: a year, or all the file has when that is less."""
    return min(rules.DAYS_IN_YEAR, (as_of - first_issued_on).days + 1)


def _dso(totals: Row, year: Row | None, monthly: Rows, as_of: date) -> dict[str, Any]:
    amount = amount_writer(totals["currency"])
    days = days_covered(totals["first_issued_on"], as_of)
    receivables = totals["open_minor"]
    facts = {"days": days, "sales": None, "receivables": amount(receivables)}
    if year is None:
        return {**dict.fromkeys(("simple", "countback", "best", "add")), **facts}
    sales, current = year["sales_minor"], receivables - totals["overdue_minor"]
    back = months_back(monthly, totals["first_issued_on"], as_of)
    return {
        "simple": number(rules.dso(receivables, sales, days)),
        "countback": number(rules.dso_countback(receivables, back)),
        "best": number(rules.best_possible_dso(current, sales, days)),
        "add": number(rules.average_days_delinquent(receivables, current, sales, days)),
        **facts,
        "sales": amount(sales),
    }


def months_back(monthly: Sequence[Row], first_issued_on: date, as_of: date) -> list[Month]:
    """Sales by calendar month, latest first, back to the first; the running month up to `as_of`."""
    sales = {row["month"]: row["sales_minor"] for row in monthly}
    month, days = as_of.replace(day=1), as_of.day
    found = []
    while month >= first_issued_on.replace(day=1):
        found.append(Month(sales.get(month, 0), days))
        month = (month - timedelta(days=1)).replace(day=1)
        days = calendar.monthrange(month.year, month.month)[1]
    return found


def _cei(quarter: Row) -> float | None:
    return number(
        rules.collection_effectiveness(
            quarter["opening_minor"],
            quarter["sales_minor"],
            quarter["closing_minor"],
            quarter["closing_current_minor"],
        )
    )


def _turnover(totals: Row, year: Row, as_of: date) -> float | None:
    """AR-04 at the pace of a year; a file shorter than that has no opening balance to average."""
    days = days_covered(totals["first_issued_on"], as_of)
    full = days == rules.DAYS_IN_YEAR
    opening = year["opening_minor"] if full else year["closing_minor"]
    sales = year["sales_minor"] * rules.DAYS_IN_YEAR
    return number(rules.turnover(sales, opening * days, year["closing_minor"] * days))


def _concentration(rows: Rows) -> dict[str, Any]:
    row = rows[0] if rows else {"buyers": 0, "open_minor": 0, "squares": 0}
    found = rules.concentration_of(row["buyers"], row["open_minor"], int(row["squares"]))
    return {
        "hhi": number(found.hhi) if found else None,
        "hhi_normalised": number(found.normalised) if found else None,
    }


def _countries(rows: Rows, total: int, amount: Callable[[int], str]) -> list[dict[str, Any]]:
    return [
        {
            "country": row["country"],
            "open": amount(row["open_minor"]),
            "share": share(row["open_minor"], total),
        }
        for row in rows
    ]


def _months(
    rows: Rows, as_of: date, amount: Callable[[int], str], *, has_past: bool
) -> list[dict[str, Any]]:
    """The last months up to `as_of` without gaps, from the first in which anything happened."""
    found = {row["month"]: row for row in rows}
    last = as_of.replace(day=1)
    wanted = (add_months(last, -back) for back in reversed(range(MONTHS_SHOWN)))
    first = min((month for month in found if month <= last), default=last)
    nothing = dict.fromkeys(("sales_minor", "collected_minor", "judged_count", "late_count"), 0)
    return [
        {
            "month": f"{month:%Y-%m}",
            "sales": amount(row["sales_minor"]),
            "collected": amount(row["collected_minor"]),
            "late_rate": share(row["late_count"], row["judged_count"]) if has_past else None,
        }
        for month in wanted
        if month >= first
        for row in (found.get(month, nothing),)
    ]


def top_rows(rows: Rows, grades: Mapping[tuple[str, str], int | None]) -> list[dict[str, Any]]:
    """The largest buyers of one currency with their share and running share of what is open."""
    return [
        {
            "rank": row["place"],
            "buyer": row["buyer"],
            "name": row["name"],
            "open": amount_writer(row["currency"])(row["open_minor"]),
            "share": share(row["open_minor"], row["total_minor"]),
            "cumulative_share": share(row["running_minor"], row["total_minor"]),
            "overdue": amount_writer(row["currency"])(row["overdue_minor"]),
            "oldest_days_past_due": row["oldest_days_past_due"],
            "grade": grades.get((row["buyer"], row["currency"])),
        }
        for row in rows
    ]
