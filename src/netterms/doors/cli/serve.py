"""`netterms serve`: the console and the API on one port, until told to stop."""

from __future__ import annotations

import errno
import signal
from typing import Annotated, Any, NoReturn

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering, open_book
from netterms.doors.cli.report import REFUSED, Screen
from netterms.site.config import config

THREADS = 8


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
) -> None:
    """Serve the console and the API. Ctrl-C or SIGTERM stops it, and the embedded database too."""
    screen = Screen()
    with answering(screen):
        open_book()
        run_server(host, port)


def run_server(host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM. A port that is taken is told, with exit code 2."""
    import waitress

    from netterms.site.wsgi import application

    screen = Screen()
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        server = waitress.create_server(
            application, host=host, port=port, threads=THREADS, ident="netterms", **_proxy()
        )
    except OSError as error:
        _refuse(screen, host, port, error)
    screen.say(
        _("Serving on %(address)s") % {"address": f"http://{_shown(host)}:{_port(server, port)}/"}
    )
    screen.out.file.flush()
    # It returns when a signal raises SystemExit in its loop, after the requests under way.
    server.run()
    server.close()
    screen.say(_("Stopped."))


def _proxy() -> dict[str, Any]:
    """Behind a proxy with TLS on this machine, its word for scheme and visitor is taken."""
    if not config().https:
        return {}
    return {
        "trusted_proxy": "127.0.0.1",
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        "clear_untrusted_proxy_headers": True,
    }


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(0)


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


def _port(server: object, asked: int) -> int:
    return int(getattr(server, "effective_port", asked))
