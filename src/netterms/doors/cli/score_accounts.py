"""`netterms score measure accounts` and `train accounts`: models of annual accounts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.exporting import write_whole
from netterms.doors.cli.opening import answering
from netterms.doors.cli.report import Screen, mapped
from netterms.kernel.clock import SystemClock
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal

if TYPE_CHECKING:
    from netterms.scoring.scorecard import Scorecard
    from netterms.scoring.training.compare import Line

FILE_HELP = "CSV of firm-years with a mark of failure, 1 or 0 (bankrupt, class, failed or default)."
MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FIELD=HEADING",
        help="Name a column that is called otherwise; may be repeated.",
    ),
]
OutOption = Annotated[
    Path | None, typer.Option(help="CSV that gets the forecasts of each row, with what came.")
]


def measure_accounts(
    file: Annotated[Path, typer.Argument(help=FILE_HELP)],
    test: Annotated[
        Path | None,
        typer.Option(help="Another such file: train on FILE, measure on this one."),
    ] = None,
    card: Annotated[
        str | None,
        typer.Option(
            help="Measure this scorecard as it is: a JSON file, or the name of one delivered, as"
            " financial_accounts_v1 is. Without --test nothing is trained."
        ),
    ] = None,
    folds: Annotated[int, typer.Option(help="Folds, where there is no test file.")] = 10,
    seed: Annotated[int, typer.Option(help="Which folds; the same seed, the same answer.")] = 1,
    mapping: MapOption = None,
    out: OutOption = None,
) -> None:
    """Measure our scorecard and challenger against the usual models, on the same firm-years."""
    screen = Screen()
    with answering(screen):
        from netterms.scoring.training import require_extra

        require_extra()
        from netterms.scoring.training import compare, samples

        pairs, lines = mapped(mapping or ()), []
        if card is not None:
            given = _card(card)
            names = [a.name for a in given.attributes]
            measured_on = samples.read(test or file, 1, names, pairs)
            lines.append(compare.of_card(given, measured_on))
        if card is None or test is not None:
            sample = samples.read(file, mapping=pairs)
            _tell_sample(screen, file, len(sample.failed), int(sample.failed.sum()))
        if test is not None:
            held = samples.read(test, fewest=1, mapping=pairs)
            lines += compare.on_test(sample, held, seed)
        elif card is None:
            lines += compare.in_folds(
                sample,
                folds,
                seed,
                lambda n: screen.step(_("Fold %(n)s of %(folds)s") % {"n": n, "folds": folds}),
            )
        if card is not None or test is not None:
            failed = lines[0].failed
            _tell_sample(screen, test or file, len(failed), int(failed.sum()))
        _tell_lines(screen, lines)
        _tell_tenths(screen, lines[0])
        if out is not None:
            write_whole(out, compare.forecasts(lines).to_csv(index=False).encode())
            screen.say(_("Written: %(file)s") % {"file": out})


def _card(named: str) -> Scorecard:
    from netterms.scoring.scorecard import built_in_text, parse

    file = Path(named)
    try:
        text = file.read_text("utf-8") if file.is_file() else built_in_text(named)
    except (OSError, UnicodeDecodeError):
        raise Refusal(Code.NOT_FOUND, field="file", value=named, mend=Mend.GIVE_IT) from None
    return parse(text)


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
    mapping: MapOption = None,
) -> None:
    """Train the scorecard of annual accounts. The same data give the same card, byte for byte."""
    screen = Screen()
    with answering(screen):
        from netterms.scoring.training import require_extra

        require_extra()
        from netterms.scoring.training import accounts

        bears = date or SystemClock().now().date().isoformat()
        level = accounts.CENTRAL_TENDENCY if central_tendency is None else central_tendency
        trained = accounts.train(data, bears, level, mapped(mapping or ()))
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


def _tell_tenths(screen: Screen, line: Line) -> None:
    from netterms.scoring.training.measures import tenths

    found = enumerate(tenths(line.failed, line.risk), start=1)
    screen.table(
        _("Forecast and outcome by tenth of the forecast: %(model)s") % {"model": line.model},
        (_("Tenth"), _("Firm-years"), _("Forecast"), _("Observed")),
        [(n, t.rows, _figure(t.forecast), _figure(t.observed)) for n, t in found],
    )


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
