"""Notices of insolvency as a list, from a gazette, a register or a credit bureau.

Columns: `buyer_number`, `kind` (`sign`, `opened`, or a register's own word for the company's
state), `dated_on` (2026-05-31), `source`; optional `reference`, `words`, and `withdrawn`: why a
notice told before is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from netterms.buyers.insolvency import Listed, Notice, NoticeKind, state_kind
from netterms.connectors.columns import Lines, day, read_lines
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import invalid

NEEDED = ("buyer_number", "kind", "dated_on", "source")


def read(path: Path) -> Lines[Listed]:
    """The notices of a list. COLUMN_MISSING, FILE_EMPTY, FILE_UNREADABLE, FILE_TOO_LARGE."""
    return read_lines(path, NEEDED, _line)


def _line(cells: Mapping[str, str]) -> Listed:
    told = cells["kind"]
    kind = NoticeKind(told) if told in set(NoticeKind) else state_kind(told)
    if kind is None:
        raise invalid("kind", told, Mend.ONE_OF, allowed=", ".join(NoticeKind))
    notice = Notice(
        kind,
        day(cells, "dated_on"),
        cells["source"],
        cells.get("reference", ""),
        cells.get("words", ""),
    )
    return Listed(cells["buyer_number"], notice, cells.get("withdrawn", ""))
