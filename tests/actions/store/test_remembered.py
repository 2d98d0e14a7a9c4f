"""What is remembered for a while: by everybody, once where it must be once, and not for longer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from netterms.store import sql
from netterms.store.remembered import SWEPT, Remembered


@pytest.fixture
def kept(database):
    cache = Remembered("", {})
    cache.clear()
    return cache


def over(text: str = "true") -> None:
    sql.execute(f"update remembered set until = now() - interval '1 second' where {text}")


def test_what_was_kept_is_found_until_it_is_over(kept):
    kept.set("key", [1.5, 2.25], 60)
    kept.set("other", "y", None)
    assert kept.get("key") == [1.5, 2.25]
    over("key like '%:key'")
    assert kept.get("key", []) == []
    assert not kept.touch("key", 60)
    assert kept.touch("other", 60)
    assert kept.get("other") == "y"
    assert kept.delete("other")
    assert not kept.delete("other")


def test_of_many_who_come_at_once_one_is_the_first(kept):
    def add(_nth: int) -> bool:
        try:
            return kept.add("code", "y", 60)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(add, range(16))) == 1
    over()
    assert kept.add("code", "y", 60)


def test_what_is_over_goes(kept):
    for nth in range(SWEPT):
        kept.set(f"old{nth}", 1, 60)
    over()
    kept.set("new", 1, 60)
    assert sql.value("select count(*) from remembered") == 1
