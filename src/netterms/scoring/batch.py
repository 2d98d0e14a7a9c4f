"""Grade a population: each file of companies becomes one file of grades, by one statement.

A finished file is there whole or not at all: it is written under another name and renamed. So a
run that was killed is started again as it was, and does only what is not done.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring.blocks import Block, Combination
from netterms.scoring.blocks_sql import compile_sql
from netterms.scoring.overlay import NEUTRAL, Overlay
from netterms.store.portable import to_spark

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import SparkSession

# The relation each file is read as, and the note beside the grades that says how they were made.
COMPANIES = "companies"
NOTE = "grading.json"
DEFAULTED = "in_default"
GRADES = "pd, grade, {limit}reason_1, reason_2, reason_3, confidence"
_BINARY = frozenset({"FLOAT", "DOUBLE"})
_EXACT = ("TINYINT", "SMALLINT", "INT", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "DECIMAL")


@dataclass(frozen=True, slots=True)
class Limits:
    """How limits are recommended: a rule of a room above this one, given by who asks.

    `rule` makes a SELECT with the columns named and `limit_minor` of a bracketed query. It reads
    `columns`, each with what stands for it where the file has none ("" where it must be there).
    """

    rule: Callable[[str, Sequence[str]], str]
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Grading:
    """What is asked of every file. `key` is the column that names a company."""

    combination: Combination
    overlay: Overlay = NEUTRAL
    key: str = "company"
    limits: Limits | None = None

    @property
    def note(self) -> str:
        """The versions of all that makes a grade, as JSON."""
        cards = [b.card.name for b in self.combination.blocks]
        whole = compile_sql(self.combination, COMPANIES, ["company"], overlay=self.overlay)
        if self.limits:
            whole = self.limits.rule(f"({whole})", ["company"])
        facts = {
            "combination": self.combination.name,
            "cards": cards,
            "overlay": self.overlay.name,
            "key": self.key,
            "limits": self.limits is not None,
            # Points, weights, factors and shares are in it.
            "statement": hashlib.sha256(whole.encode()).hexdigest(),
        }
        return json.dumps(facts, indent=2) + "\n"


@dataclass(frozen=True, slots=True)
class Graded:
    """One file: how many companies it has, and whether its grades were there before."""

    file: Path
    companies: int
    repeated: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """One file with the statement that grades it, and how many companies it has."""

    file: Path
    statement: str
    companies: int


class Engine(Protocol):
    """Reads a file as the relation `companies` and writes a statement's rows to another."""

    def open(self, file: Path) -> Mapping[str, str]:
        """Read `file` from now on; its columns and their types, in DuckDB's words."""
        ...

    def write(self, planned: Planned, target: Path) -> None:
        """The statement's rows as Parquet at `target`: one file or a folder of files."""
        ...


@dataclass(frozen=True, slots=True)
class DuckFiles:
    """DuckDB on this machine. Order of rows is not kept: that is what keeps memory small."""

    connection: duckdb.DuckDBPyConnection

    def open(self, file: Path) -> Mapping[str, str]:
        import duckdb

        try:
            self.connection.execute(
                f"CREATE OR REPLACE TEMP VIEW {COMPANIES} AS FROM read_parquet({_quoted(file)})"
            )
            found = self.connection.execute(f"DESCRIBE {COMPANIES}").fetchall()
        except duckdb.Error as error:
            raise _unreadable(file, error) from None
        return {str(row[0]).lower(): str(row[1]) for row in found}

    def write(self, planned: Planned, target: Path) -> None:
        import duckdb

        try:
            self.connection.execute(
                f"COPY ({planned.statement}) TO {_quoted(target)} (FORMAT parquet)"
            )
        except duckdb.DataError as error:
            raise _unreadable(planned.file, error) from None


@dataclass(frozen=True, slots=True)
class SparkFiles:
    """Apache Spark, from a session. The files must be where its workers reach them by that path."""

    session: SparkSession

    def open(self, file: Path) -> Mapping[str, str]:
        from pyspark.errors import PySparkException

        try:
            frame = self.session.read.parquet(str(file))
        except PySparkException as error:
            raise _unreadable(file, error) from None
        frame.createOrReplaceTempView(COMPANIES)
        return {name.lower(): _duck_type(kind) for name, kind in frame.dtypes}

    def write(self, planned: Planned, target: Path) -> None:
        from pyspark.errors import PySparkException

        rows = self.session.sql(to_spark(planned.statement))
        try:
            rows.write.mode("overwrite").parquet(str(target))
        except PySparkException as error:
            raise _unreadable(planned.file, error) from None


def plan(grading: Grading, files: Sequence[Path], engine: Engine) -> list[Planned]:
    """Look at every file before the first is graded, and compile its statement.

    COLUMN_MISSING, VALUE_INVALID and FILE_UNREADABLE name the file.
    """
    names = [file.name for file in files]
    for name in names:
        if names.count(name) > 1:
            raise Refusal(Code.VALUE_INVALID, field="files", value=name, mend=Mend.OWN_FILE_NAMES)
    planned = []
    for file in files:
        text = statement(grading, file, engine.open(file))
        planned.append(Planned(file, text, rows_of(file)))
    return planned


def grade_files(
    grading: Grading,
    planned: Sequence[Planned],
    out: Path,
    engine: Engine,
    told: Callable[[Graded], None] = lambda _done: None,
) -> list[Graded]:
    """Write the grades of each file under its name into `out`; tell of each at its end.

    A file whose grades are newer than itself is not done again; grades in `out` that were made in
    another way are refused.
    """
    _note(grading, out)
    finished = []
    for each in planned:
        target = out / each.file.name
        is_done = target.exists() and target.stat().st_mtime_ns >= each.file.stat().st_mtime_ns
        if not is_done:
            _replace(engine, each, target)
        done = Graded(each.file, each.companies, is_done)
        finished.append(done)
        told(done)
    return finished


def rows_of(file: Path) -> int:
    """Companies in a file, by what it says of itself."""
    import pyarrow.parquet

    parts = sorted(file.glob("*.parquet")) if file.is_dir() else [file]
    return sum(int(pyarrow.parquet.read_metadata(part).num_rows) for part in parts)


def statement(grading: Grading, file: Path, columns: Mapping[str, str]) -> str:
    """The SELECT that grades the relation `companies`, of the columns that `file` has."""
    extra = grading.limits.columns if grading.limits else {}
    needed = [grading.key.lower(), "country", "sector"]
    _require(file, columns, [*needed, *(name for name, default in extra.items() if not default)])
    blocks = [b for b in grading.combination.blocks if _is_there(b, file, columns)]
    if not blocks:
        first = grading.combination.blocks[0].card
        _require(file, columns, [a.name for a in first.attributes])
    key = grading.key.replace('"', '""')
    read = [f'"{key}" AS company', "country", "sector"]
    read += [_exact(name, file, columns) for b in blocks for name in _names(b)]
    read += [name if name in columns else f"{default} AS {name}" for name, default in extra.items()]
    read.append(DEFAULTED if DEFAULTED in columns else f"FALSE AS {DEFAULTED}")
    graded = compile_sql(
        grading.combination,
        f"(SELECT {', '.join(read)} FROM {COMPANIES})",  # noqa: S608 - names of our own and of columns that are there
        ["company", *extra],
        overlay=grading.overlay,
        defaulted=DEFAULTED if DEFAULTED in columns else "FALSE",
        blocks=[b.name for b in blocks],
        raised=False,
        fence="",
    )
    kept = GRADES.format(limit="limit_minor, " if grading.limits else "")
    if grading.limits:
        rest = GRADES.format(limit="").split(", ")
        graded = grading.limits.rule(f"({graded})", ["company", *rest])
    return f"SELECT company, {kept} FROM ({graded}) AS graded"  # noqa: S608 - as above


def _names(block: Block) -> list[str]:
    return [a.name for a in block.card.attributes]


def _is_there(block: Block, file: Path, columns: Mapping[str, str]) -> bool:
    """A block is there whole or not at all: a column forgotten must not pass as "not known"."""
    if not any(name in columns for name in _names(block)):
        return False
    _require(file, columns, _names(block))
    return True


def _require(file: Path, columns: Mapping[str, str], names: Sequence[str]) -> None:
    missing = [name for name in names if name not in columns]
    if missing:
        raise Refusal(
            Code.COLUMN_MISSING,
            field=missing[0],
            mend=Mend.ADD_COLUMNS,
            file=file.name,
            columns=", ".join(missing),
        )


def _exact(name: str, file: Path, columns: Mapping[str, str]) -> str:
    """Binary fractions become decimals: bounds are decimals, and engines must agree."""
    kind = columns[name]
    if kind in _BINARY:
        return f"CAST({name} AS DECIMAL(18, 4)) AS {name}"
    if not kind.startswith(_EXACT):
        raise Refusal(
            Code.VALUE_INVALID, field=name, value=kind, mend=Mend.NUMBERS_IN_FILE, file=file.name
        )
    return name


def _note(grading: Grading, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    note = out / NOTE
    if note.exists() and note.read_text("utf-8") != grading.note:
        raise Refusal(Code.VALUE_INVALID, field="out", value=str(out), mend=Mend.OTHER_FOLDER)
    if not note.exists():
        part = out / f".{NOTE}.part"
        part.write_text(grading.note, encoding="utf-8")
        part.replace(note)


def _replace(engine: Engine, planned: Planned, target: Path) -> None:
    part = target.with_name(f".{target.name}.part")
    _remove(part)
    engine.open(planned.file)
    try:
        engine.write(planned, part)
        _remove(target)
        part.replace(target)
    finally:
        _remove(part)


def _remove(path: Path) -> None:
    import shutil

    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _unreadable(file: Path, error: Exception) -> Refusal:
    why = str(error).partition("\n")[0]
    return Refusal(Code.FILE_UNREADABLE, file=file.name, mend=Mend.READABLE_PARQUET, why=why)


def _duck_type(spark: str) -> str:
    """Spark's word for a type as DuckDB's."""
    return {"byte": "TINYINT", "short": "SMALLINT", "long": "BIGINT"}.get(spark, spark.upper())
