"""Apple's logs: ``log show/stream`` in its styles, Xcode's console, ``idevicesyslog``.

What they share is the SDK's prefix ``mParticle -> ``; what stands before it gives time and process as far as it
can be told. Formats: ``2022-08-25 15:22:01.008417+0100 localhost App[1]: (Lib) text`` (syslog style),
``… 0x1234 Default 0x0 123 0 App: (Lib) text`` (default style), one JSON object a line (ndjson) or a list of them
(json), ``2022-08-25 15:22:01.008417+0100 App[1:2] text`` (NSLog on the console), and idevicesyslog's
``Jan  5 12:00:00 iPhone App(Lib)[1] <Notice>: text``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from inspector.captures.account import Account
from inspector.captures.bodies import Gathered
from inspector.captures.clocks import UNKNOWN, Clocks, Moment
from inspector.captures.reader import Item, LineReader
from inspector.captures.scan import NOT_JSON, JsonScanner
from inspector.captures.texts import APPLE_PREFIX, MAX_TEXT, apple
from inspector.wire.sighting import Sighting

_STAMP = re.compile(r"\s*(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,9})?\s?(?:Z|[-+]\d\d:?\d\d)?)\s+")
_SYSLOG = re.compile(r"([A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d+)?) (\S+) ")
_PROCESS = re.compile(r"([^\s\[\]]+)\[(\d+)(?::[0-9a-fx]+)?\]")
_LOCAL = re.compile(r"(\S+) +[^\s\[]+\[\d+\]:")
_DEFAULT_STYLE = re.compile(r"0x[0-9a-f]+ +[A-Z]\w+ +0x[0-9a-f]+ +(\d+) +\d+ +([^:]+):")
_STATUS = re.compile(r"Upload response code: (\d{3})")
_UPLOADED = "Upload complete: "
_TRUNCATED = "<…>"
NO_JSON = "no JSON object of a log; one object a line, as log --style ndjson writes them"
_MAX_STATUSES = 64


def matches(line: str) -> bool:
    """Return whether a line is of an Apple log beyond doubt."""
    if APPLE_PREFIX in line:
        return True
    found = _STAMP.match(line)
    return bool(found and (_LOCAL.match(line, found.end()) or _DEFAULT_STYLE.match(line, found.end())))


class Messages:
    """What the SDK's messages say, in whichever style the log had them."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._statuses: dict[str, int] = {}
        self._open: dict[str, Gathered] = {}

    def take(self, number: int, moment: Moment, device: str, process: str, text: str) -> Iterator[Item]:
        """Take a message without its prefix."""
        yield from self.cut(process)
        if found := _STATUS.match(text):
            if len(self._statuses) > _MAX_STATUSES:
                self._statuses.clear()
            self._statuses[process] = int(found[1])
            return
        if text.startswith(_UPLOADED):
            json = text.removeprefix(_UPLOADED).removesuffix(_TRUNCATED)
            gathered = Gathered(json, moment, number, log=(device, process))
            gathered.status = self._statuses.pop(process, None)
            self._open[process] = gathered
            if gathered.closed:
                yield from self.cut(process)
            return
        said = apple(text)
        if said is not None:
            yield Sighting(
                what=said.what,
                at_ms=moment.at_ms,
                order=number,
                clock=moment.clock,
                session_id=said.session_id,
                platform="iOS",
                device=device,
                process=process,
                name=said.name,
                timeout_ms=said.timeout_ms,
                text=text[:MAX_TEXT],
                source=self.account.place(number),
            )

    def more(self, process: str | None, text: str) -> Iterator[Item]:
        """Take a line that may go on with JSON begun before; of any process where None."""
        key = next(iter(self._open), None) if process is None else process
        if key is not None and key in self._open:
            self._open[key].add(text.removesuffix(_TRUNCATED))
            if self._open[key].closed:
                yield from self.cut(key)

    def cut(self, process: str | None = None) -> Iterator[Item]:
        """Let go of JSON that is not finished; of all processes where None."""
        for key in [process] if process is not None else [*self._open]:
            gathered = self._open.pop(key, None)
            exchange = gathered.exchange(self.account) if gathered is not None else None
            if exchange is not None:
                yield exchange


class AppleTextReader(LineReader):
    """Reads the styles of lines of text."""

    def __init__(self, account: Account, clocks: Clocks) -> None:
        super().__init__(account)
        self._messages = Messages(account)
        self._clocks = clocks

    def take(self, number: int, line: str) -> Iterator[Item]:
        """Read a line; one without the SDK's prefix says nothing, unless it goes on with a batch."""
        head, prefix, text = line.partition(APPLE_PREFIX)
        if not prefix:
            if _STAMP.match(line) or _SYSLOG.match(line):
                yield from self._messages.cut()
            else:
                yield from self._messages.more(None, line)
            return
        moment, device = UNKNOWN, ""
        rest = head
        if found := _STAMP.match(head):
            moment = self._clocks.stamp(found[1].strip()) or UNKNOWN
            rest = head[found.end() :]
            if local := _LOCAL.match(rest):
                device = local[1]
        elif found := _SYSLOG.match(head):
            moment = self._clocks.syslog(found[1]) or UNKNOWN
            device, rest = found[2], head[found.end() :]
        process = ""
        if style := _DEFAULT_STYLE.match(rest):
            process = f"{style[2].strip()}[{style[1]}]"
        elif named := _PROCESS.search(rest):
            process = f"{named[1].partition('(')[0]}[{named[2]}]"
        yield from self._messages.take(number, moment, device, process, text.rstrip())

    def rest(self, *, ended: bool) -> Iterator[Item]:
        """Yield a batch whose end has not come, at the end."""
        if ended:
            yield from self._messages.cut()


class AppleJsonReader(LineReader):
    """Reads ``--style ndjson``."""

    def __init__(self, account: Account, clocks: Clocks) -> None:
        super().__init__(account)
        self._objects = _Objects(account, clocks)

    def take(self, number: int, line: str) -> Iterator[Item]:
        """Read a line."""
        if not line.strip():
            return
        if not line.lstrip().startswith("{") and number <= 3:
            return  # "Filtering the log data using …", which log stream writes first
        yield from self._objects.take(number, line)

    def rest(self, *, ended: bool) -> Iterator[Item]:
        """Yield a batch that was cut."""
        yield from self._objects.messages.cut()


class AppleListReader:
    """Reads ``--style json``: one list of all."""

    def __init__(self, account: Account, clocks: Clocks) -> None:
        self._scanner = JsonScanner(lambda path: path == ("*",), max_part_bytes=16 << 20)
        self._account = account
        self._objects = _Objects(account, clocks)

    def feed(self, block: bytes) -> Iterator[Item]:
        """Take a piece."""
        for part in self._scanner.feed(block):
            yield from self._objects.take(part.line, part.data or b"")

    def idle(self) -> Iterator[Item]:
        """Nothing is held back."""
        yield from ()

    def finish(self) -> Iterator[Item]:
        """Say what is missing."""
        yield from self._objects.messages.cut()
        if not self._scanner.done:
            why = self._scanner.fault or "the file ends in the middle"
            self._account.miss(self._scanner.fault_line or self._scanner.rest_line(), f"no JSON from here: {why}")


class _Objects:
    """Reads objects of the log."""

    def __init__(self, account: Account, clocks: Clocks) -> None:
        self.messages = Messages(account)
        self._account, self._clocks = account, clocks

    def take(self, number: int, data: str | bytes) -> Iterator[Item]:
        try:
            entry: Any = msgspec.json.decode(data)
        except NOT_JSON:
            entry = None
        if not isinstance(entry, dict):
            self._account.miss(number, NO_JSON, data)
            return
        message = entry.get("eventMessage")
        if not isinstance(message, str) or APPLE_PREFIX not in message:
            return
        text = message.partition(APPLE_PREFIX)[2].strip()
        stamp = entry.get("timestamp")
        moment = (self._clocks.stamp(stamp) if isinstance(stamp, str) else None) or UNKNOWN
        path, pid = entry.get("processImagePath"), entry.get("processID")
        named = path.rsplit("/", 1)[-1] if isinstance(path, str) else ""
        process = f"{named}[{pid}]" if isinstance(pid, int) else named
        yield from self.messages.take(number, moment, "", process, text)
        yield from self.messages.cut(process)
