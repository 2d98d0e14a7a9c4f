"""A population from files: what is graded, what is refused, and what a stopped run leaves."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from netterms.doors.cli.score_batch import recommended
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.rules import LimitFacts, LimitSettings, recommend
from netterms.scoring.batch import NOTE, DuckFiles, Grading, grade_files, plan
from netterms.scoring.blocks import combine
from tests.rules.scoring.companies import BLOCKS, FACTORS, Company, as_file, as_row, some_companies

GRADING = Grading(BLOCKS, FACTORS, limits=recommended())


@pytest.fixture
def engine():
    connection = duckdb.connect()
    yield DuckFiles(connection)
    connection.close()


def write(engine: DuckFiles, file: Path, some: list[Company], change: str = "*") -> Path:
    return as_file(engine.connection, file, some, change)


def run(engine, files, out, grading=GRADING):
    return grade_files(grading, plan(grading, files, engine), out, engine)


def graded(engine, out):
    found = engine.connection.execute(f"SELECT * FROM '{out}/*.parquet' ORDER BY company")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_each_company_has_the_grade_and_limit_of_the_rules(engine, tmp_path):
    some = some_companies(120)
    file = write(engine, tmp_path / "a.parquet", some)
    [done] = run(engine, [file], tmp_path / "out")
    assert (done.companies, done.repeated) == (120, False)
    found = graded(engine, tmp_path / "out")
    for place, (company, got) in enumerate(zip(some, found, strict=True)):
        said = combine(
            BLOCKS,
            company.attributes,
            country=company.country,
            sector=company.sector,
            overlay=FACTORS,
            defaulted=company.defaulted,
        )
        want = as_row(said)
        facts = LimitFacts(
            need=Money(place * 100000, "EUR"),
            grade=said.grade,
            tangible_net_worth=None if place % 3 else Money(place * 7777, "EUR"),
            open_stage=place % 5,
        )
        limit = recommend(facts, LimitSettings()).limit
        shown = ("pd", "grade", "confidence", "reason_1", "reason_2", "reason_3")
        assert got == {"company": place, "limit_minor": limit.minor} | {n: want[n] for n in shown}


def test_without_limits_no_need_is_asked_for(engine, tmp_path):
    file = write(engine, tmp_path / "a.parquet", some_companies(9), "* EXCLUDE (need_minor)")
    run(engine, [file], tmp_path / "out", Grading(BLOCKS, FACTORS))
    assert "limit_minor" not in graded(engine, tmp_path / "out")[0]


def test_binary_fractions_are_read_as_decimals(engine, tmp_path):
    some = some_companies(60)
    exact = write(engine, tmp_path / "a.parquet", some)
    changed = [f"CAST({name} AS DOUBLE) AS {name}" for name in ("late_share", "current_ratio")]
    binary = write(engine, tmp_path / "b.parquet", some, f"* REPLACE ({', '.join(changed)})")
    run(engine, [exact], tmp_path / "exact")
    run(engine, [binary], tmp_path / "binary")
    assert graded(engine, tmp_path / "exact") == graded(engine, tmp_path / "binary")


def test_a_block_whose_columns_are_all_absent_is_not_known(engine, tmp_path):
    names = [a.name for a in BLOCKS.blocks[1].card.attributes]
    some = some_companies(40)
    file = write(engine, tmp_path / "a.parquet", some, f"* EXCLUDE ({', '.join(names)})")
    run(engine, [file], tmp_path / "out")
    for company, got in zip(some, graded(engine, tmp_path / "out"), strict=True):
        known = {name: v for name, v in company.attributes.items() if name not in names}
        place = {"country": company.country, "sector": company.sector}
        said = combine(BLOCKS, known, overlay=FACTORS, defaulted=company.defaulted, **place)
        assert (got["pd"], got["confidence"]) == (said.pd, said.confidence)


@pytest.mark.parametrize("column", ["company", "sector", "need_minor", "late_share"])
def test_a_missing_column_is_named_with_its_file_and_nothing_is_graded(engine, tmp_path, column):
    whole = write(engine, tmp_path / "a.parquet", some_companies(9))
    short = write(engine, tmp_path / "b.parquet", some_companies(9), f"* EXCLUDE ({column})")
    with pytest.raises(Refusal) as refused:
        run(engine, [whole, short], tmp_path / "out")
    assert refused.value.code is Code.COLUMN_MISSING
    assert (refused.value.facts["file"], refused.value.facts["field"]) == ("b.parquet", column)
    assert not (tmp_path / "out").exists()


def test_a_column_of_words_is_refused(engine, tmp_path):
    words = "* REPLACE (CAST(late_share AS VARCHAR) AS late_share)"
    file = write(engine, tmp_path / "a.parquet", some_companies(9), words)
    with pytest.raises(Refusal) as refused:
        run(engine, [file], tmp_path / "out")
    assert refused.value.facts["field"] == "late_share"
    assert refused.value.facts["value"] == "VARCHAR"
    assert refused.value.facts["file"] == "a.parquet"


def test_a_file_that_is_not_there_or_no_parquet_is_refused_by_name(engine, tmp_path):
    broken = tmp_path / "b.parquet"
    broken.write_bytes(b"PAR1 no")
    for file in (broken, tmp_path / "absent.parquet"):
        with pytest.raises(Refusal) as refused:
            run(engine, [file], tmp_path / "out")
        assert refused.value.code is Code.FILE_UNREADABLE
        assert refused.value.facts["file"] == file.name


def test_what_no_decimal_can_hold_is_refused_with_its_file(engine, tmp_path):
    nothing = "* REPLACE (CAST('nan' AS DOUBLE) AS late_share)"
    file = write(engine, tmp_path / "a.parquet", some_companies(9), nothing)
    with pytest.raises(Refusal) as refused:
        run(engine, [file], tmp_path / "out")
    assert refused.value.facts["file"] == "a.parquet"
    assert [p.name for p in (tmp_path / "out").iterdir()] == [NOTE]


def test_a_finished_file_is_not_done_again_unless_it_changed(engine, tmp_path):
    files = [write(engine, tmp_path / f"{n}.parquet", some_companies(9)) for n in "ab"]
    out = tmp_path / "out"
    assert [d.repeated for d in run(engine, files, out)] == [False, False]
    before = [(out / f.name).stat().st_mtime_ns for f in files]
    assert [d.repeated for d in run(engine, files, out)] == [True, True]
    assert [(out / f.name).stat().st_mtime_ns for f in files] == before
    os.utime(files[1], ns=(before[1] + 1, before[1] + 1))
    assert [d.repeated for d in run(engine, files, out)] == [True, False]


class Stopped(DuckFiles):
    """Stops in the middle of the second file, after some of it is written."""

    def write(self, planned, target):
        if planned.file.name == "b.parquet":
            target.write_bytes(b"half of it")
            raise KeyboardInterrupt
        super().write(planned, target)


def test_a_run_that_stopped_leaves_no_half_file_and_goes_on_where_it_was(engine, tmp_path):
    files = [write(engine, tmp_path / f"{n}.parquet", some_companies(9)) for n in "abc"]
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run(Stopped(engine.connection), files, out)
    assert sorted(p.name for p in out.iterdir()) == ["a.parquet", NOTE]
    # Killed at once, it cannot even take away what it was writing.
    (out / ".b.parquet.part").write_bytes(b"half of it")
    assert [d.repeated for d in run(engine, files, out)] == [True, False, False]
    assert sorted(p.name for p in out.iterdir()) == ["a.parquet", "b.parquet", "c.parquet", NOTE]
    assert len(graded(engine, out)) == 27


def test_grades_made_in_another_way_are_not_mixed(engine, tmp_path):
    file = write(engine, tmp_path / "a.parquet", some_companies(9))
    run(engine, [file], tmp_path / "out")
    for other in (Grading(BLOCKS, limits=recommended()), Grading(BLOCKS, FACTORS)):
        with pytest.raises(Refusal) as refused:
            run(engine, [file], tmp_path / "out", other)
        assert refused.value.facts["field"] == "out"


def test_two_files_of_one_name_are_refused(engine, tmp_path):
    (tmp_path / "x").mkdir()
    folders = (tmp_path, tmp_path / "x")
    files = [write(engine, folder / "a.parquet", some_companies(3)) for folder in folders]
    with pytest.raises(Refusal) as refused:
        run(engine, files, tmp_path / "out")
    assert refused.value.facts["value"] == "a.parquet"


def test_another_key_column_names_the_company(engine, tmp_path):
    renamed = '* RENAME (company AS "Firm No")'
    file = write(engine, tmp_path / "a.parquet", some_companies(5), renamed)
    run(engine, [file], tmp_path / "out", Grading(BLOCKS, FACTORS, key="Firm No"))
    assert [row["company"] for row in graded(engine, tmp_path / "out")] == [0, 1, 2, 3, 4]
