"""Reading a file of firm-years with a mark of failure.

Three shapes are known: the 18 statement items X1..X18 of the American set, the 64 ratios
Attr1..Attr64 of the Polish one, and any file whose headings are attribute names, by default those
of `attributes.FINANCIAL`. Every other column (a name, a year) is left out: it would let a model
know who a firm is, or when it was looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring.training.attributes import FINANCIAL

Matrix = npt.NDArray[np.float64]
Flags = npt.NDArray[np.int64]

FINANCIAL_NAMES = tuple(a.name for a in FINANCIAL)
LABELS = ("bankrupt", "class", "failed", "default")
MISSING = ("", "?", "NA", "NaN", "nan", "null")
FEWEST_FAILURES = 20
# A row of headings, and people count from 1.
FIRST_ROW = 2


class Shape(StrEnum):
    """Which columns a file has."""

    AMERICAN = "american"
    POLISH = "polish"
    GENERIC = "generic"


COLUMNS: dict[Shape, tuple[str, ...]] = {
    Shape.AMERICAN: tuple(f"X{n}" for n in range(1, 19)),
    Shape.POLISH: tuple(f"Attr{n}" for n in range(1, 65)),
}


@dataclass(frozen=True)
class Sample:
    """Firm-years: `raw` has a column for each of `names` (NaN: not known), `failed` is 0 or 1."""

    shape: Shape
    names: tuple[str, ...]
    raw: Matrix
    failed: Flags

    def rows(self, chosen: npt.NDArray[np.int64]) -> Sample:
        """The firm-years at the places `chosen`."""
        return Sample(self.shape, self.names, self.raw[chosen], self.failed[chosen])

    def column(self, name: str) -> Matrix:
        """One column."""
        return self.raw[:, self.names.index(name)]


def read(
    path: Path, fewest: int = FEWEST_FAILURES, known: Sequence[str] = FINANCIAL_NAMES
) -> Sample:
    """The sample in a CSV file. A refusal names the column, or the first bad value and its row.

    It takes `fewest` failures and as many others: a file to measure on gets by with 1. `known` are
    the attributes that a file of neither known set may have.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise Refusal(Code.NOT_FOUND, field="file", value=path.name, mend=Mend.GIVE_IT) from None
    except pd.errors.EmptyDataError:
        raise Refusal(Code.FILE_EMPTY) from None
    except (OSError, ValueError):
        raise Refusal(Code.FILE_UNREADABLE) from None
    label = next((name for name in LABELS if name in table.columns), None)
    if label is None:
        raise Refusal(Code.COLUMN_MISSING, field=" / ".join(LABELS))
    shape, names = _shape(list(table.columns), known)
    failed = _numbers(table, label)
    if not np.isin(failed, (0, 1)).all():
        raise _wrong(table, label, ~np.isin(failed, (0, 1)), Mend.ONE_OF, allowed="0, 1")
    if min(failed.sum(), len(failed) - failed.sum()) < fewest:
        raise Refusal(
            Code.VALUE_INVALID,
            field=label,
            value=int(failed.sum()),
            mend=Mend.AT_LEAST,
            least=fewest,
        )
    raw = np.column_stack([_numbers(table, name) for name in names])
    return Sample(shape, names, raw, failed.astype(np.int64))


def _shape(headings: list[str], known: Sequence[str]) -> tuple[Shape, tuple[str, ...]]:
    for shape, wanted in COLUMNS.items():
        if set(wanted) <= set(headings):
            return shape, wanted
    found = tuple(name for name in known if name in headings)
    if not found:
        raise Refusal(Code.COLUMN_MISSING, field=known[0])
    return Shape.GENERIC, found


def _numbers(table: pd.DataFrame, name: str) -> Matrix:
    given = table[name].str.strip()
    known = ~given.isin(MISSING)
    numbers: Matrix = pd.to_numeric(given.where(known), errors="coerce").to_numpy(np.float64)
    bad = known.to_numpy() & ~np.isfinite(numbers)
    if bad.any():
        raise _wrong(table, name, bad, Mend.NUMBER)
    return numbers


def _wrong(
    table: pd.DataFrame, name: str, bad: npt.NDArray[np.bool_], mend: Mend, **facts: object
) -> Refusal:
    row = int(np.flatnonzero(bad)[0])
    return Refusal(
        Code.VALUE_INVALID,
        field=f"{name}, {row + FIRST_ROW}",
        value=table[name].iloc[row],
        mend=mend,
        **facts,
    )
