"""Who belongs to whom: the company on top of a buyer, and everything below it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from netterms.buyers.actions import BuyerFacts, update_facts
from netterms.buyers.queries import buyer
from netterms.kernel.context import Context, Permission
from netterms.store import sql
from netterms.store.tenancy import book

MOST_MEMBERS = 500


@dataclass(frozen=True, slots=True)
class Member:
    """A company of a group; `depth` is 0 for the one on top. `merged`: it is its parent, twice."""

    id: UUID
    buyer_number: str
    name: str
    country: str
    parent_id: UUID | None
    depth: int
    merged: bool


def group_of(ctx: Context, buyer_id: UUID) -> list[Member]:
    """The buyer's group as a tree read from above: each company before those below it.

    The first is the ultimate parent. One company where it belongs to no group; NOT_FOUND. A group
    of more than MOST_MEMBERS is cut.
    """
    ctx.require(Permission.READ)
    buyer(ctx, buyer_id)
    with book(ctx):
        found = sql.rows(TREE, {"seller": ctx.seller, "buyer": buyer_id, "most": MOST_MEMBERS})
    return sql.typed(found, Member)


# A loop, which an older book may hold, ends where it began.
TREE = """
with recursive above as (
  select id, parent_id, 0 as steps from buyer where seller_id = %(seller)s and id = %(buyer)s
  union all
  select b.id, b.parent_id, a.steps + 1
  from above a join buyer b on b.seller_id = %(seller)s and b.id = a.parent_id
) cycle id set looped using trail,
top as (select id from above where not looped order by steps desc limit 1),
below as (
  select b.id, b.buyer_number, b.name, b.country, b.parent_id, 0 as depth,
         b.merged_into is not null as merged, array[b.name || ' ' || b.id] as place
  from buyer b join top t on t.id = b.id where b.seller_id = %(seller)s
  union all
  select b.id, b.buyer_number, b.name, b.country, b.parent_id, u.depth + 1,
         b.merged_into is not null, u.place || (b.name || ' ' || b.id)
  from below u join buyer b on b.seller_id = %(seller)s and b.parent_id = u.id
) cycle id set looped using trail
select id, buyer_number, name, country, parent_id, depth, merged
from below where not looped order by place limit %(most)s
"""


def set_parent(ctx: Context, buyer_id: UUID, parent_id: UUID | None) -> None:
    """Put the buyer below another one, or with None below nobody.

    Caps of both groups count anew. NOT_FOUND; VALUE_INVALID for itself and what stands below it.
    """
    ctx.require(Permission.IMPORT)
    with book(ctx):
        number = buyer(ctx, buyer_id).buyer_number
        parent = "" if parent_id is None else buyer(ctx, parent_id).buyer_number
        update_facts(ctx, [BuyerFacts(number, parent=parent)])


def stands_below(ctx: Context, lower: UUID, upper: UUID) -> bool:
    """Whether `lower` is a company of `upper`'s, at any depth."""
    ctx.require(Permission.READ)
    with book(ctx):
        return bool(sql.value(BELOW, {"seller": ctx.seller, "lower": lower, "upper": upper}))


BELOW = """
with recursive above as (
  select id, parent_id from buyer where seller_id = %(seller)s and id = %(lower)s
  union
  select b.id, b.parent_id
  from above a join buyer b on b.seller_id = %(seller)s and b.id = a.parent_id
)
select exists (select from above where parent_id = %(upper)s)
"""
