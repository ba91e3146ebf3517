"""The collector: a loopback server that real SDKs accept in place of mParticle's.

It runs on whatever event loop calls it. Hostile ground: every size, number and time is bounded, and each
request gets the status that fits. Nothing is answered before it is kept.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

from inspector.journal.errors import JournalError
from inspector.server import pages
from inspector.server.answers import Answers
from inspector.server.certificate import Certificate
from inspector.server.hosts import is_answered
from inspector.server.keeping import Keeper
from inspector.server.replies import Reply, errors, reply_to
from inspector.server.routes import Route, route_of
from inspector.server.sockets import Places
from inspector.server.tls import TlsDoor
from inspector.wire.bodies import BodyError, read_json
from inspector.wire.exchange import Exchange
from inspector.wire.kept import NO_SUCH_PATH

_quiet = logging.getLogger("inspector.collector.http")
_quiet.setLevel(logging.CRITICAL)  # what a client does wrong is answered, not logged
# Headers that say who a person is elsewhere, and never what an SDK did.
_NOT_KEPT = frozenset({"cookie", "authorization", "proxy-authorization"})
_NOT_OURS = "this collector answers to localhost only; to use another name, add it with --host"
_BUSY = "the collector is busy with other requests; try again in a second"


class Limits(msgspec.Struct, frozen=True):
    """What one client, and all together, may take: bytes of a body, seconds, connections.

    One of https costs a quarter of a megabyte from its first byte on, so of those there may be fewer.
    """

    body_bytes: int = 4 * 2**20
    all_bodies_bytes: int = 48 * 2**20
    header_s: float = 20.0
    body_s: float = 30.0
    connections: int = 1_200
    tls_connections: int = 300


class Kept(msgspec.Struct, frozen=True):
    """An exchange with the place at which it is kept: the file, where its line begins and how long it is."""

    exchange: Exchange
    path: Path
    at: int
    size: int


class _Refused(Exception):  # noqa: N818 - an answer, not an error of ours
    """A request that is refused with a status and a sentence."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers


class Collector:
    """The server. ``answers`` may be replaced at any time; ``on_kept`` is called with each exchange kept.

    ``held`` is how many bytes of bodies are in hand now. ``unkept`` counts requests that could not be kept and
    were answered 503, so that the SDK sends them again; ``trouble`` says why the last could not.
    """

    def __init__(
        self,
        keeper: Keeper,
        *,
        answers: Answers = Answers(),  # noqa: B008 - an immutable value
        limits: Limits = Limits(),  # noqa: B008 - an immutable value
        names: Sequence[str] = (),
        certificate: Certificate | None = None,
        on_kept: Callable[[Kept], None] = lambda kept: None,
    ) -> None:
        self.answers = answers
        self.unkept = 0
        self.trouble = ""
        self.places: Places | None = None
        self._keeper = keeper
        self.limits = limits
        self._names = frozenset(names)
        self._certificate = certificate
        self._on_kept = on_kept
        self.held = 0
        self._server: _Server | None = None
        self._listening: list[asyncio.Server] = []
        self._secure: list[TlsDoor] = []

    async def start(self, places: Places) -> None:
        """Listen on sockets that are bound already. Raises OSError if the certificate cannot be loaded."""
        loop = asyncio.get_running_loop()
        self.places = places
        self._server = _Server(
            self._handle,
            limit=self.limits.connections,
            keepalive_timeout=self.limits.header_s,
            lingering_time=2.0,
            read_bufsize=2**14,
            auto_decompress=False,
            access_log=None,
            logger=_quiet,
        )
        context = self._certificate.context() if self._certificate is not None and places.https else None
        for sock in places.http_sockets:
            self._listening.append(await loop.create_server(self._server, sock=sock, backlog=1024))
        for sock in places.https_sockets:
            assert context is not None  # there is no place for https without a certificate
            self._secure.append(
                TlsDoor(sock, self._server, context, self.limits.tls_connections, self.limits.header_s)
            )

    async def stop(self) -> None:
        """Listen no longer, let requests in hand be answered for a moment, close."""
        for listening in self._listening:
            listening.close()
        self._listening.clear()
        for door in self._secure:
            await door.close()
        self._secure.clear()
        if self._server is not None:
            await self._server.shutdown(1.0)

    # --- a request -----------------------------------------------------------------------------------

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            return await self._answer(request)
        except _Refused as refused:
            return _response(Reply(refused.status, errors(str(refused))), request, refused.headers, close=True)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        host = request.headers.getall(hdrs.HOST, [])
        if len(host) != 1 or not is_answered(host[0], self._names):
            raise _Refused(421, _NOT_OURS)
        path = request.raw_path.partition("?")[0] if request.raw_path.startswith("/") else request.path
        if "://" in request.raw_path and not is_answered(request.url.authority, self._names):
            raise _Refused(421, _NOT_OURS)
        if request.method in (hdrs.METH_GET, hdrs.METH_HEAD):
            page = self._page(path)
            if page is not None:
                return page
        route = route_of(path)
        if request.method == hdrs.METH_OPTIONS and route is not None:
            return _preflight(request, route)
        began_ms = time.time_ns() // 1_000_000
        room = _Room(self)
        try:
            body, refused = b"", None
            try:
                if request.method in (hdrs.METH_POST, hdrs.METH_PUT, hdrs.METH_PATCH):
                    body = await self._body(request, room)
                reply, answers = self._reply(route, request, body, began_ms)
            except _Refused as error:
                refused = error
                reply, answers = Reply(error.status, errors(str(error))), Answers()
            return await self._finish(request, route, body, reply, answers, refused, began_ms)
        finally:
            room.leave()

    async def _body(self, request: web.BaseRequest, room: "_Room") -> bytes:
        """Return the body as sent, within bounds of size and time. Raises _Refused."""
        limits = self.limits
        declared = request.content_length or 0
        if declared > limits.body_bytes:
            raise _Refused(413, f"the body has {declared:,} bytes; at most {limits.body_bytes:,} are taken")
        parts: list[bytes] = []
        try:
            async with asyncio.timeout(limits.body_s):
                async for part in request.content.iter_any():
                    parts.append(part)
                    room.take(len(part))
        except TimeoutError:
            came = sum(map(len, parts))
            raise _Refused(
                408,
                f"after {limits.body_s:g} s the body is not whole: {came:,} bytes came"
                + (f" of {declared:,} declared" if declared else ""),
            ) from None
        except (web.RequestPayloadError, HttpProcessingError) as error:
            raise _Refused(400, f"the body cannot be read: {' '.join(str(error).split())[:200]}") from None
        return b"".join(parts)

    def _reply(
        self, route: Route | None, request: web.BaseRequest, body: bytes, now_ms: int
    ) -> tuple[Reply, Answers]:
        """Return the reply to a request and the settable answers that hold for it. Raises _Refused."""
        if route is None:
            raise _Refused(404, f"{NO_SUCH_PATH}; the page at / says which URLs to give to which SDK")
        if request.method != route.method:
            allow = {hdrs.ALLOW: f"{route.method}, OPTIONS"}
            raise _Refused(405, f"this path takes {route.method} only", **allow)
        answers = self.answers
        value: Any = None
        if route.method == "POST":
            try:
                value = read_json(body, {"content-encoding": request.headers.get(hdrs.CONTENT_ENCODING, "")})
            except BodyError as error:
                raise _Refused(error.status, str(error)) from None
            if not isinstance(value, list if route.kind == "events_bulk" else dict):
                wanted = "a list of batches" if route.kind == "events_bulk" else "an object"
                raise _Refused(400, f"the body must be {wanted}")
        usual = reply_to(route, value, answers, now_ms=now_ms)
        if not answers.holds_for(route.concern):
            return usual, Answers()
        if answers.status > 0 and answers.status // 100 != usual.status // 100:
            usual = Reply(answers.status, errors("this answer was asked for in the collector", "ASKED_FOR"))
        elif answers.status > 0:
            usual = Reply(answers.status, b"" if answers.status in (204, 304) else usual.body)
        return usual, answers

    async def _finish(
        self,
        request: web.BaseRequest,
        route: Route | None,
        body: bytes,
        reply: Reply,
        answers: Answers,
        refused: _Refused | None,
        began_ms: int,
    ) -> web.StreamResponse:
        """Keep the exchange, then answer it, as late and as wrong as was asked for."""
        if answers.delay_ms:
            await asyncio.sleep(answers.delay_ms / 1000)
        gone = request.transport is None or request.transport.is_closing()
        dropped = answers.status < 0
        # A path that no SDK asks for is kept too: an SDK that is pointed here wrongly has to be seen.
        if route is not None or not _is_browsers(request.raw_path):
            unsent = gone or dropped
            exchange = Exchange(
                at_ms=began_ms,
                method=request.method,
                url=_url(request),
                headers=_headers(request),
                body=body,
                status=None if unsent else reply.status,
                answer=b"" if unsent else reply.body,
                source="collector",
            )
            try:
                kept = Kept(exchange, *self._keeper.keep(exchange))
            except JournalError as error:
                self.unkept += 1
                self.trouble = str(error)
                raise _Refused(503, f"not kept: {error}", **{hdrs.RETRY_AFTER: "5"}) from None
            self._on_kept(kept)
        if dropped and request.transport is not None:
            request.transport.abort()
        headers = dict(refused.headers) if refused is not None else {}
        if answers.retry_after:
            headers[hdrs.RETRY_AFTER] = answers.retry_after
        close = refused is not None and not request.content.is_eof()
        return _response(reply, request, headers, close=close)

    def _page(self, path: str) -> web.StreamResponse | None:
        """Return a page of the collector's own, None where the path is none."""
        places = self.places
        if places is None:
            return None
        if path == "/":
            text = pages.as_html(pages.Facts(places.http, places.https, self._certificate is not None))
            return web.Response(text=text, content_type="text/html", headers=pages.HEADERS)
        if self._certificate is not None and path in ("/certificate.pem", "/certificate.crt"):
            try:
                if path.endswith(".pem"):
                    return web.Response(body=self._certificate.root_pem(), content_type="application/x-pem-file")
                data = self._certificate.root_der()
            except OSError as error:
                raise _Refused(500, f"the certificate cannot be read: {error.strerror}") from None
            return web.Response(body=data, content_type="application/x-x509-ca-cert")
        return None


class _Room:
    """The bytes that one request holds of the room that all share."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._size = 0

    def take(self, size: int) -> None:
        """Take room for bytes that came. Raises _Refused for a body too large, or when there is none left."""
        limits = self._collector.limits
        self._size += size
        self._collector.held += size
        if self._size > limits.body_bytes:
            raise _Refused(413, f"the body has more than {limits.body_bytes:,} bytes")
        if self._collector.held > limits.all_bodies_bytes:
            raise _Refused(503, _BUSY, **{hdrs.RETRY_AFTER: "1"})

    def leave(self) -> None:
        """Give back what was taken."""
        self._collector.held -= self._size
        self._size = 0


class _Server(web.Server):
    """aiohttp's server with a bound on connections: one more is told so and closed."""

    def __init__(self, handler: Any, *, limit: int, **options: Any) -> None:
        super().__init__(handler, **options)
        self._limit = limit

    def connection_made(self, handler: Any, transport: asyncio.Transport) -> None:
        """Take a connection, or refuse it."""
        super().connection_made(handler, transport)
        if len(self._connections) > self._limit:
            transport.write(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")
            self._loop.call_soon(transport.close)  # not before aiohttp has begun with it


def _is_browsers(path: str) -> bool:
    """Return whether a browser asks for a path by itself when someone looks at the pages here."""
    return path.startswith(("/favicon", "/robots.txt", "/apple-touch-icon", "/.well-known/"))


def _preflight(request: web.BaseRequest, route: Route) -> web.StreamResponse:
    """Return what a browser asks before it lets a page send a header of the SDK's."""
    asked = request.headers.get(hdrs.ACCESS_CONTROL_REQUEST_HEADERS, "")
    headers: dict[str, str] = {
        hdrs.ACCESS_CONTROL_ALLOW_METHODS: f"{route.method}, OPTIONS",
        hdrs.ACCESS_CONTROL_ALLOW_HEADERS: _text(asked[:1000]) or "content-type, x-mp-key",
        hdrs.ACCESS_CONTROL_MAX_AGE: "600",
    }
    if request.headers.get("Access-Control-Request-Private-Network") == "true":
        headers["Access-Control-Allow-Private-Network"] = "true"
    return _response(Reply(204), request, headers)


def _response(
    reply: Reply, request: web.BaseRequest, headers: dict[str, str], *, close: bool = False
) -> web.Response:
    """Return a response that any page may read: there is nothing in it that belongs to anybody."""
    origin = _text(request.headers.get(hdrs.ORIGIN, ""))
    if origin:
        headers = {
            **headers,
            hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: origin,
            hdrs.ACCESS_CONTROL_EXPOSE_HEADERS: hdrs.RETRY_AFTER,
            hdrs.VARY: hdrs.ORIGIN,
        }
    response = web.Response(status=reply.status, body=reply.body or None, headers=headers)
    if reply.body:
        response.content_type = "application/json"
    if close:
        response.force_close()
    return response


def _url(request: web.BaseRequest) -> str:
    transport = request.transport
    scheme = "https" if transport is not None and transport.get_extra_info("sslcontext") else "http"
    path = request.raw_path if request.raw_path.startswith("/") else request.rel_url.raw_path_qs
    return _text(f"{scheme}://{request.headers.get(hdrs.HOST, 'localhost')}{path}")


def _headers(request: web.BaseRequest) -> dict[str, str]:
    kept = ((name.lower(), _text(value)) for name, value in request.headers.items())
    return {name: value for name, value in kept if name not in _NOT_KEPT}


def _text(raw: str) -> str:
    """Return what came as bytes that are no UTF-8 (surrogates here) so that it can be written."""
    return raw.encode("utf-8", "replace").decode()
