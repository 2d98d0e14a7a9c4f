"""`netterms score measure accounts` and `train accounts`: models of annual accounts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering
from netterms.doors.cli.report import Screen
from netterms.kernel.clock import SystemClock

if TYPE_CHECKING:
    from netterms.scoring.training.compare import Line

FILE_HELP = "CSV of firm-years with a mark of failure (bankrupt, class, failed or default)."


def measure_accounts(
    file: Annotated[Path, typer.Argument(help=FILE_HELP)],
    test: Annotated[
        Path | None,
        typer.Option(help="Another such file: train on FILE, measure on this one."),
    ] = None,
    folds: Annotated[int, typer.Option(help="Folds, where there is no test file.")] = 10,
    seed: Annotated[int, typer.Option(help="Which folds; the same seed, the same answer.")] = 1,
) -> None:
    """Measure our scorecard and challenger against the usual models, on the same firm-years."""
    screen = Screen()
    with answering(screen):
        from netterms.scoring.training import require_extra

        require_extra()
        from netterms.scoring.training import compare, samples

        sample = samples.read(file)
        _tell_sample(screen, file, len(sample.failed), int(sample.failed.sum()))
        if test is not None:
            held = samples.read(test, fewest=1)
            _tell_sample(screen, test, len(held.failed), int(held.failed.sum()))
            lines = compare.on_test(sample, held, seed)
        else:
            lines = compare.in_folds(
                sample,
                folds,
                seed,
                lambda n: screen.step(_("Fold %(n)s of %(folds)s") % {"n": n, "folds": folds}),
            )
        _tell_lines(screen, lines)


def measure_ratings() -> None:
    """Show which grade the default rates of a rating agency's ratings would be."""
    screen = Screen()
    with answering(screen):
        from netterms.scoring.ratings import SOURCE, rated

        rows = [(r.rating, f"{r.observed:.2%}", f"{r.smoothed:.3%}", r.grade) for r in rated()]
        headings = (_("Rating"), _("Observed"), _("Smoothed"), _("Grade"))
        screen.table(SOURCE, headings, rows)


def train_accounts(
    data: Annotated[Path, typer.Option(help=FILE_HELP)],
    out: Annotated[Path, typer.Option(help="Folder the card goes to.")] = Path(),
    central_tendency: Annotated[
        float | None,
        typer.Option(help="Mean default probability the levels are moved to; default: 0.0254."),
    ] = None,
    date: Annotated[str | None, typer.Option(help="Date the card bears; default: today.")] = None,
) -> None:
    """Train the scorecard of annual accounts. The same data give the same card, byte for byte."""
    screen = Screen()
    with answering(screen):
        from netterms.scoring.training import require_extra

        require_extra()
        from netterms.scoring.training import accounts

        bears = date or SystemClock().now().date().isoformat()
        level = accounts.CENTRAL_TENDENCY if central_tendency is None else central_tendency
        trained = accounts.train(data, bears, level)
        out.mkdir(parents=True, exist_ok=True)
        target = out / f"{accounts.NAME}_v{accounts.VERSION}.json"
        target.write_text(trained.text, encoding="utf-8")
        _tell_sample(screen, data, trained.firms, trained.failed)
        told = {"file": target, "attributes": ", ".join(trained.attributes)}
        screen.say(_("%(file)s: a scorecard of %(attributes)s.") % told)


def _tell_sample(screen: Screen, file: Path, firms: int, failed: int) -> None:
    told = {"file": file.name, "firms": firms, "failed": failed}
    screen.say(_("%(file)s: %(firms)s firm-years, %(failed)s failed.") % told)


def _tell_lines(screen: Screen, lines: list[Line]) -> None:
    headings = (
        _("Model"),
        "AUC",
        _("± between folds"),
        "Gini",
        "KS",
        "Brier",
        _("Calibration error"),
    )
    rows = [
        [line.model, *map(_figure, (line.auc, line.auc_spread, line.gini, line.ks)),
         *map(_figure, (line.brier, line.calibration))]
        for line in lines
    ]  # fmt: skip
    screen.table(_("Measures"), headings, rows)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
