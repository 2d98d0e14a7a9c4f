"""What a file says of all its amounts at once: in headings, and in lines above and below the table.

Two places that contradict each other are refused: either may be wrong, by a factor of thousands.
"""

from __future__ import annotations

# ruff: noqa: S608  (SQL is put together from column positions only)
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import duckdb

from netterms.kernel.refusal import Code
from netterms.receivables.intake import headings
from netterms.receivables.intake.guess import Column
from netterms.receivables.intake.headings import currency_in, fold
from netterms.receivables.intake.reasons import refuse
from netterms.receivables.intake.synonyms import AMOUNT_FIELDS
from netterms.receivables.intake.units import ONE, in_line
from netterms.receivables.intake.words import currency_code

_LAST_ROWS = 20  # in which a file may explain itself below its table
_ABOUT_CURRENCY = re.compile(
    r"单位|币种|币别|货币|currency|\bccy\b|wahrung|devise|\bamounts?\b|betrag|montant|\bin\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stated:
    """The unit of each amount column that has one, and the currencies that lines name."""

    units: Mapping[str, Decimal]
    currencies: frozenset[str] = field(default=frozenset())

    def unit(self, name: str) -> Decimal:
        """What the cells of field `name` count in."""
        return self.units.get(name, ONE)

    @property
    def currency(self) -> str:
        """The one currency that lines name; "" for none, or several."""
        return next(iter(self.currencies)) if len(self.currencies) == 1 else ""


def stated(
    columns: Mapping[str, Column], lines: Iterable[Sequence[str]], below: Sequence[str]
) -> Stated:
    """What headings and `lines` say. `below` is the first row of the table: it may hold units.

    Refuses with FILE_UNREADABLE where two places contradict each other.
    """
    by_line: set[Decimal] = set()
    currencies: set[str] = set()
    for line in lines:
        folded = fold(" ".join(line))
        unit = in_line(folded)
        by_line |= set() if unit is None else {unit}
        currency, definite, _ = currency_in(folded)
        if definite and (unit is not None or _ABOUT_CURRENCY.search(folded)):
            currencies.add(currency)
    units = {}
    for name, column in _amounts(columns).items():
        words = [column.heading]
        if column.index < len(below) and not re.search("[0-9]", below[column.index]):
            words.append(below[column.index])
        by_heading = {headings.parse(word).unit for word in words}
        found = sorted(by_line | {unit for unit in by_heading if unit is not None})
        if len(found) > 1:
            facts = {"column": column.heading, "unit": f"{found[-1]:,}", "other": f"{found[0]:,}"}
            raise refuse(Code.FILE_UNREADABLE, "unit", **facts)
        if found:
            units[name] = found[0]
    return Stated(units, frozenset(currencies))


def _amounts(columns: Mapping[str, Column]) -> dict[str, Column]:
    return {name: columns[name] for name in AMOUNT_FIELDS if name in columns}


def lines_below(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[str, Column], loaded: Sequence[int]
) -> list[list[str]]:
    """The last rows of `intake_raw` whose amounts hold no digit: words below the table."""
    cells = ", ".join(f"coalesce(c{k}, '')" for k in loaded)
    wordy = " AND ".join(
        f"NOT regexp_matches(coalesce(c{column.index}, ''), '[0-9]')"
        for column in _amounts(columns).values()
    )
    found = connection.execute(
        f"SELECT {cells} FROM intake_raw WHERE {wordy} "
        f"AND rowid > (SELECT max(rowid) FROM intake_raw) - {_LAST_ROWS}"
    ).fetchall()
    return [list(row) for row in found]


def heading_currency(columns: Mapping[str, Column], home: str) -> tuple[str, bool]:
    """The currency that the headings of amounts name, and whether only it can be meant.

    A sign of several currencies means `home` where it is one of them.

    Refuses with FILE_UNREADABLE where two headings name different currencies for certain.
    """
    money = [columns[name] for name in ("amount", "open_amount", "paid_amount") if name in columns]
    named = [headings.parse(column.heading) for column in money]
    definite = sorted({heading.currency for heading in named if heading.definite})
    if len(definite) > 1:
        raise refuse(Code.FILE_UNREADABLE, "currencies", currencies=", ".join(definite))
    first = next(
        (currency_code(h.sign, home) or h.currency for h in named if h.currency),
        "",
    )
    return (definite[0], True) if definite else (first, False)
