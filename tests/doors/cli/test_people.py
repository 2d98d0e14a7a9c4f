"""What the terminal shows of sellers and keys can be read and copied."""

from __future__ import annotations

from io import StringIO
from uuid import uuid4

from rich.console import Console

from netterms.doors.cli.report import Screen
from netterms.kernel.context import Permission
from tests.doors.cli.commands import netterms


def test_an_id_stays_whole_in_a_narrow_terminal():
    seller, screen, shown = uuid4(), Screen(), StringIO()
    screen.out = Console(file=shown, width=60)
    name, zone = "A very long name of a company " * 3, "America/Argentina/ComodRivadavia"
    screen.table("Sellers", ("Name", "Id", "Time zone"), [(name, seller, zone)])
    assert str(seller) in shown.getvalue()
    assert max(map(len, shown.getvalue().splitlines())) <= 60


def test_the_help_of_a_key_names_every_permission(tmp_path):
    said = netterms(tmp_path, "key", "add", "--help").stdout
    assert [name for name in Permission if name not in said] == []


def test_a_person_is_let_in_known_and_shut_out(new_seller, database):
    seller, other = (str(new_seller().seller) for _ in range(2))
    email, given = f"{uuid4().hex[:8]}@example.com", "correct-horse-7\n"

    def users(*words: str, of: str = seller, given: str = "") -> str:
        told = netterms(database, "user", *words, "--seller", of, given=given)
        assert told.returncode == 0, told.stderr
        return told.stdout

    users("add", email, "--role", "reader", given=given)
    users("role", email, "--role", "owner", of=other)
    assert "reader" in users("list")
    assert "owner" in users("list", of=other)
    users("remove", email)
    assert email not in users("list")
    assert email in users("list", of=other)
    told = netterms(database, "user", "password", email, given="another-horse-9\n")
    assert told.returncode == 0, told.stderr
    unknown = netterms(database, "user", "password", "nobody@example.com", given=given)
    assert unknown.returncode == 2
    assert "nobody@example.com" in unknown.stderr
