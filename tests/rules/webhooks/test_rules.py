"""Signatures as published, waits as specified, and no way inside."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address

import pytest

from netterms.kernel.refusal import Code, Refusal
from netterms.webhooks import rules

# The reference vector of the specification's own libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
BODY = b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_vector_is_signed_as_published():
    assert rules.signature(SECRET, MESSAGE, 1614265330, BODY) == SIGNED
    assert rules.signature(SECRET, MESSAGE, 1614265330, BODY + b" ") != SIGNED


def test_two_secrets_give_two_signatures():
    other = rules.new_secret(b"x" * 32)
    both = rules.headers([SECRET, other], MESSAGE, 1614265330, BODY)["webhook-signature"]
    first, second = both.split(" ")
    assert first == SIGNED
    assert second == rules.signature(other, MESSAGE, 1614265330, BODY)


def test_tries_go_on_for_three_days_and_then_end():
    waits = []
    while (wait := rules.wait_after(len(waits) + 1, 0.0)) is not None:
        waits.append(wait)
    assert timedelta(days=3) <= sum(waits, timedelta()) <= timedelta(days=4)
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=5)


def test_waits_are_spread_and_the_endpoint_may_ask_for_more():
    assert rules.wait_after(2, 1.0) == timedelta(seconds=360)
    assert rules.wait_after(1, 0.0, 60) == timedelta(seconds=60)
    assert rules.wait_after(1, 0.0, 10**7) == timedelta(days=1)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://user:pass@example.com/",
        "https://localhost/",
        "https://localhost./",
        "https://LOCALHOST/",
        "https://app.localhost/",
        "https://printer.local/",
        "https://db.internal/",
        "https://intranet/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.01/",
        "https://127.0.0.1./",
        "https://10.1/",
        "https://127%2e0.0.1/",
        "https://example..com/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://[::1/",
        "https:///nothing",
        "https://example.com/a b",
        "https://example.com/\r\nX: y",
        "https://例え.jp/",
        "https://example.com/#part",
        "https://example.com/" + "a" * 2000,
        "",
    ],
)
def test_an_address_we_may_not_call_is_refused(url):
    with pytest.raises(Refusal) as no:
        rules.checked_url(url, loopback=False)
    assert no.value.code is Code.VALUE_INVALID
    assert no.value.facts["field"] == "url"


def test_an_address_of_the_internet_is_taken_and_this_machine_only_when_allowed():
    assert rules.checked_url("https://example.com:8443/a?b=c", loopback=False)
    assert rules.checked_url("https://example.com./", loopback=False)
    assert rules.checked_url("https://xn--fsq.xn--p1ai/", loopback=False)
    assert rules.checked_url("https://1.1.1.1/", loopback=False)
    assert rules.checked_url("https://127.0.0.1.nip.example/", loopback=False)
    assert rules.checked_url("http://127.0.0.1:9000/", loopback=True)
    for url in ("http://10.0.0.1/", "https://10.0.0.1/", "http://example.com/"):
        with pytest.raises(Refusal):
            rules.checked_url(url, loopback=True)


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0", "127.0.0.1", "100.64.0.1", "192.168.1.1", "172.16.0.1", "224.0.0.1",
     "255.255.255.255", "::", "::1", "fc00::1", "2002:a00:1::", "2001:0:a00:1::", "ff02::1"],
)  # fmt: skip
def test_no_inner_address_is_public(address):
    assert not rules.is_public(ip_address(address))


def test_public_addresses_are():
    assert rules.is_public(ip_address("93.184.216.34"))
    assert rules.is_public(ip_address("2606:2800:220:1::1"))
