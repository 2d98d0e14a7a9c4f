"""`netterms score train own`, `cards`, `approve`, `retire`: a seller's own scorecards."""

from __future__ import annotations

from typing import Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering, open_book, operator
from netterms.doors.cli.people import SellerOption
from netterms.doors.cli.report import Screen
from netterms.scoring.moves import CardMove

VersionArgument = Annotated[int, typer.Argument(help="Version of the card.")]


def train_own(
    seller: SellerOption = None,
    looks: Annotated[
        int,
        typer.Option(min=1, max=20, help="How many times, a quarter apart, buyers are looked at."),
    ] = 4,
    why: Annotated[str, typer.Option(help="Why it is trained.")] = "",
) -> None:
    """Train a scorecard on what became of a seller's own buyers. Another person approves it."""
    screen = Screen()
    with answering(screen):
        from netterms.scoring.training import require_extra

        require_extra()
        open_book()
        ctx = operator(seller)
        from netterms.scoring.training import own
        from netterms.scoring.versions import keep_candidate

        screen.step(_("Looking at buyers, and at what became of them"))
        trained = own.train(ctx, looks)
        number = keep_candidate(ctx, trained.text, trained.measures, why)
        rows = [(name, _shown(value)) for name, value in trained.measures.items()]
        screen.table(_("Scorecard %(number)s") % {"number": number}, ("", ""), rows)
        screen.say(_("It counts for nothing until another person approves it."))


def list_cards(seller: SellerOption = None) -> None:
    """Show a seller's own scorecards."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.scoring.versions import versions

        rows = [
            (c.version, c.state, c.measures.get("auc"), c.trained_by, c.decided_by or "–")
            for c in versions(ctx)
        ]
        headings = (_("Version"), _("State"), "AUC", _("Trained by"), _("Decided by"))
        screen.table(_("Scorecards"), headings, rows)


def approve(version: VersionArgument, seller: SellerOption = None) -> None:
    """Put a scorecard in force. Not by the person who trained it."""
    _decide(version, seller, CardMove.APPROVE)


def retire(version: VersionArgument, seller: SellerOption = None) -> None:
    """Retire a scorecard. Without one in force the card delivered counts."""
    _decide(version, seller, CardMove.RETIRE)


def _decide(number: int, seller: str | None, move: CardMove) -> None:
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.scoring.versions import decide

        told = {"number": number, "state": decide(ctx, number, move)}
        screen.say(_("Scorecard %(number)s: %(state)s.") % told)


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
