"""Two buyers side by side: a person merges them, parts them, takes it back."""

from __future__ import annotations

from datetime import date

import pytest

from netterms.buyers.duplicates import pairs
from netterms.buyers.particulars import add_identifier
from tests.actions.small_book import put, rows

PAGE, FIND, DECIDE = (f"/buyers/duplicates/{end}" for end in ("", "find/", "decide/"))


@pytest.fixture
def two(ctx):
    """Two buyers of one name, each with a legal form of its own."""
    found = [put(ctx, number, f"A{number}", 100, due_on=date(2026, 3, 1))[0] for number in "12"]
    from netterms.store import sql
    from netterms.store.tenancy import book

    with book(ctx):
        sql.execute("update buyer set name = 'Nordwind GmbH', email = ''")
        sql.execute("update buyer set name = 'Nordwind AG' where buyer_number = '2'")
    return found


def test_a_pair_is_merged_and_parted_again(ctx, two, signed_in):
    add_identifier(ctx, two[0], "vat", "DE136695976", "DE")
    client = signed_in(ctx)
    client.post(FIND)
    html = client.get(PAGE).content.decode()
    assert "Nordwind GmbH" in html
    assert "Nordwind AG" in html
    assert "same name" in html
    assert "<dt>VAT number</dt><dd>136695976</dd>" in html
    told = {"first": str(two[1]), "second": str(two[0]), "why": "same"}
    client.post(DECIDE, told | {"what": "merge"})
    [line] = rows(ctx, "select merged_into from buyer where buyer_number = '1'")
    assert line["merged_into"] == two[1]
    assert "Undo" in client.get(PAGE).content.decode()
    client.post(DECIDE, told | {"what": "undo"})
    client.post(DECIDE, told | {"what": "merge_other"})
    [line] = rows(ctx, "select merged_into from buyer where buyer_number = '2'")
    assert line["merged_into"] == two[0]
    client.post(DECIDE, {"first": str(two[0]), "second": str(two[1]), "what": "undo"})
    assert rows(ctx, "select from buyer where merged_into is not null") == []
    client.post(DECIDE, told | {"what": "part"})
    assert [pair.state for pair in pairs(ctx, "refused")] == ["refused"]
    assert pairs(ctx) == []


def test_what_cannot_be_is_said(ctx, two, signed_in):
    client = signed_in(ctx)
    said = client.post(DECIDE, {"what": "merge", "first": "x", "second": "y"}, follow=True)
    assert "x" in said.content.decode()
    same = {"what": "merge", "first": str(two[0]), "second": str(two[0])}
    assert "buyer" in client.post(DECIDE, same, follow=True).content.decode()
    assert rows(ctx, "select from buyer where merged_into is not null") == []


def test_who_only_reads_decides_nothing(ctx, two, signed_in):
    client = signed_in(ctx, role="reader")
    assert client.post(FIND).status_code == 403
    told = {"what": "merge", "first": str(two[0]), "second": str(two[1])}
    assert client.post(DECIDE, told).status_code == 403
    assert f'action="{FIND}"' not in client.get(PAGE).content.decode()
