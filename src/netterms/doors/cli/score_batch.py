"""`netterms score batch`: Parquet files of companies in, Parquet files of grades out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from netterms.doors.cli.opening import answering
from netterms.doors.cli.report import Screen
from netterms.kernel.clock import SystemClock

if TYPE_CHECKING:
    from netterms.scoring.batch import Engine, Graded, Grading, Limits
    from netterms.scoring.overlay import Overlay


class EngineName(StrEnum):
    """Who computes."""

    DUCKDB = "duckdb"
    SPARK = "spark"


# What the limit rule reads, and what stands for it where a file does not have it.
LIMIT_COLUMNS = {
    "need_minor": "",
    "tangible_net_worth_minor": "CAST(NULL AS BIGINT)",
    "annual_turnover_minor": "CAST(NULL AS BIGINT)",
    "seller_annual_sales_minor": "CAST(NULL AS BIGINT)",
    "insured_limit_minor": "CAST(NULL AS BIGINT)",
    "sanctions_hit": "FALSE",
    "open_stage": "0",
}


def batch(
    files: Annotated[list[Path], typer.Argument(help="Parquet files of companies.")],
    out: Annotated[Path, typer.Option(help="Folder the grades go to, a file for each.")],
    key: Annotated[str, typer.Option(help="Column that names a company.")] = "company",
    engine: Annotated[EngineName, typer.Option(help="Who computes: duckdb or spark.")] = (
        EngineName.DUCKDB
    ),
    master: Annotated[str, typer.Option(help="Master of the Spark cluster.")] = "local[2]",
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Date of the factors; default: today."),
    ] = None,
    no_limits: Annotated[
        bool, typer.Option("--no-limits", help="Grade only: recommend no limits.")
    ] = False,
    memory: Annotated[str, typer.Option(help="Most memory DuckDB may take.")] = "4GB",
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads of DuckDB; default: all.")
    ] = None,
) -> None:
    """Grade a population: key, PD, grade, limit, three reasons and confidence of each company.

    A file already graded is not graded again, so a run that was stopped goes on where it was.
    """
    screen = Screen()
    with answering(screen):
        from netterms.scoring.batch import Grading
        from netterms.scoring.blocks import combination

        day = as_of.date() if as_of else SystemClock().now().astimezone().date()
        limits = None if no_limits else recommended()
        grading = Grading(combination(), _factors(screen, day), key, limits)
        with _engine(engine, master, memory, threads) as started:
            done = _grade(grading, sorted(files), out, started)
        _tell(screen, done, out)


def recommended() -> Limits:
    """The rule of limits (SCR-08, SCR-13) with the settings delivered."""
    from netterms.limits.rules import LimitSettings
    from netterms.limits.rules_sql import recommend_sql
    from netterms.scoring.batch import Limits

    def rule(source: str, keep: Sequence[str]) -> str:
        return recommend_sql(LimitSettings(), source, keep)

    return Limits(rule, LIMIT_COLUMNS)


def _factors(screen: Screen, day: date) -> Overlay:
    from netterms.scoring.overlay import overlay_on

    overlay = overlay_on(day)
    if overlay.stale:
        screen.warn(
            _("The factors of countries and sectors are out of date: their last day is past.")
        )
    return overlay


@contextmanager
def _engine(wanted: EngineName, master: str, memory: str, threads: int | None) -> Iterator[Engine]:
    if wanted is EngineName.SPARK:
        from netterms.scoring.batch import SparkFiles
        from netterms.store.portable import spark_session

        session = spark_session(master)
        try:
            yield SparkFiles(session)
        finally:
            session.stop()
        return
    import duckdb

    from netterms.scoring.batch import DuckFiles

    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "preserve_insertion_order": False,
    }
    if threads:
        settings["threads"] = threads
    connection = duckdb.connect(config=settings)
    try:
        yield DuckFiles(connection)
    finally:
        connection.close()


def _grade(grading: Grading, files: list[Path], out: Path, engine: Engine) -> list[Graded]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    from netterms.scoring.batch import grade_files, plan

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task(_("Companies"), total=None)

        def told(done: Graded) -> None:
            bar.update(task, advance=done.companies)

        planned = plan(grading, files, engine)
        bar.update(task, total=sum(each.companies for each in planned))
        return grade_files(grading, planned, out, engine, told)


def _tell(screen: Screen, done: list[Graded], out: Path) -> None:
    companies = sum(each.companies for each in done)
    repeated = sum(each.repeated for each in done)
    screen.say(
        ngettext("%(count)s company is graded.", "%(count)s companies are graded.", companies)
        % {"count": f"{companies:,}"}
    )
    if repeated:
        screen.say(
            ngettext(
                "%(count)s file was graded before.", "%(count)s files were graded before.", repeated
            )
            % {"count": f"{repeated:,}"}
        )
    screen.say(str(out))
