"""``collect FILE…``: captures from elsewhere read, or followed, and held against the engine."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, timedelta, timezone, tzinfo
from types import FrameType
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from inspector.captures.account import Account
from inspector.captures.errors import CaptureError
from inspector.captures.following import Following
from inspector.captures.reading import Options, Reading
from inspector.observed.compare import compare
from inspector.observed.devices import DeviceKey, Observations
from inspector.observed.model import Boundary
from inspector.observed.report import json_report, text_report, time_words, verdict_words
from inspector.printable import printable

FOR_FILES: Final = ("--follow", "--zone", "--timeout", "--json")
"""The options of ``collect`` that go with files; the others are the collector's own."""
_LISTED: Final = 20
_EVERY_S: Final = 1.0
_PROGRESS_S: Final = 0.25


def captures_command(sources: Sequence[str], given: Mapping[str, list[str]]) -> int:
    """Read captures and print what was observed and the verdicts; return the exit status.

    0 when all were read (what could not be read in them is listed), 2 with the reason if a capture or an argument
    cannot be used: nothing is then printed, but what was told while following.
    """
    try:
        options, timeout_s = _asked(given)
        if "--follow" in given or "-" in sources:
            if len(sources) > 1:
                return _complain("one capture at a time can be followed; name one FILE, or - alone")
            return _follow(sources[0], options, timeout_s, as_json="--json" in given)
        seen, accounts = Observations(), []
        for source in sources:
            reading = Reading(source, options)
            accounts.append(reading.account)
            with _progress(reading.account) as show:
                for item in reading:
                    seen.take(item)
                    show()
        return _report(seen, accounts, timeout_s, as_json="--json" in given)
    except CaptureError as error:
        return _complain(str(error))
    except BrokenPipeError:
        return 0


def _follow(source: str, options: Options, timeout_s: float | None, *, as_json: bool) -> int:
    following = Following(source, options)
    seen, told = Observations(), _Told(as_json=as_json, timeout_s=timeout_s)
    changed: set[DeviceKey] = set()
    said_s = time.monotonic()
    with _stopped_by_signals(following):
        for item in following:
            if item is not None:
                device = seen.take(item)
                if device is not None:
                    changed.add(device.key)
            if changed and (item is None or time.monotonic() - said_s >= _EVERY_S):
                told.tell(seen, changed)
                changed.clear()
                said_s = time.monotonic()
    return _report(seen, [following.account], timeout_s, as_json=as_json)


class _Told:
    """Writes each verdict once, as soon as it stands; again where it changed with what arrived since."""

    def __init__(self, *, as_json: bool, timeout_s: float | None) -> None:
        self._json, self._timeout_s = as_json, timeout_s
        self._last: dict[tuple[DeviceKey, str, str, int], Boundary] = {}

    def tell(self, seen: Observations, changed: set[DeviceKey]) -> None:
        """Write what is new about devices. Raises BrokenPipeError."""
        for key in changed:
            device = seen.devices.get(key)
            if device is None:
                continue
            found = compare(device, self._timeout_s)
            for one in found.boundaries:
                name = (key, one.what, one.session_id, 0 if one.session_id else one.t_ms)
                if self._last.get(name) == one:
                    continue
                if len(self._last) > 10_000:
                    self._last.clear()
                self._last[name] = one
                if self._json:
                    line = {"kind": "boundary", "device_id": key.device_id, "app": key.app}
                    _write(msgspec.json.encode({**line, **msgspec.to_builtins(one)}) + b"\n")
                else:
                    cause = f"  [{one.cause}]" if one.cause else ""
                    session = one.session_id[:8] or "(none)"
                    words = f"{time_words(one.t_ms)}  {session:8}  {one.what:5}  {verdict_words(one)}{cause}"
                    _write_text(f"{words}  {device.name}\n")


def _report(seen: Observations, accounts: list[Account], timeout_s: float | None, *, as_json: bool) -> int:
    if as_json:
        report: dict[str, Any] = {"kind": "report", **json_report(seen, timeout_s)}
        report["captures"] = [_account_values(one) for one in accounts]
        _write(msgspec.json.encode(report) + b"\n")
    else:
        _write_text("".join(_account_text(one) for one in accounts) + text_report(seen, timeout_s))
    return 0


def _account_values(account: Account) -> dict[str, Any]:
    return {
        "file": account.file,
        "format": account.format,
        "bytes": account.bytes_read,
        "exchanges": account.exchanges,
        "sightings": account.sightings,
        "cut": account.cut,
        "unread_count": account.unread_count,
        "reasons": dict(account.reasons),
        "unread": [msgspec.to_builtins(one) for one in account.unread],
        "notes": account.notes,
    }


def _account_text(account: Account) -> str:
    lines = [
        f"{account.file}: {account.format or 'nothing yet'}; {account.exchanges:,} requests and "
        f"{account.sightings:,} lines that tell of sessions"
    ]
    lines += [f"  note: {remark}" for remark in account.notes]
    if account.unread_count:
        lines.append(f"  {account.unread_count:,} places could not be read, or not wholly:")
        lines += [f"    {count:,} × {reason}" for reason, count in account.reasons.most_common()]
        lines += [f"    {one.place}: {one.reason}" for one in account.unread[:_LISTED]]
        if account.unread_count > _LISTED:
            lines.append(f"    … and {account.unread_count - _LISTED:,} more (--json lists up to 1,000)")
    return "\n".join(printable(line) for line in lines) + "\n"


def _asked(given: Mapping[str, list[str]]) -> tuple[Options, float | None]:
    """Return the options of reading and the session timeout that was asked for. Raises CaptureError."""
    for name in given:
        if name not in FOR_FILES:
            raise CaptureError(f"{name} goes with collecting from SDKs, not with FILE; leave one of them out")
    zone = given.get("--zone", [""])[0]
    text = given.get("--timeout", [""])[0]
    timeout_s = None
    if text:
        try:
            timeout_s = float(text)
        except ValueError:
            timeout_s = 0.0
        if not 0 < timeout_s <= 10_000_000:
            raise CaptureError(f"--timeout {printable(text, 40)}: write seconds, for example 60 or 0.5")
    return Options(zone=_zone(zone) if zone else None), timeout_s


def _zone(text: str) -> tzinfo:
    sign, digits = text[:1], text[1:].replace(":", "")
    if text.upper() in ("UTC", "Z"):
        return UTC
    if sign in "+-" and digits.isascii() and digits.isdecimal() and len(digits) in (2, 4):
        hours, minutes = int(digits[:2]), int(digits[2:] or "0")
        if hours < 24 and minutes < 60:
            offset = timedelta(hours=hours, minutes=minutes)
            return timezone(offset if sign == "+" else -offset)
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CaptureError(
            f"--zone {printable(text, 40)}: write the zone of the times, for example +02:00, Europe/Berlin or UTC"
        ) from None


@contextmanager
def _stopped_by_signals(following: Following) -> Iterator[None]:
    """Let Ctrl+C end the following, so that its report is still written."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        following.stop()

    before = [(number, signal.signal(number, stop)) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


@contextmanager
def _progress(account: Account) -> Iterator[Any]:
    """Give what shows progress on a terminal, at most four times a second, and clears it at the end."""
    wanted = sys.stderr is not None and sys.stderr.isatty()
    shown = [time.monotonic()]
    wrote = [False]

    def show() -> None:
        if not wanted or time.monotonic() - shown[0] < _PROGRESS_S:
            return
        shown[0], wrote[0] = time.monotonic(), True
        size = account.size_bytes
        part = f" ({100 * account.bytes_read // size} %)" if size else ""
        print(f"\r{account.file}: {account.bytes_read >> 20:,} MB{part} ", end="", file=sys.stderr, flush=True)  # noqa: T201

    try:
        yield show
    finally:
        if wrote[0]:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)  # noqa: T201


def _write_text(text: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    _write(text.encode(encoding, "backslashreplace"))


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _complain(message: str) -> int:
    with suppress(BrokenPipeError):
        print(f"session-inspector collect: {message}", file=sys.stderr)  # noqa: T201 - the command's own output
    return 2
