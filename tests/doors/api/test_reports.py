"""Credit reports and screening over HTTP."""

from __future__ import annotations

from uuid import uuid4

from tests.doors.api.test_webhooks import caller


def test_a_report_is_ordered_once_for_a_key(shop):
    call = caller(shop.ctx, "read")
    first = call("POST", f"buyers/{shop.buyers[0]}/reports", key="report-1")
    again = call("POST", f"buyers/{shop.buyers[0]}/reports", key="report-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json() == again.json()
    read = call("GET", f"reports/{first.json()['id']}")
    assert read.json() == first.json()
    assert read.json()["content"]["identity"]["name"]


def test_reports_of_a_buyer_are_listed_the_newest_first_page_by_page(shop):
    call = caller(shop.ctx, "read")
    buyer = shop.buyers[3]
    path = f"buyers/{buyer}/reports"
    assert call("GET", path).json() == {"items": [], "next": None}
    made = [call("POST", path, key=f"listed-{n}").json() for n in range(3)]
    call("POST", f"buyers/{shop.buyers[4]}/reports", key="listed-other")
    first = call("GET", f"{path}?limit=2").json()
    rest = call("GET", f"{path}?limit=2&after={first['next']}").json()
    told = ("id", "as_of", "ordered_at", "ordered_by")
    wanted = [{name: one[name] for name in told} for one in reversed(made)]
    assert first["items"] + rest["items"] == wanted
    assert rest["next"] is None


def test_refusals(shop, ctx):
    call = caller(shop.ctx, "read")
    lacking = call("POST", f"buyers/{shop.buyers[0]}/reports", key="")
    assert (lacking.status_code, lacking.json()["code"]) == (422, "value_invalid")
    assert call("POST", f"buyers/{uuid4()}/reports", key="report-9").status_code == 404
    assert call("GET", f"reports/{uuid4()}").status_code == 404
    mine = call("POST", f"buyers/{shop.buyers[0]}/reports", key="report-2").json()["id"]
    assert caller(ctx, "read")("GET", f"reports/{mine}").status_code == 404
    assert call("GET", f"buyers/{uuid4()}/reports").status_code == 404
    assert caller(ctx, "read")("GET", f"buyers/{shop.buyers[0]}/reports").status_code == 404
    assert caller(shop.ctx, "import")("GET", f"buyers/{shop.buyers[0]}/reports").status_code == 403


def test_screening_says_that_nobody_has_looked(shop):
    told = caller(shop.ctx, "read")("GET", f"buyers/{shop.buyers[0]}/screening").json()
    assert told == {"screened_on": None, "lists": [], "hits": []}
