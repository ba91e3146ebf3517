"""What the log, a foreign log and the notifications have in common: picking, copying, following, a menu."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from inspector.desktop.document import Document
from inspector.desktop.log.cells import RowSource
from inspector.desktop.log.view import NOTHING, RowsView

COPY_LIMIT = 100_000  # rows; a clipboard is no file


class Copyable(RowSource, Protocol):
    """Rows that can be copied as JSON, too."""

    def json(self, row: int, /) -> str:
        """Return a row as one line of JSON."""
        ...


class RowsPane(QWidget):
    """A view of rows with its keys and its context menu.

    ``noted(text)`` says in words what a command did, fit for a status bar.
    """

    noted = Signal(str)

    def __init__(self, document: Document, source: Copyable, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.rows = source
        self.view = RowsView(source, name, self)
        self.view.claims = self._claims
        self.view.menu_asked.connect(self._show_menu)
        self.setFocusProxy(self.view)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self.view, 1)
        document.themed.connect(self._themed)

    def _themed(self, _theme: object) -> None:
        self.view.restyle()

    # --- copying -------------------------------------------------------------------------------------

    def copy_rows(self) -> None:
        """Copy the picked rows to the clipboard, a line each, columns separated by tabs."""
        self._copy(self.rows.plain, "as text")

    def copy_rows_json(self) -> None:
        """Copy the picked rows to the clipboard as JSON Lines."""
        self._copy(self.rows.json, "as JSON")

    def select_all(self) -> None:
        """Pick every shown row."""
        self.view.pick_all()
        self.noted.emit(f"{len(self.view.shown):,} rows picked")

    def _copy(self, line: Callable[[int], str], words: str) -> None:
        count = self.view.picked.count(self.view.shown)
        if not count:
            self.noted.emit("Nothing copied: no row is picked")
            return
        lines = [
            line(row) for row, _ in zip(self.view.picked.shown(self.view.shown), range(COPY_LIMIT), strict=False)
        ]
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n" * (len(lines) > 1))
        of_all = f" of {count:,} (a clipboard takes no more)" if count > len(lines) else ""
        self.noted.emit(f"Copied {len(lines):,}{of_all} row{'s' * (count != 1)} {words}")

    # --- keys and menu -------------------------------------------------------------------------------

    def keys(self) -> dict[str, Callable[[], None]]:
        """Return what the keys do while the rows have the focus."""
        return {
            "Ctrl+C": self.copy_rows,
            "Ctrl+Shift+C": self.copy_rows_json,
            "Ctrl+A": self.select_all,
        }

    def _command(self, event: QKeyEvent) -> Callable[[], None] | None:
        pressed = QKeySequence(event.keyCombination())
        for keys, command in self.keys().items():
            if pressed == QKeySequence(keys) or (keys == "/" and event.text() == "/"):
                return command
        return None

    def _claims(self, event: QKeyEvent) -> bool:
        return self._command(event) is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what a key asks for while the rows have the focus."""
        command = self._command(event) if self.view.hasFocus() else None
        if command is None:
            event.ignore()
            return
        command()
        event.accept()

    def fill_menu(self, menu: QMenu) -> None:
        """Put the commands into a context menu."""
        some = bool(self.view.picked.count(self.view.shown))
        self.add(menu, "Copy rows", self.copy_rows, "Ctrl+C", some)
        self.add(menu, "Copy rows as JSON", self.copy_rows_json, "Ctrl+Shift+C", some)
        self.add(menu, "Select all", self.select_all, "Ctrl+A", bool(len(self.view.shown)))

    def add(
        self, menu: QMenu, title: str, command: Callable[[], None], keys: str = "", enabled: bool = True
    ) -> None:
        """Add a command to a menu, its key beside it."""
        # After a tab the key is only shown: the view answers it, and only while it has the focus.
        action = menu.addAction(f"{title}\t{keys}" if keys else title)
        action.setEnabled(enabled)
        action.triggered.connect(lambda _checked=False: command())

    def make_menu(self) -> QMenu:
        """Return the context menu of the picked rows."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_menu(menu)
        return menu

    def _show_menu(self, point: QPoint) -> None:
        self.make_menu().popup(point)

    # --- the shared selection ------------------------------------------------------------------------

    def share_selection(self) -> None:
        """Show and set the document's selection and hover: one entry, seen from several sides."""
        selection = self.document.selection
        self.view.current_changed.connect(self._chosen)
        self.view.hovered.connect(self._hovered)
        selection.seq_changed.connect(self._selected_elsewhere)
        selection.hover_changed.connect(self._hovered_elsewhere)

    def seq_of(self, row: int) -> int:
        """Return the ``seq`` of a row's entry."""
        return row + 1

    def row_of(self, seq: int) -> int:
        """Return the row of an entry, -1 if it is none of these."""
        return seq - 1 if 1 <= seq <= self.view.shown.total else NOTHING

    def _chosen(self, row: int) -> None:
        self.document.selection.seq = self.seq_of(row)

    def _hovered(self, row: int) -> None:
        self.document.selection.hover_seq = 0 if row == NOTHING else self.seq_of(row)

    def _selected_elsewhere(self, seq: int) -> None:
        self.view.show_row(self.row_of(seq))

    def _hovered_elsewhere(self, seq: int) -> None:
        self.view.set_hover(self.row_of(seq))

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was missed unseen."""
        super().showEvent(event)
        self.sync()

    def sync(self) -> None:
        """Take in what is new."""

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew when the text size changes."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.view.restyle()
