"""Android's logcat, in each of its formats, and what Android Studio copies and exports.

The formats are those of liblog's logprint.cpp: brief, tag, process, thread, time, threadtime, long, with the
modifiers year, zone, UTC, usec, nsec, epoch, monotonic, uid and color; a message of several lines is printed as
so many lines with the same head.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from inspector.captures.account import Account
from inspector.captures.bodies import Gathered
from inspector.captures.clocks import UNKNOWN, Clocks, Moment
from inspector.captures.reader import Item, LineReader
from inspector.captures.texts import MAX_TEXT, Said, android
from inspector.wire.sighting import Sighting

_PRIORITY = r"[VDIWEFAS]"
_WHEN = (
    r"(?P<when>(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,9}(?: [-+]\d{4})?)"
    r"|(?P<seconds> {0,18}\d{1,19}\.\d{3,9})"
)
_UID = r"(?:[A-Za-z0-9_]{1,12}[: ] *|(?: {6}))?"
_FORMATS = [
    # threadtime
    rf"(?:{_WHEN}) {_UID} *(?P<pid>\d+) +(?P<tid>\d+) (?P<priority>{_PRIORITY}) (?P<tag>.*?) *: (?P<text>.*)",
    # time
    rf"(?:{_WHEN}) (?P<priority>{_PRIORITY})/(?P<tag>.*?) *\({_UID} *(?P<pid>\d+)\): (?P<text>.*)",
    # Android Studio, since Electric Eel
    r"(?P<when>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) +(?P<pid>\d+)-(?P<tid>\d+) +(?P<tag>\S+) +"
    rf"(?P<package>\S+) +(?P<priority>{_PRIORITY})  ?(?P<text>.*)",
    # Android Studio before
    r"(?P<when>(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) (?P<pid>\d+)-(?P<tid>\d+)/(?P<package>\S+) "
    rf"(?P<priority>{_PRIORITY})/(?P<tag>.*?): (?P<text>.*)",
    # brief
    rf"(?P<priority>{_PRIORITY})/(?P<tag>.*?) *\({_UID} *(?P<pid>\d+)\): (?P<text>.*)",
    # thread, process: the tag stands at the end or nowhere
    rf"(?P<priority>{_PRIORITY})\({_UID} *(?P<pid>\d+): *(?P<tid>\d+)\) (?P<text>.*)",
    rf"(?P<priority>{_PRIORITY})\({_UID} *(?P<pid>\d+)\) (?P<text>.*?)  \((?P<tag>[^()]*)\)",
    # tag
    rf"(?P<priority>{_PRIORITY})/(?P<tag>[^():]*?) *: (?P<text>.*)",
]
_LINES = [re.compile(pattern) for pattern in _FORMATS]
_LONG = re.compile(
    rf"\[ (?:{_WHEN}) {_UID} *(?P<pid>\d+): *(?P<tid>\d+) (?P<priority>{_PRIORITY})/(?P<tag>.*?) *\]"
)
_SEPARATOR = re.compile(r"-{5,} *(?:beginning of|switch to|PROCESS (?:STARTED|ENDED)|timezone)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_DIED = re.compile(r"(?:Killing |Process \S+ \(pid )(?P<pid>\d+)(?:[:)])")
_URL = re.compile(r"\s*URL- (\S{1,4096})")
_STATUS = re.compile(r"\s*(\d{3}):")
_FAILED = re.compile(r"Upload request failed- (\d{3}|-?\d+):")
_FORMAT_WITHOUT_TAG = 5
TAG = "mParticle"
TAGS = (TAG, "ActivityManager")
NO_HEAD = "a line that has no head of a known logcat format; lines like 05-01 12:00:00.000  123  456 D tag: text"
_MAX_HELD = 64
_MAX_WAIT_MS = 30_000
_MAX_PROCESSES = 4096


class Line(NamedTuple):
    """A line of logcat. ``process`` is a package's name where known, else ``pid N``."""

    number: int
    moment: Moment
    pid: str
    tid: str
    tag: str
    process: str
    text: str


def matches(line: str) -> bool:
    """Return whether a line is logcat's beyond doubt: one with a time and a head, or a separator."""
    plain = _COLOUR.sub("", line)
    return bool(
        _SEPARATOR.match(plain) or _LONG.fullmatch(plain) or any(one.fullmatch(plain) for one in _LINES[:5])
    )


class LogcatReader(LineReader):
    """Reads logcat: session lines as sightings, logged uploads as exchanges with their answers."""

    def __init__(self, account: Account, clocks: Clocks) -> None:
        super().__init__(account)
        self.messages = Messages(account)
        self._clocks = clocks
        self._format = 0
        self._long: Line | None = None

    def take(self, number: int, line: str) -> Iterator[Item]:
        """Read a line."""
        if "\x1b" in line:
            line = _COLOUR.sub("", line)
        if not line.strip() or _SEPARATOR.match(line):
            return
        if line.startswith("[ ") and (head := _LONG.fullmatch(line)):
            self._long = self._head(number, head)
            return
        if self._long is not None:
            yield from self.messages.take(self._long._replace(number=number, text=line))
            return
        found = self._match(line)
        if found is None:
            self.account.miss(number, NO_HEAD, line)
            return
        if self._format == _FORMAT_WITHOUT_TAG or found["tag"].strip() in TAGS:
            yield from self.messages.take(self._head(number, found))

    def rest(self, *, ended: bool) -> Iterator[Item]:
        """Yield the uploads whose answer was not seen."""
        yield from self.messages.rest(ended=ended)

    def _match(self, line: str) -> re.Match[str] | None:
        found = _LINES[self._format].fullmatch(line)
        if found is None:
            for at, pattern in enumerate(_LINES):
                if found := pattern.fullmatch(line):
                    self._format = at
                    break
        return found

    def _head(self, number: int, found: re.Match[str]) -> Line:
        part = found.groupdict()
        moment = UNKNOWN
        if part.get("seconds"):
            moment = Clocks.seconds(part["seconds"])
        elif part.get("when"):
            moment = self._clocks.stamp(part["when"]) or UNKNOWN
        pid = part.get("pid") or ""
        package = part.get("package") or ""
        named = package if package and not package.startswith(("pid-", "?")) else f"pid {pid}" if pid else ""
        tag = part.get("tag") if part.get("tag") is not None else TAG
        return Line(
            number, moment, pid, part.get("tid") or "", (tag or "").strip(), named, part.get("text") or ""
        )


class Messages:
    """What the messages of a log say, in whichever form the log had them."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._urls: dict[tuple[str, str], str] = {}
        self._open: dict[tuple[str, str], Gathered] = {}  # JSON whose end has not come
        self._held: dict[tuple[str, str], Gathered] = {}  # whole, its answer has not come
        self._seen: set[str] = set()  # processes in which the SDK spoke
        self._answering: set[tuple[str, str]] = set()

    def take(self, line: Line) -> Iterator[Item]:
        """Take a message's line."""
        if line.tag != TAG:
            if (
                line.tag == "ActivityManager"
                and (found := _DIED.search(line.text))
                and found["pid"] in self._seen
            ):
                self._seen.discard(found["pid"])
                yield self._sighting(line, Said("process_ended"), f"pid {found['pid']}")
            return
        if line.pid and len(self._seen) < _MAX_PROCESSES:
            self._seen.add(line.pid)
        key = (line.pid, line.tid)
        text = line.text.rstrip()
        said = android(text)
        if said is not None:
            yield from self._cut(key)
            yield self._sighting(line, said, line.process)
            return
        yield from self._json(key, line, text)

    def rest(self, *, ended: bool) -> Iterator[Item]:
        """Yield what waits for an answer; at the end also what waits for its own end."""
        for key in [*self._held]:
            yield from self._give(key)
        if ended:
            for key in [*self._open]:
                yield from self._cut(key)

    def _json(self, key: tuple[str, str], line: Line, text: str) -> Iterator[Item]:
        if text.startswith("Upload request attempt:") or (found := _URL.match(text)):
            yield from self._cut(key)
            if found := _URL.search(text):
                if len(self._urls) > _MAX_HELD:
                    self._urls.clear()
                self._urls[key] = found[1]
        elif text.startswith("Upload result response:"):
            yield from self._cut(key)
            self._answering.add(key)
            if found := _STATUS.search(text.partition(":")[2]):
                yield from self._answered(key, int(found[1]))
        elif key in self._answering and (found := _STATUS.match(text)):
            yield from self._answered(key, int(found[1]))
        elif found := _FAILED.match(text):
            yield from self._cut(key)
            status = int(found[1])
            if key in self._held:
                yield from self._answered(key, status if 100 <= status <= 999 else None)
            else:
                yield self._sighting(line, Said("upload_failed", None, None, found[1]), line.process)
        elif (gathered_now := self._open.get(key)) and self._belongs(gathered_now, line, text):
            gathered_now.add(line.text)  # with the spaces at its end: they may be within a text
            yield from self._settle(key, gathered_now)
        elif text.startswith("{"):
            yield from self._cut(key)
            url = self._urls.pop(key, "")
            gathered = Gathered(line.text, line.moment, line.number, url=url, log=("", line.process))
            self._open[key] = gathered
            yield from self._settle(key, gathered)
        elif key in self._open:
            yield from self._cut(key)

    @staticmethod
    def _belongs(gathered: Gathered, line: Line, text: str) -> bool:
        """Whether a line may go on with JSON: it is written at once, though in several lines."""
        if text.startswith('{"dt":"h"'):
            return False  # the SDK writes a batch's kind first
        began, now = gathered.moment.at_ms, line.moment.at_ms
        return began is None or now is None or 0 <= now - began <= 1000

    def _settle(self, key: tuple[str, str], gathered: Gathered) -> Iterator[Item]:
        if gathered.whole:
            del self._open[key]
            yield from self._give(key)
            if len(self._held) >= _MAX_HELD:
                yield from self._give(next(iter(self._held)))
            self._held[key] = gathered
        elif gathered.closed:
            yield from self._cut(key)
        elif len(self._open) > _MAX_HELD:
            yield from self._cut(next(iter(self._open)))
        now = gathered.moment.at_ms
        for other, held in [*self._held.items()]:
            if now is not None and held.moment.at_ms is not None and now - held.moment.at_ms > _MAX_WAIT_MS:
                yield from self._give(other)

    def _cut(self, key: tuple[str, str]) -> Iterator[Item]:
        """Let go of JSON that was not finished: what is certain of it waits for its answer."""
        gathered = self._open.pop(key, None)
        if gathered is not None:
            yield from self._give(key)
            self._held[key] = gathered

    def _answered(self, key: tuple[str, str], status: int | None) -> Iterator[Item]:
        self._answering.discard(key)
        if key in self._held:
            self._held[key].status = status
            yield from self._give(key)

    def _give(self, key: tuple[str, str]) -> Iterator[Item]:
        gathered = self._held.pop(key, None)
        exchange = gathered.exchange(self.account) if gathered is not None else None
        if exchange is not None:
            yield exchange

    def _sighting(self, line: Line, said: Said, process: str) -> Sighting:
        return Sighting(
            what=said.what,
            at_ms=line.moment.at_ms,
            order=line.number,
            clock=line.moment.clock,
            session_id=said.session_id,
            platform="Android",
            process=process,
            name=said.name,
            timeout_ms=said.timeout_ms,
            text=line.text[:MAX_TEXT],
            source=self.account.place(line.number),
        )
