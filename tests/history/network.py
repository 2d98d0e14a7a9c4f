"""A network between clients and gateway that breaks on request: bytes through loopback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

PIECE = 2**16


class Network:
    """Forwards connections to wherever the gateway is now. Every method is for other threads."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._target = ("127.0.0.1", 1)
        self._open: set[asyncio.StreamWriter] = set()
        self._going: asyncio.Event = asyncio.Event()
        self._silent = False
        self._torn = 0
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def _listen(self) -> asyncio.Server:
        self._going.set()
        return await asyncio.start_server(self._serve, "127.0.0.1", 0)

    def lead_to(self, address: str) -> None:
        """New connections go to `address`."""
        place = urlsplit(address)
        self._target = str(place.hostname), int(place.port or 80)

    def cut(self) -> None:
        """Every open connection breaks off."""
        self._loop.call_soon_threadsafe(self._abort)

    def stall(self, seconds: float) -> None:
        """Nothing moves for so long."""
        self._for(seconds, self._going.clear, self._going.set)

    def silence(self, seconds: float) -> None:
        """Requests arrive, answers are lost; then the connections break off."""

        def begin() -> None:
            self._silent = True

        def end() -> None:
            self._silent = False
            self._abort()

        self._for(seconds, begin, end)

    def tear(self, answers: int) -> None:
        """The next so many answers break off in the middle."""

        def begin() -> None:
            self._torn = answers

        self._loop.call_soon_threadsafe(begin)

    def close(self) -> None:
        async def end() -> None:
            self._server.close()
            self._abort()
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _for(self, seconds: float, begin: Callable[[], None], end: Callable[[], None]) -> None:
        self._loop.call_soon_threadsafe(begin)
        self._loop.call_soon_threadsafe(self._loop.call_later, seconds, end)

    def _abort(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            back, forth = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, forth}
        self._open |= both
        pumps = [
            asyncio.create_task(self._pump(reader, forth, answers=False)),
            asyncio.create_task(self._pump(back, writer, answers=True)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            for end in both:
                end.transport.abort()
            self._open -= both

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        with suppress(OSError):
            while piece := await reader.read(PIECE):
                await self._going.wait()
                if answers and self._silent:
                    continue
                if answers and self._torn:
                    self._torn -= 1
                    writer.write(piece[: len(piece) // 2])
                    await writer.drain()
                    return
                writer.write(piece)
                await writer.drain()
