"""A recorded lifecycle (CSV with a time and a state column) as a scenario of its own.

One process: the first row launches it, in the front if its state is on, else in the background; after
that a change to on is a foreground, a change to off a background. Rows are sorted by time (rows of one
instant keep their order), repeats change nothing. AWARE's screen codes 2 (locked) and 3 (unlocked) say
nothing about the screen being on (it is lit when a phone is unlocked, and turns off before it locks), so
they are passed over.
"""

import csv
import os
import re
from array import array
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO

from inspector.engine.inputs import Background, Foreground, Launch
from inspector.printable import quoted
from inspector.scenario.errors import ScenarioError
from inspector.scenario.model import Scenario, Step
from inspector.scenario.reader import open_bounded

MAX_BYTES = 64 * 1024 * 1024
MAX_ROWS = 200_000
MAX_LINE_BYTES = 64 * 1024
TIME_COLUMNS = ("time", "timestamp", "epoch", "t")
STATE_COLUMNS = (
    *("state", "app_state", "screen_state", "screen_status", "status", "lifecycle", "screen", "event"),
    "app",
)
_ON, _OFF, _PASS = 1, 0, -1
STATES = {
    **dict.fromkeys(("1", "1.0", "on", "foreground", "fg", "active", "true"), _ON),
    **dict.fromkeys(("0", "0.0", "off", "background", "bg", "inactive", "false"), _OFF),
    **dict.fromkeys(("2", "2.0", "3", "3.0", "locked", "unlocked"), _PASS),
}
_SECONDS = re.compile(r"[-+]?([0-9]{1,18}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][-+]?[0-9]{1,2})?", re.ASCII)
_MAX_SECONDS = 32_503_680_000  # the year 3000: what is above counts milliseconds or is no time


def read_recording(file: str) -> Scenario:
    """Return a CSV file as a scenario; raise ScenarioError with file and line where it is unusable."""
    with open(open_bounded(file, MAX_BYTES), "rb") as stream:
        try:
            changes = _changes(file, stream)
        except OSError as error:
            raise ScenarioError(file, 1, f"cannot be read: {error.strerror}; give a readable file") from None
    first_ms = changes[0] >> 1
    steps: list[Step] = []
    now = None
    for change in changes:
        state = change & 1
        if state == now:
            continue
        if now is None:
            launch = Launch(background=state == _OFF, source="recording")
            steps.append(Step(0, launch))
        else:
            steps.append(Step((change >> 1) - first_ms, Foreground() if state == _ON else Background()))
        now = state
    last_ms = (changes[-1] >> 1) - first_ms
    if steps[-1].t_ms < last_ms:
        steps.append(Step(last_ms))
    name = os.path.basename(file).encode("utf-8", "replace").decode()
    return Scenario(name=name, file=file, steps=tuple(steps), epoch_ms=first_ms, by="recording")


def _changes(file: str, stream: BinaryIO) -> "array[int]":
    """Return the rows in order of time, each ``time in ms * 2 + state``."""
    lines = _lines(file, stream)
    header = next(lines, "")
    if not header.strip():
        raise ScenarioError(
            file, 1, "the file is empty; its first line names the columns, for example time,state"
        )
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(_chain(header, lines), delimiter=delimiter, strict=True)
    changes = array("q")
    sorted_so_far, last = True, None
    try:
        time_at, state_at = _columns(file, next(reader))
        for row in reader:
            if not row or (len(row) == 1 and not row[0].strip()):
                continue
            if len(row) <= max(time_at, state_at):
                message = f"{len(row)} columns found, {max(time_at, state_at) + 1} wanted; complete the line"
                raise ScenarioError(file, reader.line_num, message)
            t_ms = _time_ms(file, reader.line_num, row[time_at])
            state = STATES.get(row[state_at].strip().lower())
            if state is None:
                known = "on or off, foreground or background, or AWARE's codes 0, 1, 2, 3"
                message = f"state {quoted(row[state_at])} is not known; write {known}"
                raise ScenarioError(file, reader.line_num, message)
            if state == _PASS:
                continue
            if len(changes) >= MAX_ROWS:
                raise ScenarioError(file, reader.line_num, f"more than {MAX_ROWS} rows; split the file")
            sorted_so_far = sorted_so_far and (last is None or last <= t_ms)
            last = t_ms
            changes.append(t_ms * 2 + state)
    except csv.Error as error:
        raise ScenarioError(file, reader.line_num, f"this is no CSV: {error}; mind the quotes") from None
    if not changes:
        raise ScenarioError(file, 1, "no row says on or off (or foreground or background); give at least one")
    return changes if sorted_so_far else array("q", sorted(changes, key=lambda change: change >> 1))


def _chain(header: str, lines: Iterator[str]) -> Iterator[str]:
    yield header
    yield from lines


def _lines(file: str, stream: BinaryIO) -> Iterator[str]:
    """Yield a file's lines as text, without a byte order mark; none is read whole that is too long."""
    number = 0
    while data := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(data) > MAX_LINE_BYTES:
            raise ScenarioError(file, number, f"a line longer than {MAX_LINE_BYTES} bytes; this is no recording")
        if number == 1:
            data = data.removeprefix(b"\xef\xbb\xbf")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            message = f"byte {error.start + 1} of the line (0x{data[error.start]:02X}) is not UTF-8"
            raise ScenarioError(file, number, f"{message}; save the file as UTF-8") from None
        if "\0" in text:
            raise ScenarioError(file, number, "a zero byte; this is no text file, save it as CSV in UTF-8")
        yield text


def _columns(file: str, header: list[str]) -> tuple[int, int]:
    names = [name.strip().lower() for name in header]
    for name in names:
        if name and names.count(name) > 1:
            raise ScenarioError(file, 1, f"the column {quoted(name)} is here twice; keep one")
    time_at = next((names.index(name) for name in TIME_COLUMNS if name in names), None)
    found = ", ".join(quoted(name) for name in header[:8]) or "nothing"
    if time_at is None:
        message = f"no time column among {found}; name one time (seconds since 1970) in the first line"
        raise ScenarioError(file, 1, message)
    state_at = next((names.index(name) for name in STATE_COLUMNS if name in names), None)
    if state_at is None:
        message = f"no state column among {found}; name one state (on and off, or foreground and background)"
        raise ScenarioError(file, 1, message)
    return time_at, state_at


def _time_ms(file: str, line: int, text: str) -> int:
    word = text.strip()
    if len(word) > 60 or not _SECONDS.fullmatch(word):
        message = f"time {quoted(text)} is not a number; write seconds since 1970, for example 1488346471.195"
        raise ScenarioError(file, line, message)
    seconds = Decimal(word)
    if not 0 <= seconds <= _MAX_SECONDS:
        hint = "milliseconds? divide by 1000" if seconds > 0 else "a time before 1970"
        raise ScenarioError(file, line, f"time {quoted(text)} is out of range ({hint}); write seconds since 1970")
    return int((seconds * 1000).to_integral_value())
