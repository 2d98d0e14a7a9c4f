"""Did the book keep what was answered? A history and a book in, what is wrong with them out."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from netterms.checkout.requests import OURS
from netterms.checkout.rules import Line, lined_minor
from netterms.kernel.money import half_up
from tests.history.record import Book, Call
from tests.history.replay import NEW_BUYER, ORDERS, capped, replay

EXPIRED_BY_THE_DAY = OURS + "expire/"
# What the clerk approves in the book itself, beside the clients.
CLERKS = "clerk/"


def check(calls: list[Call], book: Book) -> list[str]:
    """Everything that is wrong; nothing when each answer was kept and no line was ever over."""
    by_key: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        by_key[call.key].append(call)
    return [
        *_answered(calls),
        *_one_answer_a_key(by_key),
        *_kept(by_key, book),
        *_told(book),
        *_orders(by_key, book),
        *_papers(book),
        *_sums(book),
        *_in_time(by_key, book),
        *replay(book, _asked(calls)),
    ]


def _answered(calls: list[Call]) -> Iterator[str]:
    for call in calls:
        if call.status is None:
            yield f"never answered: {call.path} with key {call.key} after {call.lost}"
        elif not (call.done or call.status in {404, 409, 422}):
            yield f"answered {call.status}: {call.path} with key {call.key}: {call.answer}"


def _one_answer_a_key(by_key: dict[str, list[Call]]) -> Iterator[str]:
    for key, calls in by_key.items():
        done = [call for call in calls if call.done]
        if len({call.asked for call in done}) > 1:
            yield f"key {key} was taken for two requests"
        if len({_text(call.answer) for call in done}) > 1 or (
            len({call.text for call in done if call.text is not None}) > 1
        ):
            yield f"key {key} has two answers"
        if sum(call.status == 201 for call in done) > 1:
            yield f"key {key} was done twice"
        if any(call.replayed != (call.status == 200) for call in done if call.text is not None):
            yield f"key {key}: the header does not say what the status says"
        for call in calls:
            before = [other for other in done if other.ended < call.began]
            same = any(other.asked == call.asked for other in before)
            if before and same and not call.done:
                yield f"key {key} was done, and later refused with {call.status}"
            elif (
                before
                and not same
                and (call.status, call.answer.get("code"))
                != (
                    409,
                    "key_reused",
                )
            ):
                yield f"key {key} was answered {call.status} for another request"


def _kept(by_key: dict[str, list[Call]], book: Book) -> Iterator[str]:
    """Every answer is in the book once, and nothing is there that nobody asked for."""
    kept: dict[str, list[Any]] = defaultdict(list)
    for row in book.keys:
        kept[row["key"]].append(row["answer"])
    for key, calls in by_key.items():
        done = next((call for call in calls if call.done), None)
        if done and len(kept[key]) != 1:
            yield f"key {key} was acknowledged and is {len(kept[key])} times in the book"
        elif done and kept[key] != [_of_the_order(done.answer)]:
            yield f"key {key} was answered otherwise than the book has it"
        elif not done and kept[key] and not any(call.lost for call in calls):
            # An attempt that nobody heard of may be done after a later one was refused.
            yield f"key {key} was refused and is in the book"
    for key in kept:
        if key not in by_key and not key.startswith((EXPIRED_BY_THE_DAY, CLERKS)):
            yield f"key {key} is in the book and nobody asked for it"


def _of_the_order(answer: dict[str, Any]) -> dict[str, Any]:
    """Without the score of a new buyer, which is kept with the decision, not with the order."""
    return {name: value for name, value in answer.items() if name != "score"}


def _told(book: Book) -> Iterator[str]:
    """One event for each key, with the words of its answer."""
    keyed = Counter(_text(row["answer"]) for row in book.keys)
    told = Counter(_text(event["facts"]) for event in book.events if _of_order(event))
    for text, many in (keyed - told).items():
        yield f"{many} answers without an event: {text}"
    for text, many in (told - keyed).items():
        yield f"{many} events without an answer: {text}"


def _orders(by_key: dict[str, list[Call]], book: Book) -> Iterator[str]:
    rows = Counter(str(row["id"]) for row in book.orders)
    numbers = Counter(row["order_number"] for row in book.orders)
    yield from (
        f"order number {number} {many} times" for number, many in numbers.items() if many > 1
    )
    made: dict[str, set[str]] = defaultdict(set)
    for key, calls in by_key.items():
        for call in calls:
            if call.done and call.path in {ORDERS, NEW_BUYER}:
                made[call.answer["id"]].add(key)
            if call.done and rows[call.answer["id"]] != 1:
                yield f"order {call.answer['id']} is {rows[call.answer['id']]} times in the book"
    yield from (f"order {order} answers {keys}" for order, keys in made.items() if len(keys) > 1)
    last = {event["facts"]["id"]: event["facts"] for event in book.events if _of_order(event)}
    for row in book.orders:
        facts = last.get(str(row["id"]), {})
        names = ("state", "amount_minor", "authorised_minor", "captured_minor", "refunded_minor")
        said = {name: facts.get(name) for name in (*names, "version")}
        said["held_minor"] = (facts.get("line") or {}).get("held_minor", 0)
        if said != {name: row[name] for name in said}:
            yield f"order {row['id']} is not what its last event says: {said}"


def _papers(book: Book) -> Iterator[str]:
    """Every invoice and credit note of an answer is there once, with one entry in the journal."""
    told = Counter(
        (paper["id"], event["facts"]["id"], paper["kind"], paper["amount_minor"])
        for event in book.events
        if _of_order(event)
        for paper in event["facts"].get("invoices", ())
    )
    written = Counter(
        (str(row["id"]), str(row["order_id"]), row["kind"], row["amount_minor"])
        for row in book.invoices
    )
    yield from (f"paper {paper} was told and is not there" for paper in told - written)
    yield from (f"paper {paper} is there and was not told" for paper in written - told)
    sides = {"invoice": ("receivable", "sales"), "credit_note": ("sales", "receivable")}
    due = Counter(
        (row["id"], *sides[row["kind"]], row["amount_minor"], row["currency"])
        for row in book.invoices
    )
    booked = Counter(
        (
            row["source_id"],
            row["debit_account"],
            row["credit_account"],
            row["amount_minor"],
            row["currency"],
        )
        for row in book.journal
        if row["source_kind"] != "allocation"
    )
    yield from _set_off(book)
    yield from (f"no journal entry for {paper}" for paper in due - booked)
    yield from (f"a journal entry for nothing: {entry}" for entry in booked - due)
    of_order: dict[tuple[Any, str], int] = defaultdict(int)
    on_line: dict[tuple[Any, str], int] = defaultdict(int)
    for row in book.invoices:
        of_order[row["order_id"], row["kind"]] += row["amount_minor"]
        on_line[row["order_id"], row["kind"]] += _whole(row)
    for row in book.orders:
        pair = of_order[row["id"], "invoice"], of_order[row["id"], "credit_note"]
        if pair != (row["captured_minor"], row["refunded_minor"]):
            yield f"order {row['id']} has papers over {pair}"
        if row["rate"] is not None:
            pair = on_line[row["id"], "invoice"], on_line[row["id"], "credit_note"]
            if pair != tuple(lined_minor(m, Fraction(row["rate"])) for m in _papered(row)):
                yield f"order {row['id']} has papers that count for {pair} on its line"


def _set_off(book: Book) -> Iterator[str]:
    """No money moves where a refund is set off, and none waits for what its order has open."""
    unallocated: dict[Any, int] = defaultdict(int)
    for row in book.journal:
        if row["source_kind"] == "allocation":
            for sign, side in ((1, "debit_account"), (-1, "credit_account")):
                if row[side] == "unallocated":
                    unallocated[row["source_id"]] += sign * row["amount_minor"]
    yield from (f"set-off {entry} moves {m}" for entry, m in unallocated.items() if m)
    waiting: dict[Any, set[str]] = defaultdict(set)
    for row in book.invoices:
        if row["open_minor"] and row["line_currency"] is None:
            waiting[row["order_id"]].add(row["kind"])
    yield from (
        f"order {o} has a refund not set off" for o, kinds in waiting.items() if len(kinds) > 1
    )


def _papered(order: dict[str, Any]) -> tuple[int, int]:
    return order["captured_minor"], order["refunded_minor"]


def _whole(paper: dict[str, Any]) -> int:
    """What a paper counts for on its line while all of it is open."""
    return int(paper["amount_minor"] if paper["line_currency"] is None else paper["line_minor"])


def _sums(book: Book) -> Iterator[str]:
    """Held is the sum of orders, owed of open papers, a cap's use of its lines."""
    held: dict[Any, int] = defaultdict(int)
    owed: dict[Any, int] = defaultdict(int)
    for row in book.orders:
        held[row["buyer_id"], row["line_currency"]] += row["held_minor"]
    for row in book.invoices:
        sign = 1 if row["kind"] == "invoice" else -1
        part = half_up(Fraction(_whole(row) * row["open_minor"], row["amount_minor"]))
        owed[row["buyer_id"], row["line_currency"] or row["currency"]] += sign * part
    used: dict[Any, int] = defaultdict(int)
    for row in book.lines:
        line = row["buyer_id"], row["currency"]
        if row["held_minor"] != held[line]:
            yield f"line {line} holds {row['held_minor']}, its orders {held[line]}"
        if row["owed_minor"] != owed[line]:
            yield f"line {line} owes {row['owed_minor']}, its invoices say {owed[line]}"
        rate = None if row["cap_rate"] is None else Fraction(row["cap_rate"])
        for cap in row["cap_ids"]:
            used[cap] += capped(Line("", 0, row["held_minor"], row["owed_minor"], cap_rate=rate))
    for row in book.caps:
        if row["used_minor"] != used[row["id"]]:
            yield f"cap {row['id']} counts {row['used_minor']}, its lines {used[row['id']]}"


def _in_time(by_key: dict[str, list[Call]], book: Book) -> Iterator[str]:
    """What was answered before another request was sent comes before it on their line, too."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, event in enumerate(book.events):
        places[_text(event["facts"])].append(place)
    moments = []
    for key, calls in by_key.items():
        done = [call for call in calls if call.done]
        found = places[_text(done[0].answer)] if done else []
        if len(found) == 1:
            buyer = done[0].answer["buyer_id"]
            moments.append((min(call.began for call in calls), 1, found[0], buyer, key))
            moments.append((min(call.ended for call in done), 0, found[0], buyer, key))
    latest: dict[str, int] = {}
    for _, begins, place, buyer, key in sorted(moments):
        if not begins:
            latest[buyer] = max(latest.get(buyer, -1), place)
        elif place < latest.get(buyer, -1):
            yield f"key {key} was sent after an answer that it precedes in the book"


def _asked(calls: list[Call]) -> dict[str, tuple[str, dict[str, Any]]]:
    """By the words of an answer: the request that was answered with them."""
    return {_text(call.answer): (call.path, call.body) for call in calls if call.done}


def _text(facts: dict[str, Any]) -> str:
    return json.dumps(facts, sort_keys=True)


def _of_order(event: dict[str, Any]) -> bool:
    return bool(event["kind"].startswith("checkout.order_"))
