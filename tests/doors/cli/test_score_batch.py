"""`netterms score batch` as a person runs it."""

from __future__ import annotations

import duckdb

from tests.doors.cli.commands import netterms
from tests.rules.scoring.companies import as_file, some_companies


def test_a_folder_of_companies_becomes_a_folder_of_grades(tmp_path):
    connection = duckdb.connect()
    for name in "ab":
        as_file(connection, tmp_path / f"{name}.parquet", some_companies(50))
    files = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    out = tmp_path / "graded"
    done = netterms(tmp_path, "score", "batch", *files, "--out", out, "--as-of", "2026-12-01")
    assert done.returncode == 0, done.stderr
    assert "100 companies are graded." in done.stdout
    found = connection.execute(f"SELECT * FROM '{out}/*.parquet'")
    assert [column[0] for column in found.description] == [
        "company", "pd", "grade", "limit_minor", "reason_1", "reason_2", "reason_3", "confidence",
    ]  # fmt: skip
    assert len(found.fetchall()) == 100
    again = netterms(tmp_path, "score", "batch", *files, "--out", out, "--as-of", "2026-12-01")
    assert "2 files were graded before." in again.stdout


def test_a_missing_column_is_told_with_its_file(tmp_path):
    short = as_file(
        duckdb.connect(), tmp_path / "a.parquet", some_companies(3), "* EXCLUDE (sector)"
    )
    done = netterms(tmp_path, "score", "batch", short, "--out", tmp_path / "graded")
    assert done.returncode == 2
    assert "give a.parquet these columns: sector" in done.stderr
    assert not (tmp_path / "graded").exists()


def test_factors_whose_last_day_is_past_are_told(tmp_path):
    file = as_file(duckdb.connect(), tmp_path / "a.parquet", some_companies(3))
    late = ("--as-of", "2031-01-01", "--no-limits")
    done = netterms(tmp_path, "score", "batch", file, "--out", tmp_path / "graded", *late)
    assert done.returncode == 0
    assert "out of date" in done.stderr
