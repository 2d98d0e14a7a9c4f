"""A real IMAP server, Dovecot, in a folder of its own; skips where there is none."""

from __future__ import annotations

import getpass
import imaplib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import debian

USER, PASSWORD = "ar@seller.example", "secret"
DAEMON = "/usr/sbin/dovecot"
TRIES = 100


@dataclass
class Server:
    """Where it listens and whom it lets in; `certificate` is what a client must trust."""

    port: int
    tls_port: int
    certificate: Path

    def deliver(self, *messages: bytes) -> None:
        """Put messages into the mailbox, in their order."""
        connection = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        connection.login(USER, PASSWORD)
        for message in messages:
            assert connection.append("INBOX", "", "", message)[0] == "OK"
        connection.logout()

    def flags(self) -> list[bytes]:
        """Flags of every message."""
        connection = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        connection.login(USER, PASSWORD)
        connection.select("INBOX", readonly=True)
        found = connection.fetch("1:*", "(FLAGS)")[1]
        connection.logout()
        return [one for one in found if one]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that a client may be told to trust, and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out",
         str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


@contextmanager
def dovecot(folder: Path) -> Iterator[Server]:
    """Start one and end it."""
    if not Path(DAEMON).exists():
        debian.install("an IMAP server", "dovecot-imapd")
    if not Path(DAEMON).exists() or not shutil.which("openssl"):
        pytest.skip("no Dovecot on this machine (Debian: dovecot-imapd)")
    cert, key = certificate(folder)
    port, tls_port = free_port(), free_port()
    me = getpass.getuser() if os.geteuid() else "root"
    outside = "dovenull" if not os.geteuid() else me
    inside = "dovecot" if not os.geteuid() else me
    mail_user = "mail" if not os.geteuid() else me
    (folder / "mail").mkdir()
    shutil.chown(folder / "mail", mail_user)
    config = folder / "dovecot.conf"
    config.write_text(
        f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {inside}
default_login_user = {outside}
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
ssl_dh =
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/box
mail_uid = {mail_user}
mail_gid = {mail_user if mail_user != me else "users"}
first_valid_uid = 0
first_valid_gid = 0
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_user if mail_user != me else "users"} home={folder}/mail
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
"""
    )
    with (folder / "said").open("wb") as said:
        daemon = subprocess.Popen([DAEMON, "-F", "-c", str(config)], stderr=said)
    try:
        _wait(daemon, port, folder)
        yield Server(port, tls_port, cert)
    finally:
        daemon.terminate()
        daemon.wait(20)


def _wait(daemon: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    for _ in range(TRIES):
        if daemon.poll() is not None:
            said = (folder / "said").read_text()
            pytest.skip(f"Dovecot does not start here: {said.strip()[-300:]}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    log = folder / "log"
    pytest.skip(f"Dovecot does not answer: {log.read_text()[-300:] if log.exists() else ''}")
