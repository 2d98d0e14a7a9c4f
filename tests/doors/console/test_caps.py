"""Caps in the console: set, changed with a reason, taken away, and shown with what uses them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from netterms.limits.caps import CapKind, caps
from tests.doors.credit import credit

PAGE = "/orders/caps/"
NEW = {"company": "number", "limit": "5,000.50", "why": "one group, one risk"}


@pytest.fixture
def made(ctx):
    return credit(ctx)


def test_a_cap_is_set_changed_and_taken_away_with_reasons(made, signed_in):
    client = signed_in(made.ctx)
    page = client.post(PAGE, NEW | {"kind": "group", "key": "B-1"}, follow=True)
    html = page.content.decode()
    [cap] = caps(made.ctx)
    assert (cap.kind, cap.key, cap.limit_minor) == (CapKind.GROUP, str(made.buyer), 5_000_50)
    # A part of two orders is held, the rest of them and a third are owed: see `credit`.
    assert cap.used_minor > 0
    assert "Nordlicht" in html
    assert "one group, one risk" in html
    change = dict(re.findall(r'type="hidden" name="(kind|key)" value="([^"]+)"', html))
    assert change == {"kind": "group", "key": str(made.buyer)}
    client.post(PAGE, change | {"limit": "1", "why": "less"})
    assert [cap.limit_minor for cap in caps(made.ctx)] == [1_00]
    html = client.get(PAGE).content.decode()
    assert "€5,000.50, then €1.00 · less" in html
    assert " over</span>" in html
    client.post(PAGE + "remove/", change | {"why": "sold"})
    assert caps(made.ctx) == []
    # What is gone is still told of: who took it away, when and why.
    history = client.get(PAGE).content.decode().partition('<ol class="timeline">')[2]
    newest, *earlier = re.findall(r"<li.*?</li>", history, re.DOTALL)
    assert len(earlier) == 2
    assert "€1.00, then removed · sold" in newest
    assert "Nordlicht" in newest
    assert f'<time datetime="{datetime.now(UTC).date()}">' in newest
    assert re.search(r"person\d+@example.com|Pat Example", newest)
    chinese = signed_in(made.ctx, language="zh-hans").get(PAGE).content.decode()
    assert "后移除" in chinese


@pytest.mark.parametrize(
    ("kind", "key"), [("country", "DE"), ("sector", "steel & iron"), ("grade", "10")]
)
def test_every_kind_of_cap_is_set_by_what_a_person_types(made, signed_in, kind, key):
    signed_in(made.ctx).post(PAGE, NEW | {"kind": kind, "key": key})
    [cap] = caps(made.ctx)
    assert (cap.kind, cap.key) == (kind, key)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("key", {"kind": "group", "key": "nobody"}),
        ("key", {"kind": "country", "key": "Germany"}),
        ("key", {"kind": "grade", "key": "11"}),
        ("kind", {"kind": "planet", "key": "DE"}),
        ("limit", {"kind": "country", "key": "DE", "limit": "much"}),
        ("limit", {"kind": "country", "key": "DE", "limit": ""}),
        ("why", {"kind": "country", "key": "DE", "why": " "}),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(made, signed_in, field, wrong):
    page = signed_in(made.ctx).post(PAGE, NEW | wrong)
    html = page.content.decode()
    assert page.status_code == 200
    [marked] = re.findall(r'<[^>]* aria-invalid="true"[^>]*>', html)
    assert f' name="{field}"' in marked
    assert html.count('class="errors"') == 1
    assert f' maxlength="100" required value="{wrong["key"]}"' in html
    assert caps(made.ctx) == []


def test_a_reader_sees_caps_and_changes_none(made, signed_in):
    signed_in(made.ctx).post(PAGE, NEW | {"kind": "country", "key": "DE"})
    reader = signed_in(made.ctx, "reader")
    html = reader.get(PAGE).content.decode()
    assert "Germany" in html
    assert "<form" not in html.partition("<main")[2]
    changed = {"kind": "country", "key": "DE", "limit": "1", "why": "x"}
    for address in (PAGE, PAGE + "remove/"):
        assert reader.post(address, changed).status_code == 403
    assert [cap.limit_minor for cap in caps(made.ctx)] == [5_000_50]


def test_another_sellers_buyer_is_no_group(made, new_seller, signed_in):
    other = new_seller()
    page = signed_in(other).post(PAGE, NEW | {"kind": "group", "key": "B-1"})
    assert "There is no buyer number B-1." in page.content.decode()
    assert caps(other) == []
