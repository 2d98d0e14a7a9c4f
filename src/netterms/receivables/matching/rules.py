"""Which invoices a payment settles, and how sure that is. Pure; the points are `points.py`.

A proposal is invoices of one buyer with what each takes of the payment, and the reasons that speak
for and against it. Amounts are minor units of the line's currency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from rapidfuzz.distance import OSA

from netterms.kernel.money import half_up
from netterms.receivables.matching import references, sums
from netterms.receivables.matching.points import Reason, confidence, rules
from netterms.receivables.rules import Tolerance

# To the cent what was owed, or what was agreed to settle it.
_WHOLE = frozenset({Reason.AMOUNT_EXACT, Reason.AMOUNT_AGREED})
# These say who paid by what a payer can hardly be mistaken in.
_SURE_PAYERS = frozenset({Reason.PAYER_ACCOUNT, Reason.PAYER_LEARNED})


class Item(NamedTuple):
    """An open invoice. `key` and `digits` are its number as `references` spells it.

    A tuple, as a batch makes a million of them.
    """

    id: int
    buyer: int
    key: str
    digits: str
    open: int
    issued_on: date


def age(item: Item) -> tuple[date, int]:
    """By which invoices stand in a row, the oldest first."""
    return item.issued_on, item.id


class Agreed(NamedTuple):
    """What a buyer was offered and accepted: so much settles an invoice if it comes by a day."""

    pay: int
    pay_by: date


@dataclass(frozen=True, slots=True)
class Paid:
    """A line of a statement, as far as matching asks.

    `tolerance` is what the seller calls small: no more is written off, whatever explains it.
    `agreed`: invoices that less settles if it comes in time.
    """

    minor: int
    booked_on: date
    keys: Sequence[str]
    name: str = ""
    tolerance: Tolerance = field(default_factory=Tolerance)
    agreed: Mapping[int, Agreed] = field(default_factory=dict)

    def less_for(self, item: Item, *, in_time: bool) -> int:
        """What was agreed to settle `item`, if it came in time (or not); 0 where nothing was."""
        less = self.agreed.get(item.id)
        return less.pay if less and (self.booked_on <= less.pay_by) == in_time else 0


@dataclass(frozen=True, slots=True)
class Part:
    """What of a payment goes to one invoice, and what is written off or given beside it."""

    item: Item
    taken: int
    discount: int = 0
    write_off: int = 0

    @property
    def settled(self) -> int:
        """How much less is open of the invoice."""
        return self.taken + self.discount + self.write_off


@dataclass(frozen=True, slots=True)
class Proposal:
    """Invoices of one buyer, what each takes, and why."""

    buyer: int
    parts: tuple[Part, ...]
    reasons: frozenset[Reason]

    @property
    def score(self) -> int:
        """The sum of its reasons' points, 0 to 100."""
        return confidence(self.reasons)

    @property
    def sure(self) -> bool:
        """Whether it is posted without a person: sure enough, alone, and nothing is given away.

        Who pays for another firm of its group has said so to nobody: a person looks at it.
        """
        agreed = Reason.AMOUNT_AGREED in self.reasons
        given = any(part.discount for part in self.parts) and not agreed
        doubt = self.reasons & {Reason.RIVAL, Reason.PAYER_GROUP}
        return self.score >= rules().post_from and not given and not doubt

    @property
    def items(self) -> frozenset[int]:
        return frozenset(part.item.id for part in self.parts)

    def with_(self, *more: Reason) -> Proposal:
        """The same with more reasons."""
        return Proposal(self.buyer, self.parts, self.reasons | set(more))


@dataclass(slots=True)
class Evidence:
    """What was found for one line.

    `named`: invoices whose number stands in its words, whole or by its digits. `payers`: buyers it
    may come from and why. `alike`: how alike (0 to 100) the payer's name is to a buyer's.
    `elsewhere`: invoices of this very amount where no payer is known. `instalments`: buyers whose
    payment plan asks for just this amount next, and the plan's invoices. `groups`: the group of
    each buyer that belongs to one.
    """

    named: dict[int, Item] = field(default_factory=dict)
    digits: dict[int, Item] = field(default_factory=dict)
    payers: dict[int, Reason] = field(default_factory=dict)
    elsewhere: list[Item] = field(default_factory=list)
    instalments: dict[int, frozenset[int]] = field(default_factory=dict)
    groups: Mapping[int, int] = field(default_factory=dict)

    def pays_for(self, buyer: int) -> bool:
        """Whether the line may come from another firm of the buyer's group."""
        group = self.groups.get(buyer)
        return group is not None and any(self.groups.get(p) == group for p in self.payers)


Open = Callable[[int], Sequence[Item]]
Alike = Callable[[str, int], int]


def best(paid: Paid, found: Evidence, open_of: Open, alike: Alike) -> Proposal | None:
    """The likeliest proposal, or None when nothing reaches what is proposed at all.

    `open_of` gives what a buyer has open, oldest first; `alike` how alike a name is to a buyer's.
    """
    every = [*_all(paid, found, open_of), *_agreed(paid, found, open_of)]
    likely = sorted(every, key=lambda p: p.score)
    proposals = {(p.buyer, p.items): p for p in likely}
    judged = [_with_payer(paid, p, found, alike) for p in proposals.values()]
    judged.sort(key=lambda p: (-p.score, len(p.parts), sorted(p.items)))
    if not judged:
        return None
    first = judged[0]
    if len(judged) > 1 and _is_rival(first, judged[1]):
        first = first.with_(Reason.RIVAL)
    return first if first.score >= rules().propose_from else None


def _is_rival(first: Proposal, other: Proposal) -> bool:
    """Whether the next best makes the best doubtful.

    Where a number stands whole in the payer's words, what merely comes to the amount does not.
    """
    if Reason.INSTALMENT in first.reasons and Reason.AMOUNT_PART in other.reasons:
        return first.buyer != other.buyer  # an instalment is a part of what was named
    if _WHOLE & first.reasons and other.items < first.items:
        return False  # the same with something left over
    if Reason.REFERENCE in first.reasons and Reason.REFERENCE not in other.reasons:
        return other.score >= first.score
    return other.score > 0 and other.score >= first.score - rules().rival_within


def _all(paid: Paid, found: Evidence, open_of: Open) -> Iterable[Proposal]:
    yield from _instalments(found)
    settled = False
    yield from _across(paid, found)
    for buyer, whole in _by_buyer(found.named.values()).items():
        for proposal in _named(paid, buyer, whole, Reason.REFERENCE, open_of):
            yield proposal
            # Named, to the cent, and by nobody else's account: nothing could be likelier.
            exact = Reason.AMOUNT_EXACT in proposal.reasons
            settled |= exact and (buyer in found.payers or not found.payers)
    if settled:
        return
    for buyer, part in _by_buyer(found.digits.values()).items():
        whole = [item for item in found.named.values() if item.buyer == buyer]
        yield from _named(paid, buyer, [*whole, *part], Reason.REFERENCE_DIGITS, open_of)
    for buyer in found.payers:
        items_of = open_of(buyer)
        if len(items_of) <= rules().most_open:
            sure_enough = found.payers[buyer] is not Reason.PAYER_NAME_ALIKE
            yield from _by_amount(paid, buyer, items_of, several=sure_enough)
    if len(found.elsewhere) == 1 and not found.payers:
        item = found.elsewhere[0]
        part_of = Part(item, item.open)
        yield Proposal(item.buyer, (part_of,), frozenset({Reason.AMOUNT_EXACT}))


def _agreed(paid: Paid, found: Evidence, open_of: Open) -> Iterable[Proposal]:
    """The same search where each invoice is worth what settles it by the day the money came."""
    if not paid.agreed:
        return  # as in most batches: what payers have open is not gone through in vain
    possible = [*found.named.values(), *found.digits.values()]
    possible += [item for buyer in found.payers for item in open_of(buyer)]
    whole = {item.id: item for item in possible if paid.less_for(item, in_time=True)}
    if not whole:
        return

    def priced(item: Item) -> Item:
        return item._replace(open=paid.less_for(item, in_time=True) or item.open)

    then = Evidence(
        {n: priced(item) for n, item in found.named.items()},
        {n: priced(item) for n, item in found.digits.items()},
        found.payers,
    )
    for proposal in _all(paid, then, lambda buyer: [priced(item) for item in open_of(buyer)]):
        if Reason.AMOUNT_EXACT in proposal.reasons and proposal.items & whole.keys():
            parts = tuple(_at_agreed(part, whole) for part in proposal.parts)
            reasons = proposal.reasons - {Reason.AMOUNT_EXACT} | {Reason.AMOUNT_AGREED}
            yield Proposal(proposal.buyer, parts, reasons)


def _at_agreed(part: Part, whole: Mapping[int, Item]) -> Part:
    item = whole.get(part.item.id)
    return part if item is None else Part(item, part.taken, discount=item.open - part.taken)


def _instalments(found: Evidence) -> Iterable[Proposal]:
    """The money is the plan's: what it settles there is said by the plan, not by a number.

    Without a payer or an invoice of the plan being named, an amount alone says little.
    """
    named = found.named.keys()
    for buyer, items in found.instalments.items():
        others = {n for n, item in found.named.items() if item.buyer == buyer} - items
        if others or not (items & named or buyer in found.payers):
            continue
        told = {Reason.REFERENCE} if items & named else set()
        yield Proposal(buyer, (), frozenset({Reason.INSTALMENT, *told}))


def _across(paid: Paid, found: Evidence) -> Iterable[Proposal]:
    """Invoices of several firms of one group that the words name: one firm paid for the others."""
    by_group: dict[int, list[Item]] = {}
    for item in found.named.values():
        if item.buyer in found.groups:
            by_group.setdefault(found.groups[item.buyer], []).append(item)
    for group, items in by_group.items():
        payers = [buyer for buyer in found.payers if found.groups.get(buyer) == group]
        for proposal in _named(
            paid, min(payers, default=items[0].buyer), items, Reason.REFERENCE, lambda _: ()
        ):
            if len({part.item.buyer for part in proposal.parts}) > 1:
                yield proposal.with_(Reason.PAYER_GROUP)


def _by_buyer(items: Iterable[Item]) -> dict[int, list[Item]]:
    found: dict[int, list[Item]] = {}
    for item in items:
        found.setdefault(item.buyer, []).append(item)
    return found


def _named(
    paid: Paid, buyer: int, named: list[Item], reason: Reason, open_of: Open
) -> Iterable[Proposal]:
    """What the named invoices of one buyer may take of the payment."""
    named.sort(key=age)
    total = sum(item.open for item in named)
    if total == paid.minor:
        yield _exact(buyer, named, reason)
        return
    if total > paid.minor and (shorter := _shorter(paid, named)):
        how, parts = shorter
        yield Proposal(buyer, parts, frozenset({reason, how}))
        return
    # Words hold other numbers too: some of those named may make the amount, and only they.
    if len(named) > 1 and (some := _some_of(paid, named)):
        yield from (_exact(buyer, items, reason) for items in some)
        return
    if total < paid.minor:
        # A bank cuts the words after so many characters: one more may have been named.
        own = {item.id for item in named}
        rest = [
            item
            for item in open_of(buyer)
            if item.open == paid.minor - total and item.id not in own
        ]
        if len(rest) == 1:
            yield _exact(buyer, [*named, *rest], reason, Reason.SEVERAL)
    yield _in_turn(paid, buyer, named, reason)


def _some_of(paid: Paid, named: list[Item]) -> list[list[Item]]:
    single = [[item] for item in named if item.open == paid.minor]
    return (single or sums.to(named, paid.minor, triples_up_to=len(named)))[:2]


def _in_turn(paid: Paid, buyer: int, named: list[Item], reason: Reason) -> Proposal:
    """The named invoices one after the other, as far as the money goes."""
    parts, left = [], paid.minor
    for item in named:
        if left > 0:
            parts.append(Part(item, min(left, item.open)))
            left -= parts[-1].taken
    if left:
        return Proposal(buyer, tuple(parts), frozenset({reason, Reason.AMOUNT_OVER}))
    reasons = {reason, Reason.AMOUNT_PART}
    if len(named) > 1:
        reasons.add(Reason.SEVERAL)  # which of them was paid short is not said
    return Proposal(buyer, tuple(parts), frozenset(reasons))


def _exact(buyer: int, items: Sequence[Item], *reasons: Reason) -> Proposal:
    parts = tuple(Part(item, item.open) for item in items)
    return Proposal(buyer, parts, frozenset({Reason.AMOUNT_EXACT, *reasons}))


def _shorter(paid: Paid, items: Sequence[Item]) -> tuple[Reason, tuple[Part, ...]] | None:
    """All of the invoices, where a small difference or one discount on each explains the rest."""
    limits = rules()
    missing = sum(item.open for item in items) - paid.minor
    if _came_too_late(paid, items):
        return None
    for percent in limits.discounts:
        parts = []
        for item in items:
            discount = half_up(percent * item.open / 100)
            parts.append(Part(item, item.open - discount, discount))
        days = max((paid.booked_on - item.issued_on).days for item in items)
        exact = sum(part.taken for part in parts) == paid.minor
        if exact and missing and 0 <= days <= limits.discount_days:
            return Reason.AMOUNT_DISCOUNT, tuple(parts)
    total = missing + paid.minor
    largest = max(items, key=lambda item: item.open)
    small = min(
        limits.small_most,
        half_up(limits.small_percent * total / 100),
        paid.tolerance.most(largest.open),
    )
    if 0 < missing <= small:
        return Reason.AMOUNT_SMALL_DIFFERENCE, tuple(
            Part(item, item.open - missing, write_off=missing)
            if item is largest
            else Part(item, item.open)
            for item in items
        )
    return None


def _came_too_late(paid: Paid, items: Sequence[Item]) -> bool:
    """Whether it is what was agreed for early payment, after the day: then the whole is owed."""
    late = [paid.less_for(item, in_time=False) for item in items]
    return any(late) and paid.minor == sum(
        less or item.open for less, item in zip(late, items, strict=True)
    )


def _by_amount(
    paid: Paid, buyer: int, items: Sequence[Item], *, several: bool
) -> Iterable[Proposal]:
    """What of a payer's open invoices comes to the amount; `several` together if it is surely the
    payer, for some sum of somebody's invoices is always near.
    """
    same = [item for item in items if item.open == paid.minor]
    if same:
        close = [item for item in same if _is_close(item, paid.keys)]
        if len(close) == 1:
            yield _exact(buyer, close, Reason.REFERENCE_CLOSE)
        single = {Reason.ONLY_ONE} if len(same) == 1 else set()
        for item in same[:2]:
            if item not in close:
                yield _checked(paid, _exact(buyer, [item], *single))
        return
    limits = rules()
    most = paid.minor + max(limits.small_most, half_up(limits.discounts[-1] * paid.minor / 90))
    for item in items:
        if paid.minor < item.open <= most and (shorter := _shorter(paid, [item])):
            how, parts = shorter
            close_too = {Reason.REFERENCE_CLOSE} if _is_close(item, paid.keys) else set()
            yield _checked(paid, Proposal(buyer, parts, frozenset({how} | close_too)))
    found = sums.to(items, paid.minor, triples_up_to=limits.triples_up_to) if several else []
    for some in found[:2]:
        reasons = {Reason.SEVERAL}
        if len(found) == 1:
            reasons.add(Reason.ONLY_ONE)
        if list(some) == list(items):
            reasons.add(Reason.WHOLE_ACCOUNT)
        yield _checked(paid, _exact(buyer, some, *reasons))


def _is_close(item: Item, keys: Sequence[str]) -> bool:
    """Whether the words hold the invoice's number with one typing error, or its digits so."""
    return any(
        (abs(len(key) - len(item.key)) <= 1 and OSA.distance(key, item.key, score_cutoff=1) == 1)
        or (
            bool(item.digits)
            and abs(len(key) - len(item.digits)) <= 1
            and OSA.distance(key, item.digits, score_cutoff=1) == 1
        )
        for key in keys
    )


def _checked(paid: Paid, proposal: Proposal) -> Proposal:
    """With what speaks against it: the words name another number built like its own."""
    if Reason.REFERENCE_CLOSE in proposal.reasons:
        return proposal
    masks = {references.mask(part.item.key) for part in proposal.parts}
    own = {part.item.key for part in proposal.parts}
    others = any(key not in own and references.mask(key) in masks for key in paid.keys)
    return proposal.with_(Reason.OTHER_NUMBER) if others else proposal


def _with_payer(paid: Paid, proposal: Proposal, found: Evidence, alike: Alike) -> Proposal:
    """With what the payer says of it."""
    if reason := found.payers.get(proposal.buyer):
        return proposal.with_(reason)
    if found.pays_for(proposal.buyer):
        return proposal.with_(Reason.PAYER_GROUP)
    if any(known in _SURE_PAYERS for known in found.payers.values()):
        return proposal.with_(Reason.PAYER_CONTRADICTS)
    if not paid.name:
        return proposal
    likeness = alike(paid.name, proposal.buyer)
    if likeness == 100:
        return proposal.with_(Reason.PAYER_NAME)
    if likeness >= rules().alike_from:
        return proposal.with_(Reason.PAYER_NAME_ALIKE)
    return proposal.with_(Reason.PAYER_DIFFERS) if likeness < rules().differs_below else proposal
