"""A combination of cards compiled to portable SQL: a population in one pass, equal to `combine`.

Written for tens of millions of rows: no sort, no list, no join. Of each attribute there is one
whole number with the points it lost and who lost them, and the heaviest are found by GREATEST.
"""

# Names and codes come from parsed cards and tables, which let only identifiers and codes through.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from netterms.scoring.blocks import (
    HIGHEST,
    LOWEST,
    NOTHING_KNOWN,
    POINT,
    WHOLE,
    Block,
    Combination,
    pd_of,
)
from netterms.scoring.overlay import NEUTRAL, Overlay
from netterms.scoring.rules import (
    DEFAULT_GRADE,
    GRADE_BOUNDS,
    HOUSE_SCALING,
    WORST_FORECAST,
    grade,
)
from netterms.scoring.scorecard import DEFAULTED, LOWERED_SHOWN, RAISED_SHOWN, Attribute

# Points and their owner share a whole number: points * 1024 + owner, and the owner of an attribute
# is 2 * (the places behind it) + 1 if it is missing. The owners of a block (at most 31 attributes)
# add up to less than 1024, so the sum of such numbers still holds the sum of the points.
_OWNERS = 1024
_BLOCK_OWNERS = 64
# PostgreSQL would work out a layer's expressions anew for every use of them; this stops it.
FENCE = " OFFSET 0"
Lines = list[str]


def compile_sql(
    combination: Combination,
    source: str,
    keep: Sequence[str],
    *,
    overlay: Overlay = NEUTRAL,
    defaulted: str = "FALSE",
    blocks: Iterable[str] | None = None,
    raised: bool = True,
    parts: bool = False,
    fence: str = FENCE,
) -> str:
    """A SELECT over `source` with the `keep` columns and the results.

    `source` is a table, view or bracketed query with `country`, `sector` and a DECIMAL or integer
    column for each attribute of the `blocks` named (default: all); a block not named is not known.
    Results: score_hundredths (integer), pd DECIMAL(9,6), grade, confidence DECIMAL(3,2), reason_1
    to reason_3, and with `raised` raised_1 and raised_2; with `parts` also score_, weight_ and
    taken_ of each block, weight_prior and overlay_hundredths. `fence` is for PostgreSQL: other
    engines need none.
    """
    named = {b.name for b in combination.blocks} if blocks is None else set(blocks)
    known = [b for b in combination.blocks if b.name in named]
    weave = _Weave(combination, known, raised)
    text = f"SELECT {', '.join(_pointed(weave, keep, overlay, defaulted))} FROM {source} AS facts"
    for number, columns in enumerate(filter(None, _layers(weave))):
        text = f"SELECT *, {', '.join(columns)} FROM ({text}{fence}) AS layer_{number}"
    return (
        f"SELECT {', '.join([*keep, *_results(weave, parts=parts)])} FROM ({text}{fence}) AS done"
    )


class _Weave:
    """What the layers share: the blocks known, and the kinds of reasons asked for."""

    def __init__(self, combination: Combination, known: Sequence[Block], raised: bool) -> None:
        self.combination = combination
        self.known = known
        self.levels = [b for b in known if not b.adjusts]
        self.adjusting = [b for b in known if b.adjusts]
        self.ranks = {"lost": LOWERED_SHOWN} | ({"gained": RAISED_SHOWN} if raised else {})

    def blocks(self, kind: str) -> Sequence[Block]:
        """Those that give reasons of the kind."""
        return self.known if kind == "lost" else self.levels

    def offset(self, block: Block) -> int:
        """Added to an owner within its block: earlier blocks have the higher numbers."""
        return _BLOCK_OWNERS * (
            len(self.combination.blocks) - 1 - self.combination.blocks.index(block)
        )


def _pointed(weave: _Weave, keep: Sequence[str], overlay: Overlay, defaulted: str) -> Lines:
    columns = [*keep, f"{defaulted} AS is_defaulted", f"{_shift(overlay)} AS overlay_hundredths"]
    for b in weave.known:
        columns += [f"{_lost(a, b)} AS lost_{a.name}" for a in b.card.attributes]
        if not b.adjusts:
            columns.append(f"{_weight(b)} AS weight_{b.name}")
            if "gained" in weave.ranks:
                columns += [f"{a.name} IS NOT NULL AS known_{a.name}" for a in b.card.attributes]
    return columns


def _lost(a: Attribute, block: Block) -> str:
    owner = _owner(a, block)

    def code(points: int) -> str:
        return str((a.best - points) * _OWNERS + owner)

    steps = [(b.up_to, code(b.points)) for b in a.bins]
    missing = (a.best - a.missing_points) * _OWNERS + owner + 1
    return f"CASE WHEN {a.name} IS NULL THEN {missing} ELSE {_tree(a.name, steps)} END"


def _owner(a: Attribute, block: Block) -> int:
    attributes = block.card.attributes
    return 2 * (len(attributes) - 1 - attributes.index(a))


def _tree(column: str, steps: Sequence[tuple[Decimal | None, str]]) -> str:
    """Steps found by halves, so that a row is compared with few bounds."""
    if len(steps) == 1:
        return steps[0][1]
    middle = (len(steps) - 1) // 2
    low, high = _tree(column, steps[: middle + 1]), _tree(column, steps[middle + 1 :])
    if low == high:
        return low
    return f"CASE WHEN {column} <= {steps[middle][0]:f} THEN {low} ELSE {high} END"


def _weight(block: Block) -> str:
    column = block.card.confidence_attribute
    steps = [
        (step.up_to, str(block.weight * int(100 * step.confidence)))
        for step in block.card.confidence_steps
    ]
    unknown = f"{column} IS NULL"
    if block.oldest_months is not None:
        unknown += f" OR {column} > {block.oldest_months}"
    return f"CASE WHEN {unknown} THEN 0 ELSE {_tree(column, steps)} END"


def _shift(overlay: Overlay) -> str:
    parts = [
        _factors(column, factors)
        for column, factors in (("country", overlay.countries), ("sector", overlay.sectors))
        if factors
    ]
    return " + ".join(parts) or "0"


def _factors(column: str, factors: Mapping[str, int]) -> str:
    same: dict[int, list[str]] = {}
    for key, points in factors.items():
        same.setdefault(points, []).append(f"'{key}'")
    arms = " ".join(
        f"WHEN {column} IN ({', '.join(keys)}) THEN {points}" for points, keys in same.items()
    )
    return f"CASE {arms} ELSE 0 END"


def _layers(weave: _Weave) -> Iterable[Lines]:
    """Columns each layer adds to those below it."""
    for rank in range(1, LOWERED_SHOWN + 1):
        columns = [
            line
            for kind, ranks in weave.ranks.items()
            if rank <= ranks
            for line in _heaviest(weave, kind, rank)
        ]
        yield columns + (_sums(weave) if rank == 1 else [])
    yield _totals(weave)
    yield [*_keys(weave), _mean(weave)]
    for rank in range(1, LOWERED_SHOWN + 1):
        tops = [_top(weave, kind, rank) for kind, ranks in weave.ranks.items() if rank <= ranks]
        yield tops + ([_score(weave)] if rank == 1 else [])
    yield [
        _owner_of(kind, rank) for kind, ranks in weave.ranks.items() for rank in range(1, ranks + 1)
    ]


def _heaviest(weave: _Weave, kind: str, rank: int) -> Lines:
    """Of each block, the heaviest number below the last one found; 0 when there is none."""
    return [
        f"{_greatest(_below(b, kind, rank))} AS {kind}_{b.name}_{rank}" for b in weave.blocks(kind)
    ]


def _below(block: Block, kind: str, rank: int) -> Lines:
    columns = [
        f"lost_{a.name}" if kind == "lost" else _gained(a, block) for a in block.card.attributes
    ]
    if rank == 1:
        return columns
    last = f"{kind}_{block.name}_{rank - 1}"
    return [f"CASE WHEN {c} < {last} THEN {c} ELSE 0 END" for c in columns]


def _gained(a: Attribute, block: Block) -> str:
    if a.best == a.worst:
        return "0"
    code = (a.best - a.worst) * _OWNERS + _owner(a, block)
    return f"CASE WHEN known_{a.name} AND lost_{a.name} < {_OWNERS} THEN {code} ELSE 0 END"


def _greatest(values: Lines) -> str:
    # GREATEST of one thing is not SQL everywhere.
    return f"GREATEST({', '.join(['0', *values])})"


def _sums(weave: _Weave) -> Lines:
    """Points lost by block: the sum of the numbers without their owners."""
    lines = []
    for b in weave.known:
        total = " + ".join(f"lost_{a.name}" for a in b.card.attributes)
        lines.append(f"({total}) >> 10 AS taken_{b.name}")
    return lines


def _totals(weave: _Weave) -> Lines:
    least = weave.combination.least
    weights = " + ".join(f"weight_{b.name}" for b in weave.levels) or "0"
    held = [f"weight_{b.name} > 0" for b in weave.levels if b.holds_prior]
    prior = f"GREATEST(0, {least} - ({weights}))"
    if held:
        prior = f"CASE WHEN {' OR '.join(held)} THEN 0 ELSE {prior} END"
    return [f"{weights} AS weight_levels", f"{prior} AS weight_prior"]


def _keys(weave: _Weave) -> Lines:
    """A block's heaviest, weighed by its part in the score, so that blocks can be compared."""
    lines = []
    for kind, ranks in weave.ranks.items():
        for b in weave.blocks(kind):
            part = "(weight_levels + weight_prior)" if b.adjusts else f"weight_{b.name}"
            for rank in range(1, ranks + 1):
                found = f"{kind}_{b.name}_{rank}"
                owner = f"({found} & {_OWNERS - 1})"
                key = f"CAST({found} - {owner} AS BIGINT) * {part} + {owner} + {weave.offset(b)}"
                lines.append(f"{key} AS key_{found}")
    return lines


def _mean(weave: _Weave) -> str:
    """Half-up mean of the scores in hundredths: floor((2a + b) / 2b), exact for such numbers."""
    scores = [
        f"CAST(weight_{b.name} AS BIGINT) * ({b.best} - taken_{b.name}) * {POINT}"
        for b in weave.levels
    ]
    top = " + ".join([*scores, f"CAST(weight_prior AS BIGINT) * {weave.combination.prior}"])
    bottom = "(weight_levels + weight_prior)"
    quotient = f"CAST(2 * ({top}) + {bottom} AS DOUBLE) / CAST(2 * {bottom} AS DOUBLE)"
    return f"CAST(FLOOR({quotient}) AS INTEGER) AS mean_hundredths"


def _top(weave: _Weave, kind: str, rank: int) -> str:
    keys = [
        f"key_{kind}_{b.name}_{place}"
        for b in weave.blocks(kind)
        for place in range(1, weave.ranks[kind] + 1)
    ]
    if rank > 1:
        keys = [f"CASE WHEN {key} < {kind}_top_{rank - 1} THEN {key} ELSE 0 END" for key in keys]
    return f"{_greatest(keys)} AS {kind}_top_{rank}"


def _owner_of(kind: str, rank: int) -> str:
    """Whose the number is; below 0 when there is no such reason."""
    top = f"{kind}_top_{rank}"
    owner = f"CASE WHEN {top} < {_OWNERS} THEN -1 ELSE CAST({top} & {_OWNERS - 1} AS INTEGER) END"
    return f"{owner} AS {kind}_owner_{rank}"


def _score(weave: _Weave) -> str:
    taken = "".join(f" - {POINT} * taken_{b.name}" for b in weave.adjusting)
    moved = f"mean_hundredths{taken} + overlay_hundredths"
    return f"LEAST({HIGHEST}, GREATEST({LOWEST}, {moved})) AS score_hundredths"


def _results(weave: _Weave, *, parts: bool) -> Lines:
    columns = [
        "score_hundredths",
        f"{_pd()} AS pd",
        f"{_grade()} AS grade",
        f"{_confidence(weave)} AS confidence",
    ]
    columns += [f"{_lowered(weave, n)} AS reason_{n}" for n in range(1, LOWERED_SHOWN + 1)]
    for number in range(1, weave.ranks.get("gained", 0) + 1):
        found = _code(weave, "gained", number, lambda a, _missing: a.raised.code)
        columns.append(f"{found} AS raised_{number}")
    if parts:
        columns += _parts(weave)
    return columns


def _parts(weave: _Weave) -> Lines:
    lines = ["weight_prior", "overlay_hundredths"]
    for b in weave.known:
        lines += [f"{b.best} - taken_{b.name} AS score_{b.name}", f"taken_{b.name}"]
        if not b.adjusts:
            lines.append(f"weight_{b.name}")
    return lines


def _pd() -> str:
    factor, offset = (_double(100 * x) for x in (HOUSE_SCALING.factor, HOUSE_SCALING.offset))
    odds = f"EXP((CAST(score_hundredths AS DOUBLE) - {offset}) / {factor})"
    one = _double(Decimal(1))
    pd = f"CAST({one} / ({one} + {odds}) AS DECIMAL(9, 6))"
    return f"CASE WHEN is_defaulted THEN CAST(1 AS DECIMAL(9, 6)) ELSE {pd} END"


def _double(value: Decimal) -> str:
    return f"CAST({value:.20f} AS DOUBLE)"


def _grade() -> str:
    arms = [f"WHEN is_defaulted THEN {DEFAULT_GRADE}"]
    for number, _ in GRADE_BOUNDS:
        arms.append(f"WHEN score_hundredths >= {_lowest(number)} THEN {number}")
    return f"CASE {' '.join(arms)} ELSE {WORST_FORECAST} END"


def _lowest(number: int) -> int:
    """The lowest score of a grade or a better one: a PD never rises with the score."""
    low, high = LOWEST, HIGHEST + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if grade(pd_of(middle)) <= number else (middle + 1, high)
    return low


def _confidence(weave: _Weave) -> str:
    """1 - (1 - a)(1 - b)..., half-up to hundredths: whole numbers, then one exact division."""
    whole = WHOLE ** len(weave.levels)
    unknown = " * ".join(f"CAST({WHOLE} - weight_{b.name} AS BIGINT)" for b in weave.levels) or "1"
    top = f"CAST(200 * ({whole} - {unknown}) + {whole} AS DOUBLE)"
    hundredths = f"CAST(FLOOR({top} / CAST({2 * whole} AS DOUBLE)) AS INTEGER)"
    return f"CAST(CAST({hundredths} AS DECIMAL(9, 2)) * 0.01 AS DECIMAL(3, 2))"


def _lowered(weave: _Weave, number: int) -> str:
    def code(a: Attribute, missing: bool) -> str:
        return a.missing.code if missing else a.lowered.code

    own = _code(weave, "lost", number, code)
    # That a buyer is in default, or nothing known of it, comes first; the others move down one.
    if number == 1:
        return (
            f"CASE WHEN is_defaulted THEN '{DEFAULTED}'"
            f" WHEN weight_levels = 0 THEN '{NOTHING_KNOWN}' ELSE {own} END"
        )
    moved = _code(weave, "lost", number - 1, code)
    return f"CASE WHEN is_defaulted OR weight_levels = 0 THEN {moved} ELSE {own} END"


def _code(weave: _Weave, kind: str, number: int, named: Callable[[Attribute, bool], str]) -> str:
    owned = f"{kind}_owner_{number}"
    codes: dict[int, str] = {}
    for b in weave.blocks(kind):
        for a in b.card.attributes:
            for missing in (0, 1):
                owner = weave.offset(b) + _owner(a, b) + missing
                codes[owner] = f"'{named(a, bool(missing))}'"
    if not codes:
        return "CAST(NULL AS VARCHAR)"
    steps: list[tuple[Decimal | None, str]] = [(Decimal(k), codes[k]) for k in sorted(codes)]
    return f"CASE WHEN {owned} < 0 THEN NULL ELSE {_tree(owned, steps)} END"
