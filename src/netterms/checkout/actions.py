"""Orders as use cases: each answers an array, decided and written by one SQL function.

The functions lock, decide, write and announce in one transaction (`sql/authorise_orders.sql`,
`sql/move_orders.sql`); `rules.py` is the same decision for one order, and a test holds them equal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from netterms.access.queries import seller_currency
from netterms.checkout.moves import OrderMove
from netterms.checkout.requests import OURS, VALID_FOR, MoveRequest, OrderRequest
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book, once_more

AUTHORISE = (
    "select nth, status, answer from authorise_orders(%s, %s, %s, %s, %s, %s::uuid[], %s::text[],"
    " %s::text[], %s::text[], %s::uuid[], %s::text[], %s::bigint[], %s::boolean[], %s::boolean[],"
    " %s::timestamptz[])"
)
MOVE = (
    "select nth, status, answer from move_orders(%s, %s, %s, %s, %s, %s, %s::text[], %s::text[],"
    " %s::uuid[], %s::text[], %s::bigint[], %s::text[], %s::date[])"
)
CREATED, REPEATED, PROBLEM = 201, 200, 400
# People decide what waits for a person; programs do the rest.
DECIDED_BY_PEOPLE = frozenset({OrderMove.APPROVE, OrderMove.DECLINE})
RACES = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` as HTTP has it: 201 done now, 200 done before, 4xx refused; `body` is the JSON text.

    A refusal's body has a `code` of `kernel.refusal`, and what it is about.
    """

    status: int
    body: str

    @property
    def order(self) -> dict[str, Any]:
        """The order as answered; the refusal is raised."""
        if self.status >= PROBLEM:
            raise self.refusal
        facts: dict[str, Any] = json.loads(self.body)
        return facts

    @property
    def refusal(self) -> Refusal:
        """The refusal that a status of 400 or more is, with the facts that it has."""
        said = json.loads(self.body).items()
        facts: dict[str, Any] = {name: fact for name, fact in said if fact is not None}
        if "mend" in facts:
            facts["mend"] = Mend(facts["mend"])
        return Refusal(Code(facts.pop("code")), **facts)


def authorise(ctx: Context, requests: Sequence[OrderRequest]) -> list[Answer]:
    """Ask for credit for each order, in this order. One that is refused fails alone.

    A decline is an answer, not a refusal. Refused are a key used for another request, an order
    number that is taken, a buyer the seller does not have and a grant that would end in the past or
    too late. VALUE_INVALID, for a request that cannot be one, refuses the whole array.
    """
    ctx.require(Permission.CHECKOUT)
    for request in requests:
        request.check()
    home = seller_currency(ctx)
    return _answered(ctx, requests, AUTHORISE, lambda some: authorise_params(ctx, home, some))


def move(ctx: Context, requests: Sequence[MoveRequest]) -> list[Answer]:
    """Amend, capture, void, expire, refund, approve or decline orders, in this order."""
    kinds = {request.move in DECIDED_BY_PEOPLE for request in requests}
    if True in kinds:
        ctx.require(Permission.SET_LIMIT)
    if False in kinds:
        ctx.require(Permission.CHECKOUT)
    for request in requests:
        request.check()
    home = seller_currency(ctx)
    return _answered(ctx, requests, MOVE, lambda some: move_params(ctx, home, some))


def authorise_params(ctx: Context, home: str, requests: Sequence[OrderRequest]) -> list[Any]:
    """The parameters of `AUTHORISE`; `home` is the seller's currency."""
    return [
        ctx.seller,
        home,
        ctx.actor,
        ctx.now,
        ctx.today,
        [new_id(ctx.now) for _ in requests],
        [r.key for r in requests],
        [r.fingerprint() for r in requests],
        [r.order_number for r in requests],
        [r.buyer_id for r in requests],
        [r.amount.currency for r in requests],
        [r.amount.minor for r in requests],
        [r.partial for r in requests],
        [r.review for r in requests],
        [r.expires_at or ctx.now + VALID_FOR for r in requests],
    ]


def move_params(ctx: Context, home: str, requests: Sequence[MoveRequest]) -> list[Any]:
    """The parameters of `MOVE`; `home` is the seller's currency."""
    return [
        ctx.seller,
        home,
        ctx.actor,
        ctx.why,
        ctx.now,
        ctx.today,
        [r.key for r in requests],
        [r.fingerprint() for r in requests],
        [r.order_id for r in requests],
        [r.move.value for r in requests],
        [r.amount_minor for r in requests],
        [r.invoice_number for r in requests],
        [r.issued_on for r in requests],
    ]


def expire_orders(ctx: Context, most: int = 1000) -> int:
    """Let grants and questions whose time is over fall back; returns how many. Repeat until 0."""
    ctx.require(Permission.RUN_DAY)
    with book(ctx):
        due = sql.rows(
            """
            select id from credit_order
            where seller_id = %(seller)s and expires_at <= %(now)s
              and state in ('pending', 'authorised', 'part_captured')
            order by expires_at limit %(most)s
            """,
            {"seller": ctx.seller, "now": ctx.now, "most": most},
        )
    home = seller_currency(ctx)
    moves = [
        MoveRequest(f"{OURS}expire/{line['id']}", line["id"], OrderMove.EXPIRE) for line in due
    ]
    answers = _answered(ctx, moves, MOVE, lambda some: move_params(ctx, home, some))
    return sum(answer.status == CREATED for answer in answers)


@once_more
def _answered(
    ctx: Context,
    requests: Sequence[Any],
    statement: str,
    params: Callable[[Sequence[Any]], list[Any]],
) -> list[Answer]:
    """One call for all; where another took a key or number in between, one call for each."""
    if not requests:
        return []
    for _ in range(RACES):
        try:
            with book(ctx):
                return [
                    Answer(line["status"], line["answer"])
                    for line in sql.rows(statement, params(requests))
                ]
        except IntegrityError:
            # What the other wrote can be seen now: the next call answers it.
            if len(requests) > 1:
                return [a for one in requests for a in _answered(ctx, [one], statement, params)]
    raise AssertionError(f"lost the same race {RACES} times")


def order_of(answer: Answer) -> UUID:
    """The id of the answered order."""
    return UUID(answer.order["id"])
