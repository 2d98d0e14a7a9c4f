"""The policy held against a ledger's own past: which invoices it would have stopped, and what came
of those.

On the first day of every month each buyer is scored and given its recommended limit from what was
known the evening before. An invoice is stopped where it and what its buyer owes that day would be
above the limit then in force. What was stopped was never delivered, so it takes up no limit after.
Invoices of buyers without a limit yet, and all of the first months, go through unjudged: there is
nothing to judge them by. Conventions of ours. Nothing known later enters a decision but what a list
does not date: parts that were paid of invoices still open, and the buyers' net worth and turnover.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from heapq import heappop, heappush, nlargest
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from netterms.kernel.calendar import add_months
from netterms.kernel.money import half_up
from netterms.limits.formulas import Formula
from netterms.limits.rules import LimitSettings
from netterms.portfolio.figures import amount_writer, share
from netterms.portfolio.queries import FileBook
from netterms.scoring.scorecard import CARD, built_in

if TYPE_CHECKING:
    import duckdb

# Months of the ledger that only teach: there is hardly a payment to judge by before.
LEARN_MONTHS = 3
# Past due for more days than these an invoice counts as lost: the scores' definition of default.
LOST_DAYS = 90
# The recommended limit in hundredths: how the answer moves with a tighter or a wider one.
PERCENTS = (50, 100, 150, 200, 300)

_LIMITS = """
CREATE OR REPLACE TEMP TABLE replay_limit (since DATE, buyer VARCHAR, currency VARCHAR,
                                           grade INTEGER, limit_minor BIGINT)
"""
_KEEP = """
INSERT INTO replay_limit
SELECT CAST($since AS DATE), l.buyer, l.currency, s.grade, l.limit_minor
FROM recommended AS l LEFT JOIN score AS s ON s.buyer = l.buyer AND s.currency = l.currency
"""
# Credit notes stand among them, below zero: what they give back is owed no more.
_DOCUMENTS = """
SELECT i.buyer, i.buyer_name, i.currency, i.invoice_number, i.issued_on, i.due_on, i.settled_on,
       i.amount_minor, i.open_minor, l.grade, l.limit_minor
FROM item AS i
ASOF LEFT JOIN replay_limit AS l
  ON l.buyer = i.buyer AND l.currency = i.currency AND l.since <= i.issued_on
ORDER BY i.buyer, i.currency, i.issued_on, i.row_no
"""


class Outcome(StrEnum):
    """What became of an invoice, as known at the end."""

    PAID = "paid"
    # Paid, but more than 90 days after it was due.
    PAID_LATE = "paid_late"
    LOST = "lost"
    OPEN = "open"


class Document(NamedTuple):
    """An invoice, or a credit note with amounts below zero, and the limit in force that day."""

    buyer: str
    name: str
    currency: str
    invoice_number: str
    issued_on: date
    due_on: date
    settled_on: date | None
    amount_minor: int
    open_minor: int
    grade: int | None
    limit_minor: int | None

    def outcome(self, until: date) -> Outcome:
        """How it had ended by `until`."""
        late = ((self.settled_on or until) - self.due_on).days > LOST_DAYS
        if self.settled_on is not None:
            return Outcome.PAID_LATE if late else Outcome.PAID
        return Outcome.LOST if late else Outcome.OPEN


class Stopped(NamedTuple):
    """An invoice that would not have been delivered; `owed_minor` was owed beside it."""

    document: Document
    owed_minor: int
    limit_minor: int


@dataclass(slots=True)
class Tally:
    """Invoices, their amounts, and what of them is lost, by how they ended; minor units."""

    count: int = 0
    minor: int = 0
    lost_minor: int = 0
    by_outcome: dict[Outcome, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, document: Document, until: date) -> None:
        """Count an invoice. Of a lost one only what is still open is lost."""
        outcome = document.outcome(until)
        self.count += 1
        self.minor += document.amount_minor
        if outcome is Outcome.LOST:
            self.lost_minor += document.open_minor
            self.by_outcome[Outcome.PAID] += document.amount_minor - document.open_minor
        else:
            self.by_outcome[outcome] += document.amount_minor

    @property
    def paid_minor(self) -> int:
        """What was paid in the end, in time or late."""
        return self.by_outcome[Outcome.PAID] + self.by_outcome[Outcome.PAID_LATE]


@dataclass(frozen=True, slots=True)
class Setting:
    """The replay of one currency with limits of `percent` of the recommended ones."""

    percent: int
    stopped: Tally

    @property
    def break_even_margin(self) -> Decimal | None:
        """The margin on sales, 0 to 1, below which stopping these pays; None where nothing ended.

        Stopping saves the cost of what is lost, (1 - m) x lost, and gives up m x paid: both are
        alike at m = lost / (lost + paid).
        """
        ended = self.stopped.lost_minor + self.stopped.paid_minor
        if not ended:
            return None
        return (Decimal(self.stopped.lost_minor) / ended).quantize(Decimal("0.0001"))

    def gain_minor(self, margin: Decimal) -> int:
        """What stopping them brings at a margin on sales, 0 to 1: below zero it costs.

        The cost of what is lost is saved, the margin of what was paid is given up.
        """
        return half_up((1 - margin) * self.stopped.lost_minor - margin * self.stopped.paid_minor)


@dataclass(frozen=True, slots=True)
class Replay:
    """One currency: `judged` had a limit, `unjudged` none yet, `stopped` at 100 % of the limit."""

    currency: str
    judged: Tally
    unjudged: Tally
    settings: tuple[Setting, ...]
    stopped: tuple[Stopped, ...]

    def largest_stopped(self, most: int) -> list[Stopped]:
        """The largest that the recommended limit itself would have stopped."""
        return nlargest(most, self.stopped, key=lambda each: each.document.amount_minor)


def reviews(first: date, until: date) -> list[date]:
    """The first days of months on which limits are set, once there is something to judge by."""
    day = add_months(first.replace(day=1), LEARN_MONTHS + (first.day > 1))
    found = []
    while day <= until:
        found.append(day)
        day = add_months(day, 1)
    return found


def replay(
    connection: duckdb.DuckDBPyConnection, until: date, settings: LimitSettings | None = None
) -> list[Replay]:
    """Replay the table `staged` up to `until`, a result a currency, the most invoices first.

    Limits are capped by need, concentration and, where it is known and chosen, capacity: a ledger
    tells nothing of trade references and of how a buyer trades.
    """
    _set_limits(connection, until, settings or LimitSettings())
    FileBook(connection, until)
    documents = connection.execute(_DOCUMENTS).fetchall()
    by_currency: dict[str, list[Document]] = defaultdict(list)
    for row in documents:
        document = Document._make(row)
        by_currency[document.currency].append(document)
    found = [_replayed(currency, each, until) for currency, each in by_currency.items()]
    return sorted(found, key=lambda one: (-one.judged.count - one.unjudged.count, one.currency))


def _set_limits(
    connection: duckdb.DuckDBPyConnection, until: date, settings: LimitSettings
) -> None:
    connection.execute(_LIMITS)
    first = connection.execute("SELECT MIN(issued_on) FROM staged").fetchall()[0][0]
    card = built_in(CARD)
    settings = replace(settings, formulas=settings.formulas & {Formula.CAPACITY})
    for day in reviews(first, until) if first is not None else ():
        book = FileBook(connection, day - timedelta(days=1))
        book.behaviour()
        book.score(card, settings)
        connection.execute(_KEEP, {"since": day})


def _replayed(currency: str, documents: Sequence[Document], until: date) -> Replay:
    judged, unjudged = Tally(), Tally()
    for document in documents:
        if document.amount_minor > 0:
            (unjudged if document.limit_minor is None else judged).add(document, until)
    at = {percent: list(stopped(documents, percent)) for percent in PERCENTS}
    settings = []
    for percent, found in at.items():
        tally = Tally()
        for one in found:
            tally.add(one.document, until)
        settings.append(Setting(percent, tally))
    return Replay(currency, judged, unjudged, tuple(settings), tuple(at[100]))


def stopped(documents: Iterable[Document], percent: int = 100) -> Iterator[Stopped]:
    """Invoices above `percent` of the limit then in force, in order.

    Documents of one currency come buyer by buyer, in the order they were issued. What was paid by
    the day an invoice is issued is owed no more; of what is never settled the open part is owed.
    """
    for _buyer, theirs in groupby(documents, key=lambda document: document.buyer):
        owed, paid = 0, list[tuple[date, int]]()
        for document in theirs:
            while paid and paid[0][0] <= document.issued_on:
                owed -= heappop(paid)[1]
            if document.limit_minor is not None and document.amount_minor > 0:
                limit = document.limit_minor * percent // 100
                if owed + document.amount_minor > limit:
                    yield Stopped(document, owed, limit)
                    continue
            if document.settled_on is None:
                owed += document.open_minor
            else:
                owed += document.amount_minor
                heappush(paid, (document.settled_on, document.amount_minor))


def as_data(found: Sequence[Replay], until: date) -> dict[str, Any]:
    """`replay.json`: money as decimal strings in major units, shares as fractions."""
    return {
        "as_of": until.isoformat(),
        "currencies": {each.currency: _block(each, until) for each in found},
    }


def _block(one: Replay, until: date) -> dict[str, Any]:
    amount = amount_writer(one.currency)
    return {
        "judged": _tally(one.judged, one.currency),
        "unjudged": _tally(one.unjudged, one.currency),
        "limits": [
            {
                "percent": each.percent,
                "stopped": _tally(each.stopped, one.currency),
                "share_of_sales": share(each.stopped.minor, one.judged.minor),
                "share_of_bad_debt": share(each.stopped.lost_minor, one.judged.lost_minor),
                "break_even_margin": each.break_even_margin,
            }
            for each in one.settings
        ],
        "stopped": [
            {
                "invoice_number": document.invoice_number,
                "buyer": document.buyer,
                "name": document.name,
                "issued_on": document.issued_on.isoformat(),
                "amount": amount(document.amount_minor),
                "owed": amount(owed),
                "limit": amount(limit),
                "grade": document.grade,
                "outcome": document.outcome(until).value,
            }
            for document, owed, limit in one.stopped
        ],
    }


def _tally(tally: Tally, currency: str) -> dict[str, Any]:
    amount = amount_writer(currency)
    return {
        "invoices": tally.count,
        "amount": amount(tally.minor),
        "lost": amount(tally.lost_minor),
        "paid": amount(tally.paid_minor),
        "paid_late": amount(tally.by_outcome[Outcome.PAID_LATE]),
        "open": amount(tally.by_outcome[Outcome.OPEN]),
    }
