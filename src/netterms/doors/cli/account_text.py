"""A statement of account as text for people and as CSV for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from netterms.doors.cli.report import clean
from netterms.doors.console.words import MOVEMENTS
from netterms.doors.look import formats
from netterms.kernel.money import Money
from netterms.receivables.statement import Statement

WIDTH = 100
COLUMNS = ("currency", "booked_on", "kind", "document", "due_on", "amount", "balance")
# A spreadsheet takes what begins so for a formula, and a document's name is another's word.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_text(buyer: str, since: date, until: date, found: Sequence[Statement]) -> str:
    """A table for each currency, as wide as a letter, with the opening and the closing balance."""
    page = io.StringIO()
    paper = Console(file=page, width=WIDTH, highlight=False, markup=False, no_color=True)
    paper.print(Text(_("Statement of account: %(name)s") % {"name": clean(buyer)}))
    days = {"since": formats.day(since), "until": formats.day(until)}
    paper.print(Text(_("from %(since)s to %(until)s") % days))
    for each in found:
        paper.print(_table(each))
    if not found:
        paper.print(Text(_("Nothing moved this account.")))
    return page.getvalue()


def _table(found: Statement) -> Table:
    table = Table(box=SIMPLE_HEAD, title=Text(found.currency), title_justify="left", expand=True)
    for heading in (_("Day"), _("What"), _("Document")):
        table.add_column(Text(heading), overflow="fold")
    for heading in (_("Amount"), _("Balance")):
        table.add_column(Text(heading), justify="right", no_wrap=True)

    def row(day: date, what: str, document: str, minor: int | None, balance: int) -> None:
        moved = "" if minor is None else formats.bare_amount(minor, found.currency)
        left = formats.bare_amount(balance, found.currency)
        table.add_row(*map(Text, (formats.day(day), what, clean(document), moved, left)))

    row(found.since, _("Opening balance"), "", None, found.opening_minor)
    for line in found.lines:
        what = str(MOVEMENTS[line.kind])
        row(line.booked_on, what, line.document, line.minor, line.balance_minor)
    row(found.until, _("Closing balance"), "", None, found.closing_minor)
    return table


def as_csv(found: Sequence[Statement]) -> str:
    """Every line with the balance after it, in major units; `kind` has the journal's own names."""
    page = io.StringIO()
    sheet = csv.writer(page, lineterminator="\n")
    sheet.writerow(COLUMNS)
    for each in found:
        sheet.writerows(_rows(each))
    return page.getvalue()


def _rows(found: Statement) -> Iterator[tuple[str, ...]]:
    def money(minor: int) -> str:
        return f"{Money(minor, found.currency).major:f}"

    code = found.currency
    yield code, found.since.isoformat(), "opening", "", "", "", money(found.opening_minor)
    for line in found.lines:
        yield (
            code,
            line.booked_on.isoformat(),
            line.kind,
            f"'{line.document}" if line.document.startswith(FORMULA) else line.document,
            line.due_on.isoformat() if line.due_on else "",
            money(line.minor),
            money(line.balance_minor),
        )
    yield code, found.until.isoformat(), "closing", "", "", "", money(found.closing_minor)
