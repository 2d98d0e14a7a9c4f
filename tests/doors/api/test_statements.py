"""GET and POST /v1/buyers/{id}/statements."""

from __future__ import annotations

import json

import pytest

from netterms.access.actions import create_key
from tests.actions.statements.test_record import buyer
from tests.doors.conftest import visitor

ASKED = {
    "period_end": "2025-12-31",
    "currency": "EUR",
    "standard": "ifrs",
    "items": {
        "current_assets": 450_000_00, "total_assets": 1_000_000_00, "retained_earnings": 200_000_00,
        "current_liabilities": 300_000_00, "total_liabilities": 600_000_00, "equity": 400_000_00,
        "revenue": 1_400_000_00, "ebit": 90_000_00,
    },
}  # fmt: skip


@pytest.fixture
def call(ctx):
    of = buyer(ctx)
    client, secret = visitor(), create_key(ctx, "erp", ["read", "import"])
    path = f"/v1/buyers/{of}/statements"

    def ask(body=None, key="k1"):
        said = {"authorization": f"Bearer {secret}"} | ({"idempotency-key": key} if key else {})
        if body is None:
            return client.get(path, headers=said)
        text = json.dumps(body)
        return client.post(path, text, content_type="application/json", headers=said)

    return ask


def test_what_is_entered_is_read_with_its_ratios_and_models(call):
    assert call(ASKED).status_code == 201
    [one] = call().json()["items"]
    assert one["items"]["ebit"] == 90_000_00
    assert one["ratios"]["liabilities_to_assets"] == 0.6
    assert one["ratios"]["quick_ratio"] is None
    by_model = {each["model"]: each for each in one["models"]}
    # EX-3.1, of a firm whose line of business is not known.
    fits = by_model["altman_z_services"]
    assert (fits["value"], fits["zone"], fits["fits"]) == (2.9408, "safe", True)
    assert fits["why"] == "its line of business is not known, and this model holds for every one"
    assert by_model["altman_z"]["wants"] == [{"lack": "missing", "item": "market_value"}]
    assert by_model["altman_z"]["value"] is None


def test_the_second_time_is_free(call):
    first, again = call(ASKED), call(ASKED)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert again.json() == first.json() | {"new": False}
    assert call(ASKED | {"months": 6}).status_code == 409


def test_other_figures_are_a_new_version(call):
    call(ASKED)
    items = ASKED["items"] | {"revenue": 1_500_000_00}
    assert call(ASKED | {"items": items}, "k2").json()["version"] == 2
    assert [one["version"] for one in call().json()["items"]] == [2]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"items": ASKED["items"] | {"equity": 1}}, "total_assets"),
        ({"items": {"staff": 1}}, "items"),
        ({"currency": "EUX"}, "currency"),
        ({"months": 40}, "months"),
        ({"period_end": "2031-12-31"}, "period_end"),
        ({"scale": 7}, "scale"),
    ],
)
def test_a_problem_names_the_line(call, changed, field):
    answer = call(ASKED | changed)
    assert answer.status_code == 422
    [problem] = answer.json()["errors"]
    assert problem["field"] == field
    assert call().json()["items"] == []


def test_a_key_is_needed(call):
    assert call(ASKED, key="").status_code == 422
