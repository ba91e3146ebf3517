"""The tab of what is observed: a table, a line that sums it up, and the timeout that an SDK does not say."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from inspector.desktop.log.pane import RowsPane
from inspector.desktop.log.view import NOTHING
from inspector.desktop.observed.room import ObservedRoom
from inspector.desktop.observed.rows import ObservedRows
from inspector.desktop.observed.words import EMPTY, boundary_line
from inspector.views.harmless import harmless
from inspector.wire.fields import seconds


class ObservedPane(RowsPane):
    """Observed sessions. A row chooses its boundary in the room; Enter shows its session on the timeline.

    ``fit_asked(key, session_id)``: a session is to be shown whole.
    """

    fit_asked = Signal(object, str)

    def __init__(self, room: ObservedRoom, parent: QWidget | None = None) -> None:
        self._source = ObservedRows(room)
        super().__init__(room.document, self._source, "Observed sessions", parent)
        self._room = room
        self.view.empty_text = EMPTY
        self.view.follow = False
        self._bar = QWidget()
        box = QHBoxLayout(self._bar)
        box.setContentsMargins(8, 3, 8, 3)
        self._summary = QLabel()
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        box.addWidget(self._summary, 1)
        label = QLabel("&Timeout (s)")
        self.timeout = QLineEdit()
        self.timeout.setPlaceholderText("as the SDK says")
        self.timeout.setMaxLength(8)
        self.timeout.setFixedWidth(self.timeout.fontMetrics().horizontalAdvance("as the SDK says") + 28)
        self.timeout.setAccessibleName("Timeout in seconds that the SDKs are held against")
        self.timeout.setToolTip(
            "In seconds. The web SDK does not say its own: give it here. Empty: as each SDK says, or its default."
        )
        self.timeout.editingFinished.connect(self._timeout_given)
        label.setBuddy(self.timeout)
        clear = QPushButton("Forget all")
        clear.setToolTip("Forget everything observed")
        clear.clicked.connect(room.clear)
        for widget in (label, self.timeout, clear):
            box.addWidget(widget)
        self._layout.insertWidget(0, self._bar)
        self.view.current_changed.connect(self._picked)
        self.view.activated.connect(self._activated)
        room.changed.connect(self._changed)
        room.chosen_changed.connect(self._chosen_elsewhere)
        self.sync()

    @property
    def count(self) -> int:
        """Return how many rows there are."""
        return self.view.shown.total

    def keys(self) -> dict[str, Callable[[], None]]:
        """Return what the keys do: as every table, and from one difference to the next."""
        return {
            **super().keys(),
            "N": lambda: self._next(1),
            "Shift+N": lambda: self._next(-1),
        }

    def _changed(self) -> None:
        if self.isVisible():
            self.sync()

    def sync(self) -> None:
        """Take in what was observed since."""
        self._source.sync()
        total = len(self._source.rows)
        if total != self.view.shown.total:
            self.view.shown.total = total
            self.view.rows_changed()
        self.view.repaint_changed(self._source.is_same)
        self._bar.setVisible(bool(self._room.devices))
        self._summary.setText(self._words())
        self._chosen_elsewhere()

    def _words(self) -> str:
        room = self._room
        count = len(room.devices)
        totals = dict.fromkeys(("agrees", "late", "early", "missing", "extra", "unknown"), 0)
        for seen in room.devices.values():
            for name, number in seen.counts.items():
                totals[name] += number
        said = [f"{count} device{'s' * (count != 1)}", f"✓ {totals['agrees']} agree"]
        signs = {"late": "±", "early": "±", "missing": "−", "extra": "+"}
        said += [f"{sign} {totals[name]} {name}" for name, sign in signs.items() if totals[name]]
        if totals["unknown"]:
            said.append(f"? {totals['unknown']} not known")
        if room.unread:
            said.append(f"{room.unread:,} could not be read")
        if room.let_go:
            said.append(f"{room.let_go:,} let go: too many at once")
        self._summary.setToolTip(harmless(room.last_unread, 300))
        return "   ".join(said)

    def _timeout_given(self) -> None:
        given = self.timeout.text().strip().replace(",", ".")
        timeout_s = seconds(given) if given else None
        if given and (timeout_s is None or timeout_s < 1):
            self.noted.emit(f"Timeout: {harmless(given, 20)} is no number of seconds from 1 on; for example 1800")
            self.timeout.setText("" if self._room.timeout_s is None else f"{self._room.timeout_s:g}")
            return
        self._room.set_timeout(timeout_s)

    def _picked(self, row: int) -> None:
        if 0 <= row < len(self._source.rows):
            one = self._source.rows[row]
            if one.boundary is not None:
                self._room.choose(one.key, one.boundary)
                self.noted.emit(harmless(boundary_line(one.boundary), 300))

    def _activated(self, row: int) -> None:
        if 0 <= row < len(self._source.rows):
            one = self._source.rows[row]
            self._picked(row)
            if one.session is not None:
                self.fit_asked.emit(one.key, one.session.id)

    def _chosen_elsewhere(self) -> None:
        chosen = self._room.chosen
        if chosen is None:
            if self.view.current != NOTHING:
                self.view.show_row(NOTHING)
            return
        key, boundary = chosen
        for at, one in enumerate(self._source.rows):
            if one.key == key and boundary in (one.begin, one.end):
                self.view.show_row(at)
                return

    def _next(self, direction: int) -> None:
        """Choose the next row that does not agree."""
        rows = self._source.rows
        places = (
            range(self.view.current + 1, len(rows)) if direction > 0 else range(self.view.current - 1, -1, -1)
        )
        for at in places:
            worst = rows[at].boundary
            if worst is not None and worst.verdict not in ("agrees", "unknown"):
                self.view.show_row(at)
                self._picked(at)
                return
        self.noted.emit("No further difference")
