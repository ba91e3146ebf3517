"""Commands about tuning, named by the table of commands. The Tune window is built when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from inspector import resources
from inspector.engine.inputs import Set
from inspector.engine.settings import seconds

if TYPE_CHECKING:
    from inspector.desktop.tune.window import TuneWindow
    from inspector.desktop.window import Window

OPENABLE = (
    "Histories (*.csv *.tsv *.jsonl *.ndjson *.json *.txt *.gz *.parquet *.pq *.session *.sqlite *.sqlite3 *.db "
    "*.duckdb *.captures *.har *.flows);;All files (*)"
)
# What no run or scenario is, so that a drop on the main window means tuning.
_ONLY_HISTORIES = (".tsv", ".ndjson", ".gz", ".parquet", ".pq", ".sqlite", ".sqlite3", ".db", ".duckdb")
NO_HISTORY = "no history is open; open one (Ctrl+H)"


class TuneCommands(QObject):
    """What is done about tuning, and the reasons why something cannot be done now."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.window = window
        self.tune: TuneWindow | None = None

    # --- why not -------------------------------------------------------------------------------------

    def why_not_run_to_tune(self) -> str:
        """Return why the open run is no history."""
        document = self.window.document
        if not len(document.journal):
            return "the journal is empty"
        return "" if document.journal.path else "this run is in memory only; save it (Ctrl+S) and open the copy"

    def why_not_looked_at(self) -> str:
        """Return why there are no columns to ask about."""
        return "" if self.tune is not None and self.tune.tuner.looked is not None else NO_HISTORY

    def why_not_tuning(self) -> str:
        """Return why there is nothing to stop."""
        return "" if self.tune is not None and self.tune.tuner.busy else "nothing is being read"

    def why_not_tuned(self) -> str:
        """Return why there is no T."""
        tune = self.tune
        if tune is None or tune.tuner.counted is None:
            return NO_HISTORY
        return "" if tune.tuner.stage == "shown" else "the history is being read"

    def why_not_compared(self) -> str:
        """Return why there is no second T."""
        if why := self.why_not_tuned():
            return why
        compared = self.tune is not None and self.tune.tuner.other_at >= 0
        return "" if compared else "there is no second T; compare with one (Shift+C)"

    def why_not_gap_chosen(self) -> str:
        """Return why there is no gap to open."""
        if why := self.why_not_tuned():
            return why
        chosen = self.tune is not None and self.tune.view.gaps.row() >= 0
        return "" if chosen else "no gap is listed; choose a bar of gaps (Shift+B)"

    def why_not_tuned_apply(self) -> str:
        """Return why the run cannot take T."""
        if why := self.why_not_tuned():
            return why
        document = self.window.document
        if not document.read_only and self._t_ms() == document.settings.session_timeout_ms:
            return "the run has that timeout already"
        return document.why_not(Set)

    def is_compared(self) -> bool:
        """Return whether there is a second T."""
        return not self.why_not_compared()

    def _t_ms(self) -> int:
        return 0 if self.tune is None else self.tune.tuner.timeout_ms

    # --- histories -----------------------------------------------------------------------------------

    def show_tune(self) -> None:
        """Show the Tune window and give it the keyboard."""
        self._window().come()

    def tune_on_history(self) -> None:
        """Ask for histories to open."""
        self._choose("Tune on history", folder=False)

    def tune_on_folder(self) -> None:
        """Ask for a folder of histories."""
        self._choose("Tune on a folder of histories", folder=True)

    def _choose(self, title: str, *, folder: bool) -> None:
        from PySide6.QtWidgets import QFileDialog

        settings = self.window.settings
        parent = self.tune if self.tune is not None and self.tune.isActiveWindow() else self.window
        dialog = QFileDialog(parent, title, settings["folder"], "" if folder else OPENABLE)
        kinds = QFileDialog.FileMode
        dialog.setFileMode(kinds.Directory if folder else kinds.ExistingFiles)

        def take(paths: list[str]) -> None:
            settings["folder"] = paths[0] if folder else str(Path(paths[0]).parent)
            self._window().open_paths(paths)

        dialog.filesSelected.connect(take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def take_dropped(self, paths: Sequence[Path]) -> bool:
        """Open several files, or one that can only be a history; return False for any other."""
        if len(paths) > 1 or paths[0].is_dir() or paths[0].suffix.lower() in _ONLY_HISTORIES:
            self._window().open_paths([str(path) for path in paths])
            return True
        return False

    def tune_on_run(self) -> None:
        """Tune on the journal of the open run, as far as it is written."""
        path = self.window.document.journal.path
        if path is not None:
            self._window().open_paths([str(path)], straight=True)

    def tune_on_sample(self) -> None:
        """Tune on the month of a phone that ships with the program."""
        path = resources.path("samples", "phone-month", "screen-states.csv")
        self._window().open_paths([str(path)], title="A month of one phone", straight=True)

    def ask_columns(self) -> None:
        """Ask again which column is which."""
        self._window().come()
        self._window().tuner.show_columns()

    def stop_tuning(self) -> None:
        """Stop reading or counting."""
        self._window().tuner.stop()

    def _window(self) -> TuneWindow:
        if self.tune is None:
            from inspector.desktop.tune.window import TuneWindow

            self.tune = TuneWindow(self.window)
        return self.tune

    # --- T -------------------------------------------------------------------------------------------

    def step_tuned(self, direction: int) -> None:
        """Try the next shorter or longer timeout."""
        self._window().tuner.step(direction)

    def to_mark(self, direction: int) -> None:
        """Try the next timeout that ships with a profile or kit."""
        self._window().to_mark(direction)

    def type_tuned(self) -> None:
        """Go to the field of T."""
        self._focus(lambda tune: tune.view.side.timeout)

    def focus_gaps(self) -> None:
        """Go to the bars of gaps."""
        self._focus(lambda tune: tune.view.gap_plot)

    def _focus(self, of: Callable[[TuneWindow], object]) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QLineEdit, QWidget

        tune = self._window()
        tune.come()
        widget = of(tune)
        if isinstance(widget, QWidget):
            widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(widget, QLineEdit):
            widget.selectAll()

    def toggle_second(self) -> None:
        """Compare with a second timeout, or no more."""
        self._window().tuner.toggle_other()

    def swap_tuned(self) -> None:
        """Let T and the second timeout change places."""
        self._window().tuner.swap()

    def list_flips(self) -> None:
        """List the gaps that flip between the two timeouts."""
        self._window().list_flips()

    def open_gap(self) -> None:
        """Open the chosen gap on the timeline."""
        self._window().open_gap(self._window().view.gaps.row())

    def apply_tuned(self) -> None:
        """Let the run take T."""
        asked_ms = self._t_ms()
        document = self.window.document
        if document.submit(Set({"session_timeout": seconds(asked_ms)})):
            taken_ms = document.settings.session_timeout_ms
            note = "" if taken_ms == asked_ms else f"; the profile takes {seconds(taken_ms)} s"
            text = f"The session timeout was set to {seconds(asked_ms)} s{note}"
            self.window.say(text)
            self._window().say(text)

    # --- exports -------------------------------------------------------------------------------------

    def export_tuned_picture(self) -> None:
        """Ask where to save curve and gaps as a picture."""
        self._window().exports.picture()

    def export_tuned_table(self) -> None:
        """Ask where to save the figures of every timeout."""
        self._window().exports.table()

    def export_tuned_report(self) -> None:
        """Ask where to save the page."""
        self._window().exports.report()

    def close(self) -> None:
        """Close the Tune window and wait for what works in the background, at the main window's end."""
        if self.tune is not None:
            self.tune.shut()
            self.tune = None
