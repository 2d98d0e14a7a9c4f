"""Keys and webhooks in the console: the forms of the pages are sent, in both languages."""

from __future__ import annotations

import html as text
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from netterms.access.actions import create_key
from netterms.access.queries import keys_of
from netterms.monitoring.queries import timeline
from netterms.webhooks import queries
from tests.doors import programs
from tests.doors.conftest import visitor

URL = "https://example.com/hook"


def shown(response) -> str:
    return text.unescape(response.content.decode())


def secret_of(response) -> str:
    assert response.headers["Cache-Control"] == "no-store"
    [secret] = re.findall(r'<code id="secret">([^<]+)</code>', shown(response))
    return secret


def form_key(page: str, action: str) -> str:
    form = page.partition(f'action="{action}"')[2].partition("</form>")[0]
    return re.search(r'name="key" value="([^"]+)"', form)[1]


def api(secret: str) -> int:
    return visitor().get("/v1/buyers", headers={"authorization": f"Bearer {secret}"}).status_code


@pytest.mark.parametrize(
    ("language", "copy", "rotated", "revoked", "gone"),
    [
        (
            "en",
            "The secret: copy it now",
            "old secret until",
            "revoked</span>",
            "The key opens nothing any more.",
        ),
        ("zh-hans", "密钥值：请立即复制", "旧密钥有效至", "已吊销</span>", "该密钥已失效。"),
    ],
)
def test_a_key_is_made_rotated_and_revoked(ctx, signed_in, language, copy, rotated, revoked, gone):
    client = signed_in(ctx, language=language)
    made = client.post("/keys/", {"name": "Shop", "scopes": ["read"], "mode": "live", "rate": "5"})
    first = secret_of(made)
    assert copy in shown(made)
    assert first not in shown(client.get("/keys/"))
    [key] = keys_of(ctx)
    assert (key.name, key.scopes, key.requests_per_second) == ("Shop", ["read"], 5)
    assert api(first) == 200
    turned = client.post(f"/keys/{key.id}/rotate/", {"days": "7"})
    second = secret_of(turned)
    assert rotated in shown(turned)
    assert second != first
    assert (api(first), api(second)) == (200, 200)
    third = secret_of(client.post(f"/keys/{key.id}/rotate/", {"days": "0"}))
    assert (api(first), api(second), api(third)) == (401, 401, 200)
    over = shown(client.post(f"/keys/{key.id}/revoke/", follow=True))
    assert gone in over
    assert revoked in over
    assert f"/keys/{key.id}/rotate/" not in over
    assert api(third) == 401


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"scopes": ["fly"]}, {"rate": "much"}, {"expires_on": "2020-01-01"}],
)
def test_a_key_that_cannot_be_is_said_and_none_is_made(ctx, signed_in, wrong):
    page = shown(signed_in(ctx).post("/keys/", {"name": "Shop", "scopes": ["read"]} | wrong))
    assert 'aria-invalid="true"' in page
    assert 'id="secret"' not in page
    assert keys_of(ctx) == []


def test_an_old_secret_works_for_thirty_days_at_most(ctx, signed_in):
    secret = create_key(ctx, "Shop", ["read"])
    [key] = keys_of(ctx)
    page = signed_in(ctx).post(f"/keys/{key.id}/rotate/", {"days": "31"}, follow=True)
    assert 'aria-invalid="true"' in shown(page)
    assert api(secret) == 200


@pytest.mark.parametrize(
    ("language", "off", "on", "again", "removed"),
    [
        (
            "en",
            "It is off.",
            "The endpoint is on.",
            "1 event is told again.",
            "Nothing more is told to that address.",
        ),
        (
            "zh-hans",
            "已停用。",
            "端点已启用。",
            "将重新告知 1 个事件。",
            "不再向该地址告知任何内容。",
        ),
    ],
)
def test_an_endpoint_is_added_switched_told_again_and_removed(
    ctx, signed_in, language, off, on, again, removed
):
    client = signed_in(ctx, language=language)
    key = form_key(shown(client.get("/webhooks/")), "/webhooks/")
    added = client.post("/webhooks/", {"key": key, "url": URL, "kinds": ["access.key_created"]})
    first = secret_of(added)
    assert first not in shown(client.get("/webhooks/"))
    [endpoint] = queries.endpoints(ctx)
    assert (endpoint.url, endpoint.kinds) == (URL, ["access.key_created"])
    address = f"/webhooks/{endpoint.id}"
    assert secret_of(client.post(f"{address}/rotate/", {"days": "7"})) != first
    assert off in shown(client.post(f"{address}/off/", follow=True))
    assert not queries.endpoint(ctx, endpoint.id).enabled
    assert on in shown(client.post(f"{address}/on/", follow=True))
    assert queries.endpoint(ctx, endpoint.id).enabled
    create_key(ctx, "something that happens", ["read"])
    day = timedelta(days=1)
    span = {"since": str(ctx.today - day), "until": str(ctx.today + day)}
    span["key"] = form_key(shown(client.get("/webhooks/")), f"{address}/replay/")
    # The same form sent twice tells once.
    for _ in range(2):
        assert again in shown(client.post(f"{address}/replay/", span, follow=True))
    asked = [each.kind for each in timeline(ctx, [endpoint.id])]
    assert asked.count("webhooks.deliveries_replayed") == 1
    assert removed in shown(client.post(f"{address}/remove/", follow=True))
    assert queries.endpoints(ctx) == []


@pytest.mark.parametrize("url", ["", "nonsense", "http://example.com/", "https://10.0.0.1/"])
def test_an_address_that_cannot_be_told_is_said_and_stays_typed(ctx, signed_in, url):
    page = shown(signed_in(ctx).post("/webhooks/", {"url": url}))
    assert 'aria-invalid="true"' in page
    assert f'placeholder="https://" value="{url}"' in page
    assert queries.endpoints(ctx) == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "It is delivered again as soon as its turn comes."),
        ("zh-hans", "轮到时即重新推送。"),
    ],
)
def test_a_delivery_that_was_given_up_is_delivered_again(ctx, signed_in, language, said):
    told = programs.endpoints(ctx)
    [failed] = [
        each
        for each in programs.deliveries(ctx, told["all"])
        if queries.delivery(ctx, each).state == "failed"
    ]
    client, address = signed_in(ctx, language=language), f"/webhooks/deliveries/{failed}/"
    key = form_key(shown(client.get(address)), f"{address}replay/")
    assert said in shown(client.post(f"{address}replay/", {"key": key}, follow=True))
    assert queries.delivery(ctx, failed).state == "pending"


@pytest.mark.parametrize("role", ["credit_manager", "collector", "reader"])
def test_who_may_not_manage_access_sees_and_changes_nothing(ctx, signed_in, role):
    secret = create_key(ctx, "Shop", ["read"])
    [key] = keys_of(ctx)
    told = programs.endpoints(ctx)
    delivery = programs.deliveries(ctx, told["all"])[2]
    before = queries.endpoints(ctx), keys_of(ctx), queries.delivery(ctx, delivery)
    client = signed_in(ctx, role)
    for address in ("/keys/", "/webhooks/", "/webhooks/deliveries/"):
        assert client.get(address).status_code == 403, address
    forms = {
        "/keys/": {"name": "Mine", "scopes": ["read"]},
        f"/keys/{key.id}/rotate/": {"days": "0"},
        f"/keys/{key.id}/revoke/": {},
        "/webhooks/": {"url": URL},
        f"/webhooks/deliveries/{delivery}/replay/": {"key": str(uuid4())},
    }
    for what in ("rotate", "on", "off", "remove", "replay"):
        days = {"days": "0", "since": str(ctx.today), "until": str(ctx.today)}
        forms[f"/webhooks/{told['all']}/{what}/"] = days
    for address, typed in forms.items():
        assert client.post(address, typed).status_code == 403, address
    assert (queries.endpoints(ctx), keys_of(ctx), queries.delivery(ctx, delivery)) == before
    assert api(secret) == 200
