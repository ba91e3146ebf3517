"""Rows of the table of observed sessions: both ends of each, its verdicts and the suspected cause."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from inspector.desktop.log.cells import Cell, Column
from inspector.desktop.observed import words
from inspector.desktop.observed.room import ObservedRoom
from inspector.observed.devices import DeviceKey
from inspector.observed.model import Boundary, Comparison, ObservedSession, short_name
from inspector.observed.report import time_words
from inspector.views.harmless import harmless

_COLUMNS = (
    Column("Device", 16, spare=1),
    Column("Session", 9),
    Column("Began UTC", 12, right=True, spare=4),
    Column("Begin", 18),
    Column("Ended UTC", 12, right=True, spare=5),
    Column("Noticed", 9, right=True, spare=6),
    Column("End", 18),
    Column("Cause", 0, least=18),
    Column("Events", 6, right=True, spare=7),
)
SHARE = 200  # sessions made into rows at one step: about a millisecond
_GRADES = ("late", "missing", "extra")


class Row(msgspec.Struct, frozen=True, gc=False):
    """A session of a device, observed, or only predicted (``session`` is None); nothing for sweeps to look at."""

    key: DeviceKey
    device: str
    short_name: str
    session: ObservedSession | None
    begin: Boundary | None
    end: Boundary | None
    none: str = "open"

    @property
    def t_ms(self) -> int:
        """Return where it stands in the order of time."""
        first = self.begin or self.end
        return self.session.start_ms if self.session is not None else (first.t_ms if first else 0)

    @property
    def boundary(self) -> Boundary | None:
        """Return the boundary to choose with the row: one that differs, else the begin."""
        both = [one for one in (self.begin, self.end) if one is not None]
        worst = next((one for one in both if one.verdict in _GRADES), None)
        return worst or next((one for one in both if one.cause), both[0] if both else None)


def rows_of(key: DeviceKey, name: str, short_name: str, found: Comparison) -> list[Row]:
    """Return a device's rows in order of time."""
    rows: list[Row] = []
    for _ in making_rows(rows, key, name, short_name, found):
        pass
    return rows


def making_rows(rows: list[Row], key: DeviceKey, name: str, short_name: str, found: Comparison) -> Iterator[None]:
    """Put a device's rows into a list, a share at each step; in order of time once it is at its end."""
    own: dict[str, list[Boundary]] = {}
    for one in found.boundaries:
        own.setdefault(one.session_id, []).append(one)
    yield
    replaced = {session.same_start_as for session in found.sessions}
    for at, session in enumerate(found.sessions):
        begins = [one for one in own.get(session.id, ()) if one.what == "begin"]
        ends = [one for one in own.get(session.id, ()) if one.what == "end"]
        none = "✕ replaced" if session.id in replaced else "open" if session is found.sessions[-1] else "no end"
        rows.append(Row(key, name, short_name, session, _worst(begins), _worst(ends), none))
        rows += [Row(key, name, short_name, session, None, one) for one in ends if one is not _worst(ends)]
        if at % SHARE == SHARE - 1:
            yield
    for one in own.get("", ()):  # the engine has it, the device does not
        rows.append(Row(key, name, short_name, None, *((one, None) if one.what == "begin" else (None, one))))
    yield
    rows.sort(key=lambda row: row.t_ms)


def _worst(found: list[Boundary]) -> Boundary | None:
    return next((one for one in found if one.verdict in _GRADES), found[0] if found else None)


class ObservedRows:
    """Cells of what is observed, devices in the order in which they came."""

    columns = _COLUMNS

    def __init__(self, room: ObservedRoom) -> None:
        self._room = room
        self.rows: list[Row] = []
        self._before: list[Row] = []

    def is_same(self, row: int) -> bool:
        """Return whether a row is what it was before the last ``sync``."""
        return row < len(self._before) and self.rows[row] == self._before[row]

    def sync(self) -> None:
        """Take in what changed."""
        self._before = self.rows
        devices = sorted(self._room.devices.values(), key=lambda seen: seen.number)
        self.rows = [row for seen in devices for row in seen.rows]

    def cells(self, row: int) -> tuple[Cell, ...]:
        """Return the cells of a row."""
        one = self.rows[row]
        session = one.session
        worst = one.boundary
        cause, why = ("", "") if worst is None else (worst.cause, worst.text)
        if session is None:
            began = "" if one.begin is None else f"({_clock(one.begin.predicted_ms)})"
            ended = "" if one.end is None else f"({_clock(one.end.predicted_ms)})"
            name, noticed, events = "predicted", "", ""
        else:
            began, ended = _clock(session.start_ms), _clock(session.end_ms)
            name, events = harmless(short_name(session.id), 12), f"{session.events:,}"
            noticed = (
                ""
                if session.noticed_ms is None
                else f"+{(session.noticed_ms - (session.end_ms or 0)) / 1000:.1f} s"
            )
        wrong = worst is not None and worst.verdict in _GRADES
        return (
            Cell(harmless(one.short_name, 40), "muted"),
            Cell(name, "text" if session is not None else "muted", bold=session is not None),
            Cell(began, "text" if session is not None else "muted"),
            _verdict(one.begin),
            Cell(ended, "text" if session is not None else "muted"),
            Cell(noticed, "muted"),
            _verdict(one.end) if one.end is not None or one.begin is None else Cell(one.none, "muted"),
            Cell(harmless(": ".join(filter(None, (cause, why))), 300), "text" if wrong else "muted"),
            Cell(events),
        )

    def plain(self, row: int) -> str:
        """Return a row as text, columns separated by tabs."""
        return "\t".join(cell.text for cell in self.cells(row))

    def json(self, row: int) -> str:
        """Return a row as one line of JSON; times are Unix ms."""
        one = self.rows[row]
        value = {
            "device_id": one.key.device_id,
            "app": one.key.app,
            "session": msgspec.to_builtins(one.session),
            "begin": msgspec.to_builtins(one.begin),
            "end": msgspec.to_builtins(one.end),
        }
        return json.dumps(value, ensure_ascii=False)

    def tip(self, row: int) -> str:
        """Return all of a row, a line each."""
        one = self.rows[row]
        lines = [harmless(one.device, 120)]
        if one.session is not None:
            lines.append(f"session {harmless(one.session.id, 60)}")
            lines.append(f"{time_words(one.session.start_ms)} … {time_words(one.session.end_ms)} UTC")
        for what in (one.begin, one.end):
            if what is not None:
                expected = f" · expected {time_words(what.predicted_ms)}" if what.predicted_ms is not None else ""
                lines.append(harmless(words.boundary_line(what), 300) + expected)
        return "\n".join(lines)


def _clock(t_ms: int | None) -> str:
    """Return the time of day; the row's tip has the date."""
    return "" if t_ms is None else time_words(t_ms)[11:]


def _verdict(one: Boundary | None) -> Cell:
    return (
        Cell("") if one is None else Cell(words.mark_words(one), words.INKS[one.verdict], one.verdict in _GRADES)
    )
