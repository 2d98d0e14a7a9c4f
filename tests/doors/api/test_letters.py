"""Letters over HTTP."""

from __future__ import annotations

from tests.doors.api.test_webhooks import caller


def test_letters_of_a_buyer_are_read_page_by_page(shop):
    call = caller(shop.ctx, "read", "collect")
    path = f"buyers/{shop.buyers[0]}/letters"
    asked = {"template": "statement", "language": "en"}
    made = [call("POST", path, asked, key=f"letter-{n}").json()["id"] for n in range(3)]
    first = [letter["id"] for letter in call("GET", f"{path}?limit=2").json()]
    rest = [letter["id"] for letter in call("GET", f"{path}?limit=2&after={first[-1]}").json()]
    assert first + rest == made[::-1]


def test_a_letter_with_a_field_that_there_is_not_is_refused(shop):
    path = f"buyers/{shop.buyers[0]}/letters"
    said = caller(shop.ctx, "collect")("POST", path, {"template": "statement", "lang": "zh"})
    assert said.status_code == 422
    assert said.json()["errors"][0]["field"] == "lang"
