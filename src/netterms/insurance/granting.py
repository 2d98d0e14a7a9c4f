"""What limits an insurer may have granted, and which of a list cannot be. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from netterms.insurance.terms import MOST_MINOR
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal

# Under the other kinds of cover of TCI-04 the policy itself is the limit.
LIMIT_KINDS = ("named", "discretionary", "base_cover")
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
MOST_LIMITS = 100_000


@dataclass(frozen=True, slots=True)
class GrantedLimit:
    """A limit for one buyer, in minor units of the policy's currency, from `starts_on` on.

    Until `granted_until`, or as long as the policy runs. Zero: the insurer grants nothing.
    """

    buyer_number: str
    amount_minor: int
    starts_on: date
    kind: str = "named"
    granted_until: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the book knows of one limit of a list: see `sql/standing_limits.sql`."""

    is_buyer: bool
    is_known: bool
    newest_on: date | None


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a limit of a list cannot be entered: its place from 0, the field, its value, the mend."""

    place: int
    field: str
    value: str
    mend: Mend
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)
    code: Code = Code.VALUE_INVALID

    def refusal(self) -> Refusal:
        """As it is refused where one limit stands for itself."""
        return Refusal(self.code, field=self.field, value=self.value, mend=self.mend, **self.facts)


def flaws(
    limits: Sequence[GrantedLimit], standing: Sequence[Standing], policy_ends_on: date
) -> list[Flaw]:
    """The first flaw of each limit that cannot be, in the order of the list.

    One buyer has one limit (TCI-04), and a new one does not start before the one it follows: what
    was under cover then has counted.
    """
    found: list[Flaw] = []
    named: set[str] = set()
    for place, (limit, known) in enumerate(zip(limits, standing, strict=True)):
        flaw = _flaw(place, limit, known, policy_ends_on)
        if flaw is None and limit.buyer_number in named:
            flaw = Flaw(place, "buyer_number", limit.buyer_number, Mend.ONE_LIMIT_A_BUYER)
        named.add(limit.buyer_number)
        if flaw:
            found.append(flaw)
    return found


def _flaw(place: int, limit: GrantedLimit, known: Standing, ends_on: date) -> Flaw | None:
    if not known.is_buyer:
        return Flaw(
            place, "buyer_number", limit.buyer_number, Mend.KNOWN_BUYER, code=Code.NOT_FOUND
        )
    if limit.kind not in LIMIT_KINDS:
        allowed = ", ".join(LIMIT_KINDS)
        return Flaw(place, "kind", limit.kind, Mend.ONE_OF, {"allowed": allowed})
    if not 0 <= limit.amount_minor <= MOST_MINOR:
        bounds = {"least": 0, "most": MOST_MINOR}
        return Flaw(place, "amount_minor", str(limit.amount_minor), Mend.BETWEEN, bounds)
    if known.is_known:
        return None
    first = max(FIRST_DAY, known.newest_on or FIRST_DAY)
    if not first <= limit.starts_on <= ends_on:
        # The days as they are: doors say them in the reader's language.
        days = {"least": str(first), "most": str(ends_on)}
        return Flaw(place, "starts_on", str(limit.starts_on), Mend.BETWEEN, days)
    until = limit.granted_until
    if until is not None and not limit.starts_on <= until <= LAST_DAY:
        days = {"least": str(limit.starts_on), "most": str(LAST_DAY)}
        return Flaw(place, "granted_until", str(until), Mend.BETWEEN, days)
    return None
