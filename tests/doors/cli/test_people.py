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
