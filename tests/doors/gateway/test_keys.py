"""Keys that were presented lately, and how often each may ask: without a server and its time."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from netterms.doors.gateway import keys
from netterms.doors.gateway.queries import Caller
from netterms.kernel.clock import SystemClock
from netterms.kernel.refusal import Code, Refusal
from netterms.site.config import Gateway

KNOWN = Caller(ctx=None, home="EUR", zone=ZoneInfo("UTC"), key=UUID(int=1), rate=2)


def test_a_bucket_gives_what_a_second_gives_and_fills_again():
    bucket = keys.Bucket(left=2, since=10)
    assert [bucket.take(2, 10.0) for _ in range(3)] == [True, True, False]
    assert [bucket.take(2, 10.5) for _ in range(2)] == [True, False]
    assert [bucket.take(2, 99.0) for _ in range(3)] == [True, True, False]


def test_the_headers_name_the_policy_and_what_is_left():
    bucket = keys.Bucket(left=50, since=0)
    assert bucket.headers(50)[1] == (b"ratelimit", b'"key";r=50;t=0')
    bucket.take(50, 0)
    assert bucket.headers(50) == [
        (b"ratelimit-policy", b'"key";q=50;w=1'),
        (b"ratelimit", b'"key";r=49;t=1'),
    ]


@pytest.fixture
def looks(monkeypatch):
    """The secrets that were looked for; only "good" is one, and few are remembered."""
    found = []

    def caller_of(secret, _now):
        found.append(secret)
        if secret != "good":
            raise Refusal(Code.NOT_SIGNED_IN)
        return KNOWN

    monkeypatch.setattr(keys, "caller_of", caller_of)
    monkeypatch.setattr(keys, "MOST_KEPT", 5)
    return found


def told(story):
    """Runs the story in a thread of its own: other tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(story())).result()


async def codes(known, secrets):
    async def one(secret):
        try:
            return (await known.caller(f"Bearer {secret}".encode())).key
        except Refusal as refusal:
            return refusal.code

    return await asyncio.gather(*(one(secret) for secret in secrets))


def test_unknown_keys_push_no_good_one_out_and_each_is_looked_for_once(looks):
    async def story():
        known = keys.Keys(Gateway(), SystemClock())
        assert await codes(known, ["good"] * 3) == [KNOWN.key] * 3
        bad = [f"bad {n}" for n in range(20)]
        assert await codes(known, bad + bad) == [Code.NOT_SIGNED_IN] * 40
        assert await codes(known, ["good", "bad 19"]) == [KNOWN.key, Code.NOT_SIGNED_IN]
        known.close()

    told(story)
    assert sorted(looks) == sorted(["good", *(f"bad {n}" for n in range(20))])


def test_only_so_many_are_looked_for_at_once(looks, monkeypatch):
    monkeypatch.setattr(keys, "MOST_LOOKS", 3)

    async def story():
        known = keys.Keys(Gateway(), SystemClock())
        said = await codes(known, [f"bad {n}" for n in range(10)])
        assert said == [Code.NOT_SIGNED_IN] * 3 + [Code.BUSY] * 7
        known.close()

    told(story)
