"""What a person decides about an order that waits: yes, perhaps with a higher limit, or no."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from netterms.checkout.actions import Answer, move
from netterms.checkout.moves import OrderMove, OrderState
from netterms.checkout.requests import MoveRequest
from netterms.kernel.context import Context, Permission
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.lines import LineTerms, locked, set_line
from netterms.store import sql
from netterms.store.tenancy import book, once_more


@dataclass(frozen=True, slots=True)
class Approval:
    """Yes to an order under a key. `limit_minor`: set the limit of its line to this first.

    `seen_minor` is the limit as the person saw it (None: no line). Orders and payments move a line
    all the time and do not matter here; another limit does.
    """

    key: str
    order_id: UUID
    limit_minor: int | None = None
    seen_minor: int | None = None


@once_more
def approve(ctx: Context, approval: Approval) -> Answer:
    """Grant a pending order, after its line got the limit asked for: both or neither.

    The answer's outcome is `declined`, with reasons, where the line has no room even so. A repeated
    key gives the first answer and leaves the line alone. CHANGED_MEANWHILE when somebody else
    changed the line; VALUE_INVALID for a new limit without a reason.
    """
    ctx.require(Permission.SET_LIMIT)
    with book(ctx):
        if approval.limit_minor is not None and not _answered(ctx, approval.key):
            _set_limit(ctx, approval, approval.limit_minor)
        return move(ctx, [MoveRequest(approval.key, approval.order_id, OrderMove.APPROVE)])[0]


def lines_for(ctx: Context, asked: Sequence[tuple[UUID, str]]) -> dict[tuple[UUID, str], str]:
    """By buyer and currency of orders: the currency of the line each is held on, if any."""
    with book(ctx):
        found = sql.rows(
            """
            select distinct on (a.buyer_id, a.currency)
                   a.buyer_id, a.currency, l.currency::text as held_on
            from unnest(%(buyers)s::uuid[], %(currencies)s::text[]) a(buyer_id, currency)
            join seller s on s.seller_id = %(seller)s
            join credit_line l on l.seller_id = s.seller_id and l.buyer_id = a.buyer_id
             and l.currency in (a.currency, s.currency)
            order by a.buyer_id, a.currency, l.currency = a.currency desc
            """,
            {
                "seller": ctx.seller,
                "buyers": [buyer_id for buyer_id, _ in asked],
                "currencies": [currency for _, currency in asked],
            },
        )
    return {(line["buyer_id"], line["currency"]): line["held_on"] for line in found}


def line_for(ctx: Context, buyer_id: UUID, currency: str) -> str | None:
    """The currency of the line an order in `currency` is held on; None where there is none."""
    return lines_for(ctx, [(buyer_id, currency)]).get((buyer_id, currency))


def line_currency(ctx: Context, buyer_id: UUID, currency: str) -> str:
    """The line an order in `currency` is held on, or would be if one were opened for it."""
    return line_for(ctx, buyer_id, currency) or currency


def _answered(ctx: Context, key: str) -> bool:
    asked = {"seller": ctx.seller, "key": key}
    return (
        sql.row("select from idempotency_key where seller_id = %(seller)s and key = %(key)s", asked)
        is not None
    )


def _set_limit(ctx: Context, approval: Approval, limit_minor: int) -> None:
    # Orders before buyers, caps and lines: the order of every lock.
    found = sql.row(
        "select buyer_id, currency::text as currency, line_currency::text as line_currency, state"
        " from credit_order"
        " where seller_id = %(seller)s and id = %(order)s for update",
        {"seller": ctx.seller, "order": approval.order_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="order", value=str(approval.order_id))
    if found["state"] != OrderState.PENDING:
        raise Refusal(Code.MOVE_NOT_ALLOWED, move=OrderMove.APPROVE.value, state=found["state"])
    reason = checked_reason(ctx.why)
    buyer = found["buyer_id"]
    currency = found["line_currency"] or line_currency(ctx, buyer, found["currency"])
    _, line = locked(ctx, buyer, currency)
    found_minor = line.terms.limit_minor if line else None
    if found_minor != approval.seen_minor:
        raise Refusal(Code.CHANGED_MEANWHILE, field="line", value=str(approval.seen_minor))
    terms = replace(line.terms if line else LineTerms(0), limit_minor=limit_minor)
    set_line(ctx, buyer, currency, terms, reason, version=line.version if line else 0)
