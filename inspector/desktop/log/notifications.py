"""The stream of notifications as observers of the SDK get them: name, session, userInfo, posted time."""

import json
from bisect import bisect_left
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from inspector.desktop.document import Document
from inspector.desktop.log.cells import Cell, Column
from inspector.desktop.log.pane import RowsPane
from inspector.desktop.log.times import wall
from inspector.desktop.log.view import NOTHING
from inspector.engine.entries import DID_BEGIN, Notification
from inspector.views.text import format_time, harmless, short_id

EMPTY = (
    "No notifications yet\n"
    "When a session begins or ends, mParticleSessionDidBeginNotification or …DidEndNotification appears here, "
    "with both keys of its userInfo. Press Launch (L) to begin one."
)
TOLD_AT_ONCE = 5  # desktop notifications a frame; time that flies must not flood the desktop


class NotificationRows:
    """Cells of a document's notifications; a row counts notifications from 0."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.columns: tuple[Column, ...] = ()
        self.fit_times()

    def fit_times(self) -> bool:
        """Make the time column as wide as the newest time needs; return whether anything changed."""
        made = (
            Column("Posted", len(format_time(self._document.fold.now_ms)), right=True),
            Column("Name", 39),
            Column("Session", 7, right=True),
            Column("mParticleSessionId", 20, right=True, spare=2),
            Column("mParticleSessionUUID", 0, least=36),
            Column("Wall clock", 12, right=True, spare=3),
        )
        changed, self.columns = made != self.columns, made
        return changed

    def entry(self, row: int) -> Notification:
        """Return the entry of a row."""
        entry = self._document.journal.entry(self._document.fold.notifications[row])
        if not isinstance(entry, Notification):
            raise TypeError(f"entry {entry.seq} is no notification")
        return entry

    def cells(self, row: int) -> tuple[Cell, ...]:
        """Return the cells of a notification."""
        entry = self.entry(row)
        begun = entry.name == DID_BEGIN
        session = entry.session or 0
        return (
            Cell(format_time(entry.t_ms), "muted"),
            Cell(f"{'▲' if begun else '▼'} {harmless(entry.name)}", "notify_begin" if begun else "notify_end"),
            Cell(str(session or ""), "session_a" if session % 2 else "session_b"),
            Cell(str(entry.numeric_id)),
            Cell(harmless(entry.session_id)),
            Cell(wall(self._document.run.wall_ms(entry.t_ms)), "muted"),
        )

    def plain(self, row: int) -> str:
        """Return a notification as text, columns separated by tabs."""
        entry = self.entry(row)
        info = entry.user_info
        pairs = [f"{key}={harmless(str(value))}" for key, value in info.items()]
        return "\t".join((format_time(entry.t_ms), harmless(entry.name), str(entry.session or ""), *pairs))

    def json(self, row: int) -> str:
        """Return a notification as JSON: name, session, posted time in ms, userInfo with both its keys."""
        entry = self.entry(row)
        value: dict[str, Any] = {
            "seq": entry.seq,
            "posted_ms": entry.t_ms,
            "name": entry.name,
            "session": entry.session,
            "userInfo": entry.user_info,
        }
        return json.dumps(value, ensure_ascii=False)

    def tip(self, row: int) -> str:
        """Return all of a notification, a line each."""
        return self.plain(row).replace("\t", "\n")


class NotificationsPane(RowsPane):
    """The notifications of a document. ``posted(title, body)``: one was posted just now, for the desktop."""

    posted = Signal(str, str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        self.rows: NotificationRows
        super().__init__(document, NotificationRows(document), "Notifications", parent)
        self.view.empty_text = EMPTY
        self.share_selection()
        self.view.follow_asked.connect(self.view.set_follow)
        document.grew.connect(lambda first, _last: self._grew(first))
        document.replaced.connect(self._replaced)
        self.sync()

    @property
    def count(self) -> int:
        """Return how many notifications there are."""
        return self.view.shown.total

    def sync(self) -> None:
        """Take in what was posted since."""
        total = len(self.document.fold.notifications)
        if total != self.view.shown.total:
            self.view.shown.total = total
            if self.rows.fit_times():
                self.view.restyle()
            self.view.rows_changed()

    def _grew(self, first_seq: int) -> None:
        self.sync()
        for row in range(self.view.shown.total - 1, max(-1, self.view.shown.total - 1 - TOLD_AT_ONCE), -1):
            entry = self.rows.entry(row)
            if entry.seq < first_seq:
                break
            what = "began" if entry.name == DID_BEGIN else "is about to end"
            self.posted.emit(
                f"Session {entry.session} {what}", f"{harmless(entry.name)}\n{short_id(entry.session_id)}…"
            )

    def _replaced(self) -> None:
        self.view.shown.clear()
        self.view.show_row(NOTHING)
        self.view.follow = True
        self.view.repaint_rows()
        self.sync()
        self.view.rows_changed()

    def seq_of(self, row: int) -> int:
        """Return the ``seq`` of a notification."""
        return self.document.fold.notifications[row]

    def row_of(self, seq: int) -> int:
        """Return the row of a notification, -1 for any other entry."""
        seqs = self.document.fold.notifications
        row = bisect_left(seqs, seq)
        return row if row < self.view.shown.total and seqs[row] == seq else NOTHING

    def fill_menu(self, menu: QMenu) -> None:
        """Put the commands for the current notification into a context menu."""
        super().fill_menu(menu)
        row = self.view.current
        if row == NOTHING:
            return
        entry = self.rows.entry(row)
        menu.addSeparator()
        for key, value in entry.user_info.items():
            self.add(menu, f"Copy {key}", partial(self._copy_text, str(value)))

    def _copy_text(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.noted.emit(f"Copied {harmless(text, 60)}")
