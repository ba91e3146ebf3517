"""HAR 1.2, as Chrome, Charles, Proxyman and others write it, one entry at a time.

A library would parse the whole file first; a HAR of a day's browsing has hundreds of megabytes and a cut one
would yield nothing. Only ``log.entries`` is kept, an entry at a time, however large the rest is.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

import msgspec

from inspector.captures.account import Account
from inspector.captures.clocks import iso_ms
from inspector.captures.reader import Item
from inspector.captures.scan import NOT_JSON, JsonScanner, Part, Path
from inspector.captures.urls import is_worth
from inspector.wire.exchange import Exchange

_ENTRIES = ("log", "entries", "*")
_CREATOR = ("log", "creator")
TOO_LARGE = "an entry of more than 32 MB; no SDK sends such a request"
NO_ENTRY = "no entry of a HAR: request with method and url, and startedDateTime, are wanted"
NO_TIME = "an entry whose startedDateTime is no ISO 8601 time, such as 2026-05-01T12:00:00.000Z"
LOST = (
    "a packed body that the HAR lost: its bytes were written as text; capture with a tool that keeps them "
    "(mitmproxy)"
)
BAD_BASE64 = "a body said to be base64 that is none"
NO_BODY = "a request with a length but no body in the HAR; save it with content"
_GZIP = "\x1f\x8b"


class HarReader:
    """Reads a HAR."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._scanner = JsonScanner(self._wanted)
        self._entries = 0

    @staticmethod
    def _wanted(path: Path) -> bool:
        return path in (_ENTRIES, _CREATOR)

    def feed(self, block: bytes) -> Iterator[Item]:
        """Take a piece; yield the exchanges that became whole."""
        for part in self._scanner.feed(block):
            if part.path == _CREATOR:
                self._creator(part)
                continue
            self._entries += 1
            exchange = self._entry(part)
            if exchange is not None:
                yield exchange

    def idle(self) -> Iterator[Item]:
        """Nothing is held back."""
        yield from ()

    def finish(self) -> Iterator[Item]:
        """Say what is missing."""
        if not self._scanner.done:
            why = self._scanner.fault or "the file ends in the middle; save it again"
            line = self._scanner.fault_line or self._scanner.rest_line()
            self._account.miss(line, f"no JSON from here: {why}")
        elif not self._entries:
            self._account.note("the HAR has no entries")
        yield from ()

    def _creator(self, part: Part) -> None:
        try:
            creator = msgspec.json.decode(part.data or b"{}")
        except NOT_JSON:
            return
        if isinstance(creator, dict) and isinstance(creator.get("name"), str):
            self._account.note(
                f"written by {creator['name'][:60]} {str(creator.get('version', ''))[:30]}".strip()
            )

    def _entry(self, part: Part) -> Exchange | None:
        account = self._account
        if part.data is None:
            account.miss(part.line, TOO_LARGE)
            return None
        try:
            entry: Any = msgspec.json.decode(part.data)
        except NOT_JSON:
            entry = None
        request = entry.get("request") if isinstance(entry, dict) else None
        if not isinstance(request, dict) or not isinstance(request.get("url"), str):
            account.miss(part.line, NO_ENTRY, part.data)
            return None
        url, method = request["url"], request.get("method")
        if not is_worth(url):
            return None
        started = entry.get("startedDateTime")
        at_ms = iso_ms(started) if isinstance(started, str) else None
        if at_ms is None:
            account.miss(part.line, NO_TIME, str(started))
            at_ms = 0
        headers = headers_of(request.get("headers"))
        response = entry.get("response")
        response = response if isinstance(response, dict) else {}
        status = response.get("status")
        return Exchange(
            at_ms=at_ms,
            method=method.upper() if isinstance(method, str) else "GET",
            url=url,
            headers=headers,
            body=self._body(request.get("postData"), headers, part),
            status=status if isinstance(status, int) and 100 <= status <= 999 else None,
            answer=self._content(response.get("content"), part),
            source=f"{account.place(part.line)}, entry {self._entries}",
            clock="certain" if at_ms else "none",
        )

    def _body(self, posted: Any, headers: dict[str, str], part: Part) -> bytes:
        """Return the body as sent, or with its packing undone where the tool had done that.

        HAR has no word for a binary body. Tools write its bytes as characters U+0000 to U+00FF, as base64 with an
        ``encoding`` of their own, as base64 without saying so, or decoded with losses.
        """
        text = posted.get("text") if isinstance(posted, dict) else None
        if not isinstance(text, str) or not text:
            if headers.get("content-length", "0").strip() not in ("", "0"):
                self._account.miss(part.line, NO_BODY)
            return b""
        if posted.get("encoding") == "base64":
            return self._base64(text, part)
        packed = headers.get("content-encoding", "").lower()
        if text.startswith(_GZIP):
            try:
                return text.encode("latin-1")
            except UnicodeEncodeError:
                self._account.miss(part.line, LOST)
                return b""
        if text.startswith("H4sI") and "{" not in text[:200]:
            return self._base64(text, part)
        if packed in ("gzip", "deflate", "br", "zstd") and not text.lstrip().startswith(("{", "[")):
            self._account.miss(part.line, LOST)
            return b""
        return text.encode("utf-8", "replace")

    def _content(self, content: Any, part: Part) -> bytes:
        text = content.get("text") if isinstance(content, dict) else None
        if not isinstance(text, str) or not text:
            return b""
        if content.get("encoding") == "base64":
            return self._base64(text, part)
        return text.encode("utf-8", "replace")

    def _base64(self, text: str, part: Part) -> bytes:
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            self._account.miss(part.line, BAD_BASE64, text)
            return b""


def headers_of(listed: Any) -> dict[str, str]:
    """Return HAR's list of names and values with names in lower case, HTTP/2's own (``:path``) left out."""
    headers: dict[str, str] = {}
    for one in listed if isinstance(listed, list) else []:
        name, value = (one.get("name"), one.get("value")) if isinstance(one, dict) else (None, None)
        if isinstance(name, str) and isinstance(value, str) and not name.startswith(":") and len(headers) < 200:
            headers[name.lower()] = value
    return headers
