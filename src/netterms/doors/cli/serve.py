"""`netterms serve`: the console and the API on one port, until told to stop."""

from __future__ import annotations

import errno
import multiprocessing
import socket
import sys
from typing import Annotated, NoReturn

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering, open_book
from netterms.doors.cli.report import REFUSED, Screen

BACKLOG = 2048
MOST_WORKERS = 64
# Requests under way have a deadline of their own; what outlasts it is ended.
LONGEST_STOP_SECONDS = 30


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=MOST_WORKERS, help="Processes that serve, one a core at most.")
    ] = 1,
) -> None:
    """Serve the console and the API. Ctrl-C or SIGTERM stops it, and the embedded database too."""
    screen = Screen()
    with answering(screen):
        open_book()
        run_server(host, port, workers)


def run_server(host: str, port: int, workers: int = 1) -> None:
    """Serve until SIGINT or SIGTERM. A port that is taken is told, with exit code 2."""
    from django.db import connections

    from netterms.doors.cli.gateway import Server

    screen = Screen()
    try:
        listening = _listen(host, port)
    except OSError as error:
        _refuse(screen, host, port, error)
    # Each process opens connections of its own.
    connections.close_all()
    multiprocessing.set_start_method("spawn", force=True)
    server = Server(listening, workers, LONGEST_STOP_SECONDS)
    # Whoever comes before the processes are ready waits in the socket's own queue.
    address = f"http://{_shown(host)}:{listening.getsockname()[1]}/"
    screen.say(_("Serving on %(address)s") % {"address": address})
    screen.out.file.flush()
    server.serve()
    screen.say(_("Stopped."))


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens; OSError where it cannot."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _name, address = found[0]
    listening = socket.socket(family, kind, protocol)
    try:
        if sys.platform != "win32":
            # Connections that linger from the last run do not keep the port.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening


def _refuse(screen: Screen, host: str, port: int, error: OSError) -> NoReturn:
    facts = {"host": host, "port": port, "why": error.strerror or error}
    if error.errno == errno.EADDRINUSE:
        said = _("Port %(port)s on %(host)s is taken. Choose another with --port.")
    else:
        said = _("Cannot listen on %(host)s, port %(port)s: %(why)s.")
    screen.warn(said % facts, "bold red")
    raise typer.Exit(REFUSED) from None


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
