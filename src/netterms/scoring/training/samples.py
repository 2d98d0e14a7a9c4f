"""Reading a file of firm-years with a mark of failure.

Three shapes are known: the 18 statement items X1..X18 of the American set, the 64 ratios
Attr1..Attr64 of the Polish one, and any file whose headings are attribute names, by default those
of `attributes.FINANCIAL`. Small or capital letters and the order of columns make no difference.
Every other column (a name, a year) is left out: it would let a model know who a firm is, or when
it was looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from pathlib import Path
from types import MappingProxyType

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
MARKS = {"true": "1", "yes": "1", "failed": "1", "false": "0", "no": "0", "alive": "0"}
MISSING = ("", "?", "NA", "NaN", "nan", "null")
FEWEST_FAILURES = 20
OTHER_SEPARATORS = ";\t|"
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
    path: Path,
    fewest: int = FEWEST_FAILURES,
    known: Sequence[str] = FINANCIAL_NAMES,
    mapping: Mapping[str, str] = MappingProxyType({}),
) -> Sample:
    """The sample in a CSV file. A refusal names the column, or the first bad value and its row.

    It takes `fewest` failures and as many others: a file to measure on gets by with 1. `known` are
    the attributes that a file of neither known set may have. `mapping` names the heading of a
    column that is called otherwise in the file; of the mark of failure by any of `LABELS`.
    """
    table = _named(_table(path), known, mapping)
    headings = list(table.columns)
    label = next((name for name in (*mapping, *LABELS) if name in LABELS and name in headings), "")
    if not label:
        raise Refusal(Code.COLUMN_MISSING, field=" / ".join(LABELS), headings=headings)
    if not len(table):
        raise Refusal(Code.FILE_EMPTY)
    shape, names = _shape(headings, known)
    table[label] = table[label].str.strip().str.casefold().replace(MARKS)
    failed = _numbers(table, label)
    if not np.isin(failed, (0, 1)).all():
        raise _wrong(table, label, ~np.isin(failed, (0, 1)), Mend.ONE_OF, allowed="0, 1")
    if min(failed.sum(), len(failed) - failed.sum()) < fewest:
        raise Refusal(
            Code.VALUE_INVALID,
            field=label,
            value=f"{int(failed.sum())} / {len(failed)}",
            mend=Mend.BOTH_OUTCOMES,
            least=fewest,
        )
    raw = np.column_stack([_numbers(table, name) for name in names])
    return Sample(shape, names, raw, failed.astype(np.int64))


def _table(path: Path) -> pd.DataFrame:
    try:
        first = pd.read_csv(path, nrows=0, encoding="utf-8-sig").columns
        other = next((sign for sign in OTHER_SEPARATORS if sign in "".join(first)), None)
        separator = other if other and len(first) == 1 else ","
        table = pd.read_csv(
            path,
            sep=separator,
            dtype=str,
            keep_default_na=False,
            index_col=False,
            encoding="utf-8-sig",
        )
    except FileNotFoundError:
        raise Refusal(Code.NOT_FOUND, field="file", value=path.name, mend=Mend.GIVE_IT) from None
    except pd.errors.EmptyDataError:
        raise Refusal(Code.FILE_EMPTY) from None
    except (OSError, ValueError) as error:
        why = str(error).splitlines()[0]
        raise Refusal(
            Code.FILE_UNREADABLE, file=path.name, mend=Mend.READABLE_CSV, why=why
        ) from None
    if separator == ",":
        return table
    # Where no comma parts the columns, it may be a decimal comma.
    return table.replace(r"^\s*([+-]?\d+),(\d+)\s*$", r"\1.\2", regex=True)


def _named(table: pd.DataFrame, known: Sequence[str], mapping: Mapping[str, str]) -> pd.DataFrame:
    """The table with the columns that can be asked for under their own names."""
    fields = {n.casefold(): n for n in (*LABELS, *chain.from_iterable(COLUMNS.values()), *known)}
    table = table.rename(columns=lambda n: fields.get(n.strip().casefold(), n.strip()))
    for field, heading in mapping.items():
        if field not in fields.values():
            allowed = ", ".join(fields.values())
            raise Refusal(
                Code.VALUE_INVALID, field="map", value=field, mend=Mend.ONE_OF, allowed=allowed
            )
        if heading in table.columns:
            table[field] = table[heading]
        elif not set(LABELS if field in LABELS else (field,)) & set(table.columns):
            # One of two files may have it under its own name.
            raise Refusal(Code.COLUMN_UNKNOWN, value=heading, headings=list(table.columns))
    return table


def _shape(headings: list[str], known: Sequence[str]) -> tuple[Shape, tuple[str, ...]]:
    for shape, wanted in COLUMNS.items():
        lacking = [name for name in wanted if name not in headings]
        if not lacking:
            return shape, wanted
        if 2 * len(lacking) < len(wanted):
            raise Refusal(Code.COLUMN_MISSING, field=", ".join(lacking), headings=headings)
    found = tuple(name for name in known if name in headings)
    if not found:
        raise Refusal(Code.COLUMN_MISSING, field=", ".join(known), headings=headings)
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
