"""A database that was killed comes back by itself; until then pages and answers say so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fasteners
import psutil
import pytest
from django.db import connections

from netterms.access.actions import create_key
from netterms.store import server
from tests.doors.gateway.servers import Caller, Said, serving

pytestmark = pytest.mark.faults

LONGEST = 60
CALLERS = 6


@pytest.fixture
def dead(database: Path) -> Iterator[fasteners.InterProcessLock]:
    """Kills the database; nobody can start it before the lock is released."""
    keeping = fasteners.InterProcessLock(database / "start.lock")
    with keeping:
        postmaster = psutil.Process(server.start(database).pid)
        backends = postmaster.children()
        postmaster.kill()
        # They answer what they were asked until they see that they are alone.
        psutil.wait_procs(backends)
        connections.close_all()
        yield keeping
    server.start(database)


@pytest.fixture
def visitors(new_seller, signed_in, database) -> Iterator[dict[str, Caller]]:
    """A page and an answer of the API, asked of two serving processes that were used before."""
    ctx = new_seller()
    client = signed_in(ctx, language="zh-hans")
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    secret = create_key(ctx, "away", ["read"])
    connections.close_all()
    with serving(database, workers=2) as running:
        page = Caller(running.address, "", {"authorization": "-", "cookie": cookie})
        found = {"/ageing/": page, "/v1/ageing": Caller(running.address, secret)}
        for path in (*found,) * CALLERS:
            assert found[path].send("GET", path).status == 200
        yield found


def ask_all(visitors: dict[str, Caller], **headers: str) -> dict[str, list[Said]]:
    """What each is answered when all ask at once."""
    with ThreadPoolExecutor(2 * CALLERS) as pool:
        asked = {
            path: [pool.submit(caller.send, "GET", path, **headers) for _ in range(CALLERS)]
            for path, caller in visitors.items()
        }
        return {path: [one.result() for one in answers] for path, answers in asked.items()}


def test_a_killed_database_comes_back_for_pages_and_answers(visitors, dead, database):
    dead.release()
    began, statuses = time.monotonic(), set()
    while statuses != {200} and time.monotonic() - began < LONGEST:
        answers = ask_all(visitors)
        statuses = {said.status for found in answers.values() for said in found}
        assert statuses <= {200, 503}
    assert statuses == {200}
    folder = (database / "pg").resolve()
    assert sum(is_postmaster(process, folder) for process in psutil.process_iter()) == 1
    dead.acquire()


def is_postmaster(process: psutil.Process, folder: Path) -> bool:
    try:
        return str(folder) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def test_until_then_a_page_and_a_problem_say_when_to_come_back(visitors, dead):
    answers = ask_all(visitors, **{"accept-language": "zh-hans"})
    for said in (said for found in answers.values() for said in found):
        assert said.status == 503
        assert int(said.headers["retry-after"]) > 0
    page, problem = answers["/ageing/"][0], answers["/v1/ageing"][0]
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"]
    assert "数据库" in page.body.decode()
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.body["code"] == "busy"
    assert problem.body["status"] == 503
