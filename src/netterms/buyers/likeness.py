"""Whether two buyers are one company: a score from what they share, and the reasons it names.

Convention of this project: names weigh most, a shared number settles it, two different register
numbers of one country rule it out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from netterms.buyers import names

# From here on a person is asked.
PROPOSED_FROM = 88
ALIKE_NAMES = 80
# Only with names that are alike at all: people share a tax adviser's address, and a group a bank.
SUPPORT = {"bank_account": 10, "email": 8, "address": 10, "domain": 4}
LEAST_NAME_WITH_SUPPORT = 65
# Companies of one group share a trade name; as another name of both it proves little by itself.
SHARED_TRADE_NAME = 85
SAME_NUMBER, SAME_NUMBER_OTHER_NAME = 99, 90
OTHER_COUNTRY = 15
TWO_REGISTERED = 60


@dataclass(frozen=True, slots=True)
class Side:
    """What a comparison asks of a buyer: names, the main one first, country, number."""

    names: tuple[str, ...]
    country: str = ""
    registration: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A score of 0 to 100 and why, the weightiest reason first."""

    score: int
    reasons: tuple[str, ...]

    @property
    def proposed(self) -> bool:
        """Whether a person should look."""
        return self.score >= PROPOSED_FROM


def compare(one: Side, other: Side, shared: Iterable[str]) -> Likeness:
    """How likely the two are one company. `shared`: what the search for candidates found alike."""
    shared = set(shared)
    alike = _alike(one.names, other.names)
    reasons = [reason for reason in ("identifier", *SUPPORT) if reason in shared]
    if alike >= ALIKE_NAMES:
        reasons.append("same_name" if alike == 100 else "similar_name")
    score = alike
    if alike >= LEAST_NAME_WITH_SUPPORT:
        score = min(98, alike + sum(SUPPORT.get(reason, 0) for reason in shared))
    if one.country and other.country and one.country != other.country:
        score -= OTHER_COUNTRY
    elif one.country and one.country == other.country:
        reasons.append("same_country")
        if one.registration and other.registration and one.registration != other.registration:
            score = min(score, TWO_REGISTERED)
    if "identifier" in shared:
        score = SAME_NUMBER if alike >= LEAST_NAME_WITH_SUPPORT else SAME_NUMBER_OTHER_NAME
    return Likeness(max(0, score), tuple(reasons))


def _alike(ours: tuple[str, ...], theirs: tuple[str, ...]) -> int:
    return max(
        names.similarity(a, b)
        if nth == 0 or mth == 0
        else min(SHARED_TRADE_NAME, names.similarity(a, b))
        for nth, a in enumerate(ours)
        for mth, b in enumerate(theirs)
    )
