"""Rows of the table of observed sessions: both ends of each, its verdicts and the suspected cause."""

from __future__ import annotations

import json
from typing import NamedTuple

import msgspec

from inspector.desktop.log.cells import Cell, Column
from inspector.desktop.observed import words
from inspector.desktop.observed.room import ObservedRoom, Seen
from inspector.observed.devices import DeviceKey
from inspector.observed.model import Boundary, ObservedSession
from inspector.observed.report import time_words
from inspector.views.harmless import harmless, short_id

_COLUMNS = (
    Column("Device", 22, spare=2),
    Column("Session", 8),
    Column("Began (UTC)", 23, right=True, spare=4),
    Column("Begin", 18),
    Column("End given (UTC)", 23, right=True, spare=5),
    Column("Noticed", 12, right=True, spare=6),
    Column("End", 18),
    Column("Cause", 19, spare=1),
    Column("Why", 0, least=20),
    Column("Events", 6, right=True, spare=7),
)
_GRADES = ("late", "missing", "extra")


class Row(NamedTuple):
    """A session of a device, observed, or only predicted (``session`` is None)."""

    key: DeviceKey
    device: str
    session: ObservedSession | None
    begin: Boundary | None
    end: Boundary | None

    @property
    def t_ms(self) -> int:
        """Return where it stands in the order of time."""
        first = self.begin or self.end
        return self.session.start_ms if self.session is not None else (first.t_ms if first else 0)

    @property
    def boundary(self) -> Boundary | None:
        """Return the boundary to choose with the row: one that differs, else the begin."""
        both = [one for one in (self.begin, self.end) if one is not None]
        return next((one for one in both if one.verdict in _GRADES), both[0] if both else None)


def rows_of(seen: Seen) -> list[Row]:
    """Return a device's rows in order of time."""
    found = seen.found
    own: dict[str, list[Boundary]] = {}
    for one in found.boundaries:
        own.setdefault(one.session_id, []).append(one)
    rows = []
    for session in found.sessions:
        begins = [one for one in own.get(session.id, ()) if one.what == "begin"]
        ends = [one for one in own.get(session.id, ()) if one.what == "end"]
        rows.append(Row(seen.key, seen.name, session, _worst(begins), _worst(ends)))
        rows += [Row(seen.key, seen.name, session, None, one) for one in ends if one is not _worst(ends)]
    for one in own.get("", ()):  # the engine has it, the device does not
        rows.append(Row(seen.key, seen.name, None, *((one, None) if one.what == "begin" else (None, one))))
    return sorted(rows, key=lambda row: row.t_ms)


def _worst(found: list[Boundary]) -> Boundary | None:
    return next((one for one in found if one.verdict in _GRADES), found[0] if found else None)


class ObservedRows:
    """Cells of what is observed, devices in the order in which they came."""

    columns = _COLUMNS

    def __init__(self, room: ObservedRoom) -> None:
        self._room = room
        self._by_device: dict[DeviceKey, tuple[Seen, list[Row]]] = {}
        self.rows: list[Row] = []

    def sync(self) -> None:
        """Take in what changed: rows of devices looked at anew."""
        devices = sorted(self._room.devices.values(), key=lambda seen: seen.number)
        kept = {}
        for seen in devices:
            known = self._by_device.get(seen.key)
            kept[seen.key] = known if known is not None and known[0] is seen else (seen, rows_of(seen))
        self._by_device = kept
        self.rows = [row for _, rows in kept.values() for row in rows]

    def cells(self, row: int) -> tuple[Cell, ...]:
        """Return the cells of a row."""
        one = self.rows[row]
        session = one.session
        worst = one.boundary
        cause, why = ("", "") if worst is None else (worst.cause, worst.text)
        if session is None:
            began = "" if one.begin is None else f"({time_words(one.begin.predicted_ms)})"
            ended = "" if one.end is None else f"({time_words(one.end.predicted_ms)})"
            name, noticed, events = "predicted", "", ""
        else:
            began, ended = time_words(session.start_ms), time_words(session.end_ms) if session.end_ms else ""
            name, events = harmless(short_id(session.id), 12), f"{session.events:,}"
            noticed = (
                ""
                if session.noticed_ms is None
                else f"+{(session.noticed_ms - (session.end_ms or 0)) / 1000:.1f} s"
            )
        wrong = worst is not None and worst.verdict in _GRADES
        return (
            Cell(harmless(one.device, 60), "muted"),
            Cell(name, "text" if session is not None else "muted", bold=session is not None),
            Cell(began, "text" if session is not None else "muted"),
            _verdict(one.begin),
            Cell(ended, "text" if session is not None else "muted"),
            Cell(noticed, "muted"),
            _verdict(one.end) if one.end is not None or one.begin is None else Cell("open", "muted"),
            Cell(cause, "differs" if wrong and cause not in ("", "unexplained") else "muted"),
            Cell(harmless(why, 300), "text" if wrong else "muted"),
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
        lines += [harmless(words.boundary_line(b), 300) for b in (one.begin, one.end) if b is not None]
        return "\n".join(lines)


def _verdict(one: Boundary | None) -> Cell:
    return (
        Cell("") if one is None else Cell(words.mark_words(one), words.INKS[one.verdict], one.verdict in _GRADES)
    )
