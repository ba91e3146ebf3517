"""JSON Lines: plain rows, mParticle's exports (one batch a line), and the inspector's own journals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec

from inspector.tuning.columns import FIRST_ROWS, check_number
from inspector.tuning.lines import NOT_UTF8, PIECE_BYTES, Lines, check_whole, opened, refuse
from inspector.tuning.table import Batch, IsCancelled, walk

BATCH_ROWS = 20_000
NO_OBJECT = "no JSON object"
NO_BATCH = "no batch: an object with events is wanted"
NO_ENTRY = "no entry of a journal"
_decode = msgspec.json.Decoder().decode
Row = tuple[int, Any]
Bad = list[tuple[str, str, str]]  # place, reason, what is there
# A row of an export or a journal: user, time, state, kind, and columns to compare by.
EXPORT_COLUMNS = ("user", "time", "state", "kind", "platform", "app_version", "os_version", "environment")
JOURNAL_COLUMNS = ("user", "time", "state", "kind")


class JsonLinesTable:
    """A file of one JSON object a line. Raises TuneError if the first line is none."""

    kind = "JSON Lines"
    activity: tuple[str, frozenset[str]] = ("", frozenset())
    units: Mapping[str, str] = {}
    nested = True

    def __init__(self, file: str, size_bytes: int, cancelled: IsCancelled | None = None) -> None:
        self.file, self.size_bytes = file, size_bytes
        with opened(file) as (stream, _):
            rows = self._rows(Lines(file, stream, cancelled=cancelled), _Forgotten())
            first = [row for _, row in islice(filter(None, rows), FIRST_ROWS)]
        names: dict[str, None] = {}
        for row in first:
            names.update(dict.fromkeys(row))
            check_number(file, len(names))
        self.names = list(names)
        self.first_rows: list[list[Any]] = [[row.get(name) for name in self.names] for row in first]
        if not first:
            raise refuse(file, 'no line is a JSON object; one line, one object such as {"user": …, "time": …}')

    def batches(self, names: Sequence[str], cancelled: IsCancelled | None = None) -> Iterator[Batch]:
        """Yield the rows of these columns; ``a.b`` is the field b of an object a."""
        plain = all("." not in name for name in names)
        with opened(self.file) as (stream, raw):
            lines = Lines(self.file, stream, cancelled=cancelled)
            bad: list[tuple[str, str, str]] = []
            rows = self._rows(lines, bad)
            more = True
            while more:
                taken, more = _piece(rows, lines)
                columns: list[Any]
                if plain:
                    columns = [[row.get(name) for _, row in taken] for name in names]
                else:
                    columns = [[walk(row, name) for _, row in taken] for name in names]
                yield Batch(columns, self._place(taken), bad, raw.tell())
                bad.clear()
            check_whole(self.file, raw, self.size_bytes)

    def _place(self, taken: list[Row]) -> Any:
        return lambda at: f"{self.file}:{taken[at][0]}"

    def _objects(self, lines: Lines, bad: Bad) -> Iterator[tuple[int, dict[str, Any]] | None]:
        """Yield the objects and the lines that they stand in, None for a line that is none; note these."""
        for number, text in enumerate(lines, 1):
            if lines.odd and number in lines.odd:
                lines.odd.discard(number)
                bad.append((f"{self.file}:{number}", NOT_UTF8, text[:200]))
                yield None
                continue
            try:
                row = _decode(text)
            except (msgspec.DecodeError, RecursionError):
                row = None
            if isinstance(row, dict):
                yield number, row
            else:
                if text.strip():
                    bad.append((f"{self.file}:{number}", NO_OBJECT, text[:200].strip()))
                yield None

    def _rows(self, lines: Lines, bad: Bad) -> Iterator[tuple[int, dict[str, Any]] | None]:
        """Yield rows, each an object with a value a column; None for a line without one."""
        yield from self._objects(lines, bad)


class ExportTable(JsonLinesTable):
    """An mParticle export: one batch a line, its events the rows.

    The sessions' own starts and ends, and the app leaving the front, are what a session rule makes or is told, no
    activity of the user. Ids and times may be text.
    """

    kind = "mParticle export"
    nested = False
    activity = (
        "kind",
        frozenset({"session_start", "session_end", "application_background", "application_exit"}),
    )

    def _rows(self, lines: Lines, bad: Bad) -> Iterator[tuple[int, dict[str, Any]] | None]:
        for found in self._objects(lines, bad):
            if found is None:
                yield None
                continue
            number, batch = found
            events = batch.get("events")
            if not isinstance(events, list):
                bad.append((f"{self.file}:{number}", NO_BATCH, ", ".join(batch)[:200]))
                yield None
                continue
            device, app = batch.get("device_info"), batch.get("application_info")
            device, app = device if isinstance(device, dict) else {}, app if isinstance(app, dict) else {}
            shared = {
                "user": batch.get("mpid") or batch.get("mp_deviceid"),
                "platform": device.get("platform"),
                "os_version": device.get("os_version"),
                "app_version": app.get("application_version"),
                "environment": batch.get("environment"),
            }
            for event in events:
                data = event.get("data") if isinstance(event, dict) else None
                if not isinstance(data, dict):
                    bad.append(
                        (f"{self.file}:{number}", "no event: an object with data is wanted", str(event)[:200])
                    )
                    yield None
                    continue
                state = data.get("application_transition_type")
                yield (
                    number,
                    {
                        **dict.fromkeys(EXPORT_COLUMNS),
                        **shared,
                        "time": data.get("timestamp_unixtime_ms"),
                        "state": state,
                        "kind": state or event.get("event_type"),
                    },
                )


class JournalTable(JsonLinesTable):
    """A journal of the inspector: its inputs are the rows, each run a user of its own.

    Inputs that were refused or dropped, and those that no timeout has to do with, are no rows.
    """

    kind = "journal"
    nested = False
    activity = ("kind", frozenset({"background", "foreground", "terminate", "force_quit", "crash"}))
    _STATES = frozenset({"launch", "foreground", "background", "terminate", "force_quit", "crash"})
    _ROWS = _STATES | {"log_event", "screen_view"}

    def _rows(self, lines: Lines, bad: Bad) -> Iterator[tuple[int, dict[str, Any]] | None]:
        epoch_ms, run, said_ms = 0, 0, 0
        for found in self._objects(lines, bad):
            yield None
            if found is None:
                continue
            number, entry = found
            if "format" in entry:
                epoch_ms = entry["epoch_ms"] if isinstance(entry.get("epoch_ms"), int) else 0
                run += 1
                continue
            what = entry.get("input")
            do = what.get("do") if isinstance(what, dict) else None
            if entry.get("kind") != "input" or entry.get("outcome", "done") != "done":
                continue
            if not isinstance(do, str) or do not in self._ROWS:
                continue
            t_ms = entry.get("t_ms")
            if not isinstance(what, dict) or not isinstance(t_ms, int) or isinstance(t_ms, bool):
                bad.append((f"{self.file}:{number}", NO_ENTRY, str(t_ms)))
                continue
            if do in ("force_quit", "crash"):
                t_ms = said_ms  # nothing is recorded at that instant: the session ends with what was (G9)
            said_ms = t_ms
            state = do if do in self._STATES else None
            if do == "launch" and what.get("background"):
                state = "background"
            yield number, {"user": f"{self.file} {run}", "time": epoch_ms + t_ms, "state": state, "kind": do}


class _Forgotten(Bad):
    """Takes what cannot be read at a first look, and keeps none of it: it is counted when all is read."""

    def append(self, _bad: tuple[str, str, str]) -> None:
        """Take one."""


def _piece(rows: Iterator[Row | None], lines: Lines) -> tuple[list[Row], bool]:
    """Return some rows, bounded in number and in the text they are made of, and whether there may be more."""
    taken: list[Row] = []
    until_bytes = lines.read_bytes + PIECE_BYTES
    for seen, row in enumerate(rows, 1):
        if row is not None:
            taken.append(row)
        if seen >= BATCH_ROWS or lines.read_bytes >= until_bytes:
            return taken, True
    return taken, False
