"""What is sent to the console: nobody waits for who sends slowly, and strangers send no files."""

from __future__ import annotations

import re
import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest

from netterms.doors.gateway.rest import THREADS
from tests.doors.conftest import PASSWORD

# As many as answer at `address`.
PROCESSES = 2
FORM = b"Content-Type: multipart/form-data; boundary=b\r\nCookie: csrftoken=" + b"a" * 32 + b"\r\n"
PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
BEGUN = b"Content-Length: 1073741824\r\n\r\n" + PART
PIECE = b"%x\r\n%b\r\n" % (2**20, b"x" * 2**20)
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n" + PIECE * 2


def send(address: str, path: str, rest: bytes) -> socket.socket:
    place = urlsplit(address)
    sender = socket.create_connection((place.hostname, place.port), timeout=20)
    sender.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\n".encode() + FORM + rest)
    return sender


def test_who_sends_slowly_keeps_nobody_waiting(address):
    with ExitStack() as stack:
        for _ in range(PROCESSES * THREADS + 8):
            begun = b"Content-Length: 1000\r\n\r\na"
            stack.enter_context(send(address, "/accounts/login/", begun))
        for _ in range(4):
            said = httpx.get(f"{address}/accounts/login/", headers={"Host": "localhost"})
            assert said.status_code == 200


@pytest.mark.parametrize("path", ["/accounts/login/", "/bank/upload/"])
@pytest.mark.parametrize("rest", [BEGUN, CHUNKED], ids=["told", "in pieces"])
def test_a_strangers_file_is_not_read(address, path, rest):
    with send(address, path, rest) as sender:
        assert sender.recv(100).startswith(b"HTTP/1.1 403")


def test_a_member_sends_a_file(shop, person, address):
    user = person(shop.ctx)
    with httpx.Client(base_url=address.replace("127.0.0.1", "localhost")) as client:
        client.get("/accounts/login/")
        token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
        client.post("/accounts/login/", data={"login": user.email, "password": PASSWORD, **token})
        page = client.get("/bank/").text
        token = {"csrfmiddlewaretoken": re.search(r'csrfmiddlewaretoken" value="(\w+)', page)[1]}
        files = {"file": ("may.txt", b"\xff\xd8\xff" * 2**20)}
        said = client.post("/bank/upload/", data=token, files=files)
        assert said.status_code == 302
