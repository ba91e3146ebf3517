"""The Tune window: a window of its own beside the main one. It ends with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QInputDialog,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from inspector.desktop.actions import ACTIONS
from inspector.desktop.icons import program_icon
from inspector.desktop.tune.example import profile_of, scenario_of
from inspector.desktop.tune.exports import Exports
from inspector.desktop.tune.marks import marks_of
from inspector.desktop.tune.model import Tuner
from inspector.desktop.tune.pages import BusyPage, ColumnsPage, EmptyPage, Note
from inspector.desktop.tune.side import SpanField
from inspector.desktop.tune.view import TuneView
from inspector.engine.profiles import profile_named
from inspector.scenario.kitfiles import bundled_kits
from inspector.tuning.gaps import flipping
from inspector.views.harmless import format_span, harmless

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent

    from inspector.desktop.window import Window
    from inspector.engine.kits.rule import KitRule

SAY_MS = 8000
SHARED = ("file.tune", "file.tune_run", "file.quit", "help.keys")  # commands that work in this window, too
SHARED_MENUS = ("Tune",)
SHARED_VIEW = ("theme_light", "theme_dark", "theme_next", "larger", "smaller", "normal")


class TuneWindow(QMainWindow):
    """Pages of one history: nothing yet, columns, progress, figures. ``tuner`` holds the state."""

    def __init__(self, window: Window) -> None:
        super().__init__()
        self._window = window
        self.settings = window.settings
        self._actions = window.actions_
        self.tuner = Tuner(window.settings, self)
        self.setObjectName("tune")
        self.setWindowIcon(program_icon())
        self.setAcceptDrops(True)
        self.setMinimumSize(480, 360)
        self.empty = EmptyPage(self._actions)
        self.columns = ColumnsPage(self.tuner)
        self.busy = BusyPage(self.tuner, self.tuner.stop)
        self.view = TuneView(self.tuner, self._actions)
        self.pages = QStackedWidget()
        for page in (self.empty, self.columns, self.busy, self.view):
            self.pages.addWidget(page)
        self.note = Note()
        body = QWidget()
        box = QVBoxLayout(body)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.note)
        box.addWidget(self.pages, 1)
        self.setCentralWidget(body)
        self.statusBar().setSizeGripEnabled(False)
        self.exports = Exports(self)
        for row in ACTIONS:
            if row.menu in SHARED_MENUS or row.id in SHARED or row.id.removeprefix("view.") in SHARED_VIEW:
                self.addAction(self._actions[row.id])
        self.tuner.staged.connect(self._staged)
        self.tuner.progressed.connect(self.busy.refresh)
        self.tuner.counted_anew.connect(self.view.refresh)
        self.tuner.moved.connect(self._moved)
        self.tuner.detailed.connect(self._rested)
        self.tuner.listed.connect(self._listed)
        self.tuner.refused.connect(self.note.tell)
        self.tuner.tables_found.connect(self._ask_table)
        self.view.opened.connect(self.open_gap)
        for field in (self.view.side.timeout, self.view.side.other):
            field.wrong.connect(self.say)
            field.entered.connect(partial(self._entered, field))
        self.view.gaps.table.itemSelectionChanged.connect(self._actions.refresh)
        window.document.themed.connect(self._themed)
        window.kits.changed.connect(self._mark)
        self._own_kits: dict[str, KitRule] | None = None
        self._mark()
        self._staged()
        self.resize(1280, 800)
        if text := window.settings["tune_geometry"]:
            self.restoreGeometry(QByteArray.fromBase64(QByteArray(text.encode("ascii", "replace"))))

    # --- what is shown -------------------------------------------------------------------------------

    def come(self) -> None:
        """Show the window and give it the keyboard."""
        self.show()
        self.raise_()
        self.activateWindow()
        self._actions.refresh()

    def say(self, text: str) -> None:
        """Show a line at the bottom for a while."""
        self.statusBar().showMessage(text, SAY_MS)

    def open_paths(self, paths: Sequence[str], *, title: str = "", straight: bool = False) -> None:
        """Open files or folders as one history."""
        self.note.hide()
        more = f" and {len(paths) - 1:,} more" if len(paths) > 1 else ""
        self.tuner.open(list(paths), title or f"{harmless(Path(paths[0]).name, 80)}{more}", straight=straight)
        self.come()

    def _staged(self) -> None:
        tuner = self.tuner
        page: QWidget = self.empty
        if tuner.busy:
            self.busy.refresh()
            page = self.busy
        elif tuner.stage == "columns":
            self.columns.refresh()
            page = self.columns
        elif tuner.stage == "shown":
            page = self.view
        self.pages.setCurrentWidget(page)
        self.setWindowTitle(
            f"Tune: {tuner.title} – Session Inspector" if tuner.title else "Tune – Session Inspector"
        )
        focus: dict[QWidget, QWidget] = {
            self.columns: self.columns.go,
            self.busy: self.busy.stop,
            self.view: self.view.curve,
        }
        if page in focus:
            focus[page].setFocus(Qt.FocusReason.OtherFocusReason)
        self._actions.refresh()

    def _ask_table(self, file: str, tables: list[str]) -> None:
        """Ask which table of a database is the history."""
        names = {f"{at:,}. {harmless(name, 80)}": name for at, name in enumerate(tables, 1)}
        dialog = QInputDialog(self)
        dialog.setWindowTitle("Choose a table")
        dialog.setLabelText(
            f"{harmless(Path(file).name, 80)} holds {len(tables):,} tables. Which is the history?"
        )
        dialog.setComboBoxItems(list(names))
        dialog.setComboBoxEditable(False)
        dialog.textValueSelected.connect(lambda text: self.tuner.open_table(file, names[text]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _entered(self, field: SpanField, _timeout_ms: int) -> None:
        """Leave a field whose timeout was taken with Enter: letters are commands again."""
        if QApplication.focusWidget() is field:
            self.view.curve.setFocus(Qt.FocusReason.OtherFocusReason)

    def _moved(self) -> None:
        self.view.move_()

    def _rested(self) -> None:
        """Show what was looked up, and what can be done with T now that it rests."""
        self.view.tell_detail()
        self._actions.refresh()

    def _listed(self) -> None:
        self.view.tell_gaps()
        self._actions.refresh()

    def _mark(self) -> None:
        own = self._window.kits.own()
        if own != self._own_kits:  # told with every change of a kit's lane
            self._own_kits = own
            self.view.set_marks(marks_of([*bundled_kits().values(), *own.values()]))

    def _themed(self, _theme: object) -> None:
        self.view.dress()
        self.empty.dress()
        for widget in self.findChildren(QWidget):
            widget.update()

    # --- what is done --------------------------------------------------------------------------------

    def to_mark(self, direction: int) -> None:
        """Take the next timeout that ships with a profile or kit."""
        tuner = self.tuner
        low, high = tuner.timeouts_ms[0], tuner.timeouts_ms[-1]
        there = [mark for mark in self.view.side.marks if low <= mark.timeout_ms <= high]
        if direction > 0:
            found = next((mark for mark in there if mark.timeout_ms > tuner.timeout_ms), None)
        else:
            found = next((mark for mark in reversed(there) if mark.timeout_ms < tuner.timeout_ms), None)
        if found is None:
            self.say(f"No profile or kit ships with a {'longer' if direction > 0 else 'shorter'} timeout here")
            return
        tuner.set_timeout(found.timeout_ms)
        self.say(found.words)

    def list_flips(self) -> None:
        """List the gaps that flip between T and the other timeout, and give them the keyboard."""
        tuner = self.tuner
        if tuner.counted is not None and tuner.other_at >= 0:
            tuner.list_gaps(*flipping(tuner.timeout_ms, tuner.other_ms, tuner.counted.tuned.operator))
            self.view.gaps.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def open_gap(self, row: int) -> None:
        """Show a listed gap on the timeline: a run of what its user did around it, under T."""
        tuner = self.tuner
        counted, found = tuner.counted, tuner.examples
        if counted is None or found is None or not 0 <= row < len(found.gaps):
            return
        scenario, span_ms = scenario_of(counted, found.gaps[row], tuner.timeout_ms, counted.tuned.sources[0].file)
        window = self._window
        window.files.play_scenario(scenario)
        window.document.selection.range_ms = span_ms
        taken_ms = window.document.settings.session_timeout_ms
        told = f"{scenario.name}, under {profile_of(counted)}"
        if taken_ms != tuner.timeout_ms:
            most = profile_named(profile_of(counted)).timeout.max_ms
            told += f", which takes {format_span(most or taken_ms)} at most"
        window.say(told)
        window.raise_()
        window.activateWindow()
        window.focus_pane("timeline")
        if window.timeline is not None:
            window.timeline.fit_selection()
            window.timeline.zoom(0.25)

    # --- events --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the button that has the keyboard, stop with Esc, say why a command cannot be done."""
        button = QApplication.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(button, QAbstractButton):
            button.click()
            return
        if event.key() == Qt.Key.Key_Escape and self.tuner.busy:
            self.tuner.stop()
            return
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        row = self._actions.row_of_key(QKeySequence(QKeyCombination(modifiers, Qt.Key(event.key()))))
        if row is None or row.menu not in SHARED_MENUS:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            why = self._window.commands.why_not(row)
            if why:
                self.say(f"{row.title}: {why}")
            else:
                self._actions.trigger(row)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the files dropped as one history."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.open_paths(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what is being read; what was counted stays for when the window comes again."""
        self.tuner.stop()
        self._remember()
        super().closeEvent(event)
        self._actions.refresh()

    def _remember(self) -> None:
        text = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self._window.settings["tune_geometry"] = text

    def shut(self) -> None:
        """End with the main window."""
        self._remember()
        self.tuner.close()
        self._window.document.themed.disconnect(self._themed)
        self._window.kits.changed.disconnect(self._mark)
        self.hide()
        self.deleteLater()
