"""mitmproxy's flow files, read without mitmproxy: they are tnetstrings, a plain format.

mitmproxy itself pins an older cryptography than the collector needs and could not be installed beside it; the
format (``tnetstrings.info``; a flow is a map with ``type``, ``request``, ``response``) has been stable since
version 0.18, and the tests hold the reading against what mitmproxy itself reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inspector.captures.account import Account
from inspector.captures.reader import Item
from inspector.captures.urls import is_worth
from inspector.wire.exchange import Exchange

MAX_FLOW_BYTES = 64 << 20
_MAX_DEPTH = 64
_MAX_HEAD = 12
NO_FLOW = "no flow of mitmproxy; a file written by mitmdump -w or by Save in mitmproxy is wanted"
CUT = "a flow that is cut: the file ends within it"
TOO_LARGE = f"a flow of more than {MAX_FLOW_BYTES >> 20} MB; no SDK sends such a request"
NO_REQUEST = "a flow of http without a request that can be read"


class NetstringError(ValueError):
    """Bytes that are no tnetstring."""


class FlowsReader:
    """Reads flows as they come. ``line`` in the account is the flow's number: the file has no lines."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._buffer = bytearray()
        self._skip = 0
        self._number = 0
        self._broken = False

    def feed(self, block: bytes) -> Iterator[Item]:
        """Take a piece; yield the exchanges that became whole."""
        if self._broken:
            return
        if self._skip:
            gone = min(self._skip, len(block))
            self._skip -= gone
            block = block[gone:]
        self._buffer += block
        start = 0
        while not self._skip and (length := self._length(start)) is not None:
            begin, end = length
            self._number += 1
            if end - start > MAX_FLOW_BYTES:
                self._account.miss(self._number, TOO_LARGE)
                gone = min(end, len(self._buffer))
                self._skip, start = end - gone, gone
                continue
            if end > len(self._buffer):
                self._number -= 1
                break
            exchange = self._flow(bytes(self._buffer[begin:end]))
            start = end
            if exchange is not None:
                yield exchange
        del self._buffer[:start]

    def idle(self) -> Iterator[Item]:
        """Nothing is held back."""
        yield from ()

    def finish(self) -> Iterator[Item]:
        """Say what is missing."""
        if self._buffer or self._skip:
            self._account.miss(self._number + 1, CUT)
        yield from ()

    def _length(self, start: int) -> tuple[int, int] | None:
        """Return where the next flow's value begins and where it ends with its type; None if that is not here."""
        colon = self._buffer.find(b":", start, start + _MAX_HEAD)
        if colon < 0:
            if len(self._buffer) - start >= _MAX_HEAD:
                self._break(start)
            return None
        digits = bytes(self._buffer[start:colon])
        if not digits.isdigit():
            self._break(start)
            return None
        return colon + 1, colon + 1 + int(digits) + 1

    def _break(self, start: int) -> None:
        self._account.miss(self._number + 1, NO_FLOW, bytes(self._buffer[start : start + 60]))
        self._broken = True
        self._buffer.clear()

    def _flow(self, value: bytes) -> Exchange | None:
        try:
            flow = _value(value, 0, len(value) - 1, value[-1:], 0)
        except (NetstringError, ValueError):
            self._account.miss(self._number, NO_FLOW, value)
            return None
        if not isinstance(flow, dict):
            self._account.miss(self._number, NO_FLOW, value)
            return None
        if flow.get("type") != "http":
            return None
        request = flow.get("request")
        if not isinstance(request, dict):
            self._account.miss(self._number, NO_REQUEST, value)
            return None
        url = _url(request)
        if not is_worth(url):
            return None
        response = flow.get("response")
        response = response if isinstance(response, dict) else {}
        began = request.get("timestamp_start")
        status, content, answer = response.get("status_code"), request.get("content"), response.get("content")
        at_ms = round(began * 1000) if isinstance(began, int | float) and 0 <= began < 1e11 else 0
        return Exchange(
            at_ms=at_ms,
            method=_text(request.get("method")).upper() or "GET",
            url=url,
            headers=_headers(request.get("headers")),
            body=content if isinstance(content, bytes) else b"",
            status=status if isinstance(status, int) and 100 <= status <= 999 else None,
            answer=answer if isinstance(answer, bytes) else b"",
            source=f"{self._account.file}, flow {self._number}",
            clock="certain" if at_ms else "none",
        )


def _url(request: dict[str, Any]) -> str:
    host, port, scheme = _text(request.get("host")), request.get("port"), _text(request.get("scheme")) or "https"
    place = host if port in (None, 443 if scheme == "https" else 80) else f"{host}:{port}"
    path = _text(request.get("path"))
    return path if "://" in path[:10] else f"{scheme}://{place}{path}"


def _headers(listed: Any) -> dict[str, str]:
    headers: dict[str, str] = {}
    for pair in listed if isinstance(listed, list) else []:
        if isinstance(pair, list) and len(pair) == 2 and len(headers) < 200:
            headers[_text(pair[0]).lower()] = _text(pair[1])
    return headers


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


def _value(data: bytes, start: int, end: int, kind: bytes, depth: int) -> Any:
    """Return the value in ``data[start:end]`` by its type byte. Raises NetstringError, ValueError."""
    if depth > _MAX_DEPTH:
        raise NetstringError
    if kind == b",":
        return data[start:end]
    if kind == b";":
        return data[start:end].decode("utf-8", "replace")
    if kind == b"#":
        if end - start > 400:
            raise NetstringError
        return int(data[start:end])
    if kind == b"^":
        return float(data[start:end])
    if kind == b"!":
        return data[start:end] == b"true"
    if kind == b"~":
        return None
    if kind == b"]":
        return list(_items(data, start, end, depth + 1))
    if kind == b"}":
        items = list(_items(data, start, end, depth + 1))
        if len(items) % 2:
            raise NetstringError
        return {_text(key): value for key, value in zip(items[::2], items[1::2], strict=True)}
    raise NetstringError


def _items(data: bytes, start: int, end: int, depth: int) -> Iterator[Any]:
    while start < end:
        colon = data.find(b":", start, min(end, start + _MAX_HEAD))
        if colon < 0 or not data[start:colon].isdigit():
            raise NetstringError
        stop = colon + 1 + int(data[start:colon])
        if stop >= end:
            raise NetstringError
        yield _value(data, colon + 1, stop, data[stop : stop + 1], depth)
        start = stop + 1
