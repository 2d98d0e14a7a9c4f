"""The columns a readable card may choose from, by the shape of the file."""

from __future__ import annotations

from collections.abc import Mapping

from netterms.scoring.training import polish, ratios
from netterms.scoring.training.attributes import FINANCIAL
from netterms.scoring.training.cards import Candidate
from netterms.scoring.training.samples import Matrix, Sample, Shape

PRIVATE = tuple(Candidate(a.name, a.decimals, a.more_is) for a in FINANCIAL)
LISTED = (
    *PRIVATE,
    Candidate("market_to_liabilities", 4, "safer"),
    Candidate("market_to_book", 4, None),
    Candidate("log_assets", 4, None),
    Candidate("log_market_value", 4, "safer"),
)
POLISH_DECIMALS = 5


def columns_for_card(sample: Sample, *, listed: bool) -> Mapping[str, Matrix]:
    """The columns a card may use."""
    if sample.shape is Shape.AMERICAN:
        items = ratios.items(sample)
        return ratios.financial(items) | (ratios.listed(items) if listed else {})
    own = {name: sample.column(name) for name in sample.names}
    return own | polish.implied(sample) if sample.shape is Shape.POLISH else own


def candidates_for_card(sample: Sample, *, listed: bool) -> tuple[Candidate, ...]:
    """The attributes a card may choose from."""
    if sample.shape is Shape.AMERICAN:
        return LISTED if listed else PRIVATE
    if sample.shape is Shape.POLISH:
        names = columns_for_card(sample, listed=listed)
        return tuple(Candidate(name, POLISH_DECIMALS, None) for name in names)
    return tuple(c for c in PRIVATE if c.name in sample.names)
