"""How well the model foretells: on a list of paid invoices, always from what was known on the day.

Every method is measured on the same invoices. A row is foretold by a model that learned only from
invoices paid before the month in which the row was posted, or before the first of the test.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import fmean
from types import MappingProxyType
from typing import TYPE_CHECKING

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring.payers.features import QUESTION
from netterms.scoring.payers.training import (
    ROUNDS,
    SETTINGS,
    Row,
    known_before,
    require_paid,
    train,
)
from netterms.scoring.training import require_extra

if TYPE_CHECKING:
    import duckdb

# Days late, and what ranks invoices by their chance of being late and 30 days late.
Foretold = tuple[float, float, float]
Predict = Callable[[Sequence[Row]], list[Foretold]]
LEAST_LEARNED = 200
TESTED_SHARE = 4  # Without a file of its own, the newest one in so many is the test.
MONTH_SHARE = 100  # A month with fewer than one in so many of the tested rows gets no model.
ITEM = """
CREATE TABLE item (buyer VARCHAR, currency VARCHAR, invoice_number VARCHAR, issued_on DATE,
  due_on DATE, amount_minor BIGINT, open_minor BIGINT, settled_on DATE)
"""
# What each column has to be; of the whole list only a day of payment may lack.
COLUMNS: Mapping[str, tuple[str, Mend]] = {
    "cust_number": ("{cell}", Mend.GIVE_IT),
    "amount": ("TRY_CAST({cell} AS DECIMAL(18, 2))", Mend.NUMBER),
    "due_date": (DAY := "coalesce(TRY_CAST({cell} AS DATE), TRY_STRPTIME({cell}, "
                 "['%Y%m%d', '%Y%m%d.0'])::DATE)", Mend.DAY),
    "clear_date": (DAY, Mend.DAY),
    "posting_date_est": (DAY, Mend.DAY),
}  # fmt: skip
PAID = "clear_date"
# Columns of a list are called otherwise in many a ledger: `mapping` says how.
GIVEN = """
CREATE OR REPLACE TEMP TABLE given AS
SELECT row_number() OVER () AS place, {cells}
FROM read_csv($file, all_varchar = true, header = true)
"""
READ = """
INSERT INTO item
SELECT cust_number, '', CAST($first + place AS VARCHAR), {posting_date_est}, {due_date},
       CAST(round({amount} * 100) AS BIGINT), 0, {clear_date}
FROM given
WHERE clear_date IS NOT NULL AND {amount} > 0
"""
# People count rows from 1, and the first has the headings.
HEADINGS = 1


@dataclass(frozen=True, slots=True)
class Measure:
    """Mean absolute error in days; the area under the curve of late or not (0.5 is a guess)."""

    method: str
    error: float
    error_by_buyer: float
    late_auc: float
    late_30_auc: float


@dataclass(frozen=True, slots=True)
class Measured:
    """All methods on the same invoices, and which invoices these were."""

    tested: int
    first: date
    last: date
    learned: int
    late_share: float
    repeats: int
    measures: list[Measure]


@dataclass(frozen=True, slots=True)
class Lists:
    """Invoices to learn from and invoices to foretell, with the days on which models learn anew.

    Of files: `before` numbers were given to rows of another one; `left_out` rows have no day of
    payment or no amount above 0.
    """

    learned: Sequence[Row]
    tested: Sequence[Row]
    cuts: Sequence[date]
    before: int = 0
    left_out: int = 0


def lists(
    file: Path, test: Path | None = None, mapping: Mapping[str, str] = MappingProxyType({})
) -> Lists:
    """Learn from `file`; foretell `test`, or the newest quarter of `file` itself.

    `mapping` names the headings of columns that are called otherwise than `COLUMNS` in both files.
    """
    require_extra()
    rows, places = _rows(file, test, mapping)
    first = [row for row in rows if int(row["invoice_number"]) <= places[0]]
    require_paid(len(first))
    left_out = sum(places) - len(rows)
    if test is None:
        learned, tested = split(rows)
        return Lists(learned, tested, [min(row["issued_on"] for row in tested)], 0, left_out)
    tested = [row for row in rows if int(row["invoice_number"]) > places[0]]
    if not tested:
        raise Refusal(Code.FILE_EMPTY, file=test.name)
    return Lists(first, tested, month_starts(tested), places[0], left_out)


def measure(file: Path, test: Path | None = None) -> Measured:
    """Every method on `lists`."""
    found = lists(file, test)
    return summed(found, foretold(found))


def split(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Rows posted before the day on which the newest quarter begins, and the others."""
    days = sorted(row["issued_on"] for row in rows)
    day = days[len(days) - len(days) // TESTED_SHARE]
    return (
        [row for row in rows if row["issued_on"] < day],
        [row for row in rows if row["issued_on"] >= day],
    )


def month_starts(tested: Sequence[Row]) -> list[date]:
    """The first day of each month in which many of the rows were posted."""
    months = Counter(row["issued_on"].replace(day=1) for row in tested)
    large = [month for month, rows in months.items() if rows * MONTH_SHARE >= len(tested)]
    return sorted(large) or [min(months)]


def compare(learned: Sequence[Row], tested: Sequence[Row], cuts: Sequence[date]) -> Measured:
    """Every method on `tested`. What learns does so anew at each of `cuts`."""
    found = Lists(learned, tested, cuts)
    return summed(found, foretold(found))


def foretold(found: Lists) -> dict[str, list[Foretold]]:
    """What each method says of each row tested."""
    known = {cut: known_before(found.learned, cut) for cut in found.cuts}
    tested = found.tested
    return {
        "always_due": [(0, 0, 0) for _ in tested],
        "buyer_mean": [_from_history(row, "late_mean") for row in tested],
        "buyer_median": [_from_history(row, "late_median") for row in tested],
        "boosting_raw": _foretold(tested, known, _raw),
        "payers_v1": _foretold(tested, known, _ours),
    }


def forecasts(found: Lists, methods: Mapping[str, Sequence[Foretold]]) -> Iterator[str]:
    """Lines of CSV: each row tested, its days late, and what the methods said of it."""
    told = [f"{name}_{what}" for name in methods for what in ("days", "late", "late_30")]
    yield ",".join(["row", "days_late", *told]) + "\n"
    lines = [
        (int(row["invoice_number"]) - found.before + HEADINGS, row, said)
        for row, *said in zip(found.tested, *methods.values(), strict=True)
    ]
    for place, row, said in sorted(lines, key=lambda line: line[0]):
        figures = [place, row["days_late"], *(figure for each in said for figure in each)]
        yield ",".join(map(str, figures)) + "\n"


def summed(found: Lists, methods: Mapping[str, Sequence[Foretold]]) -> Measured:
    """How far off the methods are."""
    learned, tested = found.learned, found.tested
    days = [row["issued_on"] for row in tested]
    return Measured(
        tested=len(tested),
        first=min(days),
        last=max(days),
        learned=max(len(known_before(learned, cut)) for cut in found.cuts),
        late_share=fmean(row["days_late"] > 0 for row in tested),
        repeats=_repeats([*learned, *tested]),
        measures=[measured(name, tested, told) for name, told in methods.items()],
    )


def measured(method: str, rows: Sequence[Row], told: Sequence[Foretold]) -> Measure:
    """How far off `told` is. By buyer: each buyer counts once, however many invoices it has."""
    by_buyer = defaultdict(list)
    for row, (days, _late, _late_30) in zip(rows, told, strict=True):
        by_buyer[row["buyer"]].append(abs(days - row["days_late"]))
    return Measure(
        method=method,
        error=fmean(error for errors in by_buyer.values() for error in errors),
        error_by_buyer=fmean(map(fmean, by_buyer.values())),
        late_auc=_auc([row["days_late"] > 0 for row in rows], [late for _, late, _ in told]),
        late_30_auc=_auc([row["days_late"] >= 30 for row in rows], [late for _, _, late in told]),
    )


def _auc(happened: Sequence[bool], ranked: Sequence[float]) -> float:
    from sklearn.metrics import roc_auc_score

    # Where all or none were late there is nothing to rank.
    return float(roc_auc_score(happened, ranked)) if len(set(happened)) == 2 else 0.5


def _foretold(
    tested: Sequence[Row],
    known: Mapping[date, Sequence[Row]],
    learn: Callable[[Sequence[Row]], Predict],
) -> list[Foretold]:
    """Each row by the newest model of its day; before the first, by the buyer's median."""
    models = {cut: learn(rows) for cut, rows in known.items() if len(rows) >= LEAST_LEARNED}
    # Later models last: a row keeps the word of the newest there was on its day.
    told = [_from_history(row, "late_median") for row in tested]
    for cut in sorted(models):
        places = [place for place, row in enumerate(tested) if row["issued_on"] >= cut]
        for place, said in zip(places, models[cut]([tested[p] for p in places]), strict=True):
            told[place] = said
    return told


def _from_history(row: Row, feature: str) -> Foretold:
    """The buyer's own figure; without a history, what all buyers do."""
    days = row[feature] if row[feature] is not None else row["all_mean"]
    days = float(days or 0)
    return days, days, days


def _ours(rows: Sequence[Row]) -> Predict:
    model = train(rows)

    def predict(asked: Sequence[Row]) -> list[Foretold]:
        forecasts = map(model.forecast, asked)
        return [(f.days_late, f.late, f.late_30) for f in forecasts]

    return predict


def _raw(rows: Sequence[Row]) -> Predict:
    """The same boosting over the columns of the list as they are, the buyer as a category."""
    import lightgbm
    import numpy

    places = {buyer: place for place, buyer in enumerate(sorted({row["buyer"] for row in rows}))}

    def values(row: Row) -> list[float]:
        return [
            places.get(row["buyer"], -1),
            row["amount"],
            row["terms_days"],
            row["due_weekday"],
            row["due_day"],
        ]

    table = numpy.array([values(row) for row in rows], dtype=float)
    days = numpy.array([row["days_late"] for row in rows], dtype=float)

    def grown(answers: object, objective: str) -> lightgbm.Booster:
        data = lightgbm.Dataset(table, answers, categorical_feature=[0])
        return lightgbm.train(SETTINGS | {"objective": objective}, data, num_boost_round=ROUNDS)

    boosters = grown(days, "l1"), grown(days > 0, "binary"), grown(days >= 30, "binary")

    def predict(asked: Sequence[Row]) -> list[Foretold]:
        table = numpy.array([values(row) for row in asked], dtype=float)
        said = [
            numpy.asarray(booster.predict(table, num_threads=1)).tolist() for booster in boosters
        ]
        return list(zip(*said, strict=True))

    return predict


def _repeats(rows: Sequence[Row]) -> int:
    """How many rows say what another one says: repeats of the source, left in."""
    said = ("buyer", "amount", "issued_on", "due_on", "settled_on")
    return len(rows) - len({tuple(row[name] for name in said) for row in rows})


def _rows(
    file: Path, test: Path | None, mapping: Mapping[str, str]
) -> tuple[list[Row], tuple[int, int]]:
    """The features of all invoices, each as on its own day, and how many rows the files have."""
    import duckdb

    from netterms.store.portable import DuckEngine

    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        # Several threads add up doubles in any order, and a last digit can move a split of a tree.
        connection.execute("SET threads = 1")
        connection.execute(ITEM)
        first = _read(connection, file, 0, mapping)
        second = 0 if test is None else _read(connection, test, first, mapping)
        asked = {"with_settled": True, "since": date.min}
        return list(DuckEngine(connection).ask(QUESTION, **asked)), (first, second)


def _read(
    connection: duckdb.DuckDBPyConnection, file: Path, first: int, mapping: Mapping[str, str]
) -> int:
    """Bring the list in, its rows numbered from `first` on; how many it has."""
    import duckdb

    if not file.exists():
        raise Refusal(Code.NOT_FOUND, field="file", value=file.name, mend=Mend.GIVE_IT)
    if not file.stat().st_size:
        raise Refusal(Code.FILE_EMPTY, file=file.name)
    typed = {name: text.format(cell=name) for name, (text, _) in COLUMNS.items()}
    try:
        headings = connection.read_csv(str(file), all_varchar=True, header=True).columns
        connection.execute(GIVEN.format(cells=_cells(headings, mapping)), {"file": str(file)})
        for name, (_, mend) in COLUMNS.items():
            _require_good(connection, name, typed[name], mend)
        connection.execute(READ.format(**typed), {"first": first})
        counted = connection.execute("SELECT count(*) FROM given").fetchall()
    except duckdb.Error as error:
        why = str(error).splitlines()[0]
        raise Refusal(
            Code.FILE_UNREADABLE, file=file.name, mend=Mend.READABLE_CSV, why=why
        ) from None
    return int(counted[0][0])


def _cells(headings: Sequence[str], mapping: Mapping[str, str]) -> str:
    """The cells of `COLUMNS` in SQL, NULL where nothing stands."""
    known = {heading.strip().casefold(): heading for heading in headings}
    for field in mapping:
        if field not in COLUMNS:
            allowed = ", ".join(COLUMNS)
            raise Refusal(
                Code.VALUE_INVALID, field="map", value=field, mend=Mend.ONE_OF, allowed=allowed
            )
    cells = []
    for name in COLUMNS:
        # One of two files may have it under its own name.
        heading = known.get(mapping.get(name, name).casefold()) or known.get(name)
        if heading is None and name in mapping:
            raise Refusal(Code.COLUMN_UNKNOWN, value=mapping[name], headings=list(headings))
        if heading is None:
            raise Refusal(Code.COLUMN_MISSING, field=name, headings=list(headings))
        quoted = heading.replace('"', '""')
        cells.append(f"""nullif(trim("{quoted}"), '') AS {name}""")
    return ", ".join(cells)


def _require_good(connection: duckdb.DuckDBPyConnection, name: str, typed: str, mend: Mend) -> None:
    """Refuse the first cell that lacks or is none of its kind, with its row."""
    lacking = "false" if name == PAID else f"{name} IS NULL"
    bad = connection.execute(
        f"SELECT place, {name} FROM given "  # noqa: S608 - our own names
        f"WHERE {lacking} OR ({name} IS NOT NULL AND {typed} IS NULL) ORDER BY place LIMIT 1"
    ).fetchall()
    if bad:
        place, value = bad[0]
        raise Refusal(
            Code.VALUE_INVALID,
            field=f"{name}, {place + HEADINGS}",
            value=value or "",
            mend=mend if value else Mend.GIVE_IT,
        )
