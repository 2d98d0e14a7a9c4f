"""Marking a task as done: with an outcome, once, by those who may."""

from __future__ import annotations

from uuid import uuid4

import pytest

from netterms.doors.console.event_words import EVENTS
from netterms.doors.console.stories import TELLERS, detail
from netterms.store import sql
from netterms.store.tenancy import book
from tests.doors.seed import fill


@pytest.fixture
def mine(new_seller):
    return fill(new_seller(), buyers=12)


def a_call(mine) -> dict:
    with book(mine.ctx):
        return sql.row("select id, buyer_id from collection_action where step = 'call' limit 1")


def state_of(mine, task) -> tuple[str, str]:
    with book(mine.ctx):
        row = sql.row("select state, outcome from collection_action where id = %(id)s", task)
    return row["state"], row["outcome"]


def test_a_collector_marks_a_call_done_and_it_is_in_the_history(mine, signed_in):
    client, task = signed_in(mine.ctx, "collector"), a_call(mine)
    answer = {"outcome": "promised", "note": "pays on <Friday>", "stage": "2"}
    response = client.post(f"/work/{task['id']}/done/", answer, follow=True)
    assert response.redirect_chain[-1][0] == "/work/?stage=2"
    assert "Done. It is in the buyer" in response.content.decode()
    assert state_of(mine, task) == ("done", "promised: pays on <Friday>")
    page = client.get(f"/buyers/{task['buyer_id']}/").content.decode()
    assert "Payment promised: pays on &lt;Friday&gt;" in page
    assert "Call the buyer · Payment promised" in page


def test_a_task_is_done_once(mine, signed_in):
    client, task = signed_in(mine.ctx, "collector"), a_call(mine)
    client.post(f"/work/{task['id']}/done/", {"outcome": "not_reached"})
    response = client.post(f"/work/{task['id']}/done/", {"outcome": "promised"}, follow=True)
    assert "cannot be done now" in response.content.decode()
    assert state_of(mine, task) == ("done", "not_reached")


def test_an_outcome_must_be_one_of_ours(mine, signed_in):
    client, task = signed_in(mine.ctx, "collector"), a_call(mine)
    response = client.post(f"/work/{task['id']}/done/", {"outcome": "magic"}, follow=True)
    assert "magic is not a valid value for Outcome" in response.content.decode()
    assert state_of(mine, task) == ("planned", "")


def test_readers_strangers_and_unknown_tasks_change_nothing(mine, ctx, signed_in):
    task, answer = a_call(mine), {"outcome": "sent"}
    address = f"/work/{task['id']}/done/"
    assert signed_in(mine.ctx, "reader").post(address, answer).status_code == 403
    assert signed_in(ctx, "owner").post(address, answer).status_code == 404
    assert signed_in(mine.ctx).post(f"/work/{uuid4()}/done/", answer).status_code == 404
    assert signed_in(mine.ctx).get(address).status_code == 405
    assert state_of(mine, task) == ("planned", "")


def test_every_event_with_details_has_a_name_and_survives_missing_facts():
    assert set(TELLERS) <= set(EVENTS)
    for kind in TELLERS:
        assert detail(kind, {}) == ""
    assert detail("scoring.grade_changed", {"before": 3, "after": 8}) == "From 3 to 8"


def test_the_overview_counts_to_do_what_the_work_list_shows(mine, signed_in):
    client = signed_in(mine.ctx)
    overview = client.get("/").content.decode().split("<h2>Today's work")[1].split("</table>")[0]
    for stage in range(1, 5):
        row = overview.split(f'href="/work/?stage={stage}"')[1].split("</tr>")[0]
        to_do = int(row.rsplit('<td class="num">', 1)[1].split("<")[0])
        listed = client.get(f"/work/?stage={stage}").content.decode()
        assert to_do == listed.count("<tr data-href="), stage
