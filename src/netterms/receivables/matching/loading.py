"""Take bank statements into the book: whole or not at all, every line once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from netterms.buyers import names
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables import events
from netterms.receivables.matching import references
from netterms.receivables.matching.statement import Line, Report, Statement, check
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

LONGEST_NAME, LONGEST_REFERENCE, LONGEST_WORDS = 300, 140, 2_000
COLUMNS = (
    "place", "id", "booked_on", "value_on", "amount_minor", "reversal", "payer_name",
    "payer_account",
    "end_to_end", "creditor_reference", "bank_reference", "words", "name_core", "keys",
    "figures", "fingerprint",
)  # fmt: skip
NEW_LINES = """
create temp table new_line (
  place int, id uuid, booked_on date, value_on date, amount_minor bigint, reversal boolean,
  payer_name text,
  payer_account text, end_to_end text, creditor_reference text, bank_reference text, words text,
  name_core text, keys text[], figures text[], fingerprint char(64)
) on commit drop
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file changed. Zeros mean the book knew everything already."""

    statements: int
    lines_new: int
    lines_known: int


def load_statements(
    ctx: Context, statements: Sequence[Statement], file_name: str, sha256: str
) -> Loaded:
    """Bring in statements: all of them or none. What the book knows already changes nothing.

    BANK_STATEMENT_INTERIM, _INCOMPLETE, _UNBALANCED as `statement.check` has them;
    BANK_STATEMENT_OVERLAPS where another format told the same days.
    """
    ctx.require(Permission.IMPORT)
    for statement in statements:
        check(statement)
    loaded, new, known = 0, 0, 0
    first: UUID | None = None
    with book(ctx):
        # Two that bring the same lines: the second waits and finds them known.
        sql.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"statements {ctx.seller}"]
        )
        sql.execute(NEW_LINES)
        for statement in statements:
            number, added = _load(ctx, statement, file_name, sha256)
            known += len(statement.lines) - added
            new += added
            loaded += number is not None
            first = first or number
        sql.execute("drop table new_line")
        if first is not None:
            record(ctx, events.StatementsLoaded(first, file_name, loaded, new))
    return Loaded(loaded, new, known)


def _load(
    ctx: Context, statement: Statement, file_name: str, sha256: str
) -> tuple[UUID | None, int]:
    """The statement's id, or None where all of it was known, and how many lines were new."""
    account = _account(ctx, statement)
    _copy(ctx, statement)
    if not sql.value(
        "select exists (select from new_line n where not exists (select from bank_line l"
        " where l.seller_id = %(seller)s and l.account_id = %(account)s"
        " and l.fingerprint = n.fingerprint))",
        {"seller": ctx.seller, "account": account},
    ):
        return None, 0
    _refuse_overlap(ctx, statement, account)
    number = new_id(ctx.now)
    days = [line.booked_on for line in statement.lines]
    params = {
        "seller": ctx.seller,
        "id": number,
        "account": account,
        "report": statement.report.value,
        "format": statement.format,
        "number": statement.number[:LONGEST_REFERENCE],
        "first": min(days),
        "last": max(days),
        "opening": statement.opening_minor,
        "closing": statement.closing_minor,
        "lines": len(statement.lines),
        "file": file_name,
        "sha256": sha256,
        "now": ctx.now,
        "actor": ctx.actor,
        "currency": statement.currency,
        "state": "notice" if statement.report is Report.NOTICE else "open",
    }
    added = sql.value(sql.statement("receivables/load_statement"), params)
    return number, int(added)


def _account(ctx: Context, statement: Statement) -> UUID:
    """The seller's account; it is opened by its first statement."""
    params = {
        "seller": ctx.seller,
        "number": statement.account[:60],
        "currency": statement.currency,
    }
    sql.execute(
        "insert into bank_account (seller_id, number, currency)"
        " values (%(seller)s, %(number)s, %(currency)s) on conflict do nothing",
        params,
    )
    found = sql.value(
        "select id from bank_account where seller_id = %(seller)s and number = %(number)s"
        " and currency = %(currency)s",
        params,
    )
    return UUID(str(found))


def _refuse_overlap(ctx: Context, statement: Statement, account: UUID) -> None:
    """Two formats word the same movement differently: nothing would tell that they are one."""
    if statement.report is not Report.STATEMENT:
        return
    days = [line.booked_on for line in statement.lines]
    other = sql.row(
        """
        select s.format, min(l.booked_on) as first_on, max(l.booked_on) as last_on
        from bank_line l
        join bank_statement s on s.seller_id = l.seller_id and s.id = l.statement_id
        where l.seller_id = %(seller)s and l.account_id = %(account)s and l.state <> 'notice'
          and s.format <> %(format)s and l.booked_on between %(first)s and %(last)s
        group by s.format limit 1
        """,
        {
            "seller": ctx.seller,
            "account": account,
            "format": statement.format,
            "first": min(days),
            "last": max(days),
        },
    )
    if other:
        raise Refusal(
            Code.BANK_STATEMENT_OVERLAPS,
            account=statement.account,
            first=other["first_on"],
            last=other["last_on"],
            format=other["format"],
        )


def _copy(ctx: Context, statement: Statement) -> None:
    sql.execute("truncate new_line")
    with connection.cursor() as cursor:
        wrapped: Any = cursor.cursor
        columns = ", ".join(COLUMNS)
        with wrapped.copy(f"copy new_line ({columns}) from stdin") as copy:
            for place, (line, mark) in enumerate(_marked(statement), 1):
                copy.write_row((place, *_row(ctx, line, mark)))


def _row(ctx: Context, line: Line, mark: str) -> tuple[object, ...]:
    name = _plain(line.name, LONGEST_NAME)
    keys = references.in_line(line)
    return (
        new_id(ctx.now),
        line.booked_on,
        line.value_on,
        line.minor,
        line.reversal,
        name,
        _plain(line.account, 60).upper().replace(" ", ""),
        _plain(line.end_to_end, LONGEST_REFERENCE),
        _plain(line.creditor_reference, LONGEST_REFERENCE),
        _plain(line.bank_reference, LONGEST_REFERENCE),
        _plain(line.text, LONGEST_WORDS),
        names.core(name) if name else "",
        keys,
        references.figures(keys),
        mark,
    )


def _plain(text: str, most: int) -> str:
    """Without what the database cannot hold."""
    return text.replace("\0", "")[:most]


def _marked(statement: Statement) -> Iterator[tuple[Line, str]]:
    """Each line with what makes it that line: what it says, and the balance after it.

    Without balances the n-th of several equal lines of a day is the n-th of another file's, too.
    """
    balance = statement.opening_minor
    times: Counter[tuple[object, ...]] = Counter()
    for line in statement.lines:
        said: tuple[object, ...] = (
            line.booked_on,
            line.value_on,
            line.minor,
            line.reversal,
            line.name,
            line.account,
            line.end_to_end,
            line.creditor_reference,
            line.bank_reference,
            line.text,
        )
        if balance is None:
            times[said] += 1
            place: object = times[said]
        else:
            balance += line.minor
            place = f"= {balance}"
        told = "\x1f".join(str(part) for part in (statement.report.value, *said, place))
        yield line, hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
