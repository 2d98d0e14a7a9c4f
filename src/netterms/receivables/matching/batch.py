"""What is known of every line of a batch, read by set, and what the rules make of it."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from netterms.buyers import names
from netterms.receivables.matching.likely import Namesakes
from netterms.receivables.matching.points import Reason, rules
from netterms.receivables.matching.rules import (
    Agreed,
    Alike,
    Evidence,
    Item,
    Paid,
    Proposal,
    age,
    best,
)
from netterms.receivables.ports import Expected
from netterms.receivables.rules import Tolerance
from netterms.store import sql

ROWS_AT_ONCE = 50_000


class Batch:
    """Evidence for every line of a batch, read by set, and what `rules.best` makes of it."""

    def __init__(
        self, params: dict[str, Any], tolerance: Tolerance, expected: Sequence[Expected] = ()
    ) -> None:
        self.params, self.tolerance, self.expected = params, tolerance, expected
        self.lines: dict[int, Paid] = {}
        self.accounts: dict[int, str] = {}
        self.found: dict[int, Evidence] = {}
        self.items: dict[int, Item] = {}
        self.by_buyer: dict[int, list[Item]] = {}

    def decide(self) -> dict[int, Proposal]:
        """The best proposal of each line that has one; sure ones never take an invoice twice."""
        with _uncollected():
            return self._decide()

    def _decide(self) -> dict[int, Proposal]:
        self._read()
        namesakes = Namesakes(self._names())
        alike = partial(_alike, namesakes)
        # Most are named and sure; what else is open matters for the others only.
        decided = {
            line: found
            for line, found in self._round(
                [line for line, found in self.found.items() if found.named], alike
            ).items()
            if found.sure
        }
        rest = [line for line in self.lines if line not in decided]
        taught = self._learn(decided, rest)
        self._guess_payers(rest, namesakes)
        self._complete(rest)
        decided |= self._round(rest, alike)
        # What the sure ones teach about accounts helps the others of the same statement.
        more = [line for line in self._learn(decided, rest) if line not in taught]
        if more:
            self._complete(more)
            decided |= self._round(more, alike)
        return self._without_twice(decided)

    def _round(self, lines: Sequence[int], alike: Alike) -> dict[int, Proposal]:
        proposals = {}
        for line in lines:
            found = best(
                self.lines[line],
                self.found[line],
                lambda buyer: self.by_buyer.get(buyer, ()),
                alike,
            )
            if found is not None:
                proposals[line] = found
        return proposals

    def _read(self) -> None:
        told = tuples(sql.statement("receivables/match_agreed"), self.params)
        agreed = {item: Agreed(pay, pay_by) for item, pay, pay_by in told}
        groups = dict(
            tuples(
                "select n, dense_rank() over (order by top) from match_buyer where top is not null"
            )
        )
        for line in tuples(
            "select n, amount_minor, booked_on, keys, name, account from match_line"
        ):
            self.lines[line[0]] = Paid(line[1], line[2], line[3], line[4], self.tolerance, agreed)
            self.accounts[line[0]] = line[5]
            self.found[line[0]] = Evidence(groups=groups)
        named = tuples(sql.statement("receivables/match_named"), self.params)
        self._fetch({item for _, item, _ in named})
        for line, number, whole in named:
            item, found = self.items[number], self.found[line]
            if whole:
                found.named[number] = item
                found.digits.pop(number, None)
            elif number not in found.named:
                found.digits[number] = item
        for line, buyer, reason in tuples(sql.statement("receivables/match_payers"), self.params):
            self._note(line, buyer, Reason(reason))
        for line, buyer, items in self._expected_lines():
            self.found[line].instalments[buyer] = frozenset(items)

    def _expected_lines(self) -> list[Any]:
        """Lines that bring just what a room above waits for: line, buyer, invoices it is for."""
        if not self.expected:
            return []
        told = [
            {
                "buyer": str(one.buyer_id),
                "currency": one.currency,
                "since": one.since.isoformat(),
                "sums": list(one.sums),
                "invoices": [str(invoice) for invoice in one.invoices],
            }
            for one in self.expected
        ]
        return tuples(sql.statement("receivables/match_expected"), {"expected": Jsonb(told)})

    def _note(self, line: int, buyer: int, reason: Reason) -> None:
        points, payers = rules().points, self.found[line].payers
        if buyer not in payers or points[payers[buyer]] < points[reason]:
            payers[buyer] = reason

    def _names(self) -> list[tuple[int, str]]:
        return tuples(
            "select b.n, s.said from match_buyer b join buyer_search s"
            " on s.seller_id = %(seller)s and s.buyer_id = b.id",
            self.params,
        )

    def _guess_payers(self, lines: Sequence[int], namesakes: Namesakes) -> None:
        """Names in another spelling, for lines of which nothing surer is known."""
        for line in lines:
            paid = self.lines[line]
            if paid.name and not self.found[line].payers:
                for buyer, likeness in namesakes.like(paid.name, rules().alike_from):
                    reason = Reason.PAYER_NAME if likeness == 100 else Reason.PAYER_NAME_ALIKE
                    self._note(line, buyer, reason)

    def _complete(self, lines: Sequence[int]) -> None:
        """What the possible payers have open; and for lines without one, who owes just that."""
        missing = {
            buyer
            for line in lines
            for buyer in self._possible(self.found[line])
            if buyer not in self.by_buyer
        }
        if missing:
            self.by_buyer |= {buyer: [] for buyer in missing}
            for item in self._items("buyer", missing):
                self.by_buyer[item.buyer].append(item)
            for buyer in missing:
                self.by_buyer[buyer].sort(key=age)
        alone = [
            line
            for line in lines
            if (found := self.found[line])
            and not (found.payers or found.named or found.digits or found.elsewhere)
        ]
        hits = tuples(sql.statement("receivables/match_alone"), self.params | {"lines": alone})
        self._fetch({item for _, item in hits})
        for line, item in hits:
            self.found[line].elsewhere = [self.items[item]]

    @staticmethod
    def _possible(found: Evidence) -> set[int]:
        """Buyers whose open invoices may be asked for."""
        named = (*found.named.values(), *found.digits.values())
        return {*found.payers, *(item.buyer for item in named)}

    def _fetch(self, numbers: set[int]) -> None:
        wanted = numbers - self.items.keys()
        if wanted:
            self._items("n", wanted)

    def _items(self, column: str, wanted: set[int]) -> list[Item]:
        """Open invoices by their numbers or their buyers'."""
        sql.execute("create temp table match_wanted (w int) on commit drop")
        found = []
        with connection.cursor() as cursor:
            wrapped: Any = cursor.cursor
            with wrapped.copy("copy match_wanted from stdin") as copy:
                copy.write("".join(f"{number}\n" for number in wanted))
            cursor.execute("analyze match_wanted")
            # Many in one row of text each: to fetch a million rows takes longer than to read them.
            cursor.execute(
                "select string_agg("  # noqa: S608
                " concat_ws(e'\\t', n, buyer, key, digits, open_minor, issued_on),"
                " e'\\n') from match_open"
                f" join match_wanted on w = {column} group by n / {ROWS_AT_ONCE}"
            )
            told = [row for (rows,) in cursor.fetchall() for row in rows.split("\n")]
        days: dict[str, date] = {}
        for row in told:
            n, buyer, key, digits, minor, day = row.split("\t")
            number = int(n)
            item = self.items.get(number)
            if item is None:
                issued = days.get(day) or days.setdefault(day, date.fromisoformat(day))
                item = Item(number, int(buyer), key, digits, int(minor), issued)
                self.items[number] = item
            found.append(item)
        sql.execute("drop table match_wanted")
        return found

    def _learn(self, decided: dict[int, Proposal], lines: Sequence[int]) -> list[int]:
        """Take the accounts of sure payers for others; the lines that learned something."""
        owners: dict[str, set[int]] = {}
        for line, proposal in decided.items():
            if proposal.sure and self.accounts[line] and Reason.REFERENCE in proposal.reasons:
                owners.setdefault(self.accounts[line], set()).add(proposal.buyer)
        taught = []
        for line in lines:
            buyers = owners.get(self.accounts[line], set())
            known = decided.get(line)
            if len(buyers) == 1 and not (known and known.sure):
                (buyer,) = buyers
                self._note(line, buyer, Reason.PAYER_LEARNED)
                taught.append(line)
        return taught

    def _without_twice(self, decided: dict[int, Proposal]) -> dict[int, Proposal]:
        """Of two that want the same invoice the surer has it, else the earlier."""
        left: dict[int, int] = {}
        kept: dict[int, Proposal] = {}
        order = sorted(decided, key=lambda n: (not decided[n].sure, -decided[n].score, n))
        for line in order:
            proposal = decided[line]
            if all(
                part.settled <= left.get(part.item.id, part.item.open) for part in proposal.parts
            ):
                kept[line] = proposal
                if proposal.sure:
                    for part in proposal.parts:
                        before = left.get(part.item.id, part.item.open)
                        left[part.item.id] = before - part.settled
        return kept


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for cycles among a million invoices, which have none: a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _alike(namesakes: Namesakes, name: str, buyer: int) -> int:
    return max(
        (100 if said == name else names.similarity(said, name) for said in namesakes.of(buyer)),
        default=0,
    )


def tuples(query: str, params: dict[str, Any] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return list(cursor.fetchall())


def send(decided: dict[int, Proposal]) -> None:
    """The decisions as two temporary tables of the same transaction."""
    sql.execute(
        "create temp table match_decided (line int, buyer int, score smallint, sure boolean,"
        " reasons text[]) on commit drop;"
        " create temp table match_part (line int, item int, taken bigint, discount bigint,"
        " write_off bigint) on commit drop"
    )
    lines, parts = [], []
    for line, one in decided.items():
        reasons = ",".join(reason.value for reason in Reason if reason in one.reasons)
        lines.append(f"{line}\t{one.buyer}\t{one.score}\t{one.sure}\t{{{reasons}}}\n")
        parts += [
            f"{line}\t{part.item.id}\t{part.taken}\t{part.discount}\t{part.write_off}\n"
            for part in one.parts
        ]
    with connection.cursor() as cursor:
        wrapped: Any = cursor.cursor
        with wrapped.copy("copy match_decided from stdin") as copy:
            copy.write("".join(lines))
        with wrapped.copy("copy match_part from stdin") as copy:
            copy.write("".join(parts))
    sql.execute("analyze match_decided; analyze match_part")
