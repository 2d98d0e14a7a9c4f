"""`netterms insurance`: the policies, and the insurer's limits from a list."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.bad_rows import stop_at
from netterms.doors.cli.opening import DryRun, answering, open_book, operator
from netterms.doors.cli.report import Screen

insurance = typer.Typer(no_args_is_help=True, help="Insurance policies, and limits from a list.")
SELLER = typer.Option(help="Name or id of the seller; default: the only one.")


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
    dry_run: DryRun = False,
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
        stop_at(screen, [(cell.row, cell.refusal()) for cell in bad], found.headings)
        if dry_run:
            told = {"count": f"{len(found.limits):,}"}
            screen.say(_("Limits that can be entered: %(count)s.") % told)
            screen.say(_("Nothing was written: this was a dry run."))
            return
        done = grant_limits(ctx, under.id, found.limits)
        told = {"new": f"{done.new:,}", "known": f"{done.known:,}"}
        screen.say(_("Limits entered: %(new)s. Known already: %(known)s.") % told)
