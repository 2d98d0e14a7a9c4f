"""The card of annual accounts that is delivered, and anybody's own: trained from a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring.training import cards, samples, written
from netterms.scoring.training.candidates import candidates_for_card, columns_for_card
from netterms.scoring.training.samples import Sample, Shape

NAME, VERSION = "financial_accounts", 1
# The share of failures of a set is not a default rate: levels are moved to one that is stated.
# S&P global corporate average one-year default rates 1981-2016, withdrawn ratings redistributed:
# BB 0.797 %, B 4.276 %. Their mean stands for unrated firms (our convention).
CENTRAL_TENDENCY = 0.0254
TENDENCY_SOURCE = (
    "Mean of the average one-year default rates of BB (0.797 %) and B (4.276 %), S&P global"
    " corporate defaults 1981-2016, withdrawn ratings redistributed. Convention for unrated firms."
)
# The fingerprint of the file that the card delivered was trained on.
AMERICAN_SHA256 = "7678fff168749749c97ea42d2d37dd40913f99ce6e1d628fbb9e4dfd0f02b52e"
AMERICAN_SOURCE = (
    "Listed US companies, last firm-year 2015-2018: Lombardo et al., Future Internet 14(8):244,"
    " 2022, CC BY 4.0. The market value was not used."
)


@dataclass(frozen=True)
class Trained:
    """A card as JSON and what it was trained on."""

    text: str
    firms: int
    failed: int
    attributes: tuple[str, ...]


def train(
    file: Path,
    date: str,
    central_tendency: float = CENTRAL_TENDENCY,
    mapping: Mapping[str, str] = MappingProxyType({}),
) -> Trained:
    """Train on a CSV file: the same file, date and level give the same card, byte for byte.

    `mapping` as in `samples.read`.
    """
    if not 0 < central_tendency < 1:
        raise Refusal(
            Code.VALUE_INVALID,
            field="central_tendency",
            value=central_tendency,
            mend=Mend.BETWEEN,
            least="0.0001",
            most="0.9999",
        )
    sample = samples.read(file, mapping=mapping)
    if sample.shape is Shape.POLISH:
        # Its columns are no attributes that statements of buyers have.
        raise Refusal(Code.COLUMN_MISSING, field=samples.COLUMNS[Shape.AMERICAN][0])
    columns = columns_for_card(sample, listed=False)
    fitted = cards.fit(
        columns,
        sample.failed,
        candidates_for_card(sample, listed=False),
        central_tendency=central_tendency,
    )
    provenance = _provenance(sample, file, date, central_tendency)
    return Trained(
        text=written.financial_card(fitted, NAME, VERSION, provenance),
        firms=len(sample.failed),
        failed=int(sample.failed.sum()),
        attributes=tuple(a.binned.candidate.name for a in fitted.attributes),
    )


def _provenance(
    sample: Sample, file: Path, date: str, central_tendency: float
) -> dict[str, object]:
    fingerprint = sha256(file.read_bytes()).hexdigest()
    default = central_tendency == CENTRAL_TENDENCY
    return {
        "kind": "trained",
        "statement": "Trained on failures of companies, then moved to the level stated below. No"
        " payment behaviour is in it. Points for a missing value are those of an average firm.",
        "date": date,
        "horizon_months": 12,
        "target": "Failure of the company as the set marks it; level: default within 12 months",
        "data": AMERICAN_SOURCE if fingerprint == AMERICAN_SHA256 else "A file of the user's own",
        "data_sha256": fingerprint,
        "firm_years": len(sample.failed),
        "failures": int(sample.failed.sum()),
        "central_tendency": str(central_tendency),
        "central_tendency_source": TENDENCY_SOURCE if default else "Given by the user",
        "method": "Monotone bins (OptBinning), ridge logistic regression on weights of evidence",
    }
