"""Which format a capture has, told by its content and never by its name."""

from __future__ import annotations

import re
from datetime import tzinfo
from typing import Any, Final, NamedTuple

import msgspec

from inspector.captures import apple, logcat, webconsole
from inspector.captures.account import Account
from inspector.captures.apple import AppleJsonReader, AppleListReader, AppleTextReader
from inspector.captures.clocks import Clocks
from inspector.captures.export import BatchListReader, ExportReader, KeptReader
from inspector.captures.flows import FlowsReader
from inspector.captures.har import HarReader
from inspector.captures.logcat import LogcatReader
from inspector.captures.reader import Reader
from inspector.captures.recordings import MappingReader, StoryReader, StudioReader
from inspector.captures.scan import NOT_JSON
from inspector.captures.source import refuse
from inspector.captures.webconsole import WebConsoleReader
from inspector.printable import printable
from inspector.wire import kept

SNIFFED_BYTES: Final = 1 << 18
_LINES = 2000
_FLOW = re.compile(
    rb"\d{1,9}:\d{1,3}:(?:version|type|id|request|response|client_conn|server_conn|websocket|error|backup|"
    rb"intercepted|is_replay|marked|metadata|comment|timestamp_created|messages|mode)[;,]"
)
_KEY = re.compile(rb'"(\w{1,40})"\s*:')
FORMATS: Final = (
    "HAR, mitmproxy flows, Android logcat, Apple logs (ndjson, json, syslog, Xcode's console), a browser's "
    "console, batches one a line (mParticle's exports), recorded stories, exchanges kept by the collector"
)


class Sniffed(NamedTuple):
    """What a capture is: the format's name for a person, and whether it is a log that may grow."""

    name: str
    kind: str
    grows: bool = False


_KINDS = {
    one.kind: one
    for one in (
        Sniffed("HAR", "har"),
        Sniffed("mitmproxy flows", "flows", True),
        Sniffed("Android logcat", "logcat", True),
        Sniffed("Android Studio logcat export", "studio"),
        Sniffed("Apple log, ndjson", "apple_ndjson", True),
        Sniffed("Apple log, json", "apple_json"),
        Sniffed("Apple log", "apple_text", True),
        Sniffed("browser console", "web", True),
        Sniffed("batches, one a line", "export", True),
        Sniffed("one batch", "batch"),
        Sniffed("list of batches", "batches"),
        Sniffed("recorded story of the web SDK", "story"),
        Sniffed("WireMock mapping", "mapping"),
        Sniffed("exchanges kept by the collector", "kept", True),
    )
}


def sniff(head: bytes, *, whole: bool) -> Sniffed | None:
    """Return the format that the beginning of a capture has; None if it is none of them.

    ``whole`` says that there is no more.
    """
    if _FLOW.match(head):
        return _KINDS["flows"]
    text = head.lstrip(b" \t\r\n")
    if text[:1] in (b"{", b"["):
        kind = _json(text, whole=whole)
        return _KINDS[kind] if kind else None
    kind = _text(head, whole=whole)
    return _KINDS[kind] if kind else None


def why_not(path: str, head: bytes) -> Exception:
    """Return the error for a capture of no known format."""
    if not head.strip():
        return refuse(path, "is empty; record or save the capture again")
    if b"\0" in head or head[:4] in (b"\x7fELF", b"\x89PNG", b"%PDF", b"PK\x03\x04"):
        return refuse(path, f"is a binary file and none of the captures read here: {FORMATS}")
    begins = printable(head.strip()[:60].decode("utf-8", "replace").splitlines()[0])
    return refuse(path, f"is none of the captures read here ({FORMATS}); it begins with “{begins}”")


def reader_of(kind: str, account: Account, zone: tzinfo, written_ms: int) -> Reader:
    """Return the reader of a format."""
    clocks = Clocks(zone, written_ms)
    made: dict[str, Any] = {
        "har": lambda: HarReader(account),
        "flows": lambda: FlowsReader(account),
        "logcat": lambda: LogcatReader(account, clocks),
        "studio": lambda: StudioReader(account),
        "apple_ndjson": lambda: AppleJsonReader(account, clocks),
        "apple_json": lambda: AppleListReader(account, clocks),
        "apple_text": lambda: AppleTextReader(account, clocks),
        "web": lambda: WebConsoleReader(account, clocks),
        "export": lambda: ExportReader(account),
        "batch": lambda: BatchListReader(account, listed=False),
        "batches": lambda: BatchListReader(account, listed=True),
        "story": lambda: StoryReader(account),
        "mapping": lambda: MappingReader(account),
        "kept": lambda: KeptReader(account),
    }
    reader: Reader = made[kind]()
    return reader


def _json(text: bytes, *, whole: bool) -> str | None:
    """Tell formats of JSON apart: by the first line's object if it is one, else by the first keys."""
    first, newline, _ = text.partition(b"\n")
    if newline or whole:
        try:
            value = msgspec.json.decode(first)
        except NOT_JSON:
            value = None
        if isinstance(value, dict) and str(value.get("format", "")).startswith("session-inspector "):
            return "kept" if kept.is_header(first) else None
        if isinstance(value, dict):
            return _by_keys(list(value), one_line=True)
    keys = [key.decode() for key in _KEY.findall(text)]
    if text[:1] == b"[":
        if "eventMessage" in keys or "machTimestamp" in keys:
            return "apple_json"
        return "batches" if {"events", "msgs", "event_type"} & set(keys) else None
    return _by_keys(keys, one_line=b"\n" not in text[:SNIFFED_BYTES])


def _by_keys(keys: list[str], *, one_line: bool) -> str | None:
    known = set(keys)
    if keys[:1] == ["log"] or {"log", "entries"} <= known:
        return "har"
    if "logcatMessages" in known:
        return "studio"
    if "eventMessage" in known or "machTimestamp" in known:
        return "apple_ndjson"
    if {"at_ms", "method", "url"} <= known:
        return "kept"
    if "requests" in known and "scenario" in known:
        return "story"
    if "request" in known and {"bodyPatterns", "response", "urlPattern"} & known:
        return "mapping"
    if {"events", "msgs"} & known:
        return "export" if one_line else "batch"
    return None


def _text(head: bytes, *, whole: bool) -> str | None:
    """Tell logs apart by which format most of the first lines have."""
    lines = head.decode("utf-8", "replace").replace("\0", "").splitlines()
    if not whole and len(lines) > 1:
        lines.pop()
    votes = {"logcat": 0, "apple_text": 0, "web": 0}
    for line in lines[:_LINES]:
        line = line[:100_000]
        if line.startswith("{") and (b'"eventMessage"' in head or b'"machTimestamp"' in head):
            return "apple_ndjson"
        if logcat.matches(line):
            votes["logcat"] += 1
        elif apple.matches(line):
            votes["apple_text"] += 1
        elif webconsole.matches(line):
            votes["web"] += 1
    best = max(votes, key=lambda kind: votes[kind])
    return best if votes[best] else None
