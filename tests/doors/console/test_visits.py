"""Visits in the console: the form with photographs, and who may see them."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from netterms.statements.visits import visits_of
from tests.actions.statements.test_record import buyer
from tests.actions.statements.test_visits import JPEG, PNG

TYPED = {
    "key": "console/1", "visited_on": "2026-05-20", "visitor": "Ms Example", "verdict": "4",
    "staff": "12", "stock": "half empty",
}  # fmt: skip


def sent(*contents: bytes) -> dict[str, object]:
    # What it is called and said to be does not count.
    return TYPED | {"photos": [SimpleUploadedFile("a.exe", c, "text/html") for c in contents]}


@pytest.fixture
def of(ctx):
    return buyer(ctx)


def test_a_visit_is_entered_once_and_shown_with_its_photographs(ctx, of, signed_in):
    client = signed_in(ctx)
    for _ in range(2):
        html = client.post(f"/buyers/{of}/visits/", sent(PNG, JPEG), follow=True).content.decode()
    assert len(visits_of(ctx, of)) == 1
    for told in ("Ms Example", "4: serious doubts", "half empty"):
        assert told in html
    first, *_ = re.findall(r'src="(/visits/photos/[^"]+)"', html)
    picture = client.get(first)
    assert (picture.content, picture.headers["Content-Type"]) == (PNG, "image/png")
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in picture.headers["Content-Security-Policy"]


def test_what_is_no_photograph_is_refused_and_the_rest_kept_in_the_form(ctx, of, signed_in):
    html = signed_in(ctx).post(f"/buyers/{of}/visits/", sent(b"<html>")).content.decode()
    assert "1 is not a valid value for Photographs. To mend it: use one of: JPEG, PNG, WebP" in html
    assert "half empty" in html
    assert visits_of(ctx, of) == []


def test_a_photograph_is_for_members_of_the_seller(ctx, of, signed_in, new_seller):
    signed_in(ctx).post(f"/buyers/{of}/visits/", sent(PNG))
    [known] = visits_of(ctx, of)
    address = f"/visits/photos/{known.photos[0]}/"
    assert signed_in(ctx, "reader").get(address).status_code == 200
    assert signed_in(new_seller(name="Another")).get(address).status_code == 404


def test_who_only_reads_has_no_form(ctx, of, signed_in):
    reader = signed_in(ctx, "reader")
    assert "<textarea" not in reader.get(f"/buyers/{of}/visits/").content.decode()
    assert reader.post(f"/buyers/{of}/visits/", sent()).status_code == 403
