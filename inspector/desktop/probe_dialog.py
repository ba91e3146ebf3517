"""The boundary probe as a table: a return 1 ms before, at and 1 ms after an expiry, under every profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from inspector.desktop.prose import Prose
from inspector.desktop.rules_dialog import Table
from inspector.desktop.theme import color
from inspector.engine.profiles import profile_named
from inspector.journal.errors import JournalError
from inspector.views.harmless import format_time, harmless

if TYPE_CHECKING:
    from inspector.desktop.document import Document
    from inspector.desktop.why_search import Search
    from inspector.why.history import History
    from inspector.why.probe import Cell, Probe, Row

LOOKING = "Probing under each profile …"
LEGEND = "≠ another outcome than under {own}, ≈ the same with another end, or noticed at another time."
_HEADS = (("T − 1 ms", -1), ("T", 0), ("T + 1 ms", 1))
_WORDS = {"continued": "goes on", "new": "new session", "none": "no session open", "refused": "refused"}
_TOKENS = {"≠": "expired", "≈": "accent"}


class Probed(msgspec.Struct, frozen=True):
    """A probe with its texts as the headless command prints them."""

    probe: Probe
    text: str
    json: str


class ProbeDialog(QDialog):
    """Asks for the probe of the selected entry, or else of the countdown that runs, or of the last return."""

    def __init__(self, parent: QWidget, document: Document, search: Search) -> None:
        super().__init__(parent)
        self.setWindowTitle("Boundary probe")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._document = document
        self._own = document.journal.header.profile
        self.found: Probed | None = None
        box = QVBoxLayout(self)
        box.setSpacing(10)
        self.about = Prose(LOOKING)
        box.addWidget(self.about)
        self.table = Table(("Profile", *(head for head, _ in _HEADS)), (5, 6, 6, 6))
        self.table.setAccessibleName("Boundary probe")
        box.addWidget(self.table, 1)
        self.legend = Prose(LEGEND.format(own=profile_named(self._own).title), token="muted")
        box.addWidget(self.legend)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy_text = QPushButton("Copy as text")
        self.copy_json = QPushButton("Copy as JSON")
        for button, as_json in ((self.copy_text, False), (self.copy_json, True)):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
            button.clicked.connect(lambda _on=False, as_json=as_json: self.copy(as_json=as_json))
            button.setEnabled(False)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)
        self._window, self._room = parent, parent.size()
        self.table.hide()
        self.legend.hide()
        seq = document.selection.seq
        journal = document.journal
        name = journal.path.name if journal.path is not None else harmless(journal.header.title, 80) or "this run"
        self._asked = search.ask(lambda history: _probed(history, seq, name), self._tell)
        self.finished.connect(lambda _result: self._asked.stop())

    def sizeHint(self) -> QSize:
        """Return a size for what there is to show, within the window."""
        metrics = self.fontMetrics()
        wide, high = metrics.averageCharWidth() * 120, metrics.height() * 9
        if self.found is not None:
            rows = self.table.verticalHeader().length() + self.table.horizontalHeader().height()
            texts = sum(prose.heightForWidth(min(wide, self.width())) for prose in (self.about, self.legend))
            high = rows + texts + metrics.height() * 6
        return QSize(min(wide, max(400, self._room.width() - 60)), min(high, max(300, self._room.height() - 60)))

    def _tell(self, told: Probed | Exception) -> None:
        if isinstance(told, Exception):
            known = isinstance(told, (ValueError, JournalError))
            text = str(told) if known else "a fault of the program; it was noted"
            self.about.setText(f"{text[:1].upper()}{text[1:]}.")
            return
        self.found = told
        self.about.setText(_about(told.probe, self._document))
        self._fill(told.probe)
        for widget in (self.table, self.legend):
            widget.show()
        for button in (self.copy_text, self.copy_json):
            button.setEnabled(True)
        self.resize(self.sizeHint())
        self.resize(self.sizeHint())  # rows are as high as the columns now let them be
        # It grew to the right and downwards from where the small one stood: with large text out of the screen.
        self.move(self._window.mapToGlobal(self._window.rect().center()) - self.rect().center())

    def _fill(self, probe: Probe) -> None:
        own = next(row for row in probe.rows if row.profile == self._own)
        heads = [f"{name}   {format_time(probe.t_ms + offset)}" for name, offset in _HEADS]
        self.table.setHorizontalHeaderLabels(["Profile", *heads])
        signs = [
            [_sign(cell, same) for cell, same in zip(row.cells, own.cells, strict=True)] for row in probe.rows
        ]
        self.table.fill(_texts(row, marks, self._own) for row, marks in zip(probe.rows, signs, strict=True))
        for at, marks in enumerate(signs):
            name = self.table.item(at, 0)
            if probe.rows[at] is own and name is not None:
                font = name.font()
                font.setBold(True)
                name.setFont(font)
            for column, sign in enumerate(marks, 1):
                item = self.table.item(at, column)
                if sign and item is not None:
                    item.setForeground(color(_TOKENS[sign]))

    def copy(self, *, as_json: bool = False) -> None:
        """Copy the probe as the headless command prints it."""
        if self.found is not None:
            QGuiApplication.clipboard().setText(self.found.json if as_json else self.found.text)


def _probed(history: History, seq: int, name: str) -> Probed:
    from inspector.why.commands import printed, probe_page
    from inspector.why.probe import probe
    from inspector.why.probe_table import probe_object

    found = probe(history, seq=seq)
    plain = msgspec.json.encode(probe_object(found, name)).decode()
    return Probed(found, printed(probe_page(found, history, name)), plain)


def _about(probe: Probe, document: Document) -> str:
    what = f"The {probe.input} #{probe.seq}, moved" if probe.seq else f"A {probe.input}, added"
    entry = document.journal.entry(probe.absence_seq)
    own = document.journal.header.profile
    because = "" if probe.profile == own else f", because under {profile_named(own).title} it does not expire"
    return (
        f"{what} to 1 ms before, at and 1 ms after T = {format_time(probe.t_ms)}, the first instant at which the "
        f"session open after #{probe.absence_seq} ({format_time(entry.t_ms)}) has expired under "
        f"{profile_named(probe.profile).title}{because}."
    )


def _sign(cell: Cell, own: Cell) -> str:
    """Return how a cell differs from that of the run's own profile."""
    if (cell.outcome, cell.before is None, cell.ended_by) != (own.outcome, own.before is None, own.ended_by):
        return "≠"
    return "≈" if (cell.end_ms, cell.detected_ms) != (own.end_ms, own.detected_ms) else ""


def _texts(row: Row, signs: list[str], own: str) -> tuple[str, ...]:
    title = profile_named(row.profile).title
    first = f"{title}\nthis run" if row.profile == own else title
    return (first, *(f"{sign} {_cell(cell)}".strip() for cell, sign in zip(row.cells, signs, strict=True)))


def _cell(cell: Cell) -> str:
    """Return what a return finds, in lines: the sessions, and what became of the one before."""
    lines = [_WORDS[cell.outcome]]
    if cell.before is not None:
        after = "" if cell.after in (cell.before, None) else f" → {cell.after}"
        lines[0] += f" ({cell.before}{after})"
    if cell.end_ms is not None and cell.detected_ms is not None:
        lines += [f"end {format_time(cell.end_ms)}", f"noticed {format_time(cell.detected_ms)}"]
    elif cell.ended_by is not None:
        lines.append(f"let go ({cell.ended_by.replace('_', ' ')})")
    return "\n".join(lines)
