"""What matching asks of the rooms above: money that a buyer has agreed to bring, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from netterms.kernel.context import Context


@dataclass(frozen=True, slots=True)
class Expected:
    """Money that a buyer has agreed to bring next, such as the instalments of its payment plan.

    `sums`: what may come in one payment, in minor units of `currency`, from `since` on. It is for
    the papers `invoices`; which of them it settles is said by who expects it.
    """

    buyer_id: UUID
    currency: str
    since: date
    sums: Sequence[int]
    invoices: Sequence[UUID]


ExpectedMoney = Callable[[Context], Sequence[Expected]]


def nothing_expected(_ctx: Context) -> Sequence[Expected]:
    """Where no room above waits for money."""
    return ()
