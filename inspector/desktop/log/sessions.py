"""The table of sessions: both ends of each, how late its end was noticed, what began and ended it."""

import json
from typing import Any

import msgspec
from PySide6.QtWidgets import QWidget

from inspector.desktop.document import Document
from inspector.desktop.log.cells import Cell, Column
from inspector.desktop.log.pane import RowsPane
from inspector.desktop.log.view import NOTHING
from inspector.journal.fold import SessionRow
from inspector.views.harmless import format_span, short_id
from inspector.views.text import format_time

EMPTY = (
    "No sessions yet\n"
    "Each session gets a row: when it began, the end it is given, when that was noticed and how late. "
    "Press Launch (L) to begin one."
)
_COLUMNS = (
    Column("#", 5, right=True),
    Column("ID", 8, spare=6),
    Column("Began", 12, right=True),
    Column("by", 10, spare=1),
    Column("End given", 12, right=True),
    Column("Noticed", 12, right=True),
    Column("Late by", 10, right=True),
    Column("Ended by", 0, least=11),
    Column("Length", 13, right=True),
    Column("Foreground", 13, right=True, spare=2),
    Column("Background", 13, right=True, spare=3),
    Column("Interruptions", 13, right=True, spare=5),
    Column("Events", 7, right=True, spare=4),
)
_ENDED = {"restart": "✕ replaced, no end", "opt_out": "✕ dropped, no end"}


class SessionRows:
    """Cells of a document's sessions; a row counts sessions from 0."""

    columns = _COLUMNS

    def __init__(self, document: Document) -> None:
        self._document = document

    def session(self, row: int) -> SessionRow:
        """Return the session of a row."""
        return self._document.fold.sessions[row]

    def cells(self, row: int) -> tuple[Cell, ...]:
        """Return the cells of a session."""
        session = self.session(row)
        length_ms, front_ms, behind_ms = self._document.spans(session)
        late_ms = session.lateness_ms
        return (
            Cell(str(session.ordinal), "session_a" if session.ordinal % 2 else "session_b", bold=True),
            Cell(short_id(session.id), "muted"),
            Cell(format_time(session.start_ms)),
            Cell(session.began_by, "muted"),
            Cell(_time(session.end_ms)),
            Cell(_time(session.detected_ms)),
            Cell("" if late_ms is None else format_span(late_ms), "expired" if late_ms else "muted"),
            Cell(_ended(session), "muted" if session.ended_by is None else "text"),
            Cell(format_span(length_ms)),
            Cell(format_span(front_ms)),
            Cell(format_span(behind_ms)),
            Cell(str(session.interruptions)),
            Cell(f"{session.events:,}"),
        )

    def plain(self, row: int) -> str:
        """Return a session as text, columns separated by tabs."""
        return "\t".join(cell.text for cell in self.cells(row))

    def json(self, row: int) -> str:
        """Return a session as one line of JSON; times and spans in ms."""
        session = self.session(row)
        length_ms, front_ms, behind_ms = self._document.spans(session)
        value: dict[str, Any] = msgspec.to_builtins(session)
        value |= {"length_ms": length_ms, "foreground_ms": front_ms, "background_ms": behind_ms}
        value["lateness_ms"] = session.lateness_ms
        return json.dumps(value, ensure_ascii=False)

    def tip(self, row: int) -> str:
        """Return all of a session, a line each."""
        pairs = zip(self.columns, self.cells(row), strict=True)
        return "\n".join(f"{column.title}: {cell.text}" for column, cell in pairs if cell.text)


def _time(t_ms: int | None) -> str:
    return "" if t_ms is None else format_time(t_ms)


def _ended(session: SessionRow) -> str:
    if session.ended_by is None:
        return "open"
    if session.end_ms is None:
        return _ENDED.get(session.ended_by, session.ended_by)
    return session.ended_by.replace("_", " ")


class SessionsPane(RowsPane):
    """The sessions of a document; a row selects the entry that ended its session, or else began it."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, SessionRows(document), "Sessions", parent)
        self.view.empty_text = EMPTY
        self.share_selection()
        self.view.follow_asked.connect(self.view.set_follow)
        document.grew.connect(lambda _first, _last: self.sync())
        document.ticked.connect(self._ticked)
        document.replaced.connect(self._replaced)
        self.sync()

    @property
    def count(self) -> int:
        """Return how many sessions there are."""
        return self.view.shown.total

    def sync(self) -> None:
        """Take in what began or ended since."""
        total = len(self.document.fold.sessions)
        grew = total != self.view.shown.total
        self.view.shown.total = total
        if grew:
            self.view.rows_changed()
        elif self.isVisible():
            self.view.repaint_rows()

    def _ticked(self) -> None:
        if self.isVisible() and self.document.fold.current is not None:
            self.view.repaint_rows()

    def _replaced(self) -> None:
        self.view.shown.clear()
        self.view.show_row(NOTHING)
        self.view.follow = True
        self.view.repaint_rows()
        self.sync()
        self.view.rows_changed()

    def seq_of(self, row: int) -> int:
        """Return the entry to select for a session."""
        session = self.document.fold.sessions[row]
        return session.ended_seq or session.began_seq

    def row_of(self, seq: int) -> int:
        """Return the session that an entry belongs to, -1 if it belongs to none."""
        ordinal = self.document.journal.entry(seq).session if 1 <= seq <= len(self.document.journal) else None
        return NOTHING if not ordinal or ordinal > self.view.shown.total else ordinal - 1
