"""How buyers pay: each behaviour draws, for an invoice, how many days after the due date."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from netterms.kernel.calendar import add_months


class Behaviour(StrEnum):
    """Kinds of buyers, as every credit department knows them."""

    PROMPT = "prompt"
    SLIGHTLY_LATE = "slightly_late"
    CHRONIC = "chronic"
    WORSENING = "worsening"
    FAILING = "failing"
    INSOLVENT = "insolvent"
    DISPUTING = "disputing"
    SEASONAL = "seasonal"


# Buyers of every hundred. The two insolvent ones are named apart, so that there always are two.
SHARES: dict[Behaviour, int] = {
    Behaviour.PROMPT: 47,
    Behaviour.SLIGHTLY_LATE: 23,
    Behaviour.CHRONIC: 8,
    Behaviour.WORSENING: 6,
    Behaviour.FAILING: 3,
    Behaviour.DISPUTING: 5,
    Behaviour.SEASONAL: 8,
}
INSOLVENT_BUYERS = 2
WORSENING_MONTHS = 6
# A failing buyer pays nothing that falls due in this time before the first day.
SILENT_MONTHS = 4
LEAN_MONTHS = frozenset({1, 2, 8})
WORST_DELAY = 55


@dataclass(frozen=True, slots=True)
class Habit:
    """A buyer's behaviour; `turning` is the day from which it gets worse, where it does."""

    behaviour: Behaviour
    turning: date

    def stops_paying(self, due_on: date) -> bool:
        """True when an invoice due on that day is never paid."""
        stops = {Behaviour.FAILING, Behaviour.INSOLVENT}
        return self.behaviour in stops and due_on >= self.turning

    def delay(self, due_on: date, dice: random.Random) -> int:
        """Days from the due date to the payment; negative is early. Draws the same number of dice
        for every invoice, so that one buyer's later invoices never depend on what came before.
        """
        luck, fine = dice.random(), dice.random()
        match self.behaviour:
            case Behaviour.PROMPT | Behaviour.DISPUTING:
                return _between(1, 6, fine) if luck > 0.95 else _between(-8, 0, fine)
            case Behaviour.SLIGHTLY_LATE:
                return _between(1, 14, fine) if luck > 0.45 else _between(-3, 0, fine)
            case Behaviour.CHRONIC:
                return _between(31, 48, fine) if luck > 0.85 else _between(8, 30, fine)
            case Behaviour.WORSENING:
                return self._worse(due_on) + _between(-2, 6, fine)
            case Behaviour.SEASONAL:
                lean = due_on.month in LEAN_MONTHS
                return _between(10, 32, fine) if lean else _between(-4, 2, fine)
            case Behaviour.FAILING | Behaviour.INSOLVENT:
                return _between(5, 25, fine) if luck > 0.6 else _between(-5, 4, fine)

    def _worse(self, due_on: date) -> int:
        """Nothing before the turn, then up to WORST_DELAY over WORSENING_MONTHS."""
        since = (due_on - self.turning).days
        whole = (add_months(self.turning, WORSENING_MONTHS) - self.turning).days
        return max(0, min(WORST_DELAY, WORST_DELAY * since // whole))


def _between(low: int, high: int, fine: float) -> int:
    return low + int(fine * (high - low + 1))
