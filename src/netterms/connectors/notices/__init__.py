"""Notices of insolvency as a list: CSV or Parquet, from a gazette, a register or a credit bureau.

Columns: `buyer_number`, `kind` (`sign`, `opened`, or a register's own word for the company's
state), `dated_on` (2026-05-31), `source`; optional `reference`, `words`, and `withdrawn`: why a
notice told before is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from netterms.buyers.insolvency import Listed, Notice, NoticeKind, state_kind
from netterms.connectors.columns import read_columns
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Refusal, invalid

NEEDED = ("buyer_number", "kind", "dated_on", "source")


@dataclass(frozen=True, slots=True)
class Read:
    """What a list holds, the row of each line, and by row what cannot be used."""

    lines: tuple[Listed, ...]
    rows: tuple[int, ...]
    bad: tuple[tuple[int, Refusal], ...]


def read(path: Path) -> Read:
    """The notices of a list. COLUMN_MISSING, FILE_UNREADABLE, FILE_TOO_LARGE."""
    lines, rows, bad = [], [], []
    for row, cells in read_columns(path, NEEDED):
        try:
            lines.append(_line(cells))
            rows.append(row)
        except Refusal as refusal:
            bad.append((row, refusal))
    return Read(tuple(lines), tuple(rows), tuple(bad))


def _line(cells: Mapping[str, str]) -> Listed:
    told = cells["kind"]
    kind = NoticeKind(told) if told in set(NoticeKind) else state_kind(told)
    if kind is None:
        raise invalid("kind", told, Mend.ONE_OF, allowed=", ".join(NoticeKind))
    try:
        dated_on = date.fromisoformat(cells["dated_on"][:10])
    except ValueError:
        raise invalid("dated_on", cells["dated_on"], Mend.DAY) from None
    notice = Notice(
        kind, dated_on, cells["source"], cells.get("reference", ""), cells.get("words", "")
    )
    return Listed(cells["buyer_number"], notice, cells.get("withdrawn", ""))
