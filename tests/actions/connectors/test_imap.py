"""Mail read from a real IMAP server, and messages of every kind, made up and broken."""

from __future__ import annotations

import ssl
import tempfile
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netterms.collection.mail.ports import LeftOut, MailKind
from netterms.collection.ports import MailError
from netterms.connectors.mail.imap import ImapReader
from netterms.connectors.mail.incoming import read
from tests.actions.connectors.imap_server import PASSWORD, USER, dovecot, free_port

PDF = b"%PDF-1.4 a delivery note"


def message(text="We pay on Friday.", *, number="m1", **headers):
    """A plain reply."""
    made = EmailMessage(policy=SMTP)
    told = {
        "From": "Ann Buyer <ap@buyer.example>",
        "To": USER,
        "Subject": "Re: Payment reminder",
        "Message-ID": f"<{number}@buyer.example>",
        "Date": "Mon, 01 Jun 2026 10:00:00 +0200",
    }
    for name, value in (told | {k.replace("_", "-"): v for k, v in headers.items()}).items():
        made[name] = value
    made.set_content(text)
    return made


def bounce(to="ap@buyer.example", *, action="failed", status="5.1.1", original="<x@y.example>"):
    """A delivery report as servers write it (RFC 3464)."""
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {USER}\r\nSubject: Undelivered\r\n"
        f"Message-ID: <b-{to}-{action}@mx.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=b"\r\n\r\n'
        "--=b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
        "--=b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
        "--=b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"From: {USER}\r\nTo: {to}\r\nSubject: Payment reminder\r\nMessage-ID: {original}\r\n\r\n"
        "Dear buyer\r\n--=b--\r\n"
    ).encode()


@pytest.fixture(scope="module")
def server():
    # Dovecot's own users must be able to go through it.
    with tempfile.TemporaryDirectory(prefix="nt-imap-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with dovecot(folder) as found:
            yield found


def reader(server, **changes):
    told = {"user": USER, "password": PASSWORD, "tls": False}
    return ImapReader("127.0.0.1", server.port, **told | changes)


def test_what_is_new_is_read_in_order_and_nothing_is_changed(server):
    with reader(server) as box:
        before = [found.uid for found in box.after(0)]
    last = max(before, default=0)
    server.deliver(bytes(message(number="a")), bytes(message(number="b")))
    with reader(server) as box:
        assert box.uid_validity > 0
        found = list(box.after(last))
        assert [one.message.message_id for one in found] == [
            "<a@buyer.example>", "<b@buyer.example>",
        ]  # fmt: skip
        assert list(box.after(found[-1].uid)) == []
        assert box.box == f"{USER}@127.0.0.1/INBOX"
    assert not any(b"Seen" in one for one in server.flags())


def test_the_connection_is_encrypted_and_the_server_proven(server):
    def trusting():
        return ssl.create_default_context(cafile=str(server.certificate))

    with reader(server, tls=True, trust=trusting) as box:
        assert box.uid_validity > 0
    with pytest.raises(MailError) as caught, reader(server, tls=True):
        pass
    assert (caught.value.reason, caught.value.temporary) == ("connection", True)


def test_a_wrong_password_a_folder_that_is_not_there_and_no_server(server):
    for changes in ({"password": "wrong"}, {"folder": "Nowhere"}):
        with pytest.raises(MailError) as caught, reader(server, **changes):
            pass
        assert (caught.value.reason, caught.value.temporary) == ("refused", False)
    away = ImapReader("127.0.0.1", free_port(), user=USER, password=PASSWORD, tls=False)
    with pytest.raises(MailError) as caught, away:
        pass
    assert caught.value.temporary


def test_a_password_never_leaves_in_the_clear(monkeypatch):
    told = {}

    class Other:
        def __init__(self, host, port, timeout):
            pass

        def login(self, user, password):
            told["password"] = password

        def shutdown(self):
            pass

    monkeypatch.setattr("netterms.connectors.mail.imap.imaplib.IMAP4.__init__", Other.__init__)
    monkeypatch.setattr("netterms.connectors.mail.imap.imaplib.IMAP4.login", Other.login)
    monkeypatch.setattr("netterms.connectors.mail.imap.imaplib.IMAP4.shutdown", Other.shutdown)
    box = ImapReader("mail.example", 143, user=USER, password=PASSWORD, tls=False)
    with pytest.raises(MailError), box:
        pass
    assert told == {}


def test_a_reply_names_what_it_answers_the_nearest_first():
    said = read(
        bytes(message(In_Reply_To="<two@s.example>", References="<one@s.example> <two@s.example>"))
    )
    assert said.kind is MailKind.REPLY
    assert said.references[:2] == ("<two@s.example>", "<two@s.example>")
    assert "<one@s.example>" in said.references
    assert (said.from_name, said.from_address) == ("Ann Buyer", "ap@buyer.example")
    assert said.text == "We pay on Friday."
    assert said.said_at.isoformat() == "2026-06-01T08:00:00+00:00"


def test_a_bounce_names_who_did_not_get_it_and_what():
    said = read(bounce(original="<letter@s.example>"))
    assert said.kind is MailKind.BOUNCE
    assert said.bounced == ("ap@buyer.example",)
    assert said.references[0] == "<letter@s.example>"
    assert "no such user" in said.bounce_reason


@pytest.mark.parametrize(
    "told", [{"action": "delayed"}, {"action": "failed", "status": "4.4.1"}, {"action": "relayed"}]
)
def test_a_delay_is_no_bounce(told):
    assert read(bounce(**told)).bounced == ()


def test_a_machines_answer_is_known_as_one():
    assert read(bytes(message(Auto_Submitted="auto-replied"))).kind is MailKind.AUTOMATIC
    assert read(bytes(message(Precedence="bulk"))).kind is MailKind.AUTOMATIC
    assert read(bytes(message(Auto_Submitted="no"))).kind is MailKind.REPLY


def test_html_is_read_as_text_and_nothing_in_it_is_kept():
    made = message()
    made.set_content(
        "<html><head><title>T</title><style>p{}</style></head><body><p>Dear seller,</p>"
        "<script>alert(1)</script><p>we pay <b>tomorrow</b>&nbsp;&amp; thank you.</p>"
        "<img src='https://tracker.example/x.png'></body></html>",
        subtype="html",
    )
    said = read(bytes(made))
    assert "we pay tomorrow" in said.text
    for part in ("alert", "tracker", "<", "p{}"):
        assert part not in said.text


def test_files_are_kept_by_what_they_are_and_named_without_a_path():
    made = message()
    made.add_attachment(PDF, maintype="application", subtype="pdf", filename="../../etc/note.pdf")
    made.add_attachment(b"MZ\x90\0", maintype="application", subtype="pdf", filename="bill.pdf")
    made.add_attachment(b"%PDF-" + b"0" * 5 * 2**20, maintype="a", subtype="b", filename="big.pdf")
    note, program, big = read(bytes(made)).files
    assert (note.name, note.kind, note.content) == ("note.pdf", "application/pdf", PDF)
    assert (program.content, program.left_out) == (None, LeftOut.KIND)
    assert (big.content, big.left_out) == (None, LeftOut.SIZE)
    many = message()
    for number in range(12):
        many.add_attachment(PDF, maintype="application", subtype="pdf", filename=f"{number}.pdf")
    assert [one.left_out for one in read(bytes(many)).files][-2:] == [LeftOut.NUMBER] * 2


def test_a_long_text_is_cut_and_said_to_be():
    said = read(bytes(message("x" * 60_000)))
    assert (len(said.text), said.is_cut) == (50_000, True)


def test_a_message_without_an_id_gets_one_of_its_content():
    made = message()
    del made["Message-ID"]
    one, other = read(bytes(made)), read(bytes(made))
    assert one.message_id == other.message_id
    assert one.message_id.endswith("@no-message-id>")


@given(st.binary(max_size=2000))
@settings(max_examples=200, deadline=None)
def test_anything_can_be_read(raw):
    said = read(raw)
    assert "\0" not in said.text + said.subject
    said.text.encode()
    said.subject.encode()


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_broken_message_can_be_read(data):
    whole = bytearray(data.draw(st.sampled_from([bounce(), bytes(message())])))
    for _ in range(data.draw(st.integers(1, 20))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    said = read(bytes(whole))
    said.text.encode()
    said.from_address.encode()
