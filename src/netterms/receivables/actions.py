"""What changes the book. Each function is one use case and one transaction."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from netterms.kernel.context import Context, Permission
from netterms.kernel.events import plain
from netterms.kernel.ids import new_id
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables import events
from netterms.receivables.binary_copy import Encoded, Kind, encode
from netterms.receivables.periods import closed_until, require_open
from netterms.store import sql
from netterms.store.outbox import record, stamp
from netterms.store.tenancy import book

if TYPE_CHECKING:
    import duckdb

# Ids are made here: the head of a UUIDv7 made for this import, followed by the row's place. A call
# of uuidv7() for each would ask the operating system for random bits a million times.
# A buyer that the file names twice is as its last row says.
BUYERS = """
select row_number() over (order by buyer_number) as nth,
       unhex('{ids}') || nth::integer::bit::blob as id, buyer_number,
       arg_max(buyer_name, row_no) as buyer_name, arg_max(country, row_no) as country,
       arg_max(email, row_no) as email, arg_max(currency, row_no) as currency,
       arg_max(tangible_net_worth_minor, row_no) as tangible_net_worth_minor,
       arg_max(annual_turnover_minor, row_no) as annual_turnover_minor
from staged group by buyer_number
"""
STAGED_BUYERS = "select * from staged_buyer order by nth"
BUYER_IDS = """
create or replace temp table buyer_id as
select n.buyer_number, coalesce(unhex(replace(k.id, '-', '')), n.id) as id,
       k.id is not null as known
from staged_buyer n
left join read_csv(?, header = false, auto_detect = false,
                   columns = {'nth': 'bigint', 'id': 'text'}) k using (nth)
"""
# Invoices and their payments go buyer by buyer, so that most indexes of the book grow at one end:
# random places in a large index cost more than all the rest of a row.
PLACES = """
create or replace temp table staged_place as
select s.row_no, row_number() over (order by n.nth, s.due_on, s.row_no) as nth
from staged s join staged_buyer n using (buyer_number)
"""
ROWS = """
select s.row_no, unhex('{invoice_ids}') || p.nth::integer::bit::blob as invoice_id,
       b.id as buyer_id, s.amount_minor, s.open_minor, s.issued_on, s.due_on, s.currency, s.kind,
       case when s.open_minor < s.amount_minor
            then unhex('{payment_ids}') || p.nth::integer::bit::blob end as payment_id,
       s.settled_on, s.company_code, s.invoice_number
from staged_place p join staged s using (row_no) join buyer_id b using (buyer_number)
where p.nth between {first} and {last} order by p.nth
"""
# While the database takes in one part of the rows, the next is made. DuckDB gives each thread
# 122,880 rows of a table: with fewer than two such groups a second core would have nothing to do.
PART_ROWS = 2 * 122_880
BUYER_COLUMNS = {
    "nth": Kind.BIGINT,
    "id": Kind.UUID,
    "buyer_number": Kind.TEXT,
    "buyer_name": Kind.TEXT,
    "country": Kind.TEXT,
    "email": Kind.TEXT,
    "currency": Kind.TEXT,
    "tangible_net_worth_minor": Kind.BIGINT,
    "annual_turnover_minor": Kind.BIGINT,
}
ROW_COLUMNS = {
    "row_no": Kind.BIGINT,
    "invoice_id": Kind.UUID,
    "buyer_id": Kind.UUID,
    "amount_minor": Kind.BIGINT,
    "open_minor": Kind.BIGINT,
    "issued_on": Kind.DATE,
    "due_on": Kind.DATE,
    "currency": Kind.TEXT,
    "kind": Kind.TEXT,
    "payment_id": Kind.UUID,
    "settled_on": Kind.DATE,
    "company_code": Kind.TEXT,
    "invoice_number": Kind.TEXT,
}

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """Where staged rows come from: name, SHA-256 of the bytes, and how its columns were read."""

    name: str
    sha256: str
    mapping: dict[str, str]
    rows_read: int
    rows_bad: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed. Zeros mean the book knew everything already."""

    import_run: UUID
    buyers_new: int
    invoices_new: int
    payments_new: int
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row that contradicts the book: the first column that does, and what stands where."""

    row: int
    invoice_number: str
    column: str
    in_file: str
    in_book: str


class ContradictsBook(Refusal):
    """A file's rows contradict the book; nothing of it was imported."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__(
            Code.CONFLICTING_NUMBER,
            rows=[conflict.row for conflict in conflicts],
            numbers=[conflict.invoice_number for conflict in conflicts],
        )
        self.conflicts = tuple(conflicts)


def import_invoices(
    ctx: Context,
    staged: duckdb.DuckDBPyConnection,
    source: SourceFile,
    *,
    skip_bad: bool = False,
    dry_run: bool = False,
    told: Told = lambda _: None,
) -> Imported:
    """Bring the table `staged` of a DuckDB connection into the book: all of it or nothing.

    A number the book knows is left as it is, or paid further when the file shows less open. A row
    that contradicts the book is a CONFLICTING_NUMBER refusal, or left out with `skip_bad`.
    With `dry_run` the same is done and told, then taken back: nothing of it stays.
    """
    ctx.require(Permission.IMPORT)
    run = new_id(ctx.now)
    params = stamp(ctx) | {"import": run, "today": ctx.today}
    with book(ctx):
        _one_import_at_a_time(ctx)
        _require_open(ctx, staged)
        # The rows of a large file are sorted in memory, as long as this transaction lasts.
        sql.execute("set local work_mem = '256MB'")
        buyers_new = _bring_all(ctx, staged, params, told)
        told("invoices")
        conflicts = _compare(params, skip_bad=skip_bad)
        invoices_new = sql.execute(sql.statement("receivables/import_invoices"), params)
        told("journal")
        sql.execute(sql.statement("receivables/import_journal"), params)
        told("payments")
        if invoices_new:
            # The planner must not take a million new rows for none.
            sql.execute("analyze invoice")
        sql.execute(sql.statement("receivables/import_settle"), params)
        sql.execute(sql.statement("receivables/import_paid"), params)
        payments_new = sql.execute(sql.statement("receivables/import_payments"), params)
        told("allocations")
        sql.execute(sql.statement("receivables/import_allocations"), params)
        _note_run(ctx, run, source, invoices_new, payments_new)
        record(
            ctx,
            events.InvoicesImported(run, source.name, invoices_new, payments_new, buyers_new),
        )
        if dry_run:
            transaction.set_rollback(True)
        else:
            told("commit")
    return Imported(run, buyers_new, invoices_new, payments_new, conflicts)


def _require_open(ctx: Context, staged: duckdb.DuckDBPyConnection) -> None:
    """PERIOD_CLOSED where one of the new invoices lies in a closed period.

    Those the book knows already are left as they are: their days are over and their entries too.
    """
    until = closed_until(ctx)
    if until is None:
        return
    numbers = [
        list(line)
        for line in staged.execute(
            "select company_code, invoice_number, issued_on::varchar from staged"
            " where issued_on <= ?",
            [until],
        ).fetchall()
    ]
    first_new = sql.value(
        "select min(n.day) from unnest(%(codes)s::text[], %(numbers)s::text[], %(days)s::date[])"
        " n(code, number, day)"
        " where not exists (select from invoice i where i.seller_id = %(seller)s"
        " and i.company_code = n.code and i.invoice_number = n.number)",
        {
            "seller": ctx.seller,
            "codes": [code for code, _, _ in numbers],
            "numbers": [number for _, number, _ in numbers],
            "days": [day for _, _, day in numbers],
        },
    )
    if first_new is not None:
        require_open(ctx, first_new)


def _head(ctx: Context) -> str:
    """All but the last eight digits of a new UUIDv7; the row of the file fills them."""
    return new_id(ctx.now).hex[:-8]


def _one_import_at_a_time(ctx: Context) -> None:
    # Two imports of one seller would both find a number unknown: the second waits for the first.
    sql.value(
        "select pg_advisory_xact_lock(hashtextextended(%(key)s, 0))",
        {"key": f"import/{ctx.seller}"},
    )


def _bring_buyers(staged: duckdb.DuckDBPyConnection, folder: Path, ids: str) -> int:
    """Send the file's buyers, and leave in `buyer_id` of `staged` which id each has or would get.

    Answers how many the seller has not met.
    """
    sql.execute(sql.statement("receivables/import_stage"))
    staged.execute(f"create or replace temp table staged_buyer as {BUYERS.format(ids=ids)}")
    with encode(staged, BUYER_COLUMNS, [STAGED_BUYERS]) as buyers:
        _copy("staged_buyer", buyers)
    sql.execute("analyze staged_buyer (nth, buyer_number)")
    return _note_buyers(staged, folder)


def _note_buyers(staged: duckdb.DuckDBPyConnection, folder: Path) -> int:
    known = folder / "buyer_id"
    sql.copy_out(
        "select nth, b.id from staged_buyer n"
        " join buyer b on b.seller_id = current_seller() and b.buyer_number = n.buyer_number",
        known,
    )
    staged.execute(BUYER_IDS, [str(known)])
    return int(staged.execute("select count(*) from buyer_id where not known").fetchall()[0][0])


def _bring_all(
    ctx: Context, staged: duckdb.DuckDBPyConnection, params: Mapping[str, Any], told: Told
) -> int:
    """Send buyers and rows, the rows with the ids they get if they are new.

    Leaves them in the tables of import_stage.sql, and answers how many buyers are new.
    """
    told("buyers")
    with tempfile.TemporaryDirectory(prefix="netterms-") as name:
        folder = Path(name)
        unmet = _bring_buyers(staged, folder, _head(ctx))
        # While the database takes in the buyers, the rows are put together.
        with _encoded_rows(ctx, staged) as rows:
            new = _add_buyers(params)
            if new == unmet:
                _send_rows(rows, told)
                return new
        # The console added one of them at the same moment, with an id of its own.
        _note_buyers(staged, folder)
    with _encoded_rows(ctx, staged) as rows:
        _send_rows(rows, told)
    return new


def _add_buyers(params: Mapping[str, Any]) -> int:
    """Add the buyers the seller has not met, and complete what is known of the others."""
    sql.execute(sql.statement("receivables/import_complete"), params)
    new = sql.execute(sql.statement("receivables/import_buyers"), params)
    if new:
        sql.execute("analyze buyer")
    return new


def _send_rows(rows: Encoded, told: Told) -> None:
    told("copy")
    _copy("staged", rows)
    sql.execute("analyze staged (row_no, company_code, invoice_number)")


def _encoded_rows(ctx: Context, staged: duckdb.DuckDBPyConnection) -> Encoded:
    (rows,) = staged.execute("select count(*) from staged").fetchall()[0]
    # Payments after invoices: the journal's key, which holds both, then grows at its end alone.
    invoice_ids, payment_ids = sorted((_head(ctx), _head(ctx)))
    parts = [
        ROWS.format(
            first=first,
            last=first + PART_ROWS - 1,
            invoice_ids=invoice_ids,
            payment_ids=payment_ids,
        )
        for first in range(1, rows + 1, PART_ROWS)
    ]
    return encode(staged, ROW_COLUMNS, parts, first=PLACES)


def _copy(table: str, rows: Encoded) -> None:
    """Send rows to a temporary table of the same transaction."""
    with connection.cursor() as cursor:
        wrapped: Any = cursor.cursor
        with wrapped.copy(f"copy {table} from stdin (format binary, freeze)") as copy:
            rows.send(copy.write)


def _compare(params: Mapping[str, Any], *, skip_bad: bool) -> tuple[Conflict, ...]:
    """Move the rows whose number the book knows from `staged` to `known`, where they agree."""
    known = sql.execute(sql.statement("receivables/import_compare"), params)
    if not known:
        return ()
    sql.execute("analyze known")
    found = tuple(
        Conflict(
            line["row_no"],
            line["invoice_number"],
            line["field"],
            _shown(line, "in_file"),
            _shown(line, "in_book"),
        )
        for line in sql.rows(sql.statement("receivables/import_conflicts"), params)
    )
    if found and not skip_bad:
        raise ContradictsBook(found)
    sql.execute("delete from staged s using known k where s.row_no = k.row_no")
    if found:
        sql.execute("delete from known where differs or paid_minor < 0")
    return found


def _shown(line: Mapping[str, Any], side: str) -> str:
    if line["field"] in {"amount", "open_amount"}:
        return str(Money(int(line[side]), line["currency"]).major)
    return str(line[side])


def _note_run(
    ctx: Context, run: UUID, source: SourceFile, invoices_new: int, payments_new: int
) -> None:
    sql.execute(
        """
        insert into import_run (seller_id, id, file_name, file_sha256, mapping, rows_read, rows_bad,
                                invoices_new, payments_new, started_at, finished_at)
        values (%(seller)s, %(id)s, %(name)s, %(sha256)s, %(mapping)s, %(read)s, %(bad)s,
                %(invoices)s, %(payments)s, %(now)s, clock_timestamp())
        """,
        {
            "seller": ctx.seller,
            "id": run,
            "name": source.name,
            "sha256": source.sha256,
            "mapping": Jsonb(plain(source.mapping)),
            "read": source.rows_read,
            "bad": source.rows_bad,
            "invoices": invoices_new,
            "payments": payments_new,
            "now": ctx.now,
        },
    )
