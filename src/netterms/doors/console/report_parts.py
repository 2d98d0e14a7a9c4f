"""What a credit report is made of, for page and PDF alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Part = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what it is, its value, and whether it is good or bad news (`ok`, `warn`, `bad`)."""

    label: str
    value: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their headings; all columns but the first hold figures, or none does."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report under its title; what it does not have is empty."""

    title: str
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    points: tuple[str, ...] = ()
    note: str = ""
    tone: str = field(default="")
