"""`netterms ladder`: what is done about late invoices, and what another ladder would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from netterms.doors.cli.opening import answering, open_book, operator
from netterms.doors.cli.report import Screen

if TYPE_CHECKING:
    from netterms.collection.ladder import LadderStep
    from netterms.kernel.context import Context

ladder = typer.Typer(no_args_is_help=True, help="Show the ladder; try a version on the book.")
SellerOption = Annotated[
    str | None, typer.Option("--seller", help="Name or id of the seller; default: the only one.")
]


@ladder.command("show")
def show(
    version: Annotated[
        int | None, typer.Option(help="Number of a version; default: the one that is live.")
    ] = None,
    seller: SellerOption = None,
) -> None:
    """Show the steps of a ladder."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.collection import ladder_versions

        number = _live(ctx) if version is None else version
        found = ladder_versions.version(ctx, number)
        screen.table(
            _("Version %(number)s") % {"number": number},
            (
                _("Stage"),
                _("Days after"),
                pgettext("of the ladder", "Step"),
                pgettext("a channel", "By"),
                pgettext("does a step", "Who"),
                _("Only for"),
            ),
            [_step(step) for step in found.steps],
        )


@ladder.command("try")
def try_it(
    version: Annotated[int, typer.Argument(help="Number of a version; 0 is the one shipped.")],
    seller: SellerOption = None,
) -> None:
    """Say what the next day would plan by a ladder and by the live one. Nothing is written."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.collection.ladder_versions import try_ladder
        from netterms.portfolio.live import as_of

        found = try_ladder(ctx, version, as_of(ctx))
        screen.say(
            _("%(day)s: version %(number)s beside version %(live)s, which is live.")
            % {"day": found.on, "number": version, "live": found.live}
        )
        from netterms.doors.console.words import STEPS

        screen.table(
            "",
            (
                _("Stage"),
                pgettext("of the ladder", "Step"),
                _("This version"),
                _("The live one"),
            ),
            [
                (stage, STEPS[step], f"{ours:,}", f"{theirs:,}")
                for stage, step, ours, theirs in found.counts
            ],
        )
        screen.say(
            _("%(added)s more, %(dropped)s less.")
            % {"added": f"{len(found.added):,}", "dropped": f"{len(found.dropped):,}"}
        )


def _step(step: LadderStep) -> tuple[object, ...]:
    from netterms.doors.console.words import DOERS, SEGMENTS, STEPS, WAYS
    from netterms.doors.look import formats

    only = [
        str(SEGMENTS.get(step.segment, step.segment)),
        step.country,
        step.currency,
        _("from %(a)s") % {"a": formats.money(step.from_minor, step.currency)}
        if step.from_minor is not None
        else "",
        _("up to %(a)s") % {"a": formats.money(step.to_minor, step.currency)}
        if step.to_minor is not None
        else "",
        _("grades %(a)s to %(b)s") % {"a": step.best_grade or 1, "b": step.worst_grade or 10}
        if step.best_grade or step.worst_grade
        else "",
    ]
    return (
        step.stage,
        step.after_days,
        STEPS[step.step],
        WAYS[step.channel],
        DOERS[step.who],
        ", ".join(filter(None, only)),
    )


def _live(ctx: Context) -> int:
    from netterms.collection.ladder_versions import live_version
    from netterms.portfolio.live import as_of

    return live_version(ctx, as_of(ctx))
