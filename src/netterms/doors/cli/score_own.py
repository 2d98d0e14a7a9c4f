"""`netterms score train own`, `cards`, `approve`, `retire`: a seller's own scorecards."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering, open_book, operator
from netterms.doors.cli.people import SellerOption
from netterms.doors.cli.report import Screen
from netterms.kernel.clock import SystemClock
from netterms.scoring.moves import CardMove

if TYPE_CHECKING:
    from netterms.scoring.shadow import Comparison
    from netterms.scoring.training.own import OwnCard

VersionArgument = Annotated[int, typer.Argument(help="Version of the card.")]


def train_own(
    seller: SellerOption = None,
    looks: Annotated[
        int,
        typer.Option(min=1, max=20, help="How many times, a quarter apart, buyers are looked at."),
    ] = 4,
    why: Annotated[str, typer.Option(help="Why it is trained.")] = "",
    file: Annotated[
        Path | None,
        typer.Option(help="Train from a CSV file of attributes and defaults, without a database."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder the card of a file goes to.")] = Path(),
) -> None:
    """Train a scorecard on what became of a seller's own buyers. Another person approves it."""
    screen = Screen()
    with answering(screen):
        from netterms.scoring.training import require_extra

        require_extra()
        if file is None:
            _train_on_book(screen, seller, looks, why)
        else:
            _train_on_file(screen, file, out)


def _train_on_book(screen: Screen, seller: str | None, looks: int, why: str) -> None:
    open_book()
    ctx = operator(seller)
    from netterms.checkout.queries import declined_since
    from netterms.scoring.experience import days_to_look
    from netterms.scoring.training import own
    from netterms.scoring.versions import keep_candidate

    screen.step(_("Looking at buyers, and at what became of them"))
    declined = declined_since(ctx, days_to_look(ctx.today, looks)[0])
    trained = own.train(ctx, looks, own.Refused(**asdict(declined)))
    number = keep_candidate(ctx, trained.text, trained.measures, why)
    _tell(screen, number, trained)
    screen.say(_("It counts for nothing until another person approves it."))


def _train_on_file(screen: Screen, file: Path, out: Path) -> None:
    from netterms.scoring.training import own

    trained = own.train_file(file, SystemClock().now().date().isoformat())
    out.mkdir(parents=True, exist_ok=True)
    target = out / "own_v1.json"
    target.write_text(trained.text, encoding="utf-8")
    _tell(screen, 1, trained)
    screen.say(str(target))


def _tell(screen: Screen, number: int, trained: OwnCard) -> None:
    rows = [(name, _shown(value)) for name, value in trained.measures.items()]
    screen.table(_("Scorecard %(number)s") % {"number": number}, ("", ""), rows)


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


def put_in_shadow(version: VersionArgument, seller: SellerOption = None) -> None:
    """Try a scorecard in shadow: it scores beside the one in force and decides nothing."""
    _decide(version, seller, CardMove.SHADOW)


def compare_cards(seller: SellerOption = None) -> None:
    """Compare the scorecard in shadow with the one in force."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.limits.rules import LimitSettings
        from netterms.scoring.shadow import require_comparison

        _tell_comparison(
            screen, require_comparison(ctx, ctx.today, LimitSettings().stop_from_grade)
        )


def _tell_comparison(screen: Screen, found: Comparison) -> None:
    moved = [
        (m.before_grade, m.after_grade, m.buyers)
        for m in found.moved
        if m.before_grade != m.after_grade
    ]
    screen.table(
        _("Scorecard %(number)s in shadow") % {"number": found.version.version},
        ("", _("In force"), _("Challenger")),
        [
            (_("Buyers"), found.champion.buyers, found.challenger.buyers),
            (_("Defaults"), found.champion.defaults, found.challenger.defaults),
            (
                _("Forecast for a whole year"),
                _decimal(found.champion.expected),
                _decimal(found.challenger.expected),
            ),
            ("AUC", _decimal(found.champion.auc), _decimal(found.challenger.auc)),
        ],
    )
    told = {"buyers": found.buyers, "index": _decimal(found.stability_index)}
    screen.say(_("Scored by both: %(buyers)s. Stability index of the grades: %(index)s.") % told)
    screen.table(_("Other grades"), (_("In force"), _("Challenger"), _("Buyers")), moved)
    swapped = {
        "stop": found.stop,
        "approve": found.would_approve,
        "decline": found.would_decline,
    }
    screen.say(
        _(
            "No credit from grade %(stop)s on: the challenger would let in %(approve)s"
            " and turn away %(decline)s."
        )
        % swapped
    )


def _decimal(value: Decimal | None) -> str:
    return "–" if value is None else f"{value:.4f}"


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
