"""`netterms statements`: a workbook to fill in, and annual accounts from a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from netterms.doors.cli.opening import DryRun, answering, open_book, operator
from netterms.doors.cli.report import REFUSED, Screen, _language

if TYPE_CHECKING:
    from netterms.connectors.accounts import BadLine, Paper
    from netterms.statements.actions import Recorded, Told
    from netterms.statements.rules import Finding

statements = typer.Typer(no_args_is_help=True, help="Annual accounts of buyers.")
MOST_YEARS = 10
Row = tuple[str, object, str, str, str]


@statements.command("template")
def template(
    out: Annotated[Path, typer.Option(help="The .xlsx file to write.")],
    lang: Annotated[
        str | None, typer.Option(help="en or zh; default: the language of your terminal.")
    ] = None,
    years: Annotated[int, typer.Option(min=1, max=MOST_YEARS, help="Years side by side.")] = 3,
    currency: Annotated[str, typer.Option(help="ISO 4217 code, e.g. CNY.")] = "EUR",
    newest: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="End of the newest year; default: last year's."),
    ] = None,
) -> None:
    """Write a workbook for annual accounts, to fill in and bring back with import."""
    screen = Screen()
    with answering(screen), translation.override(_language(lang)):
        from netterms.connectors.accounts.template import write
        from netterms.kernel.clock import SystemClock

        last = date(SystemClock().now().year - 1, 12, 31)
        write(out, newest=newest.date() if newest else last, years=years, currency=currency)
        screen.say(_("Written: %(file)s") % {"file": out})


@statements.command("import")
def import_statements(
    file: Annotated[Path, typer.Argument(help="Annual accounts: .xlsx, .xls, .xlsb or .ods.")],
    buyer: Annotated[str, typer.Option(help="Number of the buyer whose accounts they are.")],
    period_end: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day, where the file does not say it."),
    ] = None,
    currency: Annotated[
        str, typer.Option(help="Currency of a file that names none, e.g. EUR.")
    ] = "",
    dry_run: DryRun = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out periods that cannot be used.")
    ] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="What looks like another unit is so.")
    ] = False,
    seller: Annotated[
        str | None, typer.Option(help="Name or id of the seller; default: the only one.")
    ] = None,
) -> None:
    """Bring a buyer's annual accounts into the book. A second time changes nothing."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.buyers.queries import buyer_by_number
        from netterms.connectors.accounts import read
        from netterms.statements.actions import flaws, record_statements

        of = buyer_by_number(ctx, buyer)
        found = read(file, end=period_end.date() if period_end else None, currency=currency.upper())
        told = [replace(paper.told, confirmed=confirm) for paper in found.papers]
        wrong = flaws(ctx, of.id, told)
        _tell_bad(screen, found.bad, found.papers, wrong)
        spoilt = {line.key for line in found.bad}
        good = [
            one
            for one, flawed in zip(told, wrong, strict=True)
            if not flawed and (one.consolidated, one.accounts.period_end) not in spoilt
        ]
        if (len(good) < len(told) and not skip_bad) or not good:
            screen.warn(
                _("Nothing was entered. Mend the lines above, or add --skip-bad."), "bold red"
            )
            raise typer.Exit(REFUSED)
        done = [] if dry_run else record_statements(ctx, of.id, good)
        _tell_done(screen, good, done)


def _tell_done(screen: Screen, good: Sequence[Told], done: Sequence[Recorded]) -> None:
    """Each period that went in; of a dry run nothing is known to be new."""
    new = [_("yes") if one.new else _("no") for one in done] or [""] * len(good)
    screen.table(
        _("What was entered") if done else _("What would be entered"),
        (_("End of the period"), _("Currency"), _("Lines"), _("New")),
        [
            (one.accounts.period_end, one.accounts.currency, len(one.accounts.items), known)
            for one, known in zip(good, new, strict=True)
        ],
    )


def _tell_bad(
    screen: Screen,
    bad: Sequence[BadLine],
    papers: Sequence[Paper],
    wrong: Sequence[Sequence[Finding]],
) -> None:
    rows = [_bad_row(line) for line in bad]
    rows += [
        _flaw_row(paper, finding)
        for paper, found in zip(papers, wrong, strict=True)
        for finding in found
    ]
    if rows:
        screen.table(
            _("Cannot be used"),
            (
                _("Sheet"),
                pgettext("of a sheet", "Row"),
                _("Caption"),
                _("Value"),
                _("Reason"),
            ),
            rows,
        )


def _bad_row(line: BadLine) -> Row:
    from netterms.connectors.accounts import Problem

    reasons = {
        Problem.NOT_A_NUMBER: _("This is not an amount. Write a plain number such as 1234.56."),
        Problem.NOT_COMPUTED: _("The formula has no result. Open and save the file once."),
        Problem.CONTRADICTS: _("Another place in the file has another amount for this line."),
    }
    place = line.place
    return place.sheet, place.row, place.caption, line.value, reasons[line.problem]


def _flaw_row(paper: Paper, finding: Finding) -> Row:
    from netterms.doors.look.field_names import FIELDS
    from netterms.doors.look.sentences import mend_of
    from netterms.statements.actions import refused

    refusal = refused(finding, paper.told.accounts.currency)
    place = paper.places.get(finding.item)
    value = str(refusal.facts["value"])
    caption = place.caption if place else str(FIELDS[finding.item])
    end = paper.told.accounts.period_end
    reason = f"{end}: {mend_of(refusal)}"
    return place.sheet if place else "–", place.row if place else "–", caption, value, reason
