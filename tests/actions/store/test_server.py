"""The embedded server: one per folder, stopped by the last to leave, back after any crash."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Timer

import psutil
import psycopg
import pytest

from netterms.store import server
from netterms.store.settings import shared_buffers

JOIN = """
import sys
from pathlib import Path
from netterms.store import server
print(server.start(Path(sys.argv[1])).pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    # The folder is short: a socket's path must be.
    folder = Path(tempfile.mkdtemp(prefix="nt-s-"))
    yield folder
    server.leave(folder)
    shutil.rmtree(folder, ignore_errors=True)


def joined(home: Path) -> tuple[subprocess.Popen, int]:
    """Another process that uses the server until its input ends; and the server's number."""
    process = subprocess.Popen(
        [sys.executable, "-c", JOIN, str(home)],
        text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    return process, int(process.stdout.readline())


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def ends(pid: int) -> bool:
    """Whether it is gone soon: who stops a server hears of it a moment before its last breath."""
    until = time.monotonic() + 10
    while lives(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not lives(pid)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert ends(pid)


def answers(home: Path) -> bool:
    running = server.start(home)
    with psycopg.connect(
        host=running.host, port=running.port, user=server.APP_ROLE, dbname=server.DATABASE
    ) as database:
        return database.execute("select 1").fetchone() == (1,)


def test_one_server_for_all_and_the_last_stops_it(home):
    first = server.start(home)
    assert server.start(home) is first
    other, pid = joined(home)
    with other:
        assert pid == first.pid
        server.leave(home)
        assert lives(pid)
        other.stdin.close()
        other.wait(30)
    assert ends(pid)


def test_a_killed_user_does_not_keep_the_server(home):
    other, pid = joined(home)
    with other:
        other.kill()
        other.wait(10)
    assert server.start(home).pid == pid
    server.leave(home)
    assert ends(pid)


def test_a_killed_server_comes_back_with_its_data(home):
    running = server.start(home)
    with psycopg.connect(
        host=running.host, port=running.port, user=server.OWNER_ROLE, dbname=server.DATABASE
    ) as database:
        database.execute("create table kept (n int)")
        database.execute("insert into kept values (7)")
    kill(running.pid)
    again = server.start(home)
    assert again.pid != running.pid
    with psycopg.connect(
        host=again.host, port=again.port, user=server.OWNER_ROLE, dbname=server.DATABASE
    ) as database:
        assert database.execute("select n from kept").fetchone() == (7,)


def test_a_stale_number_of_another_program(home):
    running = server.start(home)
    kill(running.pid)
    file = home / "pg" / "postmaster.pid"
    # The number now belongs to this test, which is no database.
    file.write_text(file.read_text().replace(str(running.pid), str(os.getpid()), 1))
    assert answers(home)


def test_two_who_start_at_once_share_one(home):
    one, first = joined(home)
    other, second = joined(home)
    with one, other:
        assert first == second
        one.stdin.close()
        other.stdin.close()


def test_a_locale_nobody_installed(home):
    script = JOIN.replace("sys.stdin.read()", "")
    done = subprocess.run(
        [sys.executable, "-c", script, str(home)],
        env=os.environ | {"LANG": "xx_XX.UTF-8", "LC_ALL": "xx_XX.UTF-8"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_threads_that_revive_a_dead_server_at_once_start_one(home):
    kill(server.start(home).pid)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(server.start, [home] * 4))
    assert len({running.pid for running in found}) == 1
    assert "already exists" not in (home / "pg" / "log").read_text()
    assert answers(home)


def test_a_dead_server_is_started_by_one_thread_for_all_who_reach_for_it(home, monkeypatch):
    running = server.start(home)
    assert server.reach(home) is running
    ready, may_start = server._ready, threading.Event()
    # A lock between processes would not hold up a thread of this one.
    monkeypatch.setattr(server, "_ready", lambda data: may_start.wait() and ready(data))
    kill(running.pid)
    threads = threading.active_count()
    for _ in range(5):
        with pytest.raises(server.ServerAwayError):
            server.reach(home, 0.1)
    assert threading.active_count() == threads + 1
    may_start.set()
    again = server.reach(home, 60)
    assert again.pid != running.pid
    assert answers(home)
    assert server.reach(home) is again


def test_a_server_that_does_not_start_is_away_and_is_tried_anew(home):
    kill(server.start(home).pid)
    version = home / "pg" / "PG_VERSION"
    right = version.read_text()
    version.write_text("1")
    with pytest.raises(server.ServerAwayError):
        server.reach(home, 60)
    version.write_text(right)
    assert server.reach(home, 60).lives


def test_a_server_that_recovers_is_waited_for(home):
    running = server.start(home)
    where = {"host": running.host, "port": running.port, "user": "postgres", "dbname": "postgres"}
    with psycopg.connect(**where) as database:
        os.kill(database.info.backend_pid, signal.SIGKILL)
    refused, until = False, time.monotonic() + 30
    while not refused and time.monotonic() < until:
        try:
            psycopg.connect(**where).close()
        except psycopg.OperationalError:
            refused = True
            server._connected(running).close()
    assert refused


def test_a_server_that_recovers_stops_when_its_last_user_leaves(home):
    for _ in range(5):
        running = server.start(home)
        with psycopg.connect(
            host=running.host, port=running.port, user="postgres", dbname="postgres"
        ) as database:
            os.kill(database.info.backend_pid, signal.SIGKILL)
        began = time.monotonic()
        server.leave(home)
        assert ends(running.pid)
        # The package stops to wait, and kills the server, only after a minute.
        assert time.monotonic() - began < 30


def test_a_server_that_still_writes_a_checkpoint_is_let_finish(home, monkeypatch):
    """Only that of the shutdown itself says so in its title: another looks like an idle process."""
    monkeypatch.setattr(server, "STANDSTILL_SECONDS", 0.15)
    running = server.start(home)
    where = {"host": running.host, "port": running.port, "user": "postgres", "dbname": "postgres"}
    with psycopg.connect(**where, autocommit=True) as database:
        database.execute("create table much as select n from generate_series(1, 6000000) n")
    writing = threading.Thread(target=checkpoint, args=(where,))
    writing.start()
    time.sleep(0.1)
    server.leave(home)
    writing.join()
    assert "immediate shutdown" not in (home / "pg" / "log").read_text()
    assert answers(home)


def checkpoint(where: dict[str, str]) -> None:
    # The shutdown ends the session before it is done.
    with suppress(psycopg.OperationalError), psycopg.connect(**where, autocommit=True) as database:
        database.execute("checkpoint")


def test_a_server_that_dies_while_a_process_joins_it_is_started_again(home):
    running = server.start(home)
    for milliseconds in (1, 4, 8, 12, 16):
        death = Timer(milliseconds / 1000, os.kill, (running.pid, signal.SIGKILL))
        death.start()
        server._ready(home / "pg")
        death.join()
        assert ends(running.pid)
        running = server.start(home)
        assert answers(home)


def test_shared_buffers_are_a_quarter_of_the_memory_within_bounds():
    gib = 2**30
    assert [shared_buffers(n) for n in (gib // 4, 4 * gib, 8 * gib, 64 * gib)] == [
        "128MB",
        "1024MB",
        "2048MB",
        "8192MB",
    ]
