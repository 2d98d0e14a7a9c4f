"""Letters against a real SMTP server, and what becomes of those it does not take."""

import email
import email.policy
import socket
import ssl
import subprocess
from datetime import UTC, datetime

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from django.conf import settings
from django.core.mail import EmailMessage

from netterms.collection.ports import Letter, MailError, MailServerAwayError
from netterms.connectors.mail import open_mailer
from netterms.connectors.mail.envelope import address, envelope
from netterms.connectors.mail.folder import EmailBackend, FolderMailer
from netterms.connectors.mail.smtp import SmtpMailer
from netterms.kernel.clock import FixedClock
from netterms.site.config import read_config

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
CLOCK = FixedClock(AT)
LETTER = Letter(
    to="ap@buyer.example",
    sender="Harbour & Vale <billing@seller.example>",
    subject="付款提醒 – reminder",
    text="Dear buyer,\n\n您好。\n.a line that begins with a dot\n",
    message_id="<0197-a1@netterms.example>",
    language="zh-hans",
)


class Postbox:
    """Takes everything, but for addresses that tell it how to refuse."""

    def __init__(self):
        self.letters, self.sessions, self.broken = [], [], False

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        for code in ("451", "550"):
            if address.startswith(code):
                return f"{code} no"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.broken:
            return "452 no room"
        self.sessions.append(session.peer)
        self.letters.append(
            email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        )
        return "250 OK"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def serve():
    running = []

    def start(**options):
        box = Postbox()
        controller = Controller(box, hostname="127.0.0.1", port=free_port(), **options)
        controller.start()
        running.append(controller)
        box.port, box.controller = controller.port, controller
        return box

    yield start
    for controller in running:
        controller.stop(no_assert=True)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
        f" -addext subjectAltName=DNS:localhost -keyout {key} -out {cert}".split(),
        check=True,
        capture_output=True,
    )
    return key, cert


def plain(box, **options):
    return SmtpMailer("127.0.0.1", box.port, tls=False, clock=CLOCK, **options)


def to(address, **changes):
    fields = {name: getattr(LETTER, name) for name in Letter.__slots__}
    return Letter(**fields | {"to": address} | changes)


def test_a_letter_arrives_as_it_was_written(serve):
    box = serve()
    with plain(box) as mailer:
        mailer.send(LETTER)
    [found] = box.letters
    assert found["Subject"] == LETTER.subject
    assert found["From"] == "Harbour & Vale <billing@seller.example>"
    assert found["To"] == "ap@buyer.example"
    assert found["Message-ID"] == LETTER.message_id
    assert found["Content-Language"] == "zh-hans"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Date"].datetime == AT
    assert found.get_content().replace("\r\n", "\n") == LETTER.text


def test_many_letters_use_one_connection(serve):
    box = serve()
    with plain(box) as mailer:
        for number in range(5):
            mailer.send(to(f"b{number}@buyer.example"))
    assert len(box.letters) == 5
    assert len(set(box.sessions)) == 1


def test_a_connection_that_broke_while_idle_is_made_anew(serve):
    box = serve()
    with plain(box) as mailer:
        mailer.send(LETTER)
        mailer._connection.sock.shutdown(socket.SHUT_RDWR)
        mailer.send(LETTER)
    assert len(box.letters) == 2
    assert len(set(box.sessions)) == 2


@pytest.mark.parametrize(("code", "temporary"), [("451", True), ("550", False)])
def test_the_server_decides_whether_to_try_again(serve, code, temporary):
    box = serve()
    with plain(box) as mailer:
        with pytest.raises(MailError) as failure:
            mailer.send(to(f"{code}@buyer.example"))
        assert failure.value.temporary is temporary
        assert failure.value.reason == "refused"
        assert code in failure.value.detail
        mailer.send(LETTER)  # one refused letter holds up no other
    assert len(box.letters) == 1


def test_a_full_server_is_temporary(serve):
    box = serve()
    box.broken = True
    with plain(box) as mailer, pytest.raises(MailError, match="452") as failure:
        mailer.send(LETTER)
    assert failure.value.temporary


def test_nobody_listening_is_temporary():
    with (
        SmtpMailer("127.0.0.1", free_port(), tls=False) as mailer,
        pytest.raises(MailServerAwayError) as failure,
    ):
        mailer.send(LETTER)
    assert (failure.value.reason, failure.value.temporary) == ("connection", True)


def test_a_folder_that_takes_no_letter_is_a_server_that_is_away(tmp_path):
    (tmp_path / "outbox").touch()
    with pytest.raises(MailServerAwayError):
        FolderMailer(tmp_path / "outbox", clock=CLOCK).send(LETTER)


def test_a_silent_server_is_given_up_in_time():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        with pytest.raises(MailError, match="timed out") as failure:
            SmtpMailer("127.0.0.1", port, tls=False, timeout=0.2).send(LETTER)
    assert failure.value.temporary


def test_no_letter_in_the_clear_where_encryption_is_asked_for(serve):
    box = serve()
    with pytest.raises(MailError, match="STARTTLS"):
        SmtpMailer("127.0.0.1", box.port, clock=CLOCK).send(LETTER)
    assert box.letters == []


def test_no_password_in_the_clear(serve):
    box = serve()
    with pytest.raises(MailError, match="encrypted"):
        plain(box, user="netterms", password="secret").send(LETTER)


def secured(serve, certificate):
    key, cert = certificate
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(cert, key)

    def known(server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and data.password == b"right"
        return AuthResult(success=good, handled=False)

    return serve(tls_context=inside, authenticator=known, auth_required=True)


def test_starttls_and_a_password(serve, certificate):
    box = secured(serve, certificate)

    def trust():
        return ssl.create_default_context(cafile=certificate[1])

    with SmtpMailer("localhost", box.port, user="netterms", password="right", trust=trust) as m:
        m.send(LETTER)
    assert len(box.letters) == 1
    with pytest.raises(MailError, match="535") as failure:
        SmtpMailer("localhost", box.port, user="netterms", password="wrong", trust=trust).send(
            LETTER
        )
    assert failure.value.temporary, "a wrong password is no fault of the letter"


def test_a_certificate_nobody_vouches_for_is_refused(serve, certificate):
    box = secured(serve, certificate)
    with pytest.raises(MailError, match="certificate verify failed"):
        SmtpMailer("localhost", box.port, user="netterms", password="right").send(LETTER)
    assert box.letters == []


@pytest.mark.parametrize("header", ["to", "sender", "subject", "message_id", "language"])
@pytest.mark.parametrize("evil", ["\r\nBcc: all@buyer.example", "\nX: y", "\x00", "\u2028", "\x85"])
def test_no_header_can_be_slipped_in(header, evil):
    fields = {name: getattr(LETTER, name) for name in Letter.__slots__}
    with pytest.raises(MailError) as failure:
        envelope(Letter(**fields | {header: fields[header] + evil}), AT)
    assert (failure.value.reason, failure.value.temporary) == ("header", False)


@pytest.mark.parametrize(
    "written",
    ["", "nobody", "@buyer.example", "a@", "a@b.example, c@d.example", "ü@buyer.example", "a b@c"],
)
def test_what_is_not_one_address_is_refused(written):
    with pytest.raises(MailError) as failure:
        envelope(to(written), AT)
    assert (failure.value.reason, failure.value.temporary) == ("address", False)


def test_a_domain_in_its_own_script_is_encoded():
    assert address("ap@bücher.example").addr_spec == "ap@xn--bcher-kva.example"


def test_without_a_server_letters_become_files_once(tmp_path):
    mailer = FolderMailer(tmp_path / "outbox", clock=CLOCK)
    mailer.send(LETTER)
    mailer.send(LETTER)
    assert (tmp_path / "outbox").stat().st_mode & 0o077 == 0
    [file] = (tmp_path / "outbox").iterdir()
    assert file.name == "0197-a1_at_netterms.example.eml"
    found = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert found["Subject"] == LETTER.subject
    with pytest.raises(MailError):
        mailer.send(to("a@b.example", message_id="<../../escape@x>"))


def test_the_configuration_chooses_the_mailer(serve, tmp_path):
    home = {"NETTERMS_HOME": str(tmp_path)}
    with open_mailer(read_config(home)) as mailer:
        assert isinstance(mailer, FolderMailer)
        mailer.send(LETTER)
    assert list((tmp_path / "outbox").glob("*.eml"))
    box = serve()
    smtp = {
        "NETTERMS_SMTP_HOST": "127.0.0.1",
        "NETTERMS_SMTP_PORT": str(box.port),
        "NETTERMS_SMTP_TLS": "0",
    }
    with open_mailer(read_config(home | smtp)) as mailer:
        mailer.send(LETTER)
    assert len(box.letters) == 1


def test_a_link_to_a_new_password_becomes_a_file_without_a_server(tmp_path, monkeypatch):
    """It was an error of the page: Django looks for a server on this machine."""
    assert settings.EMAIL_BACKEND == "netterms.connectors.mail.folder.EmailBackend"
    found = read_config({"NETTERMS_HOME": str(tmp_path)})
    monkeypatch.setattr("netterms.connectors.mail.folder.config", lambda: found)
    message = EmailMessage("New password", "The link.", "a@b.example", ["c@d.example"])
    assert EmailBackend().send_messages([message]) == 1
    [file] = (tmp_path / "outbox").iterdir()
    assert "The link." in file.read_text()
    assert (tmp_path / "outbox").stat().st_mode & 0o077 == 0
