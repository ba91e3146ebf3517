"""A foreign log file, followed beside the journal's own log."""

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from inspector.desktop.document import Document
from inspector.desktop.log.cells import Cell, Column
from inspector.desktop.log.filter_bar import Filter
from inspector.desktop.log.filtered_pane import FilteredPane
from inspector.desktop.log.rows import Array
from inspector.desktop.log.source import LEVEL_TOKENS, TIP_CHARS
from inspector.desktop.log.tail_query import TailQuery
from inspector.desktop.selection import Selection
from inspector.views.tail import Tail, TailLine
from inspector.views.text import format_size, format_time, harmless

SLOW_MS = 1000  # a change that the system does not tell of is seen this late
SOON_MS = 0


GO_BYTES = 64 << 10  # short lines cost most: this much of them is read within two frames


class TailRows:
    """Cells of the lines of a followed file: time of day, level, text, line number."""

    def __init__(self, tail: Tail) -> None:
        self.tail = tail
        self.columns: tuple[Column, ...] = (
            Column("Time", 12, right=True),
            Column("Level", 7),
            Column("Text", 0),
            Column("Line", 7, right=True, spare=1),
        )

    def line(self, row: int) -> TailLine:
        """Return a line by its row, which counts from 0 since following began."""
        return self.tail.lines[row - self.tail.dropped]

    def cells(self, row: int) -> tuple[Cell, ...]:
        """Return the cells of a line."""
        line = self.line(row)
        token = LEVEL_TOKENS[line.level]
        return (
            Cell(_clock(line.clock_ms), "muted"),
            Cell(line.level, token, bold=True),
            Cell(line.text),
            Cell(f"{line.number:,}", "muted"),
        )

    def plain(self, row: int) -> str:
        """Return a line's text."""
        return self.line(row).text

    def json(self, row: int) -> str:
        """Return a line as JSON."""
        line = self.line(row)
        clock = _clock(line.clock_ms) or None
        value = {"line": line.number, "clock": clock, "level": line.level, "text": line.text}
        return json.dumps(value, ensure_ascii=False)

    def tip(self, row: int) -> str:
        """Return the text of a line, long ones cut."""
        return harmless(self.line(row).text, TIP_CHARS)


def _clock(clock_ms: int | None) -> str:
    if clock_ms is None:
        return ""
    return format_time(clock_ms) if clock_ms >= 3_600_000 else f"00:{format_time(clock_ms)}"


class TailPane(FilteredPane):
    """The lines of a file as it grows. It is read only while the pane is visible; a note says what befell it."""

    no_hit_text = "No line matches the filter\nEsc in the filter field clears it."

    def __init__(self, document: Document, path: Path, parent: QWidget | None = None) -> None:
        self.rows: TailRows
        self.path = Path(path)
        self.tail = Tail(self.path)
        name = harmless(self.path.name, 80)
        self.empty_text = f"No line yet in {name}\nWhat is written to the file from now on appears here."
        super().__init__(document, TailRows(self.tail), f"Log file {name}", Selection(), TailQuery, parent)
        self.followed.setParent(self)
        self.note = QLabel(self)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.setProperty("role", "warn")
        self.note.setContentsMargins(10, 2, 10, 4)
        self.note.hide()
        self._layout.insertWidget(1, self.note)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._changed)
        self._watcher.directoryChanged.connect(self._changed)
        self._slow = QTimer(self)
        self._slow.setInterval(SLOW_MS)
        self._slow.timeout.connect(self.sync)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self.sync)

    def search(self, query: Filter, first: int, end: int) -> Array:
        """Return the lines of first…end that match a filter, ascending."""
        return query.rows(self.rows.line, max(first, self.tail.dropped), end)

    def keys(self) -> dict[str, Callable[[], None]]:
        """Return what the keys do while the lines have the focus."""
        return super().keys() | {"/": self.focus_filter, "Esc": lambda: self.filter.set_text("")}

    def sync(self) -> None:
        """Read what is new in the file; a great deal of it in several goes."""
        fresh = self.tail.poll(GO_BYTES)
        end = self.tail.dropped + len(self.tail.lines)
        if fresh or end != self.view.shown.total:
            self.take_in(end, self.tail.dropped)
        if fresh and self.isVisible():  # there may be more than one go takes
            self._soon.start()
        self._watch()
        self._tell_note()

    def _watch(self) -> None:
        """Watch the file, and its folder so that one that comes back is seen."""
        if not self.isVisible():
            return
        wanted = [str(path) for path in (self.path, self.path.parent) if path.exists()]
        missing = set(wanted) - {*self._watcher.files(), *self._watcher.directories()}
        if missing:
            self._watcher.addPaths(sorted(missing))

    def _changed(self, _path: str) -> None:
        self._soon.start()

    def _tell_note(self) -> None:
        text = self.tail.note
        if not text and self.tail.skipped_bytes:
            text = f"The first {format_size(self.tail.skipped_bytes)} of the file were left out."
        if self.tail.dropped:
            text = f"{text} {self.tail.dropped:,} older lines are no longer held.".strip()
        text = harmless(text, 600)
        if text != self.note.text():
            self.note.setText(text)
            self.note.setVisible(bool(text))
            self.note.setAccessibleName(text)

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the file while it is looked at."""
        super().showEvent(event)
        self._slow.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave the file alone while nobody looks; what is written meanwhile is read on return."""
        super().hideEvent(event)
        self._rest()

    def _rest(self) -> None:
        self._slow.stop()
        self._soon.stop()
        watched = [*self._watcher.files(), *self._watcher.directories()]
        if watched:
            self._watcher.removePaths(watched)

    def close_file(self) -> None:
        """Let go of the file for good."""
        self._rest()
        self.tail.close()
