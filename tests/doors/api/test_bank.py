"""POST and GET /v1/bank-statements."""

from __future__ import annotations

import base64
import json

import pytest

from netterms.access.actions import create_key
from netterms.receivables.matching.actions import match_lines
from tests.actions.connectors.test_banks import CHINESE
from tests.actions.receivables.test_matching import DUE
from tests.actions.small_book import put
from tests.doors.conftest import visitor

PATH = "/v1/bank-statements"


@pytest.fixture
def call(ctx):
    client = visitor()

    def ask(method, path=PATH, body=None, scopes=("read", "import")):
        headers = {"authorization": f"Bearer {create_key(ctx, 'erp', list(scopes))}"}
        if method == "GET":
            return client.get(path, headers=headers)
        text = json.dumps(body)
        return client.post(path, text, content_type="application/json", headers=headers)

    return ask


def file(content: bytes, **more: str) -> dict[str, str]:
    return {"file_name": "day.csv", "content": base64.b64encode(content).decode(), **more}


def test_a_file_is_taken_in_once_and_read_with_its_matches(ctx, call):
    put(ctx, "1", "FP4711", 120_000, due_on=DUE, currency="CNY")
    body = file(CHINESE["ABC"].replace("发票4711", "FP4711").encode("gb18030"))
    assert call("POST", body=body).json() == {
        "statements": 1, "lines_new": 2, "lines_known": 0,
    }  # fmt: skip
    assert call("POST", body=body).json()["lines_new"] == 0
    match_lines(ctx)
    [told] = call("GET").json()["items"]
    assert told["closing"] == {"minor": 1_100_000, "currency": "CNY"}
    paid, fee = call("GET", f"{PATH}/{told['id']}/lines").json()["items"]
    assert paid["amount"] == {"minor": 120_000, "currency": "CNY"}
    assert paid["match"]["parts"][0]["invoice_number"] == "FP4711"
    assert fee["match"] is None


@pytest.mark.parametrize(
    ("content", "code", "status"),
    [
        (b"%PDF-1.7", "file_unreadable", 422),
        (CHINESE["CCB"].replace("11200.00", "11300.00").encode(), "bank_statement_unbalanced", 422),
        (b"Date,Amount\n2026-03-02,5\n", "bank_statement_incomplete", 422),
    ],
)
def test_why_a_file_is_refused_is_a_problem(call, content, code, status):
    answer = call("POST", body=file(content))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert call("GET").json()["items"] == []


def test_what_is_no_base64_and_what_is_not_allowed(call):
    answer = call("POST", body={"file_name": "x", "content": "!!!!"})
    assert answer.json()["code"] == "value_invalid"
    body = file(b"Date,Amount\n2026-03-02,5\n", account="77", currency="EUR")
    assert call("POST", body=body, scopes=["read"]).status_code == 403
    assert call("POST", body=body).json()["lines_new"] == 1
