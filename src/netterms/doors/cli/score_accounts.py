"""`netterms score measure accounts`: models of annual accounts, against the usual rivals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering
from netterms.doors.cli.report import Screen

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
            held = samples.read(test)
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
