"""A small real HTTP server that takes batches and answers as told, on loopback, in a thread of its own."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from collections import deque
from typing import Any

from aiohttp import web

Answer = tuple[int, dict[str, str], bytes]


class TestServer:
    """``script`` holds the answers to come (then 202); ``requests`` what came, bodies decoded."""

    __test__ = False

    def __init__(self) -> None:
        self.script: deque[Answer | str] = deque()
        self.requests: list[dict[str, Any]] = []
        self.news = threading.Condition()
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="test server")
        self.port = 0

    def __enter__(self) -> TestServer:
        self._thread.start()
        assert self._started.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ids(self) -> list[str]:
        with self.news:
            return [
                request["body"].get("source_request_id") or request["body"]["id"] for request in self.requests
            ]

    def wait_for(self, count: int) -> None:
        with self.news:
            assert self.news.wait_for(lambda: len(self.requests) >= count, 60), f"{len(self.requests)} of {count}"

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(client_max_size=1 << 30)
        app.router.add_route("*", "/{tail:.*}", self._handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port)
        await site.start()
        assert site._server is not None
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        self._started.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        data = await request.read()  # the server side of aiohttp undoes gzip
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        with self.news:
            self.requests.append(
                {"path": request.path, "headers": dict(request.headers), "body": json.loads(data or b"{}")}
            )
            answer = self.script.popleft() if self.script else (202, {}, b"")
            self.news.notify_all()
        if answer == "hang":
            assert self._stop is not None
            await self._stop.wait()
            return web.Response()
        if answer == "hang up":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        assert not isinstance(answer, str)
        status, headers, body = answer
        return web.Response(status=status, headers=headers, body=body)
