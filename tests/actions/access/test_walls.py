"""Sellers are walled off by the database itself, and what moved money cannot be edited."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db import Error, connection, transaction

from netterms.store import sql
from netterms.store.tenancy import book, seller_book
from tests.doors.seed import Book, fill

# Tables that a book of our own making has no rows in: still checked for reading and inserting.
SELLER_TABLES = """
select c.relname::text as name, c.relrowsecurity as walled
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'seller_id' and not a.attisdropped
where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
order by 1
"""
APPEND_ONLY = ["journal_entry", "event"]


@pytest.fixture(scope="module")
def made() -> dict[str, Book]:
    return {}


@pytest.fixture
def theirs(new_seller, made) -> Book:
    if "theirs" not in made:
        made["theirs"] = fill(new_seller(name="Theirs"), buyers=8)
    return made["theirs"]


@pytest.fixture
def mine(new_seller, made) -> Book:
    if "mine" not in made:
        made["mine"] = fill(new_seller(name="Mine"), buyers=8)
    return made["mine"]


def tables() -> list[str]:
    return [line["name"] for line in sql.rows(SELLER_TABLES)]


def refused(text: str, params: dict | None = None, seller: UUID | None = None) -> bool:
    """Whether the database itself refuses the statement."""
    try:
        with transaction.atomic():
            if seller is not None:
                setting = "select set_config('netterms.seller_id', %(s)s, true)"
                sql.value(setting, {"s": str(seller)})
            sql.execute(text, params)
            transaction.set_rollback(True)
    except Error:
        return True
    return False


def test_every_table_of_a_seller_is_walled(database):
    found = sql.rows(SELLER_TABLES)
    assert len(found) > 20
    assert [line["name"] for line in found if not line["walled"]] == []


def test_we_work_as_a_role_that_cannot_climb_the_wall(database):
    role = sql.row("select rolsuper, rolbypassrls from pg_roles where rolname = current_user")
    assert role == {"rolsuper": False, "rolbypassrls": False}
    owners = "select count(*) from pg_class where relowner = current_user::regrole"
    assert sql.value(owners) == 0


def test_without_a_seller_nothing_shows(mine):
    for table in tables():
        assert sql.value(f"select count(*) from {table}") == 0, table


def test_a_seller_sees_only_its_own_rows(mine, theirs):
    seen = 0
    for table in tables():
        with book(mine.ctx):
            others = sql.value(
                f"select count(*) from {table} where seller_id <> %(me)s", {"me": mine.ctx.seller}
            )
            seen += sql.value(f"select count(*) from {table}")
        assert others == 0, table
    assert seen > 500


def test_nobody_writes_into_another_sellers_book(mine, theirs):
    """A copy of one's own row in another's name is refused, by the wall or by the grants."""
    for table in tables():
        columns = [
            line["name"]
            for line in sql.rows(
                "select attname::text as name from pg_attribute"
                " where attrelid = %(t)s::regclass and attnum > 0 and not attisdropped"
                " and attname <> 'seller_id'",
                {"t": table},
            )
        ]
        names = ", ".join(columns)
        with seller_book(mine.ctx.seller):
            has_rows = sql.value(f"select exists (select from {table})")
        if not has_rows:
            continue
        text = (
            f"insert into {table} (seller_id, {names})"
            f" select %(them)s, {names} from {table} limit 1"
        )
        assert refused(text, {"them": theirs.ctx.seller}, mine.ctx.seller), table


def test_nobody_changes_or_moves_rows_across(mine, theirs):
    for table in tables():
        with connection.cursor() as cursor:
            cursor.execute(
                "select column_name from information_schema.column_privileges"
                " where table_name = %s and privilege_type = 'UPDATE'"
                " and grantee = 'netterms_app'",
                [table],
            )
            may_update = [name for (name,) in cursor.fetchall()]
        assert refused(
            f"update {table} set seller_id = %(them)s", {"them": theirs.ctx.seller}, mine.ctx.seller
        ), table
        if may_update:
            column = may_update[0]
            with book(mine.ctx):
                touched = sql.execute(
                    f"update {table} set {column} = {column} where seller_id = %(them)s",
                    {"them": theirs.ctx.seller},
                )
            assert touched == 0, table


@pytest.mark.parametrize(
    "text",
    [
        "alter table buyer disable row level security",
        "alter table buyer add column spy text",
        "drop policy of_seller on buyer",
        "drop table buyer",
        "truncate journal_entry",
        "truncate event",
        "create table spy (id int)",
        "create role spy superuser",
        "set role netterms_owner",
        "alter table journal_entry disable trigger append_only",
    ],
)
def test_the_application_cannot_change_the_schema(mine, text):
    assert refused(text, None, mine.ctx.seller)


def test_what_runs_as_the_owner_reads_nothing_that_the_application_made(mine):
    """A temporary view of a table's name, whose column runs a function of the application's."""
    with book(mine.ctx):
        sql.execute(
            "create function pg_temp.owned() returns uuid language plpgsql as $$ begin"
            " create table spy (id int); return uuidv7(); end $$"
        )
        sql.execute(
            "create temp view webhook_endpoint as select pg_temp.owned() as seller_id,"
            " true as enabled, null::timestamptz as removed_at"
        )
        sql.execute("grant select on pg_temp.webhook_endpoint to public")
        sql.rows("select webhook_sellers()")
        assert sql.value("select to_regclass('public.spy')") is None
        transaction.set_rollback(True)
    functions = sql.rows(
        "select p.proname::text as name, p.proconfig as settings"
        " from pg_proc p where p.prosecdef and p.pronamespace = 'public'::regnamespace"
    )
    # Each filters by seller itself, or names sellers and nothing else of theirs.
    assert {function["name"] for function in functions} == {
        "names_sharing",
        "names_with",
        "words_with",
        "webhook_sellers",
    }
    for function in functions:
        assert "search_path=public, pg_temp" in function["settings"], function["name"]


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_moved_money_is_never_edited(mine, table):
    assert refused(f"update {table} set seller_id = seller_id", None, mine.ctx.seller)
    assert refused(f"delete from {table}", None, mine.ctx.seller)


def test_an_entry_needs_two_different_accounts_and_an_amount(mine):
    values = {"seller": mine.ctx.seller, "source": uuid4(), "buyer": mine.buyers[0]}
    text = (
        "insert into journal_entry (seller_id, source_id, source_kind, booked_on, debit_account,"
        " credit_account, currency, amount_minor, buyer_id) values (%(seller)s, %(source)s,"
        " 'invoice', '2026-01-01', {debit}, 'sales', 'EUR', {amount}, %(buyer)s)"
    )
    assert refused(text.format(debit="'sales'", amount=1), values, mine.ctx.seller)
    assert refused(text.format(debit="'receivable'", amount=0), values, mine.ctx.seller)
    assert not refused(text.format(debit="'receivable'", amount=1), values, mine.ctx.seller)


def test_the_setting_ends_with_the_transaction(mine):
    with book(mine.ctx):
        assert sql.value("select count(*) from buyer") == 8
    assert sql.value("select count(*) from buyer") == 0
