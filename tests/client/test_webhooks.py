"""Only what netterms signed, a short while ago, is believed."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from uuid import UUID

import pytest

from netterms.client import OrderState, WebhookInvalid, verify
from netterms.webhooks import rules
from tests.client.test_retries import ORDER

SECRET, OTHER = rules.new_secret(b"s" * 32), rules.new_secret(b"o" * 32)
EVENT = UUID("01989f00-0000-7000-8000-000000000009")
AT = 1_780_000_000
DATA = {"subject_id": "x"} | ORDER
BODY = rules.body("checkout.order_approved", datetime(2026, 6, 1, 9, tzinfo=UTC), EVENT, DATA)


def headers(*secrets, body=BODY, at=AT):
    return rules.headers(secrets or [SECRET], str(EVENT), at, body)


def test_what_netterms_signs_is_believed_and_read():
    event = verify(SECRET, headers(), BODY, now=AT)
    assert (event.message_id, event.type) == (str(EVENT), "checkout.order_approved")
    assert event.happened_at == datetime(2026, 6, 1, 9, tzinfo=UTC)
    assert event.order.state is OrderState.AUTHORISED
    # Header names as any framework spells them.
    assert verify(SECRET, {k.title(): v for k, v in headers().items()}, BODY, now=AT) == event


def test_the_example_of_the_specification():
    said = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    # Signed as it should be: refused only because it is no event of ours.
    with pytest.raises(WebhookInvalid, match="not an event"):
        verify(secret, said, b'{"test": 2432232314}', now=1614265330)


def test_either_secret_is_good_while_one_replaces_the_other():
    assert verify([OTHER, SECRET], headers(SECRET), BODY, now=AT)
    assert verify(SECRET, headers(OTHER, SECRET), BODY, now=AT)
    with pytest.raises(WebhookInvalid):
        verify(OTHER, headers(SECRET), BODY, now=AT)
    with pytest.raises(WebhookInvalid):
        verify([], headers(SECRET), BODY, now=AT)


@pytest.mark.parametrize("late", [301, -301, 10**9])
def test_an_old_or_future_message_is_not_believed(late):
    with pytest.raises(WebhookInvalid, match="old"):
        verify(SECRET, headers(), BODY, now=AT + late)
    assert verify(SECRET, headers(), BODY, now=AT + 300)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "another"},
        {"webhook-id": ""},
        {"webhook-timestamp": str(AT + 1)},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "１７８０００００００"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,ünï"},
        {"webhook-signature": "v2,AAAA v1a,BBBB"},
    ],
)
def test_what_was_touched_on_the_way_is_not_believed(change):
    with pytest.raises(WebhookInvalid):
        verify(SECRET, headers() | change, BODY, now=AT)


def test_a_touched_body_is_not_believed():
    with pytest.raises(WebhookInvalid):
        verify(SECRET, headers(), BODY + b" ", now=AT)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"type": "x"}', b"\xff"])
def test_signed_but_no_event(body):
    with pytest.raises(WebhookInvalid, match="not an event"):
        verify(SECRET, headers(body=body), body, now=AT)


def test_an_event_of_something_else_has_no_order():
    body = json.dumps({"type": "limits.line_set", "timestamp": "2026-06-01T09:00:00Z", "data": {}})
    raw = body.encode()
    assert verify(SECRET, headers(body=raw), raw, now=AT).order is None


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_no base64!", "whsec_a"])
def test_a_secret_that_is_none_is_told_without_its_value(secret):
    with pytest.raises(ValueError, match="whsec_ and base64") as raised:
        verify(secret, headers(), BODY, now=AT)
    assert "no base64!" not in str(raised.value)


def test_the_client_needs_no_django_and_nothing_else_of_netterms():
    code = (
        "import sys, netterms.client\n"
        "bad = [m for m in sys.modules if m.split('.')[0] in ('django', 'psycopg', 'ninja')]\n"
        "bad += [m for m in sys.modules if m.startswith('netterms.')"
        " and not m.startswith('netterms.client')]\n"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
