"""`netterms replay`: what recommended limits would have stopped in a ledger's own past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    from netterms.portfolio.replay import Outcome, Replay
    from netterms.receivables.intake import Staged

STOPPED_SHOWN = 10
FILE_NAME = "replay.json"


def _monthly() -> str:
    return _("Scores and limits, month by month")


def replay(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Invoice list: .csv, .xlsx, .xls, .xlsb or .ods; without one, the seller's book."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for replay.json, with every stopped invoice.")
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
        _replay_book(screen, as_of, seller, out, lang)
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
            _replay_list(screen, staged, day, out)
        except Refusal as refusal:
            _tell_refusal(screen, refusal)
            raise typer.Exit(REFUSED) from None


def _replay_list(screen: Screen, staged: Staged, day: date, out: Path | None) -> None:
    from netterms.portfolio.replay import replay

    screen.step(_monthly())
    _tell_all(screen, replay(staged.connection, day), day, out)


def _replay_book(
    screen: Screen, as_of: datetime | None, seller: str | None, out: Path | None, lang: str | None
) -> None:
    with answering(screen), translation.override(_language(lang)):
        open_book()
        ctx = operator(seller)
        from netterms.portfolio.live import replay_book

        day = as_of.date() if as_of else ctx.today
        screen.step(_monthly())
        _tell_all(screen, replay_book(ctx, day), day, out)


def _tell_all(screen: Screen, found: Sequence[Replay], until: date, out: Path | None) -> None:
    from netterms.portfolio.replay import as_data

    for one in found:
        if one.judged.count:
            _tell(screen, one, until)
    if not any(one.judged.count for one in found):
        screen.warn(_("Nothing could be judged: it takes invoices of more than three months."))
    if out is not None:
        _write(screen, out, to_json(as_data(found, until), indent=2))


def _tell(screen: Screen, one: Replay, until: date) -> None:
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
        ),
        [
            (
                formats.percent(each.percent / 100, 0),
                formats.number(each.stopped.count),
                _part(money(each.stopped.minor), each.stopped.minor, judged.minor),
                _part(money(each.stopped.lost_minor), each.stopped.lost_minor, judged.lost_minor),
                _part(money(each.stopped.paid_minor), each.stopped.paid_minor, judged.paid_minor),
                formats.percent(each.break_even_margin, 1),
            )
            for each in one.settings
        ],
    )
    screen.say(
        ngettext(
            "%(count)s invoice over %(amount)s was judged; %(lost)s of it is lost.",
            "%(count)s invoices over %(amount)s were judged; %(lost)s of them is lost.",
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

    if not one.stopped:
        return
    largest = sorted(one.stopped, key=lambda each: -each.document.amount_minor)[:STOPPED_SHOWN]
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
                _came(document.outcome(until)),
            )
            for document, owed, limit in largest
        ],
    )


def _came(outcome: Outcome) -> str:
    return {
        "paid": _("paid"),
        "paid_late": _("paid more than 90 days late"),
        "lost": _("lost: more than 90 days past due"),
        "open": _("still open"),
    }[outcome.value]


def _write(screen: Screen, folder: Path, content: bytes) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder, (FILE_NAME,)) as paths:
            paths[FILE_NAME].write_bytes(content)
    except OSError as error:
        screen.warn(
            _("%(file)s cannot be written to %(folder)s: %(why)s")
            % {"file": FILE_NAME, "folder": folder, "why": error.strerror or error},
            "bold red",
        )
        raise typer.Exit(REFUSED) from None
    screen.say(str(folder / FILE_NAME))
