"""The log tail: every entry of the journal as one line, filtered, followed, paused, copied, jumped about in."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from inspector.desktop.document import Document
from inspector.desktop.log.filter_bar import Filter
from inspector.desktop.log.filtered_pane import FilteredPane
from inspector.desktop.log.rows import Array
from inspector.desktop.log.source import JournalRows
from inspector.desktop.log.tail_pane import TailPane
from inspector.desktop.log.tail_tabs import tail_beside
from inspector.desktop.log.times import TIME_FORMATS, WORDS, TimeFormat
from inspector.desktop.log.view import NOTHING
from inspector.views.levels import KINDS, LEVELS
from inspector.views.query import Query

EMPTY = (
    "No entries yet\n"
    "Press Launch (L) to start the app, or play a sample (Ctrl+D). Every entry becomes a line here."
)
NO_HIT = (
    "No entry matches the filter\nEsc clears it. -kind:timer leaves a kind out, level:debug lets more through."
)
EFFECTS_MARKED = 1000


class LogPane(FilteredPane):
    """The log of a document.

    ``shown_on_timeline(seq)``: the person wants to see this entry's mark. ``time_format_changed(format)``.
    """

    empty_text = EMPTY
    no_hit_text = NO_HIT
    shown_on_timeline = Signal(int)
    time_format_changed = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        self.rows: JournalRows
        super().__init__(document, JournalRows(document), "Log", document.selection, Query, parent)
        self.share_selection()
        self.view.activated.connect(lambda row: self.shown_on_timeline.emit(row + 1))
        self.view.header.clickable = frozenset({0})
        self.view.header.setToolTip("Click on the time's title for the next time format")
        self.view.header.clicked.connect(lambda _column: self.cycle_time_format())
        self.view.picked_changed.connect(self._mark_relatives)
        document.grew.connect(lambda _first, _last: self.sync())
        document.replaced.connect(self.start_anew)
        self.sync()

    # --- what is new ---------------------------------------------------------------------------------

    def sync(self) -> None:
        """Take in the new rows; while a filter holds only they are tested."""
        if not self.document.views_ready:
            return
        columns = self.document.columns
        first, end = self.view.shown.total, len(columns)
        if end == first:
            return
        if self.rows.fit_times():
            self.view.restyle()
        self.take_in(end)
        current = self.view.current
        if current != NOTHING and len(self.view.effects) < EFFECTS_MARKED:
            fresh = np.flatnonzero(columns.cause[first:end] == current + 1)[:EFFECTS_MARKED] + first
            self.view.effects |= frozenset(fresh.tolist())

    def ready(self) -> bool:
        """Return whether the columns exist."""
        return self.document.views_ready

    def search(self, query: Filter, first: int, end: int) -> Array:
        """Return the rows of first…end that match a filter, ascending."""
        return query.rows(self.document.columns, first, end)

    def add_tail(self, path: Path) -> TailPane:
        """Return a pane that follows a foreign log file; where this one is a tab, it is the tab in front now."""
        return tail_beside(self, self.document, path)

    # --- jumping -------------------------------------------------------------------------------------

    def jump_to_cause(self) -> None:
        """Go from the current row to the entry that brought it about."""
        row = self.view.current
        if row == NOTHING:
            self.noted.emit("Select a row first; then Q goes to its cause")
            return
        cause = int(self.document.columns.cause[row])
        if not cause:
            self.noted.emit(f"#{row + 1} has no cause here: it came from outside")
            return
        self._jump(cause - 1, "the cause")

    def jump_to_effect(self) -> None:
        """Go from the current row to what it brought about; at the end of a chain to its next sibling."""
        row = self.view.current
        if row == NOTHING:
            self.noted.emit("Select a row first; then Shift+Q goes to what it brought about")
            return
        columns = self.document.columns
        effects = columns.effects(row, 1)
        cause = int(columns.cause[row])
        if not effects and cause:
            effects = [int(at) + row + 1 for at in np.flatnonzero(columns.cause[row + 1 :] == cause)[:1]]
        if not effects:
            self.noted.emit(f"#{row + 1} brought nothing else about")
            return
        self._jump(effects[0], "the next effect")

    def jump_to_trouble(self, by: int) -> None:
        """Go to the next (1) or previous (-1) shown row that is a warning or an error."""
        levels, shown = self.document.columns.level, self.view.shown
        bad = np.flatnonzero(levels[: shown.total] >= LEVELS.index("WARN"))
        here = self.view.current if self.view.current != NOTHING else (shown.total if by < 0 else -1)
        ways = bad[bad > here] if by > 0 else bad[bad < here][::-1]
        for row in ways.tolist():
            if shown.has(row):
                self.view.choose(row)
                return
        self.noted.emit("No further warning or error")

    def _jump(self, row: int, what: str) -> None:
        if self.view.shown.has(row):
            self.view.choose(row)
            return
        hidden = "comes after the pause" if self.view.shown.cap is not None else "is hidden by the filter"
        self.noted.emit(f"#{row + 1}, {what}, {hidden}")
        self.document.selection.seq = row + 1

    def show_seq(self, seq: int) -> None:
        """Select an entry, here and everywhere."""
        self.document.selection.seq = seq

    def _selected_elsewhere(self, seq: int) -> None:
        row = self.row_of(seq)
        newest = self.view.shown.total - 1
        super()._selected_elsewhere(seq)
        if row not in (NOTHING, newest) and self.document.selection.follow:
            self.document.selection.follow = False
        self._mark_relatives()

    def _mark_relatives(self) -> None:
        """Mark the cause and the effects of the current row; times may count from it."""
        view, row = self.view, self.view.current
        view.cause, view.effects = NOTHING, frozenset()
        if row != NOTHING and self.document.views_ready and row < len(self.document.columns):
            columns = self.document.columns
            view.cause = int(columns.cause[row]) - 1
            view.effects = frozenset(columns.effects(row, EFFECTS_MARKED))
            if self.rows.time_format == "selection" and self.rows.origin_ms != int(columns.t_ms[row]):
                self.rows.origin_ms = int(columns.t_ms[row])
                view.repaint_rows()

    # --- time format ---------------------------------------------------------------------------------

    def set_time_format(self, time_format: TimeFormat) -> None:
        """Show times since the run began (``start``), as the wall clock (``wall``) or since the ``selection``."""
        if time_format == self.rows.time_format:
            return
        self.rows.time_format = time_format
        self._mark_relatives()
        self.rows.fit_times()
        self.view.restyle()
        self.noted.emit(WORDS[time_format])
        self.time_format_changed.emit(time_format)

    def cycle_time_format(self) -> None:
        """Go on to the next time format."""
        self.set_time_format(TIME_FORMATS[(TIME_FORMATS.index(self.rows.time_format) + 1) % len(TIME_FORMATS)])

    # --- keys and menu -------------------------------------------------------------------------------

    def keys(self) -> dict[str, Callable[[], None]]:
        """Return what the keys do while the rows have the focus."""
        clear = {"Esc": lambda: self.filter.set_text("")} if self.filter.text() else {}
        return (
            super().keys()
            | clear
            | {
                "/": self.focus_filter,
                "Q": self.jump_to_cause,
                "Shift+Q": self.jump_to_effect,
            }
        )

    def fill_menu(self, menu: QMenu) -> None:
        """Put the commands for the current row into a context menu."""
        super().fill_menu(menu)
        row = self.view.current
        if row == NOTHING or not self.document.views_ready:
            return
        columns = self.document.columns
        cause, session = int(columns.cause[row]), int(columns.session[row])
        menu.addSeparator()
        self.add(menu, f"Go to cause #{cause}" if cause else "Go to cause", self.jump_to_cause, "Q", bool(cause))
        self.add(menu, "Go to next effect", self.jump_to_effect, "Shift+Q")
        self.add(menu, "Show on the timeline", lambda: self.shown_on_timeline.emit(row + 1), "Enter")
        menu.addSeparator()
        kind, level = KINDS[int(columns.kind[row])], LEVELS[int(columns.level[row])].lower()
        if session:
            self.add(menu, f"Only session {session}", lambda: self.filter.add_term(f"session:{session}"))
        self.add(menu, f"Only {kind}", lambda: self.filter.add_term(f"kind:{kind}"))
        self.add(menu, f"Without {kind}", lambda: self.filter.add_term(f"-kind:{kind}"))
        self.add(menu, f"Only {level} and worse", lambda: self.filter.add_term(f"level:{level}"))
        menu.addSeparator()
        for time_format in TIME_FORMATS:
            self.add(
                menu,
                WORDS[time_format],
                partial(self.set_time_format, time_format),
                enabled=time_format != self.rows.time_format,
            )
