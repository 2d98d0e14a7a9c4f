"""`netterms score payers`: when invoices will be paid, learned from how they were."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.exporting import write_whole
from netterms.doors.cli.opening import answering, open_book, operator
from netterms.doors.cli.report import Screen, mapped
from netterms.doors.cli.score_accounts import MapOption, OutOption

if TYPE_CHECKING:
    from netterms.kernel.context import Context
    from netterms.scoring.payers.measuring import Measured

payers = typer.Typer(
    no_args_is_help=True, help="Foretell when invoices will be paid, from how they were."
)

SellerOption = Annotated[
    str | None, typer.Option("--seller", help="Name or id of the seller; default: the only one.")
]
DateOption = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="Business date; default: today."),
]


@payers.command("train")
def train(seller: SellerOption = None, date: DateOption = None) -> None:
    """Train a model on the seller's paid invoices, and say what it reaches."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = _on(operator(seller), date)
        from netterms.scoring.payers.actions import train_payers

        _tell(screen, train_payers(ctx))


@payers.command("forecast")
def forecast(seller: SellerOption = None, date: DateOption = None) -> None:
    """Foretell the open invoices that the newest model has not foretold yet."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = _on(operator(seller), date)
        from netterms.scoring.payers.actions import foretell_payments

        done = foretell_payments(ctx)
        screen.say(_("%(count)s invoices foretold.") % {"count": done["forecasts"]})


@payers.command("measure")
def measure(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV of invoices: cust_number, amount, due_date, clear_date, posting_date_est."
        ),
    ],
    test: Annotated[
        Path | None,
        typer.Option(help="CSV to foretell; default: the newest quarter of the first one."),
    ] = None,
    mapping: MapOption = None,
    out: OutOption = None,
) -> None:
    """Measure the model on a list of paid invoices, beside simpler ways. No database."""
    screen = Screen()
    with answering(screen):
        from netterms.scoring.payers import measuring

        found = measuring.lists(file, test, mapped(mapping or ()))
        if found.left_out:
            screen.say(
                _("%(rows)s rows without a day of payment or an amount above 0 are left out.")
                % {"rows": f"{found.left_out:,}"}
            )
        said = measuring.foretold(found)
        _tell(screen, measuring.summed(found, said))
        if out is not None:
            write_whole(out, "".join(measuring.forecasts(found, said)).encode())
            screen.say(_("Written: %(file)s") % {"file": out})


def _on(ctx: Context, date: datetime | None) -> Context:
    return ctx if date is None else ctx.on(date.date())


def _tell(screen: Screen, found: Measured) -> None:
    methods = {
        "always_due": _("Always on the due date"),
        "buyer_mean": _("The buyer's mean so far"),
        "buyer_median": _("The buyer's median so far"),
        "boosting_raw": _("Boosted trees on the columns as they are"),
        "payers_v1": _("The model (payers_v1)"),
    }
    screen.say(
        _(
            "%(tested)s invoices posted from %(first)s to %(last)s were foretold, %(late)s%% of "
            "them late; learned from up to %(learned)s that were paid before. %(repeats)s of all "
            "rows repeat another one."
        )
        % {
            "tested": f"{found.tested:,}",
            "first": found.first.isoformat(),
            "last": found.last.isoformat(),
            "late": f"{100 * found.late_share:.1f}",
            "learned": f"{found.learned:,}",
            "repeats": f"{found.repeats:,}",
        }
    )
    screen.table(
        _("How far off, in days, and how well late ones are told from others"),
        (
            _("Method"),
            _("Mean error"),
            _("Mean error by buyer"),
            _("AUC of late"),
            _("AUC of 30 days late"),
        ),
        [
            (
                methods[each.method],
                f"{each.error:.2f}",
                f"{each.error_by_buyer:.2f}",
                f"{each.late_auc:.3f}",
                f"{each.late_30_auc:.3f}",
            )
            for each in found.measures
        ],
    )
