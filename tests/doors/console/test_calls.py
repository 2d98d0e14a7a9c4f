"""The work list and the call screen: read by rank, one form for how it ended, sent once."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from netterms.collection.ranking import assign_case, rank_work
from netterms.collection.work_settings import CallHours, call_hours, work_settings
from tests.actions.books import rows
from tests.doors.seed import fill


@pytest.fixture
def mine(new_seller):
    return fill(new_seller(), buyers=12)


def a_task(mine, step="call"):
    [task] = rows(
        mine.ctx,
        "select a.id, a.case_id, a.buyer_id from collection_action a where a.step = %(step)s"
        " and a.state = 'planned' order by a.id limit 1",
        step=step,
    )
    return task


def form(task, **more):
    return {
        "key": f"k-{uuid4()}", "task": str(task["id"]), "outcome": "reached", "channel": "phone",
        "person": "Ms Pay", "right_party": "on", "minutes": "6", "note": "asks for <a copy>",
    } | more  # fmt: skip


def promised(client, task) -> Decimal:
    """The amount that the form proposes to be promised."""
    page = client.get(f"/work/{task['case_id']}/").content.decode()
    return Decimal(re.search(r'<input id="amount" name="amount"[^>]* value="([^"]+)"', page)[1])


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_list_says_why_and_runs_only_our_own_script(mine, signed_in, language):
    rank_work(mine.ctx)
    response = signed_in(mine.ctx, language=language).get("/work/")
    html = response.content.decode()
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert len(re.findall(r"<script", html)) == 1
    assert re.search(r'<script src="/static/console/work[^"]*\.js" defer></script>', html)
    assert ("likely to pay by itself" in html) == (language == "en")
    assert "script-src 'none'" in signed_in(mine.ctx).get("/buyers/")["Content-Security-Policy"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_call_is_written_down_once_and_the_next_case_follows(mine, signed_in, language):
    task = a_task(mine)
    client = signed_in(mine.ctx, "collector", language)
    address = f"/work/{task['case_id']}/"
    page = client.get(address).content.decode()
    assert 'name="promised_for"' in page
    sent = form(task, next_on=(mine.ctx.today + timedelta(days=4000)).isoformat())
    first = client.post(address, sent)
    assert first.status_code == 302
    assert client.post(address, sent).status_code == 302
    logged = rows(mine.ctx, "select person, right_party, minutes, script, note from contact_made")
    assert len(logged) == 1
    assert (logged[0]["person"], logged[0]["minutes"]) == ("Ms Pay", 6)
    [done] = rows(mine.ctx, "select state from collection_action where id = %(i)s", i=task["id"])
    assert done == {"state": "done"}
    again = client.get(address).content.decode()
    assert "asks for &lt;a copy&gt;" in again


def test_a_promise_too_far_ahead_is_refused_in_words_and_what_was_typed_stays(mine, signed_in):
    task = a_task(mine)
    far = (mine.ctx.today + timedelta(days=4000)).isoformat()
    sent = form(task, outcome="promised", amount="10.00", currency="EUR", promised_for=far)
    response = signed_in(mine.ctx, "collector").post(f"/work/{task['case_id']}/", sent)
    assert response.status_code == 200
    html = response.content.decode()
    assert "too many business days ahead" in html
    assert f'value="{far}"' in html
    assert rows(mine.ctx, "select 1 from contact_made") == []


def test_what_is_missing_is_asked_for(mine, signed_in):
    task, client = a_task(mine), signed_in(mine.ctx, "collector")
    address = f"/work/{task['case_id']}/"
    for changed in (
        {"outcome": "magic"}, {"channel": "pigeon"}, {"person": ""}, {"minutes": "many"},
        {"outcome": "promised"}, {"next_on": "someday"},
    ):  # fmt: skip
        response = client.post(address, form(task, **changed))
        assert response.status_code == 200, changed
        assert re.search(r"given for|valid value|To mend it", response.content.decode()), changed
    assert rows(mine.ctx, "select 1 from contact_made") == []


def test_readers_and_strangers_write_nothing(mine, ctx, signed_in):
    task = a_task(mine)
    address = f"/work/{task['case_id']}/"
    reader = signed_in(mine.ctx, "reader")
    assert 'name="outcome"' not in reader.get(address).content.decode()
    assert reader.post(address, form(task)).status_code == 403
    assert reader.post(address + "owner/", {"owner": "me"}).status_code == 403
    stranger = signed_in(ctx, "owner")
    for way in ("", "dispute/", "owner/"):
        assert stranger.post(address + way, form(task)).status_code == 404
    assert stranger.get(address).status_code == 404
    assert rows(mine.ctx, "select 1 from contact_made") == []


def test_a_case_is_taken_and_stands_on_my_list(mine, signed_in):
    task, client = a_task(mine), signed_in(mine.ctx, "collector")
    me = client.get("/work/?whose=mine").wsgi_request.user.get_username()
    client.post(f"/work/{task['case_id']}/owner/", {"owner": me})
    html = client.get("/work/?whose=mine").content.decode()
    assert f"/work/{task['case_id']}/?whose=mine" in html
    assign_case(mine.ctx, task["case_id"], "")
    assert f"/work/{task['case_id']}/" not in client.get("/work/?whose=mine").content.decode()


def test_a_dispute_is_noted_for_a_part_of_an_invoice(mine, signed_in):
    task, client = a_task(mine), signed_in(mine.ctx, "collector")
    [invoice] = rows(
        mine.ctx,
        "select i.id, i.open_minor from invoice i where i.buyer_id = %(b)s and i.open_minor > 100"
        " and i.kind = 'invoice' and not exists (select from dispute d where d.invoice_id = i.id)"
        " and i.due_on < %(today)s limit 1",
        b=task["buyer_id"],
        today=mine.ctx.today,
    )
    asked_for = promised(client, task)
    address = f"/work/{task['case_id']}/dispute/"
    before = len(rows(mine.ctx, "select 1 from dispute"))
    for wrong in ({"reason": "mood"}, {"invoice": str(uuid4())}, {"amount": "9999999999"}):
        sent = {"invoice": str(invoice["id"]), "reason": "price", "amount": "1.00"} | wrong
        client.post(address, sent)
    assert len(rows(mine.ctx, "select 1 from dispute")) == before
    client.post(address, {"invoice": str(invoice["id"]), "reason": "price", "amount": "1.00"})
    found = rows(
        mine.ctx, "select amount_minor from dispute where invoice_id = %(i)s", i=invoice["id"]
    )
    assert found == [{"amount_minor": 100}]
    # Nobody is asked to promise what it disputes.
    assert promised(client, task) == asked_for - 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_figures_and_settings_open_and_are_taken_away(mine, signed_in, language):
    client = signed_in(mine.ctx, language=language)
    assert client.get("/collection/figures/?trend=1").status_code == 200
    told = client.get("/collection/figures/json/").json()
    assert {"cures", "promises", "days", "costs", "trend"} <= told.keys()
    assert client.get("/collection/figures/csv/").content.startswith(b"made_on,made_by,cases")
    assert client.get("/collection/figures/xml/").status_code == 404
    kept = client.post("/collection/settings/", {"minutes_call": "5.5"}, follow=True)
    assert 'value="5.5"' in kept.content.decode()
    # Costs are typed as people write money and kept in minor units.
    kept = client.post("/collection/settings/", {"cost_call": "1.25"}, follow=True)
    assert 'value="1.25"' in kept.content.decode()
    assert work_settings(mine.ctx)["cost_call"] == 125
    wrong = client.post("/collection/settings/", {"effect_call": "7"}, follow=True)
    assert "7" in wrong.content.decode()
    rule = {"owner": ["anna@example.com", ""], "segment": ["", ""], "country": ["de", ""]}
    assert (
        "anna@example.com"
        in client.post("/collection/settings/", rule, follow=True).content.decode()
    )
    assert signed_in(mine.ctx, "reader").post("/collection/settings/", rule).status_code == 403


def test_a_country_has_hours_of_calls_of_its_own(mine, signed_in):
    client, address = signed_in(mine.ctx), "/collection/settings/"
    typed = {"hours_country": ["es", ""], "hours_from": ["10", ""], "hours_to": ["20", ""]}
    html = client.post(address, typed, follow=True).content.decode()
    assert re.search(r'name="hours_country"[^>]*value="ES"', html)
    assert call_hours(mine.ctx) == [CallHours("ES", 10, 20)]
    two = {"hours_country": ["es", "fr"], "hours_from": ["10", "8"], "hours_to": ["20", "12"]}
    for field, row, wrong in (
        ("hours_to", 0, typed | {"hours_to": ["9"]}),
        ("hours_to", 0, typed | {"hours_to": [""]}),
        ("hours_country", 0, typed | {"hours_country": ["E"]}),
        ("hours_to", 1, two | {"hours_to": ["20", "8"]}),
        ("hours_country", 1, two | {"hours_country": ["es", "f"]}),
        ("hours_from", 1, two | {"hours_from": ["10", "x"]}),
    ):
        refused = client.post(address, wrong, follow=True).content.decode()
        controls = re.findall(rf'<input[^>]* name="{field}"[^>]*>', refused)
        marked = ['aria-invalid="true"' in each for each in controls]
        assert [at for at, is_marked in enumerate(marked) if is_marked] == [row], wrong
        assert refused.count('aria-invalid="true"') == 1
    assert call_hours(mine.ctx) == [CallHours("ES", 10, 20)]
    assert work_settings(mine.ctx, "ES")["call_to_hour"] == 20
    assert work_settings(mine.ctx, "DE")["call_to_hour"] == 18
    assert signed_in(mine.ctx, "reader").post(address, typed).status_code == 403


def test_a_case_that_another_took_meanwhile_is_not_taken_from_them_unseen(mine, signed_in):
    task, client = a_task(mine), signed_in(mine.ctx, "collector")
    address = f"/work/{task['case_id']}/"
    page = client.get(address).content.decode()
    assert '<input type="hidden" name="seen" value="">' in page
    assign_case(mine.ctx, task["case_id"], "first@x")
    html = client.post(f"{address}owner/", {"owner": "me", "seen": ""}, follow=True)
    assert "Somebody else changed this in the meantime" in html.content.decode()
    owner = rows(mine.ctx, "select owner from collection_case where id = %(i)s", i=task["case_id"])
    assert owner == [{"owner": "first@x"}]
    client.post(f"{address}owner/", {"owner": "me", "seen": "first@x"})
    owner = rows(mine.ctx, "select owner from collection_case where id = %(i)s", i=task["case_id"])
    assert owner == [{"owner": "me"}]


def test_a_call_is_written_down_though_another_did_its_task_meanwhile(mine, signed_in):
    task, client = a_task(mine), signed_in(mine.ctx, "collector")
    address = f"/work/{task['case_id']}/"
    client.post(address, form(task, note="of the first"))
    assert client.post(address, form(task, note="of the second")).status_code == 302
    noted = rows(mine.ctx, "select note from contact_made order by made_at, id")
    assert [line["note"] for line in noted] == ["of the first", "of the second"]
    [done] = rows(mine.ctx, "select outcome from collection_action where id = %(i)s", i=task["id"])
    assert done["outcome"] == "reached: of the first"


def test_a_dispute_sent_twice_is_noted_once(mine, signed_in):
    task, client = a_task(mine), signed_in(mine.ctx, "collector")
    [invoice] = rows(
        mine.ctx,
        "select i.id from invoice i where i.buyer_id = %(b)s and i.open_minor > 300"
        " and i.kind = 'invoice' and not exists (select from dispute d where d.invoice_id = i.id)"
        " limit 1",
        b=task["buyer_id"],
    )
    page = client.get(f"/work/{task['case_id']}/").content.decode()
    [of_dispute] = re.findall(r'<form[^>]*id="dispute".*?</form>', page, re.DOTALL)
    [key] = re.findall(r'name="key" value="([^"]+)"', of_dispute)
    sent = {"key": key, "invoice": str(invoice["id"]), "reason": "price", "amount": "1.00"}
    for _ in range(2):
        assert client.post(f"/work/{task['case_id']}/dispute/", sent).status_code == 302
    found = rows(mine.ctx, "select 1 from dispute where invoice_id = %(i)s", i=invoice["id"])
    assert len(found) == 1
