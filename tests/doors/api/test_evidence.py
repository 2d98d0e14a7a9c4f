"""POST and GET /v1/disputes/{id}/evidence, and a file by /v1/evidence/{id}."""

from __future__ import annotations

import base64
import json
from uuid import uuid4

import pytest

from netterms.access.actions import create_key
from netterms.kernel.money import Money
from netterms.receivables.disputes import DisputeReason, raise_dispute
from netterms.receivables.evidence import MOST_BYTES
from tests.actions.books import Line, bring_in, invoice_id, value
from tests.actions.statements.test_visits import PNG
from tests.doors.conftest import visitor

PDF = b"%PDF-1.7 one"


@pytest.fixture
def call(ctx):
    bring_in(ctx, Line(number="A"))
    dispute = raise_dispute(ctx, invoice_id(ctx, "A"), DisputeReason.PRICE, Money(5, "EUR"))
    client = visitor()

    def ask(body=None, path=f"/v1/disputes/{dispute}/evidence", scopes=("read", "collect"), key=""):
        headers = {"authorization": f"Bearer {create_key(ctx, 'erp', list(scopes))}"}
        if body is None:
            return client.get(path, headers=headers)
        headers["idempotency-key"] = key or str(uuid4())
        return client.post(path, json.dumps(body), "application/json", headers=headers)

    return ask


def file(content: bytes, name: str = "photo.exe") -> dict[str, str]:
    return {"file_name": name, "content": base64.b64encode(content).decode()}


def test_a_file_is_what_its_bytes_say_and_is_put_to_a_dispute_once(ctx, call):
    first = call(file(PDF), key="one")
    assert first.status_code == 201
    assert call(file(PDF), key="one").json() == first.json()
    assert call(file(PDF, "../other.pdf"), key="two").json() == first.json()
    assert call(file(PNG), key="one").json()["code"] == "key_reused"
    call(file(PNG, "a/b\\c.pdf"))
    told = call().json()["items"]
    assert [(each["name"], each["kind"]) for each in told] == [
        ("photo.pdf", "application/pdf"),
        ("c.png", "image/png"),
    ]
    read = call(path=f"/v1/evidence/{first.json()['id']}").json()
    assert base64.b64decode(read["content"]) == PDF
    assert (read["name"], read["kind"]) == ("photo.pdf", "application/pdf")


def test_the_bounds_are_those_of_the_console(ctx, call):
    largest = PDF + b"0" * (MOST_BYTES - len(PDF))
    assert call(file(largest)).status_code == 201
    for body in (file(largest + b"0"), file(b"MZ no picture"), {"file_name": "x", "content": "?"}):
        said = call(body)
        assert (said.status_code, said.json()["code"]) == (422, "value_invalid")
    assert call(file(PDF), scopes=("read",)).status_code == 403
    assert call(file(PDF), path=f"/v1/disputes/{uuid4()}/evidence").status_code == 404
    assert call(path=f"/v1/evidence/{uuid4()}").status_code == 404
    assert value(ctx, "select count(*) from dispute_file") == 1
