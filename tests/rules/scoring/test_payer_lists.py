"""Lists of paid invoices to measure the model on: how they are read, what is said of each row."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta

import pytest

pytest.importorskip("lightgbm")
pytest.importorskip("optbinning")

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring.payers import measuring

HEADINGS = ("cust_number", "amount", "due_date", "clear_date", "posting_date_est")


def invoices(count: int = 700, start: date = date(2025, 1, 6), seed: int = 3) -> list[list[str]]:
    """Of twelve buyers, each with its own habit."""
    dice, made = random.Random(seed), []
    for n in range(count):
        buyer = dice.randrange(12)
        posted = start + timedelta(days=n // 4)
        due = posted + timedelta(days=15)
        paid = due + timedelta(days=buyer - 6 + dice.randrange(5))
        made.append(
            [f"{buyer:04d}", f"{dice.randrange(100, 9000)}.50", *map(str, (due, paid, posted))]
        )
    return made  # fmt: skip


def write(path, rows, headings=HEADINGS, separator=",", encoding="utf-8"):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=separator).writerows([headings, *rows])
    return path


def seen(found):
    return [{k: v for k, v in row.items() if k != "invoice_number"} for row in found.tested]


def test_a_list_read_twice_has_the_same_features_to_the_last_digit(tmp_path):
    # So many that an engine with more than one thread would add them up in another order.
    file = write(tmp_path / "a.csv", invoices(3_000))
    assert repr(measuring.lists(file)) == repr(measuring.lists(file))


@pytest.mark.parametrize(
    "other",
    [
        {"separator": ";"},
        {"encoding": "utf-8-sig"},
        {"headings": [name.upper() for name in HEADINGS]},
        {"order": True},
        {"compact": "%Y%m%d"},
        {"compact": "%Y-%m-%d 00:00:00"},
    ],
    ids=["semicolons", "mark", "capitals", "order", "compact", "time"],
)
def test_the_same_list_is_read_however_it_is_written(tmp_path, other):
    rows, kind = invoices(), dict(other)
    plain = measuring.lists(write(tmp_path / "a.csv", rows))
    if kind.pop("order", False):
        rows, kind["headings"] = [row[::-1] for row in rows], HEADINGS[::-1]
    if shape := kind.pop("compact", ""):
        rows = [
            [*row[:2], *(date.fromisoformat(day).strftime(shape) for day in row[2:])]
            for row in rows
        ]
    assert seen(measuring.lists(write(tmp_path / "b.csv", rows, **kind))) == seen(plain)


def test_columns_called_otherwise_are_named_also_where_only_one_list_does(tmp_path):
    first = write(tmp_path / "a.csv", invoices())
    later = invoices(40, date(2025, 7, 7), seed=4)
    test = write(tmp_path / "b.csv", later)
    other = write(
        tmp_path / "c.csv", later, ["cust_number", "amount", "due_date", "paid on", "posted"]
    )
    mapping = {"clear_date": "paid on", "posting_date_est": "Posted"}
    assert seen(measuring.lists(first, other, mapping)) == seen(measuring.lists(first, test))
    with pytest.raises(Refusal) as refused:
        measuring.lists(first, other)
    assert refused.value.code is Code.COLUMN_MISSING
    with pytest.raises(Refusal) as refused:
        measuring.lists(first, other, mapping | {"clear_date": "nowhere"})
    assert refused.value.code is Code.COLUMN_UNKNOWN
    with pytest.raises(Refusal) as refused:
        measuring.lists(first, other, {"colour": "posted"})
    assert refused.value.facts["mend"] is Mend.ONE_OF


@pytest.mark.parametrize(
    ("column", "cell", "mend"),
    [
        (1, "much", Mend.NUMBER),
        (1, "", Mend.GIVE_IT),
        (2, "18.10.2025", Mend.DAY),
        (2, "", Mend.GIVE_IT),
        (3, "soon", Mend.DAY),
        (4, "", Mend.GIVE_IT),
        (0, " ", Mend.GIVE_IT),
    ],
)
def test_a_bad_cell_is_named_with_its_row(tmp_path, column, cell, mend):
    rows = invoices()
    rows[7][column] = cell
    with pytest.raises(Refusal) as refused:
        measuring.lists(write(tmp_path / "a.csv", rows))
    assert refused.value.facts["field"] == f"{HEADINGS[column]}, 9"
    assert refused.value.facts["mend"] is mend


def test_what_is_no_list_is_refused_by_what_it_is(tmp_path):
    (tmp_path / "empty.csv").touch()
    first = write(tmp_path / "a.csv", invoices())
    headings = write(tmp_path / "headings.csv", [])
    for file, code in (
        (tmp_path / "nowhere.csv", Code.NOT_FOUND),
        (tmp_path / "empty.csv", Code.FILE_EMPTY),
        (headings, Code.FILE_EMPTY),
    ):
        with pytest.raises(Refusal) as refused:
            measuring.lists(first, file)
        assert refused.value.code is code


def test_rows_not_paid_or_without_an_amount_are_left_out_and_counted(tmp_path):
    rows = invoices()
    rows[3][3], rows[4][1] = "", "-5.00"
    found = measuring.lists(write(tmp_path / "a.csv", rows))
    assert found.left_out == 2
    assert len(found.learned) + len(found.tested) == len(rows) - 2


def test_forecasts_stand_beside_their_rows_of_the_file_tested(tmp_path):
    first = write(tmp_path / "a.csv", invoices())
    later = invoices(40, date(2025, 7, 7), seed=4)
    later[5][3] = ""
    found = measuring.lists(first, write(tmp_path / "b.csv", later))
    said = measuring.foretold(found)
    told = list(csv.DictReader(measuring.forecasts(found, said)))
    assert [int(line["row"]) for line in told] == [n for n in range(2, 42) if n != 7]
    for line in told:
        _, _, due, paid, _ = later[int(line["row"]) - 2]
        assert int(line["days_late"]) == (date.fromisoformat(paid) - date.fromisoformat(due)).days
    off = [abs(float(line["payers_v1_days"]) - int(line["days_late"])) for line in told]
    error = next(m.error for m in measuring.summed(found, said).measures if m.method == "payers_v1")
    assert sum(off) / len(off) == pytest.approx(error)
