"""How fast a population is graded from files, against a bare copy of the same columns.

Writes companies with every attribute of the cards, their country, sector and what a limit needs, in
Parquet files from a seeded generator. Each is graded (PD, grade, limit, three reasons, confidence)
as `netterms score batch` does, and copied by DuckDB alone, each in a process of its own with two
threads and bounded memory, in turn. Then Apache Spark grades the first file on a local cluster, and
its rows are compared; and single companies are scored online. Prints lines of JSON.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from netterms.doors.cli.score_batch import recommended
from netterms.scoring.batch import DuckFiles, Engine, Grading, SparkFiles, grade_files, plan
from netterms.scoring.blocks import combination, combine, pd_of
from netterms.scoring.overlay import Overlay, overlay_on, points_of
from netterms.scoring.scorecard import Attribute

COMPANIES = int(os.environ.get("NETTERMS_BENCH_COMPANIES", "80000000"))
A_FILE = 5_000_000
ROUNDS = 2
ONLINE = 2_000
GOAL_RATIO, GOAL_MIB, GOAL_MICROSECONDS = 4, 6144, 1000
SETTINGS: dict[str, Any] = {
    "threads": 2,
    "memory_limit": "4GB",
    "preserve_insertion_order": False,
}
# No table of real factors is public: as many as there might be, so that their price is in.
COUNTRIES = ["DE", "FR", "GB", "IT", "ES", "PL", "TR", "US", "CA", "MX", "BR", "CN", "JP", "IN"]
SECTORS = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N"]
FACTORS = Overlay(
    "overlay_for_benchmark",
    "made up",
    {c: points_of(Decimal(8 + n) / 10) for n, c in enumerate(COUNTRIES)},
    {s: points_of(Decimal(8 + n) / 10) for n, s in enumerate(SECTORS)},
)
# A hundredth of a share, cents and so on: what each unit's values look like.
VALUES = {
    "share": "CAST(({dice}) / 4000.0 - 0.5 AS DECIMAL(9, 4))",
    "times": "CAST(({dice}) / 3000.0 AS DECIMAL(9, 4))",
    "points": "CAST(({dice}) / 100.0 AS DECIMAL(9, 2))",
    "days": "CAST(({dice}) / 80.0 - 10 AS DECIMAL(18, 2))",
    "months": "CAST(({dice}) % 400 AS INTEGER)",
    "count": "CAST(CASE WHEN ({dice}) < 7000 THEN 0 ELSE ({dice}) % 60 END AS INTEGER)",
}
# Of attributes whose values lie elsewhere.
NAMED = {
    "statement_age_months": "CAST(({dice}) % 36 AS INTEGER)",
    "visit_verdict": "CAST(1 + ({dice}) % 5 AS INTEGER)",
}
LIMIT = """
CAST(hash(n, 902) % 100000000 AS BIGINT) AS need_minor,
CASE WHEN hash(n, 903) % 3 > 0 THEN CAST(hash(n, 904) % 1000000000 AS BIGINT) END
  AS tangible_net_worth_minor,
CASE WHEN hash(n, 905) % 3 > 0 THEN CAST(hash(n, 906) % 5000000000 AS BIGINT) END
  AS annual_turnover_minor,
CASE WHEN hash(n, 907) % 4 = 0 THEN CAST(hash(n, 908) % 50000000 AS BIGINT) END
  AS insured_limit_minor,
CAST(100000000000 AS BIGINT) AS seller_annual_sales_minor,
hash(n, 909) % 1000 = 0 AS sanctions_hit,
CAST(CASE WHEN hash(n, 910) % 12 = 0 THEN 3 ELSE 0 END AS INTEGER) AS open_stage
"""


def grading() -> Grading:
    """What is asked: all blocks, factors of country and sector, a limit."""
    return Grading(combination(), FACTORS, limits=recommended())


def _value(a: Attribute, place: int) -> str:
    dice = f"CAST(hash(n, {place}) % 10000 AS BIGINT)"
    value = NAMED.get(a.name, VALUES[a.unit]).format(dice=dice)
    return f"CASE WHEN hash(n, {500 + place}) % 10 > 1 THEN {value} END AS {a.name}"


def write_companies(folder: Path) -> list[Path]:
    """The population, a file for every five million; the same each time, on any machine."""
    attributes = [a for b in combination().blocks for a in b.card.attributes]
    values = ", ".join(_value(a, place) for place, a in enumerate(attributes))
    lists = [
        f"list_extract({keys}, 1 + CAST(hash(n, {seed}) % {len(keys)} AS INTEGER)) AS {name}"
        for name, keys, seed in (("country", COUNTRIES, 900), ("sector", SECTORS, 901))
    ]
    connection = duckdb.connect(config=SETTINGS)
    files = []
    for start in range(0, COMPANIES, A_FILE):
        file = folder / f"companies_{len(files):03}.parquet"
        end = min(COMPANIES, start + A_FILE)
        connection.execute(
            f"COPY (SELECT n AS company, {', '.join(lists)}, {values}, {LIMIT}"
            f" FROM range({start}, {end}) t(n)) TO '{file}'"
        )
        files.append(file)
    connection.close()
    return files


def copy(files: list[Path], out: Path) -> None:
    """The bare minimum: read the same columns and write them."""
    connection = duckdb.connect(config=SETTINGS)
    out.mkdir()
    for file in files:
        connection.execute(
            f"COPY (SELECT * FROM read_parquet('{file}')) TO '{out / file.name}' (FORMAT parquet)"
        )


def grade(files: list[Path], out: Path, engine: Engine) -> None:
    """As `netterms score batch` does it."""
    asked = grading()
    grade_files(asked, plan(asked, files, engine), out, engine)


def part(name: str, files: list[Path], out: Path) -> None:
    """What a child process does."""
    if name == "copy":
        copy(files, out)
    elif name == "grade":
        grade(files, out, DuckFiles(duckdb.connect(config=SETTINGS)))
    else:
        from netterms.store.portable import spark_session

        session = spark_session("local-cluster[2,1,2048]")
        grade(files, out, SparkFiles(session))
        session.stop()


def measured(name: str, files: list[Path], out: Path) -> tuple[float, float]:
    """Seconds and peak MiB of a part in a process of its own; a failing one ends the benchmark."""
    command = [sys.executable, __file__, name, str(out), *map(str, files)]
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(said.read().decode(errors="replace"))
    return seconds, usage.ru_maxrss / 1024


def against_a_copy(files: list[Path], folder: Path) -> Path:
    """Grade and copy in turn, the better of two each; the folder of grades is left."""
    copies, grades = [], []
    for n in range(ROUNDS):
        copied, graded = folder / "copied", folder / f"graded_{n}"
        copies.append(measured("copy", files, copied))
        for file in copied.iterdir():
            file.unlink()
        copied.rmdir()
        grades.append(measured("grade", files, graded))
        print(f"  copy {copies[-1][0]:.1f} s, grade {grades[-1][0]:.1f} s", flush=True)
    ours, bare = min(run[0] for run in grades), min(run[0] for run in copies)
    peak = max(run[1] for run in grades)
    figure = {
        "figure": "score_batch",
        "value": round(ours, 1),
        "unit": "s",
        "against": "bare DuckDB copy of the same columns",
        "against_value": round(bare, 1),
        "ratio": round(ours / bare, 2),
        "goal": f"<= {GOAL_RATIO}",
        "met": ours / bare <= GOAL_RATIO and peak <= GOAL_MIB,
        "peak_rss_mib": round(peak),
        "goal_rss_mib": GOAL_MIB,
        "companies": COMPANIES,
        "attributes": len(combination().attributes),
    }
    print(json.dumps(figure), flush=True)
    return graded


def against_spark(first: Path, graded: Path, folder: Path) -> None:
    """The first file on a local cluster of two workers: the same rows, whatever their order."""
    out = folder / "graded_spark"
    seconds, _ = measured("spark", [first], out)
    connection = duckdb.connect(config=SETTINGS)
    ours, theirs = (
        f"(SELECT * FROM read_parquet('{where}'))"
        for where in (graded / first.name, out / first.name / "*.parquet")
    )
    differ = sum(
        connection.execute(f"SELECT count(*) FROM ({a} EXCEPT ALL {b})").fetchall()[0][0]
        for a, b in ((ours, theirs), (theirs, ours))
    )
    rows = connection.execute(f"SELECT count(*) FROM {theirs}").fetchall()[0][0]
    figure = {
        "figure": "score_batch_spark",
        "value": differ,
        "unit": "rows that differ",
        "against": "DuckDB, same file",
        "goal": "== 0",
        "met": differ == 0 and rows == min(COMPANIES, A_FILE),
        "companies": rows,
        "seconds": round(seconds, 1),
    }
    print(json.dumps(figure), flush=True)


def online(file: Path) -> None:
    """One company at a time with all its blocks and reasons, nothing remembered between them."""
    made, overlay = combination(), overlay_on(date(2026, 12, 1))
    names = ", ".join(["country", "sector", *made.attributes])
    rows = duckdb.execute(f"SELECT {names} FROM read_parquet('{file}') LIMIT {ONLINE}").fetchall()
    took = []
    for country, sector, *values in rows:
        facts = dict(zip(made.attributes, values, strict=True))
        pd_of.cache_clear()
        started = time.perf_counter()
        combine(made, facts, country=country, sector=sector, overlay=overlay)
        took.append(1e6 * (time.perf_counter() - started))
    median = statistics.median(took)
    figure = {
        "figure": "score_online",
        "value": round(median),
        "unit": "µs",
        "against": "goal",
        "against_value": GOAL_MICROSECONDS,
        "ratio": round(median / GOAL_MICROSECONDS, 2),
        "goal": "<= 1",
        "p99": round(statistics.quantiles(took, n=100)[98]),
    }
    print(json.dumps(figure), flush=True)


def main() -> None:
    if len(sys.argv) > 1:
        part(sys.argv[1], [Path(name) for name in sys.argv[3:]], Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory(prefix="netterms-bench-") as name:
        folder = Path(name)
        (folder / "companies").mkdir()
        started = time.perf_counter()
        files = write_companies(folder / "companies")
        print(f"  written in {time.perf_counter() - started:.0f} s", flush=True)
        online(files[0])
        graded = against_a_copy(files, folder)
        against_spark(files[0], graded, folder)


if __name__ == "__main__":
    main()
