"""What a line and its caps can carry: the decision that `sql` makes for whole arrays, for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from netterms.kernel.money import half_up


@dataclass(frozen=True, slots=True)
class Line:
    """A credit line as `credit_line` stores it; `top_up_minor` only while it runs.

    `cap_rate`: minor units of the seller's currency for one of the line's; None when not known.
    """

    status: str
    limit_minor: int
    held_minor: int
    owed_minor: int
    top_up_minor: int = 0
    cap_rate: Fraction | None = Fraction(1)
    cap_ids: tuple[int, ...] = ()

    @property
    def available_minor(self) -> int:
        """What is left; negative when the limit was lowered below what is used."""
        used = self.held_minor + max(self.owed_minor, 0)
        return self.limit_minor + self.top_up_minor - used

    def capped_minor(self) -> int:
        """What the line counts for in its caps."""
        assert self.cap_rate is not None
        return half_up((self.held_minor + max(self.owed_minor, 0)) * self.cap_rate)


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit over many lines, in the seller's currency."""

    kind: str
    limit_minor: int
    used_minor: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """`granted_minor` in the order's currency, `held_minor` in the line's.

    `grantable_minor`: the most there is room for where it is not granted whole.
    """

    granted_minor: int
    held_minor: int
    reasons: tuple[str, ...]
    grantable_minor: int = 0


def lined_minor(amount: int, rate: Fraction) -> int:
    """What `amount` counts for on a line at `rate`; of parts of it count the steps of their sum.

    Nothing is so small that it counts for nothing, else any number of orders would get past a
    limit.
    """
    return max(half_up(amount * rate), 1) if amount else 0


def decide(
    line: Line | None, caps: Sequence[Cap], amount: int, rate: Fraction | None, *, partial: bool
) -> Verdict:
    """Grant `amount` (minor units, at `rate` of the line's for one), a part of it, or nothing.

    `caps` are those of the line. Reasons name what stood in the way, also of the part not granted.
    """
    stopped = stop(line, rate)
    if stopped:
        return Verdict(0, 0, (stopped,))
    assert line is not None
    assert rate is not None
    want = lined_minor(amount, rate)
    reasons = room_reasons(line, caps, want)
    grantable = int(_most(line, caps) // rate) if reasons else 0
    granted = (grantable if partial else 0) if reasons else amount
    return Verdict(granted, lined_minor(granted, rate), reasons, grantable)


def room_reasons(line: Line, caps: Sequence[Cap], more: int) -> tuple[str, ...]:
    """What stands in the way of `more` on the line; nothing when there is room."""
    over = ("over_limit",) if more > max(line.available_minor, 0) else ()
    grown = replace(line, held_minor=line.held_minor + more)
    return over + tuple(
        f"over_{cap.kind}_cap"
        for cap in caps
        if grown.capped_minor() - line.capped_minor() > cap.limit_minor - cap.used_minor
    )


def stop(line: Line | None, rate: Fraction | None) -> str:
    """Why the line takes no order at all; empty when it does."""
    if line is None:
        return "no_line"
    if line.status != "open":
        return f"line_{line.status}"
    if rate is None or (line.cap_ids and line.cap_rate is None):
        return "no_rate"
    return ""


def _most(line: Line, caps: Sequence[Cap]) -> int:
    """The most the line and its caps can take, in the line's minor units."""
    most = max(line.available_minor, 0)
    for cap in caps:
        room = cap.limit_minor - cap.used_minor
        assert line.cap_rate is not None
        # Rounding twice may add one minor unit: left out where there is rounding.
        most = min(most, max(0, room if line.cap_rate == 1 else (room - 1) // line.cap_rate))
    return int(most)
