"""`netterms score months`, `migration`, `vintages`: how a seller's scores did over time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering, open_book, operator
from netterms.doors.cli.people import SellerOption
from netterms.doors.cli.report import Screen
from netterms.kernel.calendar import add_months

if TYPE_CHECKING:
    from netterms.scoring.validation import MatrixRow

YEAR = 12


def show_months(
    seller: SellerOption = None,
    months: Annotated[int, typer.Option(min=1, help="How many months, the newest last.")] = 1,
) -> None:
    """Show stability, AUC and calibration of the scorecards, as measured each month."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.scoring.monthly import figures

        rows = [
            (f.month.isoformat()[:7], f.card, f.figure, f.part, _share(f.value), _share(f.expected),
             "" if f.low is None else f"{_share(f.low)}-{_share(f.high)}", f.cases,
             "" if f.defaults is None else f.defaults, f.concern)
            for f in figures(ctx, ctx.today, months=months)
        ]  # fmt: skip
        headings = (
            _("Month"), _("Card"), _("Figure"), _("Of"), _("Value"), _("Forecast"),
            _("Likely between"), _("Buyers"), _("Defaults"), "",
        )  # fmt: skip
        if rows:
            screen.table(_("Month by month"), headings, rows)
        else:
            screen.say(_("Nothing measured in these months."))


def show_migration(
    seller: SellerOption = None,
    months: Annotated[int, typer.Option(min=1, max=60, help="From how many months ago.")] = 1,
) -> None:
    """Show where the grades of so many months ago went."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.scoring import validation
        from netterms.scoring.experience import migration

        since = add_months(ctx.today, -months)
        moved = migration(ctx, since, ctx.today)
        rows = validation.matrix(moved)
        if not rows:
            screen.say(_("No buyer has scores of %(since)s and of today.") % {"since": since})
            return
        grades = range(1, len(rows[0].counts) + 1)
        headings = ("", *map(str, grades), _("better"), _("same"), _("worse"))
        told = {"since": since, "today": ctx.today}
        screen.table(
            _("Grades on %(since)s (rows) and on %(today)s") % told,
            headings,
            [_row(r) for r in rows],
        )
        screen.say(
            _("Stability index of the grades: %(index)s.")
            % {"index": validation.stability_index(moved)}
        )
        few = {"fewest": validation.FEWEST_CASES}
        screen.say(_("Of fewer than %(fewest)s buyers in a row no shares are told.") % few)


def _row(row: MatrixRow) -> tuple[str, ...]:
    shares = [None] * 3 if row.says_little else [row.better, row.same, row.worse]
    return (str(row.grade), *(str(n or "") for n in row.counts), *map(_share, shares))


def show_vintages(
    seller: SellerOption = None,
    history: Annotated[
        bool,
        typer.Option(
            "--history",
            help="Of what the card in force says of past days, from the payments known then,"
            " where no score is a year old yet.",
        ),
    ] = False,
) -> None:
    """Hold forecasts against outcomes, by the month in which buyers were scored."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.scoring import validation
        from netterms.scoring.experience import backtest, rebuilt

        tested = rebuilt(ctx) if history else backtest(ctx, ctx.today)
        levels = validation.by_vintage(tested)
        if not levels:
            young = _("The invoices do not go back further than a year.")
            screen.say(young if history else _("No score is a year old yet."))
            return
        rows = []
        for level in levels:
            low, high = level.interval
            if level.says_little:
                remark = _("few buyers")
            else:
                remark = _("forecast too low") if level.is_too_low else ""
            rows.append(
                (_month(level.name), level.buyers, _share(level.forecast), _share(level.observed),
                 f"{_share(low)}-{_share(high)}", level.defaults, remark)
            )  # fmt: skip
        headings = (
            _("Month"), _("Buyers"), _("Forecast"), _("Observed"), _("Likely between"),
            _("Defaults"), "",
        )  # fmt: skip
        screen.table(_("By month of the score"), headings, rows)


def _month(vintage: int) -> str:
    return date(vintage // YEAR, vintage % YEAR + 1, 1).isoformat()[:7]


def _share(value: Decimal | None) -> str:
    return "–" if value is None else f"{value:.4f}"
