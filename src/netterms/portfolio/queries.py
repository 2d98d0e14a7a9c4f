"""The whole book set-based: the portable questions, and a staged file scored in DuckDB.

The questions in `sql/` read the relation `item` and answer the same on every engine. Scoring a file
builds, one table from another: item -> behaviour -> score -> recommended limit.
"""

# Text is built from our own statements and compiled rules only; values go in as parameters.
# ruff: noqa: S608

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from netterms.kernel.calendar import add_months
from netterms.limits.rules import LimitSettings
from netterms.limits.rules_sql import need_sql, pace_sql, recommend_sql
from netterms.portfolio.rules import DAYS_IN_YEAR
from netterms.scoring.scorecard import Scorecard
from netterms.scoring.scorecard_sql import compile_sql
from netterms.store.sql import in_duckdb

if TYPE_CHECKING:
    import duckdb

Rows = list[dict[str, Any]]
Ask = Callable[..., Rows]
OpenItems = list[tuple[Any, ...]]
CEI_MONTHS = 3

FILE_ACCOUNTS = """
CREATE OR REPLACE TEMP TABLE file_accounts AS
SELECT buyer_number AS buyer, currency,
       arg_max(tangible_net_worth_minor, row_no) AS tangible_net_worth_minor,
       arg_max(annual_turnover_minor, row_no) AS annual_turnover_minor
FROM staged
WHERE tangible_net_worth_minor IS NOT NULL OR annual_turnover_minor IS NOT NULL
GROUP BY buyer_number, currency
"""

# A view: copying a million rows to put a sign on some takes longer than all the questions.
FILE_ITEMS = """
CREATE OR REPLACE VIEW item AS
SELECT row_no, buyer_number AS buyer, buyer_name, country, currency, invoice_number, issued_on,
       due_on,
       CASE kind WHEN 'credit_note' THEN -amount_minor ELSE amount_minor END AS amount_minor,
       CASE WHEN settled_on <= {as_of} THEN 0
            WHEN settled_on > {as_of} THEN amount_minor
            ELSE open_minor END * CASE kind WHEN 'credit_note' THEN -1 ELSE 1 END AS open_minor,
       CASE WHEN settled_on <= {as_of} THEN settled_on END AS settled_on
FROM staged
WHERE issued_on <= {as_of}
"""

# Decimals leave as doubles: they have at most 6 digits after the point, so nothing is lost.
BUYER_LINES = """
SELECT o.buyer, o.currency, o.name, o.country, o.open_minor, o.overdue_minor,
       o.oldest_days_past_due, o.stage, s.grade, CAST(s.pd AS DOUBLE) AS pd, s.score,
       CAST(s.confidence AS DOUBLE) AS confidence,
       s.reason_1, s.reason_2, s.reason_3, s.raised_1, s.raised_2, {attributes},
       l.limit_minor, l.limit_reasons
FROM owed AS o
LEFT JOIN score AS s ON s.buyer = o.buyer AND s.currency = o.currency
LEFT JOIN recommended AS l ON l.buyer = o.buyer AND l.currency = o.currency
ORDER BY o.currency, o.open_minor DESC, o.buyer
"""

OPEN_ITEMS = """
SELECT currency, buyer, buyer_name, invoice_number, issued_on, due_on, amount_minor, open_minor,
       date_diff('day', due_on, CAST($as_of AS DATE)) AS days_past_due
FROM item
WHERE open_minor <> 0
ORDER BY due_on, buyer, invoice_number
LIMIT $most
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to every question about a book, as rows that carry their currency."""

    totals: Rows
    ageing: Rows
    late_rate: Rows
    year: Rows
    quarter: Rows
    monthly: Rows
    top20: Rows
    countries: Rows
    hhi: Rows
    chase: Rows


def window_start(as_of: date) -> date:
    """The evening before the 365 days that end on `as_of`."""
    return as_of - timedelta(days=DAYS_IN_YEAR)


def ask_all(ask: Ask, as_of: date, but: Collection[str] = ()) -> Answers:
    """Ask `ask` (`Engine.ask` of any engine) every question of the report but the buyers.

    Those named in `but` are not asked: their answer is no row.
    """

    def answer(name: str, question: str = "", **params: object) -> Rows:
        return [] if name in but else ask(f"portfolio/{question or name}", as_of=as_of, **params)

    return Answers(
        totals=answer("totals"),
        ageing=answer("ageing"),
        late_rate=answer("late_rate"),
        year=answer("year", "movement", since=window_start(as_of)),
        quarter=answer("quarter", "movement", since=add_months(as_of, -CEI_MONTHS)),
        monthly=answer("monthly"),
        top20=answer("top20"),
        countries=answer("countries"),
        hhi=answer("hhi"),
        chase=answer("chase"),
    )


class FileBook:
    """The book of one staged file, inside its DuckDB connection (tables `staged` and `bad`)."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
        """Build the relation `item` as known on `as_of`."""
        self._connection = connection
        self.as_of = as_of
        self.staged_rows = int(self._rows("SELECT COUNT(*) FROM staged")[1][0][0])
        self._run(FILE_ACCOUNTS)
        self._run(FILE_ITEMS.format(as_of=f"DATE '{as_of.isoformat()}'"))

    def ask(self, question: str, **params: object) -> Rows:
        """Rows by column name of the portable question named `room/file`."""
        return _as_dicts(*self._rows(in_duckdb(question), **params))

    def ask_beside(self, helper: Executor, most: int) -> Future[tuple[Answers, OpenItems]]:
        """`ask_all` and `most` open items on a connection of their own, while this one goes on.

        Open items come oldest due date first, with the columns of `OPEN_ITEMS`.
        """
        connection = self._connection.cursor()

        def ask(question: str, **params: object) -> Rows:
            return _as_dicts(*_fetch(connection, in_duckdb(question), params))

        def answer() -> tuple[Answers, OpenItems]:
            params = {"as_of": self.as_of, "most": most}
            return ask_all(ask, self.as_of), _fetch(connection, OPEN_ITEMS, params)[1]

        return helper.submit(answer)

    def behaviour(self) -> None:
        """What every buyer and currency did and owes, in one pass each."""
        for table, question in (
            ("behaviour", "scoring/behaviour"),
            ("owed", "portfolio/buyers"),
            ("used", "limits/credit_use"),
        ):
            self._table(table, in_duckdb(question), since=window_start(self.as_of))

    def score(self, card: Scorecard, settings: LimitSettings) -> None:
        """Score and recommended limit of every buyer and currency (after `behaviour`)."""
        self._table("score", compile_sql(card))
        self._table("window_sales", _WINDOW_SALES, since=window_start(self.as_of))
        self._table("limit_facts", _limit_facts(settings))
        self._table("recommended", recommend_sql(settings))

    def buyer_lines(self, card: Scorecard) -> Iterator[Any]:
        """Every buyer, currency by currency, the largest balance first (after `score`)."""
        attributes = [f"CAST(s.{a.name} AS DOUBLE) AS {a.name}" for a in card.attributes]
        text = BUYER_LINES.format(attributes=", ".join(attributes))
        names, found = self._rows(text)
        line: Any = namedtuple("BuyerLine", names)  # type: ignore[misc]  # columns follow the card
        return map(line._make, found)

    def _table(self, name: str, text: str, **params: object) -> None:
        self._run(f"CREATE OR REPLACE TEMP TABLE {name} AS {text}", **params)

    def _run(self, text: str, **params: object) -> None:
        _execute(self._connection, text, {"as_of": self.as_of, **params})

    def _rows(self, text: str, **params: object) -> tuple[list[str], list[tuple[Any, ...]]]:
        return _fetch(self._connection, text, {"as_of": self.as_of, **params})


def _execute(
    connection: duckdb.DuckDBPyConnection, text: str, params: Mapping[str, object]
) -> duckdb.DuckDBPyConnection:
    """Run a statement with those of `params` that it names."""
    return connection.execute(text, {k: v for k, v in params.items() if f"${k}" in text})


def _fetch(
    connection: duckdb.DuckDBPyConnection, text: str, params: Mapping[str, object]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    cursor = _execute(connection, text, params)
    return [column[0] for column in cursor.description or ()], cursor.fetchall()


def _as_dicts(names: list[str], found: list[tuple[Any, ...]]) -> Rows:
    return [dict(zip(names, values, strict=True)) for values in found]


# Sales of a year at the pace of the window: a file that spans less is scaled up to 365 days.
_WINDOW_SALES = f"""
SELECT currency,
       LEAST({DAYS_IN_YEAR}, date_diff('day', MIN(issued_on), CAST($as_of AS DATE)) + 1) AS days,
       SUM(CASE WHEN amount_minor > 0 AND issued_on > $since THEN amount_minor ELSE 0 END)
         AS sales_minor
FROM item
GROUP BY currency
"""


def _limit_facts(settings: LimitSettings) -> str:
    """What `recommend_sql` reads, for every buyer and currency (TCI-06, SCR-08, SCR-13)."""
    need = need_sql(settings)
    return f"""
SELECT buyer, currency, {need} AS need_minor, grade, tangible_net_worth_minor,
       annual_turnover_minor, seller_annual_sales_minor,
       CAST(NULL AS BIGINT) AS insured_limit_minor, FALSE AS sanctions_hit, open_stage
FROM (
  SELECT o.buyer, o.currency, s.grade, a.tangible_net_worth_minor, a.annual_turnover_minor,
         CAST({pace_sql(_yearly("COALESCE(u.sales_minor, 0)"), "COALESCE(u.peak_minor, 0)")}
           AS BIGINT) AS annual_sales_minor,
         COALESCE(u.credit_days, 0) AS credit_days,
         CAST({_yearly("w.sales_minor")} AS BIGINT) AS seller_annual_sales_minor,
         o.stage AS open_stage
  FROM owed AS o
  JOIN window_sales AS w ON w.currency = o.currency
  LEFT JOIN used AS u ON u.buyer = o.buyer AND u.currency = o.currency
  LEFT JOIN score AS s ON s.buyer = o.buyer AND s.currency = o.currency
  LEFT JOIN file_accounts AS a ON a.buyer = o.buyer AND a.currency = o.currency
) AS facts"""


def _yearly(sales: str) -> str:
    """Half-up of whole numbers: `sales` x 365 / days."""
    return f"((CAST({sales} AS HUGEINT) * {2 * DAYS_IN_YEAR} + w.days) // (2 * w.days))"
