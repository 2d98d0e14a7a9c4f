"""Every moment of the lines and caps once more, in the order in which their locks were taken.

Whoever changes a line or a cap holds its lock from before the event's id is drawn until the commit,
so by id is the order in which things happened to it. That is not taken on trust: each event says
what its line had left afterwards, and in any other order the sums would not agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from netterms.checkout.rules import Cap, Line, decide, room_reasons
from tests.history.record import Book

Where = tuple[str, str]
Facts = dict[str, Any]
OPENED, CHANGED, CAP_SET = "limits.line_opened", "limits.line_changed", "limits.cap_set"


@dataclass
class World:
    """Lines and caps at one moment; `terms` as the line's last event has them."""

    asked: dict[str, tuple[str, Facts]]
    caps_of: dict[Where, tuple[Any, ...]]
    lines: dict[Where, Line] = field(default_factory=dict)
    terms: dict[Where, Facts] = field(default_factory=dict)
    caps: dict[Any, Cap] = field(default_factory=dict)
    orders: dict[str, Facts] = field(default_factory=dict)

    def on(self, where: Where, day: date) -> Line | None:
        """The line with the top-up that runs on `day`."""
        line = self.lines.get(where)
        if line is None:
            return None
        terms = self.terms[where]
        until = terms["top_up_until"]
        runs = until is not None and day <= date.fromisoformat(until)
        return replace(line, top_up_minor=terms["top_up_minor"] if runs else 0)


def replay(book: Book, asked: dict[str, tuple[str, Facts]]) -> Iterator[str]:
    """What was wrong at any moment. `asked`: by the words of an answer, the request behind it."""
    caps_of = {(str(r["buyer_id"]), r["currency"]): tuple(r["cap_ids"]) for r in book.lines}
    world = World(asked, caps_of)
    for event in book.events:
        facts = event["facts"]
        if event["kind"] in {OPENED, CHANGED}:
            yield from _line(world, (str(event["subject_id"]), facts["currency"]), facts)
        elif event["kind"] == CAP_SET:
            _cap(world, event["subject_id"], facts)
        else:
            yield from (f"event {event['id']}: {what}" for what in _order(world, event))
    for row in book.lines:
        line = world.lines.get((str(row["buyer_id"]), row["currency"]))
        ends = (line.held_minor, line.owed_minor, line.limit_minor) if line else None
        if ends != (row["held_minor"], row["owed_minor"], row["limit_minor"]):
            yield f"line {row['buyer_id']} should end with held, owed, limit {ends}"
    for row in book.caps:
        cap = world.caps.get(row["id"])
        if cap is None or (cap.used_minor, cap.limit_minor) != (
            row["used_minor"],
            row["limit_minor"],
        ):
            yield f"cap {row['id']} should end as {cap}"


def _line(world: World, where: Where, facts: Facts) -> Iterator[str]:
    terms = facts["after"]
    before = world.lines.get(where)
    if before is not None and _same(world.terms[where]) != _same(facts["before"]):
        yield f"line {where} changed from {facts['before']}, which it was not"
    held, owed = (before.held_minor, before.owed_minor) if before else (0, 0)
    world.terms[where] = terms
    world.lines[where] = Line(
        terms["status"], terms["limit_minor"], held, owed, cap_ids=world.caps_of.get(where, ())
    )


def _same(terms: Facts) -> Facts:
    # One spelling of the number, whatever wrote it.
    return terms | {"discount_percent": Decimal(terms["discount_percent"])}


def _cap(world: World, cap: Any, facts: Facts) -> None:
    if cap in world.caps:
        world.caps[cap] = replace(world.caps[cap], limit_minor=facts["after_minor"])
    else:
        used = sum(line.capped_minor() for line in world.lines.values() if cap in line.cap_ids)
        world.caps[cap] = Cap(facts["cap_kind"], facts["after_minor"], used)


def _order(world: World, event: Facts) -> Iterator[str]:
    facts = event["facts"]
    before = world.orders.get(facts["id"])
    still = facts.get("outcome") == "declined"
    due = 1 if before is None else before["version"] + (not still)
    if facts["version"] != due:
        yield f"order {facts['id']} has version {facts['version']}, not {due}"
    if not still:
        world.orders[facts["id"]] = facts
    if facts["line"] is None:
        return
    where = facts["buyer_id"], facts["line"]["currency"]
    line = world.on(where, event["business_date"])
    if line is None:
        yield f"there is no line {where}"
        return
    caps = [world.caps[cap] for cap in line.cap_ids]
    held_before = ((before or {}).get("line") or {}).get("held_minor", 0)
    if before is None:
        yield from _decided(world, facts, line, caps)
    elif event["kind"] in {"checkout.order_amended", "checkout.order_amend_declined"}:
        yield from _amended(world, before, facts, line, caps)
    owed = sum(
        paper["amount_minor"] * (1 if paper["kind"] == "invoice" else -1)
        for paper in facts.get("invoices", ())
    )
    held = facts["line"]["held_minor"] - held_before
    after = replace(line, held_minor=line.held_minor + held, owed_minor=line.owed_minor + owed)
    if after.available_minor != facts["line"]["available_minor"]:
        said = facts["line"]["available_minor"]
        yield f"line {where} had {after.available_minor} left, and {said} was said"
    grew = after.capped_minor() - line.capped_minor()
    for cap in line.cap_ids:
        world.caps[cap] = replace(world.caps[cap], used_minor=world.caps[cap].used_minor + grew)
    world.lines[where] = after
    if grew > 0:
        yield from _over(world, where, after, event["kind"])


def _over(world: World, where: Where, line: Line, kind: str) -> Iterator[str]:
    """A line or a cap may be over only because it was lowered under use: never by a grant."""
    if kind not in {
        "checkout.order_authorised",
        "checkout.order_amended",
        "checkout.order_approved",
    }:
        yield f"{kind} took more of line {where}"
    if line.available_minor < 0:
        yield f"line {where} is over its limit by {-line.available_minor}"
    if line.status != "open":
        yield f"line {where} is {line.status} and granted"
    for cap in line.cap_ids:
        over = world.caps[cap].used_minor - world.caps[cap].limit_minor
        if over > 0:
            yield f"cap {cap} is over its limit by {over}"


def _decided(world: World, facts: Facts, line: Line, caps: list[Cap]) -> Iterator[str]:
    """The answer is what the rules decide for this request at this moment."""
    path, body = world.asked.get(json.dumps(facts, sort_keys=True), ("", {}))
    if path != "/v1/orders":
        return
    amount = body["amount"]["minor"]
    verdict = decide(line, caps, amount, Fraction(1), partial=body.get("partial", False))
    said = facts["authorised_minor"], facts["line"]["held_minor"], tuple(facts["reasons"])
    if said != (verdict.granted_minor, verdict.held_minor, verdict.reasons):
        yield f"order {facts['id']} was answered {said}, the rules say {verdict}"


def _amended(
    world: World, before: Facts, facts: Facts, line: Line, caps: list[Cap]
) -> Iterator[str]:
    path, body = world.asked.get(json.dumps(facts, sort_keys=True), ("", {}))
    if not path.endswith("/amend") or before["state"] == "pending":
        return
    more = body["amount_minor"] - before["captured_minor"] - before["line"]["held_minor"]
    reasons: tuple[str, ...] = ()
    if more > 0:
        stopped = line.status != "open"
        reasons = (f"line_{line.status}",) if stopped else room_reasons(line, caps, more)
    if facts["outcome"] != ("declined" if reasons else "done"):
        yield f"order {facts['id']} was amended with {facts['outcome']}, the rules say {reasons}"
    elif reasons and tuple(facts["reasons"]) != reasons:
        yield f"order {facts['id']}: {facts['reasons']} was said, the rules say {reasons}"
