"""Signing in and out, who may do what, and whose book one is in."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import pytest
from django.core.cache import cache

from netterms.access.rules import MAY, Role
from netterms.kernel.context import EVERYTHING, Permission
from tests.doors.conftest import PASSWORD, visitor


@pytest.fixture(autouse=True)
def _no_throttle_from_before():
    cache.clear()


def sign_in(client, user, password=PASSWORD, headers=None, **more):
    typed = {"login": user.email, "password": password, **more}
    return client.post("/accounts/login/", typed, headers=headers)


def test_a_visitor_is_asked_to_sign_in_and_comes_back(shop, person):
    client, user = visitor(), person(shop.ctx)
    response = client.get("/buyers/?q=nord")
    assert response.status_code == 302
    assert urlsplit(response.url).path == "/accounts/login/"
    response = sign_in(client, user, next="/buyers/?q=nord")
    assert response.url == "/buyers/?q=nord"
    assert client.get("/buyers/").status_code == 200


def test_the_sign_in_page_is_ours(database):
    response = visitor().get("/accounts/login/")
    html = response.content.decode()
    assert "bare-card" in html
    assert "script-src 'none'" in response.headers["Content-Security-Policy"]
    assert "sign up" not in html.lower()


@pytest.mark.parametrize("deed", ["action_add", "action_primary"])
def test_nobody_changes_the_address_that_its_deeds_stand_under(shop, person, deed):
    """Who confirms must be another than who proposed, and that is told by the address."""
    from allauth.account.models import EmailAddress

    client, user = visitor(), person(shop.ctx)
    sign_in(client, user)
    EmailAddress.objects.create(user=user, email=f"other-{user.email}")
    email = f"other-{user.email}" if deed == "action_primary" else f"new-{user.email}"
    assert client.post("/accounts/email/", {"email": email, deed: ""}).status_code == 404
    assert client.get("/accounts/email/").status_code == 404
    assert client.get("/accounts/confirm-email/abc/").status_code == 404
    before = user.email
    user.refresh_from_db()
    assert user.email == before
    assert EmailAddress.objects.filter(email=f"new-{user.email}").count() == 0


def test_nobody_signs_up(database):
    assert "By invitation" in visitor().get("/accounts/signup/").content.decode()


def test_wrong_passwords_are_throttled(shop, person):
    client, user = visitor(), person(shop.ctx)
    for _ in range(5):
        assert sign_in(client, user, "wrong").status_code == 200
    response = sign_in(client, user)
    assert "_auth_user_id" not in client.session
    assert response.status_code in {200, 429}


def test_a_visitor_does_not_start_anew_by_another_name_of_the_server(shop, person):
    client, user = visitor(), person(shop.ctx)
    for port in range(8001, 8006):
        sign_in(client, user, "wrong", headers={"Host": f"localhost:{port}"})
    sign_in(client, user, headers={"Host": "localhost:8006"})
    assert "_auth_user_id" not in client.session


def test_every_process_counts_the_wrong_passwords_of_the_others(shop, person, address):
    client, user = visitor(), person(shop.ctx)
    for _ in range(5):
        sign_in(client, user, "wrong")
    with httpx.Client(base_url=address.replace("127.0.0.1", "localhost")) as elsewhere:
        assert _sign_in_at(elsewhere, user).is_success
        assert "sessionid" not in elsewhere.cookies


def test_a_code_of_the_app_opens_once_whichever_process_answers(shop, person, address):
    from allauth.mfa.totp.internal import auth as totp

    client, user = visitor(), person(shop.ctx)
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    code = totp.format_hotp_value(totp.hotp_value(secret, counter))
    sign_in(client, user)
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    with httpx.Client(base_url=address.replace("127.0.0.1", "localhost")) as elsewhere:
        assert _sign_in_at(elsewhere, user).headers["location"] == "/accounts/2fa/authenticate/"
        page = "/accounts/2fa/authenticate/"
        token = elsewhere.cookies["csrftoken"]
        said = elsewhere.post(page, data={"code": code, "csrfmiddlewaretoken": token})
        assert said.status_code == 200
        assert elsewhere.get("/buyers/").status_code == 302


def _sign_in_at(client, user):
    client.get("/accounts/login/")
    typed = {"login": user.email, "password": PASSWORD}
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
    return client.post("/accounts/login/", data=typed | token)


def test_signing_out_needs_a_post(shop, signed_in):
    client = signed_in(shop.ctx)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/buyers/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/buyers/").status_code == 302


def test_forms_without_a_token_change_nothing(shop, person):
    client = visitor(enforce_csrf_checks=True)
    client.force_login(person(shop.ctx, "collector"))
    done = f"/work/{shop.actions[0]}/done/"
    for address in (done, "/language/", "/seller/", "/accounts/logout/"):
        response = client.post(address, {"outcome": "sent"})
        assert response.status_code == 403
        assert "Nothing was changed" in response.content.decode()


def test_a_second_factor_is_asked_for(shop, person):
    from allauth.mfa.totp.internal import auth as totp

    client, user = visitor(), person(shop.ctx)
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    response = sign_in(client, user)
    assert urlsplit(response.url).path == "/accounts/2fa/authenticate/"
    assert client.get("/buyers/").status_code == 302
    assert "Second factor" in client.get(response.url).content.decode()
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    code = totp.format_hotp_value(totp.hotp_value(secret, counter))
    assert client.post(response.url, {"code": code}).status_code == 302
    assert client.get("/buyers/").status_code == 200


def test_a_second_factor_can_be_set_up(shop, person):
    client, user = visitor(), person(shop.ctx)
    sign_in(client, user)
    response = client.get("/accounts/2fa/totp/activate/")
    assert "Confirm" in client.get(response.url).content.decode()
    response = client.post(response.url, {"password": PASSWORD})
    html = client.get(response.url).content.decode()
    assert "data:image/svg+xml" in html
    assert "<script" not in html


def test_the_language_stays_with_the_person(shop, person):
    client, user = visitor(), person(shop.ctx)
    client.force_login(user)
    assert 'lang="en"' in client.get("/").content.decode()
    client.post("/language/", {"language": "zh-hans", "next": "/"})
    assert 'lang="zh-hans"' in client.get("/").content.decode()
    elsewhere = visitor()
    elsewhere.force_login(user)
    assert 'lang="zh-hans"' in elsewhere.get("/").content.decode()
    client.post("/language/", {"language": "xx", "next": "https://example.com/"})
    assert 'lang="zh-hans"' in client.get("/").content.decode()


def test_a_member_of_two_sellers_switches(shop, new_seller, person):
    from netterms.access.actions import add_member

    other, user = new_seller(name="Zeta Trading"), person(shop.ctx)
    add_member(other, user, "reader")
    client = visitor()
    client.force_login(user)
    assert client.get(f"/buyers/{shop.buyers[0]}/").status_code == 200
    client.post("/seller/", {"seller": str(other.seller)})
    assert client.get(f"/buyers/{shop.buyers[0]}/").status_code == 404
    assert "Reader" in client.get("/").content.decode()
    stranger = new_seller(name="Not mine")
    said = client.post("/seller/", {"seller": str(stranger.seller)}, follow=True).content.decode()
    assert str(stranger.seller) in said
    assert "Reader" in said
    assert "Not mine" not in said


def test_without_a_seller_there_is_no_book(signed_in):
    response = signed_in(None).get("/")
    assert response.status_code == 403
    assert "No seller yet" in response.content.decode()


def test_only_collectors_and_above_mark_work_done(shop, signed_in):
    assert "Mark done" not in signed_in(shop.ctx, "reader").get("/work/").content.decode()
    assert "Mark done" in signed_in(shop.ctx, "collector").get("/work/").content.decode()


def test_the_permission_matrix():
    assert set(MAY) == set(Role)
    assert MAY[Role.OWNER] == EVERYTHING
    assert MAY[Role.CREDIT_MANAGER] == EVERYTHING - {Permission.MANAGE_ACCESS}
    people = {Permission.READ_PERSONAL}
    assert MAY[Role.COLLECTOR] == {Permission.READ, Permission.COLLECT} | people
    assert MAY[Role.READER] == {Permission.READ}
