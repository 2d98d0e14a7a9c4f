"""The report of a staged file as data: what report.json says, and the page and workbook show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from netterms import __version__
from netterms.limits.rules import LimitSettings
from netterms.portfolio.figures import all_figures, amount_writer, by_currency, top_rows
from netterms.portfolio.queries import Answers, FileBook, OpenItems, Rows
from netterms.portfolio.texts import Reasons, next_action, why_chase
from netterms.scoring.scorecard import CARD, Scorecard, built_in

if TYPE_CHECKING:
    from netterms.receivables.intake import Staged

OPEN_ITEMS_MOST = 25_000
Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """The report, and the oldest open items (columns of `queries.OPEN_ITEMS`) for the workbook."""

    report: Block
    open_items: OpenItems


def build(staged: Staged, as_of: date, lang: str, file: str = "") -> Block:
    """The report of `staged` as known on `as_of`, in the language `lang` ("en" or "zh-hans").

    `file` is the name to show. Notes of intake are in the language it was read in.

    Money is decimal strings in major units; rates and shares are fractions; see the README.
    """
    return build_with_book(staged, as_of, lang, file).report


def build_with_book(staged: Staged, as_of: date, lang: str, file: str = "") -> Result:
    """`build`, with the open items."""
    card = built_in(CARD)
    book = FileBook(staged.connection, as_of)
    with translation.override(lang), ThreadPoolExecutor(1) as helper:
        book.behaviour()
        # Beside it, the questions are answered: scoring and sentences leave a core free.
        asked = book.ask_beside(helper, OPEN_ITEMS_MOST)
        book.score(card, LimitSettings())
        buyers = _buyers(book, card)
        answers, open_items = asked.result()
        report = {
            "netterms": __version__,
            "as_of": as_of.isoformat(),
            "source": {
                "file": file,
                "rows": staged.rows + staged.bad_rows,
                "bad_rows": staged.bad_rows,
                "mapping": staged.guess.mapping,
                "notes": [*map(str, staged.guess.notes), *_notes(book, answers)],
            },
            "lang": lang,
            "currencies": _currencies(answers, buyers, as_of),
        }
    return Result(report, open_items)


def _currencies(
    answers: Answers, buyers: Mapping[str, list[Block]], as_of: date
) -> dict[str, Block]:
    figures = all_figures(answers, as_of)
    grades = {
        (line["buyer"], currency): line["grade"]
        for currency, lines in buyers.items()
        for line in lines
    }
    largest, chase = by_currency(answers.top20), by_currency(answers.chase)
    for currency, block in figures.items():
        top = top_rows(largest.get(currency, []), grades)
        block["top20_share"] = top[-1]["cumulative_share"] if top else None
        block["top20"] = top
        block["buyers"] = buyers.get(currency, [])
        block["chase_today"] = _chase(chase.get(currency, []), currency)
    return figures


def _buyers(book: FileBook, card: Scorecard) -> dict[str, list[Block]]:
    """Every buyer of every currency, the largest balance first."""
    reasons = Reasons(card)
    # Which column holds the value a reason speaks of: looked up once, not for every buyer.
    values = {
        code: attrgetter(meaning.attribute) if meaning.attribute else _no_value
        for code, meaning in card.meanings.items()
    }
    found: dict[str, list[Block]] = {}
    for currency, lines in groupby(book.buyer_lines(card), attrgetter("currency")):
        amount = amount_writer(currency)
        found[currency] = [_buyer(line, amount, reasons, values) for line in lines]
    return found


def _no_value(_line: object) -> None:
    return None


def _buyer(
    line: Any,  # noqa: ANN401
    amount: Callable[[int], str],
    reasons: Reasons,
    values: Mapping[str, Callable[[Any], float | None]],
) -> Block:
    """One row of `FileBook.buyer_lines`; the columns follow the card."""
    return {
        "buyer": line.buyer,
        "name": line.name,
        "country": line.country,
        "grade": line.grade,
        "pd": line.pd,
        "score": line.score,
        "payment_index": line.payment_index,
        "confidence": line.confidence,
        "reasons": [
            reasons.of_score(code, values[code](line))
            for code in (line.reason_1, line.reason_2, line.reason_3, line.raised_1, line.raised_2)
            if code
        ],
        "open": amount(line.open_minor),
        "overdue": amount(line.overdue_minor),
        "oldest_days_past_due": line.oldest_days_past_due,
        "stage": line.stage,
        "recommended_limit": amount(line.limit_minor),
        "limit_reasons": reasons.of_limits(line.limit_reasons, line.grade, line.stage),
    }


def _chase(rows: Rows, currency: str) -> list[Block]:
    amount, why = amount_writer(currency), cache(why_chase)
    return [
        {
            "buyer": row["buyer"],
            "name": row["name"],
            "stage": row["stage"],
            "action": next_action(row["stage"], row["oldest_days_past_due"]).value,
            "overdue": amount(row["overdue_minor"]),
            "oldest_days_past_due": row["oldest_days_past_due"],
            "invoices": row["invoices"],
            "why": why(row["invoices"], row["oldest_days_past_due"]),
        }
        for row in rows
    ]


def _notes(book: FileBook, answers: Answers) -> list[str]:
    """What a reader must know about the figures themselves."""
    found = []
    later = book.staged_rows - sum(row["items"] for row in answers.totals)
    if later:
        found.append(
            ngettext(
                "%(count)s row is dated after %(day)s and is left out.",
                "%(count)s rows are dated after %(day)s and are left out.",
                later,
            )
            % {"count": later, "day": book.as_of.isoformat()}
        )
    found += [
        _(
            "%(currency)s: the file holds open invoices only, so that DSO, late rate, collection "
            "effectiveness and turnover cannot be told. Add settled invoices with their payment "
            "dates."
        )
        % {"currency": row["currency"]}
        for row in answers.totals
        if row["open_count"] and not row["settled_count"]
    ]
    return found
