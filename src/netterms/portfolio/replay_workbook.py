"""A replay as a workbook: what limits would have stopped, and every invoice of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _

from netterms.portfolio.figures import amount_writer
from netterms.portfolio.replay import Replay
from netterms.portfolio.sheet import Column, Kind, Row, Table, write_tables
from netterms.portfolio.texts import OUTCOMES


def write(path: Path, found: Sequence[Replay], until: date, margin: Decimal | None) -> None:
    """Write the workbook in the active language; `margin` on sales, 0 to 1, where it is known."""
    tables = _limits(found, until, margin), _stopped(found, until)
    write_tables(path, tables, {"title": _("Limits held against the past"), "comments": "netterms"})


def _limits(found: Sequence[Replay], until: date, margin: Decimal | None) -> Table:
    columns = [
        Column(_("As of"), Kind.DATE, 12),
        Column(_("Currency"), Kind.TEXT, 10),
        Column(_("Invoices judged"), Kind.WHOLE, 16),
        Column(_("Sales judged"), Kind.MONEY, 18),
        Column(_("Of the recommended limit"), Kind.SHARE, 16),
        Column(_("Invoices stopped"), Kind.WHOLE, 16),
        Column(_("Sales stopped"), Kind.MONEY, 18),
        Column(_("Bad debt avoided"), Kind.MONEY, 18),
        Column(_("Sales given up that were paid"), Kind.MONEY, 18),
        Column(_("Break-even margin"), Kind.SHARE, 16),
        Column(_("Your margin on sales"), Kind.SHARE, 16),
        Column(_("Gain at your margin"), Kind.MONEY, 18),
    ]
    return Table(_("Limits"), columns, list(_limit_rows(found, until, margin)))


def _limit_rows(found: Sequence[Replay], until: date, margin: Decimal | None) -> Iterator[Row]:
    for one in found:
        amount = amount_writer(one.currency)
        for each in one.settings:
            yield (
                until,
                one.currency,
                one.judged.count,
                amount(one.judged.minor),
                each.percent / 100,
                each.stopped.count,
                amount(each.stopped.minor),
                amount(each.stopped.lost_minor),
                amount(each.stopped.paid_minor),
                each.break_even_margin,
                margin,
                None if margin is None else amount(each.gain_minor(margin)),
            )


def _stopped(found: Sequence[Replay], until: date) -> Table:
    columns = [
        Column(_("Invoice"), Kind.TEXT, 18),
        Column(_("Buyer number"), Kind.TEXT, 18),
        Column(_("Buyer"), Kind.TEXT, 32),
        Column(_("Invoice date"), Kind.DATE, 12),
        Column(_("Currency"), Kind.TEXT, 10),
        Column(_("Amount"), Kind.MONEY, 18),
        Column(_("Owed that day"), Kind.MONEY, 18),
        Column(_("Limit that day"), Kind.MONEY, 18),
        Column(_("Grade"), Kind.WHOLE, 8),
        Column(_("What came of it"), Kind.TEXT, 32),
    ]
    rows = [row for one in found for row in _stopped_rows(one, until)]
    return Table(_("Invoices stopped"), columns, rows)


def _stopped_rows(one: Replay, until: date) -> Iterator[Row]:
    amount = amount_writer(one.currency)
    for document, owed, limit in one.stopped:
        yield (
            document.invoice_number,
            document.buyer,
            document.name,
            document.issued_on,
            one.currency,
            amount(document.amount_minor),
            amount(owed),
            amount(limit),
            document.grade,
            _(OUTCOMES[document.outcome(until)]),
        )
