"""`netterms ladder`: what is done about late invoices, and what another ladder would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering, open_book, operator
from netterms.doors.cli.report import Screen

if TYPE_CHECKING:
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
        screen.say(_("Version %(number)s") % {"number": number})
        for step in found.steps:
            only = " ".join(
                str(part)
                for part in (
                    step.segment, step.country, step.currency, step.from_minor, step.to_minor,
                    step.best_grade, step.worst_grade,
                )
                if part not in ("", None)
            )  # fmt: skip
            said = (
                f"{step.stage}  +{step.after_days:<3} {step.step:<15} {step.channel:<7} {step.who}"
            )
            screen.say(f"{said}  {only}".rstrip())


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
        for stage, step, ours, theirs in found.counts:
            screen.say(f"{stage}  {step:<15} {ours:>8,} {theirs:>8,}")
        screen.say(
            _("%(added)s more, %(dropped)s less.")
            % {"added": f"{len(found.added):,}", "dropped": f"{len(found.dropped):,}"}
        )


def _live(ctx: Context) -> int:
    from netterms.collection.ladder_versions import live_version
    from netterms.portfolio.live import as_of

    return live_version(ctx, as_of(ctx))
