"""Visits to a buyer's place: entered once, with photographs that are photographs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from netterms.kernel.context import Permission
from netterms.kernel.media import PICTURES, kind_of
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.statements.visits import (
    MOST_BYTES,
    MOST_PHOTOS,
    Photo,
    Visit,
    photo,
    record_visit,
    visits_of,
)
from tests.actions.statements.test_record import buyer, kinds

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"1" * 20
SEEN = Visit(date(2026, 5, 20), "Ms Example", 2, staff=40, stock="half empty")


def test_a_visit_is_kept_with_its_photographs_in_order(ctx):
    of = buyer(ctx)
    made = record_visit(ctx, of, SEEN, [PNG, JPEG], key="v-1")
    [known] = visits_of(ctx, of)
    assert (known.id, known.visit, known.entered_by) == (made, SEEN, "test")
    assert [photo(ctx, each) for each in known.photos] == [
        Photo("image/png", PNG), Photo("image/jpeg", JPEG),
    ]  # fmt: skip
    assert kinds(ctx)[-1] == "statements.site_visited"


def test_the_same_key_is_done_once(ctx):
    of = buyer(ctx)
    assert record_visit(ctx, of, SEEN, key="v") == record_visit(ctx, of, SEEN, key="v")
    assert len(visits_of(ctx, of)) == 1
    with pytest.raises(Refusal) as no:
        record_visit(ctx, of, SEEN, [PNG], key="v")
    assert no.value.code is Code.KEY_REUSED


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"visited_on": date(2026, 6, 2)}, "visited_on"), ({"verdict": 0}, "verdict"),
        ({"verdict": 6}, "verdict"), ({"staff": -1}, "staff"), ({"visitor": " "}, "visitor"),
        ({"notes": "x" * 2001}, "notes"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_field(ctx, changed, field):
    with pytest.raises(Refusal) as no:
        record_visit(ctx, buyer(ctx), replace(SEEN, **changed), key="v")
    assert (no.value.code, no.value.facts["field"]) == (Code.VALUE_INVALID, field)


@pytest.mark.parametrize(
    ("photos", "mend"),
    [
        ([b"<svg onload='x'>"], Mend.ONE_OF),
        ([b"%PDF-1.7"], Mend.ONE_OF),
        ([b""], Mend.ONE_OF),
        ([PNG + b"0" * MOST_BYTES], Mend.AT_MOST),
        ([PNG] * (MOST_PHOTOS + 1), Mend.AT_MOST),
    ],
)
def test_what_is_no_photograph_or_too_much_is_refused(ctx, photos, mend):
    of = buyer(ctx)
    with pytest.raises(Refusal) as no:
        record_visit(ctx, of, SEEN, photos, key="v")
    assert (no.value.facts["field"], no.value.facts["mend"]) == ("photos", mend)
    assert visits_of(ctx, of) == []


def test_a_photograph_is_what_its_bytes_say():
    assert kind_of(b"RIFF\x10\x00\x00\x00WEBPVP8 ", PICTURES) == "image/webp"
    assert kind_of(b"RIFF\x10\x00\x00\x00WAVEfmt ") is None
    assert kind_of(b"%PDF-1.7", PICTURES) is None


def test_another_seller_sees_neither_visit_nor_photograph(ctx, new_seller):
    of = buyer(ctx)
    record_visit(ctx, of, SEEN, [PNG], key="v")
    [known] = visits_of(ctx, of)
    other = new_seller(name="Another")
    assert visits_of(other, of) == []
    with pytest.raises(Refusal) as no:
        photo(other, known.photos[0])
    assert no.value.code is Code.NOT_FOUND
    with pytest.raises(Refusal) as no:
        record_visit(other, of, SEEN, key="v")
    assert no.value.code is Code.NOT_FOUND


def test_who_may_not_import_enters_nothing(ctx):
    reader = replace(ctx, may=frozenset({Permission.READ}))
    with pytest.raises(Refusal) as no:
        record_visit(reader, uuid4(), SEEN, key="v")
    assert no.value.code is Code.NOT_ALLOWED
