"""The door of https: so many connections at once, those whose handshake is under way or never ends among them.

asyncio's own server takes every connection and gives each a quarter of a megabyte before a byte is understood.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

_PAUSE_S = 0.5  # no file handles are left: others have to close first


class TlsDoor:
    """Takes connections of a bound socket on the running loop, at most ``most`` at once; one more is closed.

    ``protocol`` makes what speaks on each, its handshake may take ``handshake_s``.
    """

    def __init__(
        self,
        sock: socket.socket,
        protocol: Callable[[], asyncio.BaseProtocol],
        context: ssl.SSLContext,
        most: int,
        handshake_s: float,
    ) -> None:
        self._sock = sock
        self._protocol = protocol
        self._context = context
        self._most = most
        self._handshake_s = handshake_s
        self._loop = asyncio.get_running_loop()
        self._inside: set[socket.socket] = set()
        self._greeted: set[asyncio.Task[None]] = set()
        sock.setblocking(False)
        self._taking = self._loop.create_task(self._take())

    async def close(self) -> None:
        """Take no more connections; those under way are let go, those that stand stay."""
        tasks = [self._taking, *self._greeted]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self) -> None:
        while True:
            try:
                client, _ = await self._loop.sock_accept(self._sock)
            except OSError:
                await asyncio.sleep(_PAUSE_S)
                continue
            self._inside = {one for one in self._inside if one.fileno() >= 0}
            if len(self._inside) >= self._most:
                client.close()
                continue
            self._inside.add(client)
            task = self._loop.create_task(self._greet(client))
            self._greeted.add(task)
            task.add_done_callback(self._greeted.discard)

    async def _greet(self, client: socket.socket) -> None:
        with suppress(OSError, TimeoutError):  # ssl's errors are among them
            await self._loop.connect_accepted_socket(
                self._protocol, client, ssl=self._context, ssl_handshake_timeout=self._handshake_s
            )
            return
        client.close()
