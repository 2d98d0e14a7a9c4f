"""`netterms replay`: what recommended limits would have stopped in a ledger's own past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic_core import to_json

from netterms.doors.cli.opening import answering, open_book, operator
from netterms.doors.cli.report import (
    REFUSED,
    Currency,
    Dates,
    Headings,
    Language,
    Screen,
    Sheet,
    SkipBad,
    _hint_stale,
    _language,
    _read,
    _tell_bad,
    _tell_recognised,
    _tell_refusal,
    mapped,
    replacing,
    start_without_home,
)
from netterms.kernel.clock import SystemClock
from netterms.kernel.refusal import Refusal

if TYPE_CHECKING:
    from netterms.portfolio.replay import Replay
    from netterms.receivables.intake import Staged

STOPPED_SHOWN = 10
JSON_NAME, WORKBOOK_NAME = "replay.json", "replay.xlsx"


class Ask(NamedTuple):
    """Where the files go, and the margin on sales, 0 to 1; None where there is none."""

    out: Path | None
    margin: Decimal | None


def _monthly() -> str:
    return _("Scores and limits, month by month")


def _percent(typed: str) -> Decimal:
    """A percentage as a share of 1."""
    try:
        share = Decimal(typed.removesuffix("%")) / 100
    except InvalidOperation:
        share = Decimal("NaN")
    if not (share.is_finite() and 0 <= share <= 1):
        raise typer.BadParameter(_("a percentage from 0 to 100, such as 12.5"))
    return share


def replay(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Invoice list: .csv, .xlsx, .xls, .xlsb or .ods; without one, the seller's book."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for replay.json and replay.xlsx, with every stopped invoice."),
    ] = None,
    margin: Annotated[
        Decimal | None,
        typer.Option(
            parser=_percent,
            metavar="PERCENT",
            help="Your margin on sales, such as 12.5: tells what stopping would have brought.",
        ),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Date the list tells up to; default: today."),
    ] = None,
    lang: Language = None,
    mapping: Headings = None,
    currency: Currency = None,
    sheet: Sheet = None,
    dates: Dates = None,
    skip_bad: SkipBad = False,
    seller: Annotated[
        str | None,
        typer.Option(help="Whose book: name or id of the seller; default: the only one."),
    ] = None,
) -> None:
    """Hold recommended limits against the past: bad debt avoided, sales they would have cost."""
    screen = Screen()
    if file is None:
        _replay_book(screen, as_of, seller, Ask(out, margin), lang)
        return
    start_without_home()
    with translation.override(_language(lang)):
        try:
            staged = _read(screen, file, mapped(mapping or ()), currency, sheet, dates)
            _tell_recognised(screen, staged)
            _tell_bad(screen, staged)
            if staged.bad_rows and not skip_bad:
                screen.warn(
                    _("Mend the rows above, or add --skip-bad to leave them out."), "bold red"
                )
                raise typer.Exit(REFUSED)
            day = as_of.date() if as_of else SystemClock().now().astimezone().date()
            _hint_stale(screen, staged, day)
            _replay_list(screen, staged, day, Ask(out, margin))
        except Refusal as refusal:
            _tell_refusal(screen, refusal)
            raise typer.Exit(REFUSED) from None


def _replay_list(screen: Screen, staged: Staged, day: date, ask: Ask) -> None:
    from netterms.portfolio.replay import replay

    screen.step(_monthly())
    _tell_all(screen, replay(staged.connection, day), day, ask)


def _replay_book(
    screen: Screen, as_of: datetime | None, seller: str | None, ask: Ask, lang: str | None
) -> None:
    with answering(screen), translation.override(_language(lang)):
        open_book()
        ctx = operator(seller)
        from netterms.portfolio.live import replay_book

        day = as_of.date() if as_of else ctx.today
        screen.step(_monthly())
        _tell_all(screen, replay_book(ctx, day), day, ask)


def _tell_all(screen: Screen, found: Sequence[Replay], until: date, ask: Ask) -> None:
    for one in found:
        if one.judged.count:
            _tell(screen, one, until, ask.margin)
    if not any(one.judged.count for one in found):
        screen.warn(_("Nothing could be judged: it takes invoices of more than three months."))
    if ask.out is not None:
        _write(screen, ask.out, found, until, ask.margin)


def _tell(screen: Screen, one: Replay, until: date, margin: Decimal | None) -> None:
    from netterms.doors.look import formats

    def money(minor: int) -> str:
        return formats.money_short(minor, one.currency)

    judged, unjudged = one.judged, one.unjudged
    screen.table(
        _("What limits would have stopped, in %(currency)s") % {"currency": one.currency},
        (
            _("Of the recommended limit"),
            _("Invoices stopped"),
            _("Sales stopped"),
            _("Bad debt avoided"),
            _("Sales given up that were paid"),
            _("Break-even margin"),
            *(() if margin is None else (_("Gain at your margin"),)),
        ),
        [
            (
                formats.percent(each.percent / 100, 0),
                formats.number(each.stopped.count),
                _part(money(each.stopped.minor), each.stopped.minor, judged.minor),
                _part(money(each.stopped.lost_minor), each.stopped.lost_minor, judged.lost_minor),
                _part(money(each.stopped.paid_minor), each.stopped.paid_minor, judged.paid_minor),
                formats.percent(each.break_even_margin, 1),
                *(() if margin is None else (money(each.gain_minor(margin)),)),
            )
            for each in one.settings
        ],
    )
    screen.say(
        ngettext(
            "%(count)s invoice over %(amount)s was judged, of which %(lost)s is lost.",
            "%(count)s invoices over %(amount)s were judged, of which %(lost)s is lost.",
            judged.count,
        )
        % {
            "count": formats.number(judged.count),
            "amount": money(judged.minor),
            "lost": money(judged.lost_minor),
        }
    )
    if unjudged.count:
        screen.say(
            ngettext(
                "%(count)s invoice over %(amount)s went through: its buyer had no limit yet.",
                "%(count)s invoices over %(amount)s went through: their buyers had no limit yet.",
                unjudged.count,
            )
            % {"count": formats.number(unjudged.count), "amount": money(unjudged.minor)}
        )
    screen.say(
        _(
            "Stopping pays where your margin on sales is below the break-even margin: it saves the"
            " cost of what is lost and gives up the margin of what was paid."
        )
    )
    _tell_largest(screen, one, until)


def _part(words: str, part: int, whole: int) -> str:
    from netterms.doors.look import formats

    return f"{words} ({formats.percent(part / whole)})" if whole else words


def _tell_largest(screen: Screen, one: Replay, until: date) -> None:
    from netterms.doors.look import formats
    from netterms.portfolio.texts import OUTCOMES

    if not one.stopped:
        return
    screen.table(
        _("The largest that the recommended limit itself would have stopped"),
        (
            _("Invoice"),
            _("Buyer"),
            _("Invoice date"),
            _("Amount"),
            _("Owed that day"),
            _("Limit that day"),
            _("Grade"),
            _("What came of it"),
        ),
        [
            (
                document.invoice_number,
                document.name,
                formats.day(document.issued_on),
                formats.money_short(document.amount_minor, one.currency),
                formats.money_short(owed, one.currency),
                formats.money_short(limit, one.currency),
                formats.number(document.grade),
                _(OUTCOMES[document.outcome(until)]),
            )
            for document, owed, limit in one.largest_stopped(STOPPED_SHOWN)
        ],
    )


def _write(
    screen: Screen, folder: Path, found: Sequence[Replay], until: date, margin: Decimal | None
) -> None:
    from netterms.portfolio import replay_workbook
    from netterms.portfolio.replay import as_data

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder, (JSON_NAME, WORKBOOK_NAME)) as paths:
            paths[JSON_NAME].write_bytes(to_json(as_data(found, until), indent=2))
            replay_workbook.write(paths[WORKBOOK_NAME], found, until, margin)
    except OSError as error:
        screen.warn(
            _("The files cannot be written to %(folder)s: %(why)s")
            % {"folder": folder, "why": error.strerror or error},
            "bold red",
        )
        raise typer.Exit(REFUSED) from None
    screen.say(str(folder / JSON_NAME))
    screen.say(str(folder / WORKBOOK_NAME))
