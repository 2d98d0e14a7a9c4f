"""The ladder in the console: copied, changed, tried on the book, and let by a second person."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from netterms.collection.ladder import LADDER, Doer, LadderStep, StepKind, Way
from netterms.collection.ladder_versions import draft, live_version, version, versions
from tests.actions.books import fingerprint
from tests.doors.seed import fill

ROW = {
    "stage": ["2", "1"], "after_days": ["3", ""], "step": ["call", ""],
    "channel": ["phone", "email"], "who": ["collector", "machine"], "segment": ["key_account", ""],
    "country": ["de", ""], "currency": ["eur", ""], "from": ["1,000.50", ""], "to": ["", ""],
    "best_grade": ["2", ""], "worst_grade": ["", ""], "why": "steel first",
}  # fmt: skip
STEP = LadderStep(
    2, StepKind.CALL, 3, Way.PHONE, Doer.COLLECTOR, "key_account", "DE", "EUR", 1_000_50,
    best_grade=2,
)  # fmt: skip


@pytest.fixture
def mine(new_seller):
    return fill(new_seller(), buyers=12)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_draft_is_written_tried_and_let_by_another_person(mine, signed_in, language):
    client = signed_in(mine.ctx, language=language)
    assert client.get("/ladder/").content.count(b'name="after_days"') == len(LADDER) + 3
    assert client.post("/ladder/", ROW).url == "/ladder/1/"
    assert version(mine.ctx, 1).steps == (STEP,)
    page = client.get("/ladder/1/").content.decode()
    assert 'name="live_from"' not in page
    assert "1,000.50" in page
    before = fingerprint(mine.ctx)
    tried = client.get("/ladder/1/?try=1").content.decode()
    assert 'id="trial"' in tried
    assert fingerprint(mine.ctx) == before
    other = signed_in(mine.ctx, language=language)
    day = mine.ctx.today.isoformat()
    assert other.post("/ladder/1/", {"live_from": day, "why": ""}).status_code == 200
    assert live_version(mine.ctx, mine.ctx.today) == 0
    ahead = "2099-01-01"
    assert other.post("/ladder/1/", {"live_from": ahead, "why": "agreed"}).url == "/ladder/"
    assert version(mine.ctx, 1).live_from.isoformat() == ahead
    assert "2099" in client.get("/ladder/").content.decode()
    # The next draft may start from it.
    assert 'value="1000.50"' in client.get("/ladder/?from=1").content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"after_days": ["40", ""]}, "40"),
        ({"who": ["machine", ""]}, "machine"),
        ({"channel": ["pigeon", ""]}, "pigeon"),
        ({"currency": ["", ""]}, "currency"),
        ({"step": ["", ""]}, "steps"),
    ],
)
def test_what_cannot_be_is_said_and_the_typed_rows_stay(mine, signed_in, changed, said):
    client = signed_in(mine.ctx)
    response = client.post("/ladder/", ROW | changed)
    assert response.status_code == 200
    html = response.content.decode()
    assert said in html
    if changed.get("step") != ["", ""]:
        assert 'value="key_account"' in html


def test_what_is_wrong_stands_in_its_row_below_an_empty_one(mine, signed_in):
    client = signed_in(mine.ctx)
    row = {name: ["", *values[:1]] for name, values in ROW.items() if name != "why"}
    for field, typed in (
        ("after_days", "1.5"),
        ("country", "D"),
        ("currency", "EU"),
        ("to", "1"),
        ("best_grade", "11"),
    ):
        html = client.post("/ladder/", row | {field: ["", typed]}).content.decode()
        controls = re.findall(rf'<input[^>]* name="{field}"[^>]*>', html)
        assert [at for at, each in enumerate(controls) if "aria-invalid" in each] == [1], field
        assert f' value="{typed}"' in controls[1]
    assert [one.version for one in versions(mine.ctx)] == [0]


def test_who_wrote_it_and_who_may_not_are_refused(mine, signed_in):
    draft(replace(mine.ctx, actor="somebody"), [STEP], "")
    assert signed_in(mine.ctx, "collector").post("/ladder/", ROW).status_code == 403
    answer = {"why": "x", "live_from": "2099-01-01"}
    assert signed_in(mine.ctx, "collector").post("/ladder/1/", answer).status_code == 403
    page = signed_in(mine.ctx, "collector").get("/ladder/").content.decode()
    assert 'name="after_days"' not in page
    assert signed_in(mine.ctx).get("/ladder/7/").status_code == 404
    client = signed_in(mine.ctx)
    client.post("/ladder/", ROW | {"after_days": ["4", ""]})
    response = client.post("/ladder/2/", answer)
    assert "Another person" in response.content.decode()
