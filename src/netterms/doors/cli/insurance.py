"""`netterms insurance`: the policies, and the insurer's limits from a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from netterms.doors.cli.opening import answering, open_book, operator
from netterms.doors.cli.report import REFUSED, Screen

if TYPE_CHECKING:
    from netterms.connectors.insured_limits import BadCell

insurance = typer.Typer(no_args_is_help=True, help="Insurance policies, and limits from a list.")
SELLER = typer.Option(help="Name or id of the seller; default: the only one.")
BAD_SHOWN = 200


@insurance.command("list")
def listing(seller: Annotated[str | None, SELLER] = None) -> None:
    """Show the policies."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.insurance.queries import policies
        from netterms.kernel.money import Money

        screen.table(
            _("Insurance policies"),
            (
                _("Policy number"),
                _("Insurer"),
                _("First day"),
                _("Last day of cover"),
                _("Limits in force"),
                _("Insured"),
            ),
            [
                (
                    one.policy_number,
                    one.insurer,
                    one.starts_on,
                    one.ends_on,
                    f"{one.limits:,}",
                    Money(one.insured_minor, one.currency),
                )
                for one in policies(ctx, ctx.today)
            ],
        )


@insurance.command("limits")
def limits(
    file: Annotated[Path, typer.Argument(help="List of limits: .csv, .xlsx, .xls, .xlsb or .ods.")],
    policy: Annotated[str, typer.Option(help="Number of the policy they are granted under.")],
    starts_on: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day, where the file names none."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check the file against the book; write nothing.")
    ] = False,
    seller: Annotated[str | None, SELLER] = None,
) -> None:
    """Enter limits the insurer granted, all of them or none. A second time changes nothing."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.connectors.insured_limits import read
        from netterms.insurance.policies import check_limits, grant_limits
        from netterms.insurance.queries import policy_by_number

        under = policy_by_number(ctx, policy, ctx.today)
        found = read(file, under.currency, starts_on.date() if starts_on else None)
        bad = found.all_bad(check_limits(ctx, under.id, found.limits))
        if bad:
            _tell_bad(screen, bad)
            screen.warn(_("Nothing was entered. Mend the rows above."), "bold red")
            raise typer.Exit(REFUSED)
        if dry_run:
            told = {"count": f"{len(found.limits):,}"}
            screen.say(_("Limits that can be entered: %(count)s.") % told)
            screen.say(_("Nothing was written: this was a dry run."))
            return
        done = grant_limits(ctx, under.id, found.limits)
        told = {"new": f"{done.new:,}", "known": f"{done.known:,}"}
        screen.say(_("Limits entered: %(new)s. Known already: %(known)s.") % told)


def _tell_bad(screen: Screen, bad: Sequence[BadCell]) -> None:
    from netterms.doors.look.field_names import FIELDS
    from netterms.doors.look.sentences import mend_of

    screen.table(
        _("Cannot be used"),
        (
            pgettext("of a sheet", "Row"),
            pgettext("of a sheet", "Column"),
            _("Value"),
            _("To mend it"),
        ),
        [
            (
                cell.row,
                cell.heading or FIELDS[cell.field],
                cell.value,
                mend_of(cell.refusal()),
            )
            for cell in bad[:BAD_SHOWN]
        ],
    )
