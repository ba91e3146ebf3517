"""Rows of the Outgoing tab: one a message, with its batch and what became of the request."""

from __future__ import annotations

import json

from inspector.desktop.log.cells import Cell, Column
from inspector.desktop.log.times import wall
from inspector.desktop.outgoing.courier import Courier
from inspector.engine.entries import (
    AnyEntry,
    CrashReport,
    InputEntry,
    Logged,
    SessionBegan,
    SessionEnded,
    SettingChanged,
    Transition,
)
from inspector.engine.inputs import LogEvent, OptOut, ScreenView
from inspector.partners.bodies import body_object
from inspector.server.outbox import Item
from inspector.views.harmless import harmless
from inspector.wire.events_api import event_object
from inspector.wire.native import message_object

_COLUMNS = (
    Column("Entry", 7, right=True),
    Column("Made", 12, right=True, spare=3),
    Column("Message", 0, least=24),
    Column("Session", 7, right=True, spare=1),
    Column("Batch", 6, right=True),
    Column("Of", 5, right=True, spare=6),
    Column("Size", 8, right=True, spare=4),
    Column("Request", 12),
    Column("Answer", 24, spare=5),
)
_STATES = {
    "waiting": ("◷ waiting", "countdown"),
    "sending": ("▶ sending", "accent"),
    "sent": ("✓ sent", "notify_begin"),
    "refused": ("✕ refused", "error"),
    "dropped": ("– dropped", "muted"),
}
_TOKENS = {"session_start": "notify_begin", "session_end": "notify_end"}


class MessageRows:
    """Cells of what goes out; a row counts messages from 0."""

    columns = _COLUMNS

    def __init__(self, courier: Courier) -> None:
        self.courier = courier

    def entry(self, row: int) -> AnyEntry:
        """Return the entry that a message was made of."""
        return self.courier.outflow.journal.entry(self.courier.outflow.seqs[row])

    def item(self, row: int) -> Item | None:
        """Return what the outbox knows of a message's batch, None if it is not in there."""
        number = self.courier.outflow.batch_of(row)
        return None if number is None else self.courier.items.get(self.courier.outflow.cuts[number].id)

    def cells(self, row: int) -> tuple[Cell, ...]:
        """Return the cells of a message."""
        outflow = self.courier.outflow
        entry = self.entry(row)
        kind, name = _named(entry)
        number = outflow.batch_of(row)
        item = self.item(row)
        session = entry.session or 0
        state, token = ("· gathering", "muted") if number is None else ("not sent", "muted")
        if item is not None:
            state, token = _STATES[item.state]
        return (
            Cell(f"#{entry.seq}", "muted"),
            Cell(wall(self.courier.document.run.wall_ms(entry.t_ms)), "muted"),
            Cell(f"{kind} {harmless(name, 60)}".rstrip(), _TOKENS.get(kind, "text")),
            Cell(str(session or ""), "session_a" if session % 2 else "session_b"),
            Cell("" if number is None else str(number + 1), "text", bold=self._is_first(row)),
            Cell("" if number is None else str(outflow.cuts[number].messages), "muted"),
            Cell("" if item is None else size(item.size), "muted"),
            Cell(state, token),
            Cell("" if item is None else answer(item), token if item and item.state == "refused" else "text"),
        )

    def _is_first(self, row: int) -> bool:
        number = self.courier.outflow.batch_of(row)
        return (
            number is not None and self.courier.outflow.cuts[number].first_seq == self.courier.outflow.seqs[row]
        )

    def plain(self, row: int) -> str:
        """Return a message as text, columns separated by tabs."""
        return "\t".join(cell.text for cell in self.cells(row))

    def json(self, row: int) -> str:
        """Return a message as one line of JSON, in the dialect in force."""
        return json.dumps(self.object(row), ensure_ascii=False)

    def object(self, row: int, *, batch: bool = False) -> dict[str, object]:
        """Return a message, or the batch it is in, as it is sent in the dialect in force."""
        outflow, dialect = self.courier.outflow, self.courier.dialect
        number = outflow.batch_of(row)
        if batch and number is not None:
            return body_object(outflow.batch(number), dialect)
        message = outflow.message(row)
        return event_object(message) if dialect == "events_api" else message_object(message)

    def tip(self, row: int) -> str:
        """Return all of a row, a line each."""
        pairs = zip(self.columns, self.cells(row), strict=True)
        return "\n".join(f"{column.title}: {cell.text}" for column, cell in pairs if cell.text)


def _named(entry: AnyEntry) -> tuple[str, str]:
    """Return kind and name of the message that an entry is made into."""
    if isinstance(entry, SessionBegan):
        return "session_start", ""
    if isinstance(entry, SessionEnded):
        return "session_end", ""
    if isinstance(entry, Transition):
        return entry.type, ""
    if isinstance(entry, CrashReport):
        return "crash_report", entry.message
    if isinstance(entry, SettingChanged):
        return "opt_out", "out" if entry.taken else "in"
    what = entry.input if isinstance(entry, InputEntry | Logged) else None
    if isinstance(what, LogEvent):
        return "event", what.name
    if isinstance(what, ScreenView):
        return "screen_view", what.name
    if isinstance(what, OptOut):
        return "opt_out", "out" if what.value else "in"
    return "message", ""


def size(count: int) -> str:
    """Return a number of bytes for a person."""
    return f"{count} B" if count < 1000 else f"{count / 1000:.1f} kB"


def answer(item: Item) -> str:
    """Return what the server said, in words."""
    if item.state == "sent":
        return f"{item.answer} in {item.took_ms} ms"
    again = f"; {item.attempts} attempts" if item.attempts > 1 else ""
    return harmless(item.answer, 300) + (again if item.answer else "")
