"""Companies of whom more or less is known, for tests of blocks."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
from hypothesis import strategies as st

from netterms.scoring import scorecard
from netterms.scoring.blocks import Combined, combination
from netterms.scoring.overlay import Overlay, points_of

D = Decimal


BLOCKS = combination()
ACCOUNTS = next(b.card for b in BLOCKS.blocks if b.name == "accounts")
FACTORS = Overlay(
    "overlay_for_tests",
    "made up",
    MappingProxyType({"DE": points_of(D("0.9")), "TR": points_of(D("2.2"))}),
    MappingProxyType({"F": points_of(D("1.25")), "G": points_of(D(6))}),
)


@dataclass(frozen=True)
class Company:
    """What is known of one company."""

    attributes: dict[str, scorecard.Value]
    country: str
    sector: str
    defaulted: bool


def _edges(attribute: scorecard.Attribute) -> list[Decimal]:
    """Where something changes: points, confidence, or whether a block is known at all."""
    edges = [b.up_to for b in attribute.bins]
    for b in BLOCKS.blocks:
        if b.card.confidence_attribute == attribute.name:
            edges += [step.up_to for step in b.card.confidence_steps]
            edges.append(None if b.oldest_months is None else Decimal(b.oldest_months))
    return [edge for edge in edges if edge is not None]


def _values(attribute: scorecard.Attribute) -> st.SearchStrategy[scorecard.Value]:
    edges = _edges(attribute)
    near = [edge + step for edge in edges for step in (D("-0.0001"), D(0), D("0.0001"))]
    return st.none() | st.sampled_from([*near, D(0), D(9000)]) | st.decimals(-5, 300, places=4)


@st.composite
def companies(draw: st.DrawFn) -> Company:
    """Of each block all may be known, some of it or nothing."""
    attributes: dict[str, scorecard.Value] = {}
    for block in BLOCKS.blocks:
        known = draw(st.booleans())
        for a in block.card.attributes:
            attributes[a.name] = draw(_values(a)) if known else None
    return Company(
        attributes,
        draw(st.sampled_from(["", "DE", "TR", "CN"])),
        draw(st.sampled_from(["", "F", "G", "retail"])),
        draw(st.booleans()) and draw(st.booleans()),
    )


def some_companies(count: int = 400) -> list[Company]:
    """Companies drawn by a seed, for engines too slow for many examples."""
    dice = random.Random(5)
    return [
        Company(
            {
                a.name: _value(dice, a) if known else None
                for b in BLOCKS.blocks
                for known in [dice.random() < 0.7]
                for a in b.card.attributes
            },
            dice.choice(["", "DE", "TR", "CN"]),
            dice.choice(["", "F", "G", "retail"]),
            dice.random() < 0.1,
        )
        for _ in range(count)
    ]


def _value(dice: random.Random, attribute: scorecard.Attribute) -> Decimal | None:
    edges = _edges(attribute) or [Decimal(0)]
    step = dice.choice([Decimal("-0.0001"), Decimal(0), Decimal("0.0001"), Decimal(7)])
    return None if dice.random() < 0.1 else dice.choice(edges) + step


def table(connection: duckdb.DuckDBPyConnection, some: list[Company]) -> None:
    """The relation `company` in DuckDB, in the order given by `place`."""
    columns = ", ".join(f"{name} DECIMAL(18, 4)" for name in BLOCKS.attributes)
    connection.execute(
        "CREATE OR REPLACE TABLE company (place INTEGER, country VARCHAR, sector VARCHAR,"
        f" in_default BOOLEAN, {columns})"
    )
    connection.executemany(
        f"INSERT INTO company VALUES ({', '.join('?' * (4 + len(BLOCKS.attributes)))})",
        [
            [n, c.country, c.sector, c.defaulted, *(c.attributes[a] for a in BLOCKS.attributes)]
            for n, c in enumerate(some)
        ],
    )


def as_file(
    connection: duckdb.DuckDBPyConnection, file: Path, some: list[Company], change: str = "*"
) -> Path:
    """A Parquet file of companies; the need of each is its place times 1,000.00."""
    table(connection, some)
    connection.execute(
        f"COPY (SELECT {change} FROM (SELECT * RENAME (place AS company), place * 100000 AS"
        " need_minor, CASE WHEN place % 3 = 0 THEN place * 7777 END AS tangible_net_worth_minor,"
        f" place % 5 AS open_stage FROM company)) TO '{file}'"
    )
    return file


def as_row(said: Combined) -> dict[str, Any]:
    """A combined score as the statement gives it."""
    lowered = [r.code for r in said.reasons if r.direction == "lowered"]
    raised = [r.code for r in said.reasons if r.direction == "raised"]
    return {
        "score_hundredths": int(said.score * 100),
        "pd": said.pd,
        "grade": said.grade,
        "confidence": said.confidence,
        **{f"reason_{n}": code for n, code in enumerate((lowered + [None] * 3)[:3], 1)},
        **{f"raised_{n}": code for n, code in enumerate((raised + [None] * 2)[:2], 1)},
    }
