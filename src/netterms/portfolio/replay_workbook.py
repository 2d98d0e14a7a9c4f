"""A replay as a workbook: what limits would have stopped, and every invoice of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from netterms.portfolio.figures import amount_writer
from netterms.portfolio.replay import Replay
from netterms.portfolio.sheet import Column, Row, Table, write_tables
from netterms.portfolio.texts import OUTCOMES


def write(
    to: Path | IO[bytes], found: Sequence[Replay], until: date, margin: Decimal | None
) -> None:
    """Write the workbook in the active language; `margin` on sales, 0 to 1, where it is known."""
    tables = _limits(found, until, margin), _stopped(found, until)
    write_tables(to, tables, {"title": _("Limits held against the past"), "comments": "netterms"})


def _limits(found: Sequence[Replay], until: date, margin: Decimal | None) -> Table:
    columns = [
        Column.day(_("As of")),
        Column.text(_("Currency"), 10),
        Column.whole(_("Invoices judged"), 16),
        Column.money(_("Sales judged")),
        Column.share(_("Of the recommended limit"), 16),
        Column.whole(_("Invoices stopped"), 16),
        Column.money(_("Sales stopped")),
        Column.money(_("Bad debt avoided")),
        Column.money(_("Sales given up that were paid")),
        Column.share(_("Break-even margin"), 16),
        Column.share(_("Your margin on sales"), 16),
        Column.money(_("Gain at your margin")),
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
        Column.text(_("Invoice"), 18),
        Column.text(_("Buyer number"), 18),
        Column.text(_("Buyer"), 32),
        Column.day(_("Invoice date")),
        Column.text(_("Currency"), 10),
        Column.money(_("Amount")),
        Column.money(_("Owed that day")),
        Column.money(_("Limit that day")),
        Column.whole(_("Grade"), 8),
        Column.text(_("What came of it"), 32),
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
