"""`netterms day`: run the seller's business day, each step once."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering, open_book, operator
from netterms.doors.cli.report import Screen
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import invalid

if TYPE_CHECKING:
    from netterms.store.runs import StepDone


def day(
    on: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="Business date to run; default: today."),
    ] = None,
    seller: Annotated[
        str | None, typer.Option(help="Name or id of the seller; default: the only one.")
    ] = None,
) -> None:
    """Run a seller's business day, going on where an earlier run stopped."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        if on is not None:
            ctx = ctx.on(_no_later_than(ctx.today, on.date()))
        from netterms.wiring import run_day

        screen.say(_("Business day %(day)s") % {"day": ctx.today.isoformat()}, "bold")
        run_day(ctx, told=lambda done: screen.say(_line(done)))


def _no_later_than(today: date, wanted: date) -> date:
    """A slip of the year would lock the book: days run forward only."""
    if wanted > today:
        raise invalid("day", wanted, Mend.TODAY_OR_EARLIER)
    return wanted


def _line(done: StepDone) -> str:
    from netterms.doors.console.event_words import FACTS, RUN_STEPS, in_order
    from netterms.doors.console.templatetags.console import fact

    did = [f"{FACTS.get(name, name)} {fact(value)}" for name, value in in_order(done.facts)]
    when = _("done before") if done.repeated else _("%(seconds).1f s") % {"seconds": done.seconds}
    return f"{when:>12}  {RUN_STEPS[done.step]}: {', '.join(did)}"
