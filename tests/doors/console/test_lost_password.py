"""Another password by mail: who asks learns nothing of others, and is told when no mail can go."""

from __future__ import annotations

import re
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import override_settings

from tests.doors.conftest import visitor

PAGE = "/accounts/password/reset/"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
KEPT = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(autouse=True)
def _outbox(database):
    cache.clear()
    with override_settings(EMAIL_BACKEND=KEPT):
        mail.outbox = []
        yield


def asked(email: str, language: str = "en"):
    return visitor().post(PAGE, {"email": email}, headers={"accept-language": language})


def test_the_link_opens_with_another_password(person):
    user = person(None)
    assert asked(user.email).status_code == 302
    [sent] = mail.outbox
    assert (sent.subject, sent.to) == ("netterms: another password", [user.email])
    link = re.search(r"http://localhost(/\S+)", sent.body).group(1)
    client = visitor()
    form = client.get(link, follow=True).request["PATH_INFO"]
    typed = {"password1": "another-horse-battery-8", "password2": "another-horse-battery-8"}
    assert client.post(form, typed).status_code == 302
    user.refresh_from_db()
    assert user.check_password("another-horse-battery-8")


def test_it_is_written_in_the_language_of_who_asks(person):
    asked(person(None).email, "zh-hans")
    assert mail.outbox[0].subject == "netterms：重设密码"
    assert "请在此设置新密码" in mail.outbox[0].body


def test_an_address_without_an_account_is_told_by_mail_alone(person):
    known, unknown = asked(person(None).email), asked("nobody@example.com")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert "There is no account at nobody@example.com." in mail.outbox[1].body
    assert "sign" not in mail.outbox[1].body


@override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=1)
def test_a_mail_server_that_is_away_is_told_whoever_asks(person):
    with override_settings(EMAIL_BACKEND=SMTP):
        for email in (person(None).email, "nobody@example.com"):
            answer = asked(email)
            assert answer.status_code == 200
            assert "No mail can be sent right now." in answer.content.decode()


def test_a_mail_that_the_server_does_not_take_tells_nobody_who_has_an_account(
    person, monkeypatch, caplog
):
    user = person(None)

    def refuse(*_given):
        raise SMTPRecipientsRefused({user.email: (550, b"no")})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    assert asked(user.email).status_code == 302
    assert "SMTPRecipientsRefused" in caplog.text
    assert user.email not in caplog.text
