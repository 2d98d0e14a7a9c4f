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

from netterms.checkout.rules import Cap, Line, decide, lined_minor, room_reasons, stop
from tests.history.rates import Rates
from tests.history.record import Book

Where = tuple[str, str]
Facts = dict[str, Any]
OPENED, CHANGED = "limits.line_opened", "limits.line_changed"
CAP_SET, CAP_REMOVED = "limits.cap_set", "limits.cap_removed"
# No event of the book: a test's own note that the day's step counted lines in their caps.
COUNTED = "counted"
ORDERS, NEW_BUYER = "/v1/orders", "/v1/orders/new-buyer"
APPROVED = "checkout.order_approved"
GRANTS = {"checkout.order_authorised", "checkout.order_amended", APPROVED}
RAISES = GRANTS | {"checkout.order_amend_declined", "checkout.order_approve_declined"}


@dataclass
class World:
    """Lines and caps at one moment; `terms` as the line's last event has them."""

    asked: dict[str, tuple[str, Facts]]
    home: str
    rates: Rates
    buyers: dict[str, Facts]
    lines: dict[Where, Line] = field(default_factory=dict)
    terms: dict[Where, Facts] = field(default_factory=dict)
    caps: dict[Any, Cap] = field(default_factory=dict)
    keys: dict[Any, str] = field(default_factory=dict)
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

    def chosen(self, buyer: str, currency: str) -> Where | None:
        """The line an order goes to: that of its currency, or else the one in the seller's."""
        return next(
            ((buyer, code) for code in (currency, self.home) if (buyer, code) in self.lines), None
        )

    def over(self, line: Line) -> list[Cap]:
        """The caps above a line."""
        return [self.caps[cap] for cap in line.cap_ids]

    def place(self, where: Where, line: Line) -> None:
        """The line from now on; its caps with it."""
        before = self.lines.get(where)
        for sign, each in ((-1, before), (1, line)):
            for cap in each.cap_ids if each else ():
                used = self.caps[cap].used_minor + sign * capped(each)
                self.caps[cap] = replace(self.caps[cap], used_minor=used)
        self.lines[where] = line

    def count(self, where: Where, day: date) -> None:
        """The line in the caps it belongs to on `day`, at that day's rate."""
        line, companies = self.lines[where], self._companies(where[0])
        facts = self.buyers[where[0]]
        common = {"country": {facts["country"]}, "sector": {facts["sector"]}, "group": companies}
        ids = tuple(sorted(i for i, cap in self.caps.items() if self.keys[i] in common[cap.kind]))
        rate = self.rates.between(where[1], self.home, day) if ids else None
        self.place(where, replace(line, cap_ids=ids, cap_rate=rate))

    def _companies(self, buyer: str) -> set[str]:
        """The buyer and every company above it."""
        found: set[str] = set()
        while buyer and buyer not in found:
            found.add(buyer)
            buyer = str(self.buyers[buyer]["parent_id"] or "")
        return found


def capped(line: Line) -> int:
    """What the line counts for in its caps; nothing while there is no rate."""
    return line.capped_minor() if line.cap_rate is not None else 0


def replay(book: Book, asked: dict[str, tuple[str, Facts]]) -> Iterator[str]:
    """What was wrong at any moment. `asked`: by the words of an answer, the request behind it."""
    buyers = {str(row["id"]): row for row in book.buyers}
    world = World(asked, book.home, Rates(book.rates), buyers)
    for event in book.events:
        yield from _happened(world, event)
    yield from _ends(world, book)


def _happened(world: World, event: Facts) -> Iterator[str]:
    facts, day = event["facts"], event["business_date"]
    if event["kind"] in {OPENED, CHANGED}:
        yield from _line(world, (str(event["subject_id"]), facts["currency"]), facts, day)
    elif event["kind"] == CAP_SET:
        _cap(world, event["subject_id"], facts, day)
    elif event["kind"] == CAP_REMOVED:
        yield from _removed(world, event["subject_id"], facts)
    elif event["kind"] == COUNTED:
        for where in world.lines:
            world.count(where, day)
    else:
        yield from (f"event {event['id']}: {what}" for what in _order(world, event))


def _ends(world: World, book: Book) -> Iterator[str]:
    for row in book.lines:
        line = world.lines.get((str(row["buyer_id"]), row["currency"]))
        ends = (line.held_minor, line.owed_minor, line.limit_minor) if line else None
        if ends != (row["held_minor"], row["owed_minor"], row["limit_minor"]):
            yield f"line {row['buyer_id']} should end with held, owed, limit {ends}"
        rate = None if row["cap_rate"] is None else Fraction(row["cap_rate"])
        if line and (line.cap_ids, line.cap_rate) != (tuple(row["cap_ids"]), rate):
            yield f"line {row['buyer_id']} should end in caps {line.cap_ids} at {line.cap_rate}"
    stand = {row["id"]: (row["used_minor"], row["limit_minor"]) for row in book.caps}
    caps = {cap: (each.used_minor, each.limit_minor) for cap, each in world.caps.items()}
    if caps != stand:
        yield f"caps should end as {caps}, not {stand}"


def _line(world: World, where: Where, facts: Facts, day: date) -> Iterator[str]:
    terms = facts["after"]
    before = world.lines.get(where)
    if before is not None and _same(world.terms[where]) != _same(facts["before"]):
        yield f"line {where} changed from {facts['before']}, which it was not"
    world.terms[where] = terms
    new = Line(terms["status"], terms["limit_minor"], 0, 0, cap_rate=None)
    line = replace(before or new, status=terms["status"], limit_minor=terms["limit_minor"])
    world.place(where, line)
    if before is None:
        for other in world.lines:
            if other[0] == where[0]:
                world.count(other, day)


def _same(terms: Facts) -> Facts:
    # One spelling of the number, whatever wrote it.
    return terms | {"discount_percent": Decimal(terms["discount_percent"])}


def _cap(world: World, cap: Any, facts: Facts, day: date) -> None:
    if cap in world.caps:
        world.caps[cap] = replace(world.caps[cap], limit_minor=facts["after_minor"])
        return
    world.caps[cap] = Cap(facts["cap_kind"], facts["after_minor"], 0)
    world.keys[cap] = facts["key"]
    for where in world.lines:
        world.count(where, day)


def _removed(world: World, cap: Any, facts: Facts) -> Iterator[str]:
    if world.caps[cap].limit_minor != facts["before_minor"]:
        yield f"cap {cap} was removed with limit {facts['before_minor']}, which it had not"
    for where, line in world.lines.items():
        if cap in line.cap_ids:
            ids = tuple(i for i in line.cap_ids if i != cap)
            world.place(where, replace(line, cap_ids=ids, cap_rate=line.cap_rate if ids else None))
    del world.caps[cap], world.keys[cap]


def _order(world: World, event: Facts) -> Iterator[str]:
    facts, day = event["facts"], event["business_date"]
    before = world.orders.get(facts["id"])
    still = facts.get("outcome") == "declined"
    due = 1 if before is None else before["version"] + (not still)
    if facts["version"] != due:
        yield f"order {facts['id']} has version {facts['version']}, not {due}"
    if not still:
        world.orders[facts["id"]] = facts
    first = (before or {}).get("line") or {}
    here = facts["buyer_id"], first.get("currency")
    where = here if first else world.chosen(facts["buyer_id"], facts["currency"])
    line = world.on(where, day) if where else None
    rate = None
    if first.get("rate") is not None:
        rate = _exact(first["rate"])
    elif where is not None:
        rate = world.rates.between(facts["currency"], where[1], day)
    if before is None:
        yield from _decided(world, facts, line, rate)
    elif event["kind"] in RAISES:
        yield from _raised(world, before, facts, line, rate)
    if facts["line"] is None:
        return
    if where is None or line is None or facts["line"]["currency"] != where[1]:
        yield f"order {facts['id']} is on line {facts['line']['currency']}, not {where}"
        return
    granted = before is None or event["kind"] == APPROVED
    yield from _rated(facts, first, (rate, day) if granted else (None, day))
    yield from _moved(world, event, before, where, rate)


def _rated(facts: Facts, first: Facts, found: tuple[Fraction | None, date]) -> Iterator[str]:
    """An order has the rate of the day on which it was asked for or first granted, for good."""
    said = facts["line"]["rate"], facts["line"]["rate_on"]
    if first.get("rate") is not None:
        due = first["rate"], first["rate_on"]
    else:
        rate, day = found
        due = (rate, day.isoformat()) if rate is not None else (None, None)
        said = said[0] if said[0] is None else _exact(said[0]), said[1]
    if said != due:
        yield f"order {facts['id']} has the rate {said}, not {due}"


def _exact(number: float) -> Fraction:
    return Fraction(str(number))


def _use(facts: Facts | None, rate: Fraction | None) -> tuple[int, int]:
    """What an order holds of its line and owes there."""
    if facts is None or facts["line"] is None or rate is None:
        return 0, 0
    granted, captured, refunded = (
        lined_minor(facts[f"{name}_minor"], rate) for name in ("authorised", "captured", "refunded")
    )
    return granted - captured, captured - refunded


def _moved(
    world: World, event: Facts, before: Facts | None, where: Where, rate: Fraction | None
) -> Iterator[str]:
    """The line after the event, against what the event says of it."""
    facts = event["facts"]
    line = world.on(where, event["business_date"])
    assert line is not None
    (held_before, owed_before), (held, owed) = _use(before, rate), _use(facts, rate)
    if facts["line"]["held_minor"] != held:
        yield f"order {facts['id']} holds {facts['line']['held_minor']}, not {held}"
    after = replace(
        line,
        held_minor=line.held_minor + held - held_before,
        owed_minor=line.owed_minor + owed - owed_before,
    )
    if after.available_minor != facts["line"]["available_minor"]:
        said = facts["line"]["available_minor"]
        yield f"line {where} had {after.available_minor} left, and {said} was said"
    world.place(where, after)
    used = after.available_minor < line.available_minor
    if used or capped(after) > capped(line):
        yield from _over(world, where, after, event["kind"])


def _over(world: World, where: Where, line: Line, kind: str) -> Iterator[str]:
    """A line or a cap may be over only because it was lowered under use: never by a grant."""
    if kind not in GRANTS:
        yield f"{kind} took more of line {where}"
    if line.available_minor < 0:
        yield f"line {where} is over its limit by {-line.available_minor}"
    if line.status != "open":
        yield f"line {where} is {line.status} and granted"
    for cap in world.over(line):
        over = cap.used_minor - cap.limit_minor
        if over > 0:
            yield f"the {cap.kind} cap is over its limit by {over}"


def _decided(world: World, facts: Facts, line: Line | None, rate: Fraction | None) -> Iterator[str]:
    """The answer is what the rules decide for this request at this moment."""
    path, body = world.asked.get(json.dumps(facts, sort_keys=True), ("", {}))
    # A new buyer that the policy does not let through is not looked at further.
    if path != ORDERS and not (path == NEW_BUYER and facts["line"]):
        return
    caps = world.over(line) if line else []
    amount = body["amount"]["minor"]
    verdict = decide(line, caps, amount, rate, partial=body.get("partial", False))
    held = facts["line"]["held_minor"] if facts["line"] else 0
    said = facts["authorised_minor"], held, tuple(facts["reasons"])
    if said != (verdict.granted_minor, verdict.held_minor, verdict.reasons):
        yield f"order {facts['id']} was answered {said}, the rules say {verdict}"


def _raised(
    world: World, before: Facts, facts: Facts, line: Line | None, rate: Fraction | None
) -> Iterator[str]:
    """An amendment or an approval: done exactly where there is room for what it adds."""
    path, body = world.asked.get(json.dumps(facts, sort_keys=True), ("", {}))
    amount = before["amount_minor"]
    if path.endswith("/amend"):
        amount = body["amount_minor"]
        if before["state"] == "pending":
            return
    elif not path.endswith("/approve"):
        return
    reasons = () if line else ("no_line",)
    if line and rate is None:
        reasons = ("no_rate",)
    elif line and rate is not None:
        held = before["line"]["held_minor"] if before["line"] else 0
        more = lined_minor(amount, rate) - lined_minor(before["captured_minor"], rate) - held
        stopped = stop(line, rate)
        if more > 0:
            reasons = (stopped,) if stopped else room_reasons(line, world.over(line), more)
    if facts["outcome"] != ("declined" if reasons else "done"):
        yield f"order {facts['id']} was answered {facts['outcome']}, the rules say {reasons}"
    elif reasons and tuple(facts["reasons"]) != reasons:
        yield f"order {facts['id']}: {facts['reasons']} was said, the rules say {reasons}"
