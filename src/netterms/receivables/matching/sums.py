"""Sets of open invoices that come to just an amount, looked for within bounds. Pure.

Any set of some hundred invoices is out of reach, and would prove nothing: with so many sums one
hits any amount by chance. So only what people do is looked for: everything, runs in the order of
the invoices, pairs, and of few invoices threes and fours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, combinations
from typing import Protocol, TypeVar

FOURS_UP_TO, FIVES_UP_TO = 12, 9


class Open(Protocol):
    """Something with an open amount, above zero."""

    @property
    def open(self) -> int: ...


Some = TypeVar("Some", bound=Open)


def to(items: Sequence[Some], amount: int, *, triples_up_to: int) -> list[list[Some]]:
    """Up to two different sets of two or more whose sum is `amount`, the whole account first."""
    items = (
        [item for item in items if item.open <= amount]
        if sum(item.open for item in items) != amount
        else list(items)
    )
    found: dict[tuple[int, ...], None] = {}
    for places in _places([item.open for item in items], amount, triples_up_to):
        found[places] = None
        if len(found) == 2:
            break
    return [[items[k] for k in places] for places in found]


def _places(opens: list[int], amount: int, triples_up_to: int) -> Iterator[tuple[int, ...]]:
    yield from _runs(opens, amount)
    yield from _pairs(opens, amount)
    if len(opens) <= triples_up_to:
        yield from _triples(opens, amount)
    if len(opens) <= FOURS_UP_TO:
        for size in (4, 5) if len(opens) <= FIVES_UP_TO else (4,):
            for places in combinations(range(len(opens)), size):
                if sum(opens[k] for k in places) == amount:
                    yield places


def _runs(opens: list[int], amount: int) -> Iterator[tuple[int, ...]]:
    """Neighbours in the order of the invoices: all of them, the oldest few, those of a month."""
    ends = {total: k for k, total in enumerate(accumulate(opens, initial=0))}
    totals = list(accumulate(opens, initial=0))
    if totals[-1] == amount and len(opens) > 1:
        yield tuple(range(len(opens)))
    for first, total in enumerate(totals):
        last = ends.get(total + amount)
        if last is not None and last - first > 1:
            yield tuple(range(first, last))


def _pairs(opens: list[int], amount: int) -> Iterator[tuple[int, ...]]:
    seen: dict[int, list[int]] = {}
    for k, value in enumerate(opens):
        for other in seen.get(amount - value, ())[:2]:
            yield (other, k)
        seen.setdefault(value, []).append(k)


def _triples(opens: list[int], amount: int) -> Iterator[tuple[int, ...]]:
    for k in range(2, len(opens)):
        for pair in _pairs(opens[:k], amount - opens[k]):
            yield (*pair, k)
