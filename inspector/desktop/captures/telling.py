"""Whether a file is a capture, and what came of one, in words. Knows no Qt, so it can work in any thread."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from inspector.captures.account import Account
from inspector.captures.errors import CaptureError
from inspector.captures.sniff import SNIFFED_BYTES, sniff
from inspector.captures.source import Unpacker
from inspector.desktop.captures.kinds import CAPTURE_SUFFIXES

_OTHERS = (".session", ".yaml", ".yml", ".csv", ".tsv", ".parquet")
_SHOWN = 3


def is_capture(path: Path) -> bool:
    """Return whether a file is a capture, by its content, else by a name that only captures have."""
    suffix = path.suffix.lower()
    if suffix in _OTHERS:
        return False
    head = b""
    with suppress(OSError, CaptureError), path.open("rb") as stream:
        raw = stream.read(SNIFFED_BYTES)
        unpacker = Unpacker(str(path))
        for piece in unpacker.feed(raw):
            head += piece
            if len(head) >= SNIFFED_BYTES:
                break
        if len(raw) < SNIFFED_BYTES:
            head += b"".join(unpacker.finish())
        if sniff(head[:SNIFFED_BYTES], whole=len(raw) < SNIFFED_BYTES) is not None:
            return True
    return suffix in CAPTURE_SUFFIXES


def done_words(name: str, account: Account) -> str:
    """Return what a capture gave: its format, requests and lines."""
    parts = []
    if account.exchanges:
        parts.append(f"{account.exchanges:,} request{'s' * (account.exchanges != 1)}")
    if account.sightings:
        parts.append(f"{account.sightings:,} line{'s' * (account.sightings != 1)} that tell of sessions")
    return f"{name}: {account.format}, {' and '.join(parts) or 'nothing that tells of sessions'}"


def unread_words(name: str, account: Account) -> str:
    """Return what could not be read, by reason, with the first places; empty if all was."""
    count = account.unread_count
    if not count:
        return ""
    reasons = [f"{number:,} × {reason}" for reason, number in account.reasons.most_common(_SHOWN)]
    more = len(account.reasons) - len(reasons)
    if more:
        reasons.append(f"{more} more kinds")
    first = ", ".join(one.place.rpartition(":")[2] for one in account.unread[:_SHOWN])
    places = "1 place" if count == 1 else f"{count:,} places"
    return (
        f"{name}: {places} could not be read, or not wholly (line {first}{' …' * (count > _SHOWN)}).\n"
        + "\n".join(reasons)
    )


def unread_list(account: Account) -> str:
    """Return the whole list of what could not be read, a line each."""
    lines = [f"{one.place}\t{one.reason}\t{one.shown!r}" for one in account.unread]
    if account.unread_count > len(lines):
        lines.append(f"… and {account.unread_count - len(lines):,} more")
    return "\n".join(lines) + "\n"
