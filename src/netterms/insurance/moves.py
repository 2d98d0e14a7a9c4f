"""The states of a claim and of a policy deadline, and every move between them."""

from __future__ import annotations

from enum import StrEnum


class ClaimState(StrEnum):
    """A claim under a policy, from the first file opened to the last recovery shared."""

    PREPARING = "preparing"
    NOTIFIED = "notified"
    FILED = "filed"
    INFORMATION_ASKED = "information_asked"
    ADMITTED = "admitted"
    PART_ADMITTED = "part_admitted"
    REFUSED = "refused"
    PAID = "paid"
    RECOVERING = "recovering"
    CLOSED = "closed"


class ClaimMove(StrEnum):
    """What may happen to a claim."""

    NOTIFY = "notify"
    FILE = "file"
    ASK = "ask"
    ANSWER = "answer"
    ADMIT = "admit"
    ADMIT_IN_PART = "admit_in_part"
    REFUSE = "refuse"
    PAY = "pay"
    RECOVER = "recover"
    CLOSE = "close"


CLAIM_MOVES: dict[tuple[ClaimState, ClaimMove], ClaimState] = {
    (ClaimState.PREPARING, ClaimMove.NOTIFY): ClaimState.NOTIFIED,
    # An insolvency may be filed at once, without an overdue notice before it.
    (ClaimState.PREPARING, ClaimMove.FILE): ClaimState.FILED,
    # The buyer paid before anything was filed.
    (ClaimState.PREPARING, ClaimMove.CLOSE): ClaimState.CLOSED,
    (ClaimState.NOTIFIED, ClaimMove.FILE): ClaimState.FILED,
    (ClaimState.NOTIFIED, ClaimMove.CLOSE): ClaimState.CLOSED,
    (ClaimState.FILED, ClaimMove.ASK): ClaimState.INFORMATION_ASKED,
    (ClaimState.FILED, ClaimMove.ADMIT): ClaimState.ADMITTED,
    (ClaimState.FILED, ClaimMove.ADMIT_IN_PART): ClaimState.PART_ADMITTED,
    (ClaimState.FILED, ClaimMove.REFUSE): ClaimState.REFUSED,
    (ClaimState.FILED, ClaimMove.CLOSE): ClaimState.CLOSED,
    (ClaimState.INFORMATION_ASKED, ClaimMove.ANSWER): ClaimState.FILED,
    (ClaimState.INFORMATION_ASKED, ClaimMove.REFUSE): ClaimState.REFUSED,
    (ClaimState.INFORMATION_ASKED, ClaimMove.CLOSE): ClaimState.CLOSED,
    (ClaimState.ADMITTED, ClaimMove.PAY): ClaimState.PAID,
    # Below an aggregate first loss an admitted claim is closed without a payment.
    (ClaimState.ADMITTED, ClaimMove.CLOSE): ClaimState.CLOSED,
    (ClaimState.PART_ADMITTED, ClaimMove.PAY): ClaimState.PAID,
    (ClaimState.PART_ADMITTED, ClaimMove.ANSWER): ClaimState.FILED,
    (ClaimState.PART_ADMITTED, ClaimMove.CLOSE): ClaimState.CLOSED,
    # New evidence reopens a refusal; the database allows it while no other claim runs.
    (ClaimState.REFUSED, ClaimMove.ANSWER): ClaimState.FILED,
    (ClaimState.PAID, ClaimMove.RECOVER): ClaimState.RECOVERING,
    (ClaimState.PAID, ClaimMove.CLOSE): ClaimState.CLOSED,
    (ClaimState.RECOVERING, ClaimMove.CLOSE): ClaimState.CLOSED,
}


class DeadlineState(StrEnum):
    """A date by which the policy asks the insured to act."""

    OPEN = "open"
    DONE = "done"
    LAPSED = "lapsed"
    SETTLED = "settled"


class DeadlineMove(StrEnum):
    """What may happen to a deadline."""

    FULFIL = "fulfil"
    MISS = "miss"
    SETTLE = "settle"


DEADLINE_MOVES: dict[tuple[DeadlineState, DeadlineMove], DeadlineState] = {
    (DeadlineState.OPEN, DeadlineMove.FULFIL): DeadlineState.DONE,
    (DeadlineState.OPEN, DeadlineMove.MISS): DeadlineState.LAPSED,
    # The invoice was paid: nothing is asked any more.
    (DeadlineState.OPEN, DeadlineMove.SETTLE): DeadlineState.SETTLED,
}
