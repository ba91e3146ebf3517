"""Recordings of whole stories: the web SDK's captures, WireMock mappings, Android Studio's logcat exports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from inspector.captures.account import Account
from inspector.captures.clocks import Moment, http_date_ms
from inspector.captures.logcat import Line, Messages
from inspector.captures.reader import Item
from inspector.captures.scan import NOT_JSON, JsonScanner, Path
from inspector.captures.webconsole import Console
from inspector.wire.exchange import Exchange

_IGNORED = "${json-unit.ignore}"
NO_REQUEST = "no request of a recorded story: t, method and url are wanted"
NO_LOG = "no log line of a recorded story: [level, time in ms, text] is wanted"
NO_MAPPING = "no WireMock mapping: request with method and url, and response, are wanted"
NO_MESSAGE = "no message of an Android Studio export: header and message are wanted"


class _DocumentReader:
    """Takes one document piece by piece and hands over the values at wanted paths."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._scanner = JsonScanner(self.wanted)

    def wanted(self, path: Path) -> bool:
        """Return whether the value at a path is read."""
        raise NotImplementedError

    def take(self, path: Path, line: int, value: Any) -> Iterator[Item]:
        """Read a value."""
        raise NotImplementedError

    def rest(self) -> Iterator[Item]:
        """Yield what is held back."""
        yield from ()

    def feed(self, block: bytes) -> Iterator[Item]:
        """Take a piece."""
        for part in self._scanner.feed(block):
            try:
                value = msgspec.json.decode(part.data) if part.data is not None else None
            except NOT_JSON:
                value = None
            yield from self.take(part.path, part.line, value)

    def idle(self) -> Iterator[Item]:
        """Yield what is held back."""
        yield from self.rest()

    def finish(self) -> Iterator[Item]:
        """Yield what is held back; say what is missing."""
        yield from self.rest()
        if not self._scanner.done:
            why = self._scanner.fault or "the file ends in the middle"
            self.account.miss(self._scanner.fault_line or self._scanner.rest_line(), f"no JSON from here: {why}")


class StoryReader(_DocumentReader):
    """Reads a story of the web SDK's captures: requests with their answers, and the SDK's log lines.

    The log repeats the batches that the requests have; they are read from the requests only.
    """

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._requests = 0

    def wanted(self, path: Path) -> bool:
        """Return whether a path is a request or a log line."""
        return len(path) == 2 and path[1] == "*" and (path[0] == "requests" or path[0].startswith("logs"))

    def take(self, path: Path, line: int, value: Any) -> Iterator[Item]:
        """Read a request or a log line."""
        if path[0] == "requests":
            yield from self._request(line, value)
            return
        if not isinstance(value, list) or len(value) != 3 or not isinstance(value[1], int):
            self.account.miss(line, NO_LOG, str(value))
            return
        tab = path[0].removeprefix("logs").strip("_")
        console = Console(self.account)
        for item in console.take(line, Moment(value[1], "certain"), str(value[2]), self.account.place(line), tab):
            if not isinstance(item, Exchange):
                yield item

    def _request(self, line: int, value: Any) -> Iterator[Item]:
        self._requests += 1
        at_ms = value.get("t") if isinstance(value, dict) else None
        if not isinstance(at_ms, int) or not isinstance(value.get("url"), str):
            self.account.miss(line, NO_REQUEST, str(value))
            return
        response = value.get("response")
        response = response if isinstance(response, dict) else {}
        headers = value.get("headers")
        headers = headers if isinstance(headers, dict) else {}
        status = response.get("status")
        yield Exchange(
            at_ms=at_ms,
            method=str(value.get("method", "GET")).upper(),
            url=value["url"],
            headers={str(name).lower(): str(text) for name, text in headers.items()},
            body=_bytes(value.get("body")),
            status=status if isinstance(status, int) else None,
            answer=_bytes(response.get("body")),
            source=f"{self.account.place(line)}, request {self._requests}",
        )


class MappingReader(_DocumentReader):
    """Reads a WireMock mapping, as the Apple SDK's own integration tests record them.

    What the mapping replaced by a placeholder is left out of the body: nobody knows it.
    """

    def wanted(self, path: Path) -> bool:
        """Return whether a path is the whole document."""
        return path == ()

    def take(self, path: Path, line: int, value: Any) -> Iterator[Item]:
        """Read the mapping."""
        request = value.get("request") if isinstance(value, dict) else None
        response = value.get("response") if isinstance(value, dict) else None
        if not isinstance(request, dict) or not isinstance(response, dict):
            self.account.miss(line, NO_MAPPING, str(value))
            return
        url = request.get("url") or request.get("urlPath") or request.get("urlPattern") or ""
        patterns = request.get("bodyPatterns")
        pattern = patterns[0] if isinstance(patterns, list) and patterns else None
        wanted = pattern.get("equalToJson") if isinstance(pattern, dict) else None
        if isinstance(wanted, str):
            try:
                wanted = msgspec.json.decode(wanted)
            except NOT_JSON:
                wanted = None
        known, ignored = _without_placeholders(wanted)
        if ignored:
            self.account.note("ids and times are placeholders in this recording; they were left out")
        headers, status = response.get("headers"), response.get("status")
        date = headers.get("Date") if isinstance(headers, dict) else None
        at_ms = http_date_ms(date) if isinstance(date, str) else None
        yield Exchange(
            at_ms=at_ms or 0,
            method=str(request.get("method", "GET")).upper(),
            url=str(url).replace("[a-f0-9]+", "key").split("?", 1)[0].rstrip("\\"),
            body=_bytes(known),
            status=status if isinstance(status, int) else None,
            answer=_bytes(response.get("jsonBody", response.get("body"))),
            source=self.account.place(line),
            clock="certain" if at_ms else "none",
            hidden=bool(ignored),
        )


class StudioReader(_DocumentReader):
    """Reads the ``.logcat`` file that Android Studio exports."""

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._messages = Messages(account)

    def wanted(self, path: Path) -> bool:
        """Return whether a path is a message."""
        return path == ("logcatMessages", "*")

    def take(self, path: Path, line: int, value: Any) -> Iterator[Item]:
        """Read a message."""
        header = value.get("header") if isinstance(value, dict) else None
        text = value.get("message") if isinstance(value, dict) else None
        if not isinstance(header, dict) or not isinstance(text, str):
            self.account.miss(line, NO_MESSAGE, str(value))
            return
        stamp = header.get("timestamp")
        moment = Moment(None, "none")
        if isinstance(stamp, dict) and isinstance(stamp.get("seconds"), int):
            nanos = stamp.get("nanos")
            moment = Moment(
                stamp["seconds"] * 1000 + (nanos // 1_000_000 if isinstance(nanos, int) else 0), "certain"
            )
        pid, tid = str(header.get("pid", "")), str(header.get("tid", ""))
        process = str(header.get("applicationId") or header.get("processName") or f"pid {pid}")[:200]
        head = Line(line, moment, pid, tid, str(header.get("tag", "")), process, "")
        for one in text.split("\n"):
            yield from self._messages.take(head._replace(text=one))

    def rest(self) -> Iterator[Item]:
        """Yield the uploads whose answer was not seen."""
        yield from self._messages.rest(ended=True)


def _bytes(value: Any) -> bytes:
    if value is None:
        return b""
    return value.encode("utf-8", "replace") if isinstance(value, str) else msgspec.json.encode(value)


def _without_placeholders(value: Any) -> tuple[Any, int]:
    """Return a value without what is a placeholder, and how many were left out."""
    if isinstance(value, dict):
        kept, gone = {}, 0
        for key, one in value.items():
            if one == _IGNORED:
                gone += 1
                continue
            kept[key], more = _without_placeholders(one)
            gone += more
        return kept, gone
    if isinstance(value, list):
        pairs = [_without_placeholders(one) for one in value if one != _IGNORED]
        return [one for one, _ in pairs], sum(more for _, more in pairs) + len(value) - len(pairs)
    return value, 0
