"""Text saved from a browser's console while the web SDK logs verbosely.

A line may begin with a time (``12:34:56.789``, an ISO time, milliseconds since 1970) and with the place in the
script (``mparticle.js:123``, ``@ mparticle.js:1``); what follows is recognised by the SDK's own texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from inspector.captures.account import Account
from inspector.captures.bodies import CUT, NOTHING_LEFT, log_exchange
from inspector.captures.clocks import UNKNOWN, Clocks, Moment
from inspector.captures.reader import Item, LineReader
from inspector.captures.scan import NOT_JSON, JsonScanner, mend
from inspector.captures.texts import MAX_TEXT, WEB_UPLOADING, Said, web
from inspector.wire.exchange import Exchange
from inspector.wire.sighting import Sighting

_TIME = re.compile(
    r"\[?(?:(?P<epoch>\d{13})|(?P<stamp>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?\s?(?:Z|[-+]\d\d:?\d\d)?)"
    r"|(?P<day>\d\d:\d\d:\d\d(?:[.,]\d+)?))\]?\s+"
)
_HEAD = re.compile(
    r"(?:\[?(?:verbose|info|log|debug|warning|error)\]?:? +|\S{1,300}:\d+(?::\d+)? +|\(index\)\S* +)+", re.I
)
_TAIL = re.compile(r"\s+(?:@ )?\S{1,300}\.js\S{0,300}:\d+(?::\d+)?\s*$")
_URL = "/v3/events"


class Console:
    """What the web SDK's messages say: a batch is held until its answer is told, or something like it."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._held: dict[str, Exchange] = {}

    def take(self, number: int, moment: Moment, text: str, source: str, process: str = "") -> Iterator[Item]:
        """Take a message."""
        if text.startswith(WEB_UPLOADING):
            yield from self._batches(number, moment, text.removeprefix(WEB_UPLOADING), source, process)
            return
        said = web(text)
        if said is None:
            return
        if said.what == "uploaded":
            held = self._held.pop(said.name.lower(), None)
            if held is not None:
                yield msgspec.structs.replace(held, status=202)
        elif said.what == "upload_failed" and self._held:
            held = self._held.pop(next(reversed(self._held)))
            yield msgspec.structs.replace(held, status=int(said.name))
        yield self._sighting(number, moment, text, said, source, process)

    def rest(self) -> Iterator[Item]:
        """Yield the batches whose answer was not told."""
        held, self._held = self._held, {}
        yield from held.values()

    def _batches(self, number: int, moment: Moment, json: str, source: str, process: str) -> Iterator[Item]:
        data = json.encode("utf-8", "replace")
        mended = mend(data)
        if mended is None:
            self.account.miss(number, NOTHING_LEFT, data)
            return
        if mended.cut:
            self.account.cut += 1
            self.account.miss(number, CUT, data[-80:])
        for part in JsonScanner(lambda path: path == ("*",)).feed(mended.data):
            if part.data is None or not part.data.startswith(b"{"):
                continue
            exchange = log_exchange(part.data, moment, source, url=_URL, log=("", process))
            key = _request_id(part.data)
            if not key:
                yield exchange
                continue
            if key in self._held:
                yield self._held.pop(key)
            elif len(self._held) >= 64:
                yield self._held.pop(next(iter(self._held)))
            self._held[key] = exchange

    @staticmethod
    def _sighting(number: int, moment: Moment, text: str, said: Said, source: str, process: str) -> Sighting:
        return Sighting(
            what=said.what,
            at_ms=moment.at_ms,
            order=number,
            clock=moment.clock,
            session_id=said.session_id,
            platform="web",
            process=process,
            name=said.name,
            text=text[:MAX_TEXT],
            source=source,
        )


class WebConsoleReader(LineReader):
    """Reads the lines of a saved console."""

    def __init__(self, account: Account, clocks: Clocks) -> None:
        super().__init__(account)
        self._console = Console(account)
        self._clocks = clocks

    def take(self, number: int, line: str) -> Iterator[Item]:
        """Read a line; one that is not the SDK's says nothing."""
        moment, text = self._split(line)
        yield from self._console.take(number, moment, text, self.account.place(number))

    def rest(self, *, ended: bool) -> Iterator[Item]:
        """Yield the batches whose answer was not told."""
        yield from self._console.rest()

    def _split(self, line: str) -> tuple[Moment, str]:
        text, moment = line.strip(), UNKNOWN
        if found := _TIME.match(text):
            text = text[found.end() :]
            if found["epoch"]:
                moment = Moment(int(found["epoch"]), "certain")
            elif found["stamp"]:
                moment = self._clocks.stamp(found["stamp"].strip()) or UNKNOWN
            else:
                moment = self._clocks.time_of_day(found["day"]) or UNKNOWN
        if found := _HEAD.match(text):
            text = text[found.end() :]
        if not text.endswith(("}", "]")):
            text = _TAIL.sub("", text)
        return moment, text


def matches(line: str) -> bool:
    """Return whether a line has a text of the web SDK."""
    text = line.strip()
    if found := _TIME.match(text):
        text = text[found.end() :]
    if found := _HEAD.match(text):
        text = text[found.end() :]
    return text.startswith(WEB_UPLOADING) or web(_TAIL.sub("", text)) is not None


def _request_id(data: bytes) -> str:
    try:
        batch = msgspec.json.decode(data)
    except NOT_JSON:
        return ""
    key = batch.get("source_request_id") if isinstance(batch, dict) else None
    return key.lower() if isinstance(key, str) else ""
