"""`netterms import`: any invoice list into the book, once, whole or not at all."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from netterms.doors.cli.opening import DryRun, answering, open_book, operator
from netterms.doors.cli.report import (
    REFUSED,
    Currency,
    DateOrder,
    Dates,
    Headings,
    Screen,
    Sheet,
    _tell_bad,
    _tell_recognised,
    clean,
    mapped,
)

if TYPE_CHECKING:
    from netterms.kernel.context import Context
    from netterms.receivables.actions import Conflict, Imported
    from netterms.receivables.intake import Staged

# What the reader tells of, and what the import does, each one move of the bar.
READ_PHASES = 3
WRITE_PHASES = 7
CONFLICTS_SHOWN = 50


def import_file(
    file: Annotated[
        Path,
        typer.Argument(
            help="Invoice list: .csv, .xlsx, .xls, .xlsb or .ods; or an e-invoice: .xml, .pdf."
        ),
    ],
    mapping: Headings = None,
    currency: Currency = None,
    sheet: Sheet = None,
    dates: Dates = None,
    dry_run: DryRun = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out rows that cannot be used.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before writing.")] = False,
    seller: Annotated[
        str | None, typer.Option(help="Name or id of the seller; default: the only one.")
    ] = None,
) -> None:
    """Bring an invoice list into a seller's book. A second time changes nothing."""
    screen = Screen()
    with answering(screen):
        # Before the long work: a seller that is not there should not be told minutes later.
        open_book()
        ctx = operator(seller)
        from netterms.connectors import einvoices

        if einvoices.looks_like(file):
            _take_in(screen, ctx, file)
            return
        with _bar(screen, READ_PHASES) as bar:
            staged = _read(file, mapped(mapping or ()), currency, sheet, dates, bar, ctx)
        _tell_recognised(screen, staged)
        _tell_bad(screen, staged)
        _refuse_bad(screen, staged, skip_bad=skip_bad)
        _ask(staged, yes=yes or dry_run)
        _bring_in(screen, ctx, file, staged, skip_bad=skip_bad, dry_run=dry_run)


def _bring_in(
    screen: Screen, ctx: Context, file: Path, staged: Staged, *, skip_bad: bool, dry_run: bool
) -> None:
    """What was read into the book, told as it goes."""
    from netterms.receivables.actions import ContradictsBook, SourceFile, import_invoices

    source = SourceFile(
        name=file.name,
        sha256=_sha256(file),
        mapping=staged.guess.mapping,
        rows_read=staged.rows + staged.bad_rows,
        rows_bad=staged.bad_rows,
    )
    try:
        with _bar(screen, WRITE_PHASES) as bar:
            done = import_invoices(
                ctx,
                staged.connection,
                source,
                skip_bad=skip_bad,
                dry_run=dry_run,
                told=_phases(bar),
            )
    except ContradictsBook as refused:
        _tell_conflicts(screen, _("Contradict the book"), refused.conflicts)
        raise
    _tell_done(screen, done, dry_run=dry_run)


def _take_in(screen: Screen, ctx: Context, file: Path) -> None:
    """An e-invoice: one document, whole or not at all, so there is nothing to ask."""
    from netterms.connectors import einvoices
    from netterms.connectors.einvoices.paper import told
    from netterms.kernel.money import Money
    from netterms.receivables.einvoices import take_in

    invoice = told(einvoices.read(file))
    done = take_in(ctx, invoice)
    facts = {
        "number": invoice.invoice_number,
        "name": invoice.name,
        "amount": str(Money(invoice.total_minor, invoice.currency)),
    }
    if done.new:
        screen.say(_("%(number)s of %(name)s over %(amount)s is in the book.") % facts)
    else:
        screen.say(_("%(number)s of %(name)s is in the book already.") % facts)


class Told(Protocol):
    """Hears the words of the phase that begins."""

    def __call__(self, words: str, /) -> None: ...


@contextmanager
def _bar(screen: Screen, phases: int) -> Iterator[Told]:
    """A bar on standard error; it moves on by one with every phase told, and leaves no trace."""
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=screen.err, transient=True) as progress:
        task = progress.add_task("", total=phases, completed=-1)

        def tell(words: str) -> None:
            progress.update(task, advance=1, description=clean(words))

        yield tell


def _phases(bar: Told) -> Told:
    said = {
        "copy": _("Sending the rows to the database"),
        "buyers": _("Buyers"),
        "invoices": _("Invoices"),
        "payments": _("Payments"),
        "allocations": _("Which payment settles which invoice"),
        "journal": _("Journal"),
        "commit": _("Making it permanent"),
    }

    def tell(phase: str) -> None:
        bar(said.get(phase, phase))

    return tell


def _read(
    file: Path, pairs: dict[str, str], currency: str | None, sheet: str | None,
    dates: DateOrder | None, bar: Told, ctx: Context,
) -> Staged:  # fmt: skip
    """Rows that name no currency are in the seller's."""
    from netterms.access.queries import seller_currency
    from netterms.receivables.intake import read

    return read(
        file, mapping=pairs, currency=currency, sheet=sheet, progress=bar,
        seller_currency=seller_currency(ctx), date_order=dates.code if dates else None,
        today=ctx.today,
    )  # fmt: skip


def _refuse_bad(screen: Screen, staged: Staged, *, skip_bad: bool) -> None:
    if not staged.bad_rows or skip_bad:
        return
    screen.warn(
        _("Nothing was imported. Mend the rows above, or add --skip-bad to leave them out."),
        "bold red",
    )
    raise typer.Exit(REFUSED)


def _ask(staged: Staged, *, yes: bool) -> None:
    """Ask a person; a program that pipes is taken at its word."""
    if yes or not sys.stdin.isatty():
        return
    question = ngettext("Import %(count)s invoice?", "Import %(count)s invoices?", staged.rows) % {
        "count": f"{staged.rows:,}"
    }
    typer.confirm(question, default=True, abort=True)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _tell_done(screen: Screen, done: Imported, *, dry_run: bool) -> None:
    _tell_conflicts(screen, _("Left out, since they contradict the book"), done.conflicts)
    screen.table(
        _("What would change in the book") if dry_run else _("What changed in the book"),
        (_("New buyers"), _("New invoices"), _("New payments")),
        [tuple(f"{n:,}" for n in (done.buyers_new, done.invoices_new, done.payments_new))],
    )
    if dry_run:
        screen.say(_("Nothing was written: this was a dry run."))


def _tell_conflicts(screen: Screen, title: str, conflicts: Sequence[Conflict]) -> None:
    columns = {
        "buyer_number": _("Buyer"),
        "kind": _("Kind"),
        "currency": _("Currency"),
        "amount": _("Amount"),
        "due_on": _("Due date"),
        "open_amount": _("Open amount"),
    }
    if conflicts:
        screen.table(
            title,
            (
                pgettext("of a sheet", "Row"),
                _("Invoice"),
                pgettext("of a sheet", "Column"),
                _("In the file"),
                _("In the book"),
            ),
            [
                (each.row, each.invoice_number, columns[each.column], each.in_file, each.in_book)
                for each in conflicts[:CONFLICTS_SHOWN]
            ],
        )
