"""The processes that serve: one socket, one application each, looked after by granian."""

from __future__ import annotations

import socket
from typing import Any

from granian import net
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

APPLICATION = "netterms.doors.gateway.asgi:application"
# Connections that one process holds open at once; more wait in the socket's queue.
MOST_CONNECTIONS = 1024


class Server(MPServer):
    """Granian on a socket that listens already.

    Its own way is one socket a process on the same port: then a second server could take the port
    too, and connections that wait for a process that died would be lost.
    """

    def __init__(self, listening: socket.socket, workers: int, longest_stop: int) -> None:
        super().__init__(
            APPLICATION,
            interface=Interfaces.ASGI,
            workers=workers,
            websockets=False,
            backpressure=MOST_CONNECTIONS,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=longest_stop,
        )
        self._listening = listening

    def _init_shared_socket(self) -> None:
        self._sso = self._listening
        self._sso.set_inheritable(True)
        # A number, not in the file system, length of its queue: the types do not tell.
        holder: Any = net
        self._shd = holder.SocketHolder(self._sso.fileno(), False, self.backlog)
        self._ssp = None
