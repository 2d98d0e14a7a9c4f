"""Everything a seller's book holds, without its ids: equal books have equal fingerprints."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

import psycopg

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Allocation -> payment -> buyer, or action -> claim -> policy: no chain of rows is longer.
ROUNDS = 4
# When something ran, in which transaction and how often it was begun, not what it did.
# The keys of a name are mixed with the seller: those of two sellers differ.
MEASURED = {
    "seconds",
    "finished_at",
    "created_at",
    "recorded_at",
    "attempts",
    "tx",
    "keys",
    "slips",
}
TABLES = """
select c.table_name::text as name, array_agg(c.column_name::text) as columns
from information_schema.columns c join pg_class k on k.relname = c.table_name
where c.table_schema = 'public' and k.relkind = 'r'
group by c.table_name
having bool_or(c.column_name = 'seller_id')
"""


def fingerprint(database: psycopg.Connection, seller: str) -> dict[str, Counter[str]]:
    """By table, the content of every row, as often as it is there.

    The ids that rows name each other by are replaced by the content of the row they name, so that
    not only the facts have to be the same but also how they hang together.
    """
    rows = {}
    for table in database.execute(TABLES).fetchall():
        kept = ", ".join(sorted(set(table["columns"]) - MEASURED))
        found = database.execute(
            f"select row_to_json(t)::text as line, t.own from (select {kept},"
            f" {'id' if 'id' in table['columns'] else 'null'}::text as own"
            f" from {table['name']} where seller_id = %s) t",
            [seller],
        ).fetchall()
        rows[table["name"]] = [(line["own"], line["line"]) for line in found]
    named = {}
    for _ in range(ROUNDS):
        named = {
            own: _content(table, line, own, named)
            for table, lines in rows.items()
            for own, line in lines
            if own is not None
        }
    return {
        table: Counter(_content(table, line, own, named) for own, line in lines)
        for table, lines in rows.items()
    }


def _content(table: str, line: str, own: str | None, named: dict[str, str]) -> str:
    said = UUID.sub(lambda m: "self" if m[0] == own else named.get(m[0], "?"), line)
    return f"{table} {hashlib.md5(said.encode()).hexdigest()}"
