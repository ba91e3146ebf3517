"""Commands that touch files: open, save, branch, export, verify. Long ones work off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from inspector import __version__
from inspector.desktop import runs
from inspector.desktop.background import Task
from inspector.desktop.document import ScriptStep
from inspector.journal import library
from inspector.journal.errors import Damaged, JournalError
from inspector.journal.locking import is_locked
from inspector.journal.run import Run
from inspector.scenario.errors import ScenarioError
from inspector.scenario.model import Scenario
from inspector.views.harmless import harmless

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog, QMenu

    from inspector.desktop.window import Window

SCENARIO_SPEED = 10.0
OPENABLE = (
    "Journals, scenarios, recordings, captures (*.session *.jsonl *.yaml *.yml *.json *.csv *.har *.flows *.mitm "
    "*.logcat *.log *.txt *.ndjson *.captures *.gz);;All files (*)"
)


class FileCommands(QObject):
    """What is done with files. Every failure is told in a banner with what to do; nothing open is lost."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.window = window
        self.document = window.document
        self.settings = window.settings
        self._task: Task | None = None

    # --- begin and open ------------------------------------------------------------------------------

    def new_run(self, profile: str = "", device: dict[str, int] | None = None) -> None:
        """Begin an empty run, under another profile or on another device if so said."""
        header = self.document.journal.header
        if device is None and profile in ("", header.profile):
            device = header.device
        started = runs.new_run(profile or header.profile, device=device)
        self._show(started, speed=self.settings["speed"])

    def open_file(self) -> None:
        """Ask for a file to open."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self.window, "Open", self.settings["folder"], OPENABLE)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._ask(dialog, self.open_path)

    def open_sample(self) -> None:
        """Show the bundled stories, to play one."""
        from inspector.desktop.samples import Samples

        Samples(self.window).open()

    def open_path(self, path: Path, *, salvage: bool = False, at_ms: int | None = None) -> None:
        """Open a journal as a recording, play a scenario or a recorded lifecycle, or read a capture.

        It is told by its content which, off the GUI thread.

        With ``at_ms`` a scenario stands paused at that instant.
        """
        self.cancel()
        self.window.status.show_progress(f"Opening {harmless(path.name, 60)} …")
        own = self.window.kits.own()

        def load() -> Run | Scenario | Path:
            from inspector.desktop.captures.telling import is_capture

            return path if is_capture(path) else runs.load(path, salvage=salvage, kits=own)

        task = Task(load, self)
        task.done.connect(lambda found: self._opened(task, path, found, at_ms))
        task.failed.connect(lambda error: self._not_opened(task, path, error))
        self._task = task
        task.start()

    def cancel(self) -> None:
        """Forget the file being opened, stop reading captures."""
        if "captures" in self.window.commands.__dict__:
            self.window.commands.captures.stop_capture()
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self.window.status.progress.hide()

    def wait(self) -> None:
        """Wait for what works in the background, at the window's end."""
        if self._task is not None:
            self._task.cancel()
            self._task.wait()
            self._task = None

    def _end(self, task: Task) -> None:
        self._task = None
        self.window.status.progress.hide()
        task.deleteLater()

    def _opened(self, task: Task, path: Path, found: Run | Scenario | Path, at_ms: int | None) -> None:
        self._end(task)
        if isinstance(found, Path):
            self.window.commands.captures.read([found])
            return
        self._forget_messages()
        if isinstance(found, Scenario):
            self.play_scenario(found)
            if at_ms is not None:
                self.document.run_to(at_ms, pause=True)
            return
        self.document.open(found, play=False)
        notes = []
        if is_locked(path):
            notes.append("Another inspector is writing this journal; this is what it held when it was opened.")
        if found.torn_bytes:
            notes.append(f"A torn last line of {found.torn_bytes} bytes is left out.")
        if found.damage:
            notes.append(f"Only what comes before the damage is shown. {found.damage}")
        if notes:
            self.window.banners.show_message(f"{path.name}: {' '.join(notes)}", "warn")
        self.window.say(f"Opened {harmless(path.name, 80)}: {len(found.journal):,} entries, read-only")

    def _not_opened(self, task: Task, path: Path, error: Exception) -> None:
        self._end(task)
        buttons: tuple[tuple[str, Callable[[], None]], ...] = ()
        if isinstance(error, Damaged) and error.loaded.entries:
            buttons = (("Open what can be read", lambda: self.open_path(path, salvage=True)),)
        text = str(error) or type(error).__name__
        if not isinstance(error, JournalError | ScenarioError):
            text = f"{path.name} could not be opened: {text}"
        self.window.banners.show_message(text, "error", buttons)

    def play_scenario(self, scenario: Scenario, *, speed: float = SCENARIO_SPEED) -> None:
        """Play a scenario in a new run, as virtual time passes; a recorded lifecycle to its end at once."""
        started = runs.run_of(scenario)
        self._show(started, speed=speed)
        self.window.commands.kits.show_scenario(scenario)
        steps: list[ScriptStep] = [(step.t_ms, step.input) for step in scenario.steps if step.input is not None]
        end_ms = scenario.steps[-1].t_ms if scenario.steps else 0
        self.document.play_script(steps, end_ms, scenario.by)
        if scenario.by == "recording":  # weeks of a phone: nobody watches them pass
            self.document.run_to(end_ms, pause=True)
            return
        self.window.say(f"Playing {harmless(scenario.name, 100)} at ×{speed:g}")

    def branch(self) -> None:
        """Go on in a new journal from the selected entry, or from the end."""
        seq = self.document.selection.seq or len(self.document.journal)
        try:
            run = self.document.run.branch(seq, library.new_path(runs.wall_ms()))
        except JournalError as error:
            self.window.banners.show_message(str(error), "error")
            return
        self._forget_messages()
        self.document.open(run)
        self.document.pause()
        self.window.say(f"A new run, as before up to entry {seq:,}; paused. The old journal stays.")

    def _show(self, started: runs.Started, *, speed: float = 1.0) -> None:
        self._forget_messages()
        self.document.open(started.run, speed=speed)
        if started.message:
            self.window.banners.show_message(started.message, started.level)

    def _forget_messages(self) -> None:
        """Take away what was said of the run open until now."""
        self.window.banners.clear()
        self.window.statusBar().clearMessage()

    # --- save and export -----------------------------------------------------------------------------

    def save_as(self) -> None:
        """Ask where to save a copy of the journal, and save it."""
        name = self.document.journal.path.stem if self.document.journal.path else "run"
        self._save(
            "Save a copy of the journal", f"{name} copy{library.SUFFIX}", "Journal (*.session)", self._copy
        )

    def _copy(self, path: Path) -> None:
        run = self.document.run
        if run.read_only and run.journal.path is not None and not run.damage:
            import shutil

            shutil.copyfile(run.journal.path, path)
        else:
            run.save(path)

    def export_picture(self) -> None:
        """Ask where to save the timeline as a picture, PNG or SVG by its name."""

        def write(path: Path) -> None:
            timeline = self.window.timeline
            if timeline is None:
                return
            if path.suffix.lower() == ".svg":
                timeline.export_svg(path)
            else:
                timeline.export_png(path)

        self._save("Export the timeline", "timeline.png", "Pictures (*.png *.svg)", write)

    def export_sessions(self) -> None:
        """Ask where to save the table of sessions as CSV."""

        def write(path: Path) -> None:
            runs.write_text(path, runs.sessions_csv(self.document.fold.sessions, self.document.spans))

        self._save("Export the table of sessions", "sessions.csv", "Table (*.csv)", write)

    def _save(self, title: str, name: str, kinds: str, write: Callable[[Path], None]) -> None:
        def chosen(path: Path) -> None:
            try:
                write(path)
            except JournalError as error:
                self.window.banners.show_message(str(error), "error")
            except OSError as error:
                why = f"{path}: cannot be written: {error.strerror or error}; choose another folder"
                self.window.banners.show_message(why, "error")
            else:
                self.window.say(f"Saved {harmless(path.name, 80)}")

        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self.window, title, self.settings["folder"], kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(name).suffix[1:])
        dialog.selectFile(name)
        self._ask(dialog, chosen)

    def _ask(self, dialog: QFileDialog, chosen: Callable[[Path], None]) -> None:
        def take(text: str) -> None:
            path = Path(text)
            self.settings["folder"] = str(path.parent)
            chosen(path)

        dialog.fileSelected.connect(take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # --- the rest ------------------------------------------------------------------------------------

    def verify(self) -> None:
        """Decide the journal's inputs again, off the GUI thread, and tell whether the file says the same."""
        path = self.document.journal.path
        if path is None:
            self.window.banners.show_message("This run is in memory only; save it (Ctrl+S) and verify the copy.")
            return
        from inspector.journal.verify import VerifyReport, verify

        self.cancel()
        self.window.status.show_progress(f"Verifying {harmless(path.name, 60)} …")

        def told(report: VerifyReport) -> None:
            self._end(task)
            if report.same:
                inputs, entries = f"{report.inputs:,} inputs", f"{report.entries:,} entries"
                self.window.banners.show_message(f"Verified: {inputs} decided again give the same {entries}.")
            else:
                self.window.banners.show_message(f"It differs. {report.first_difference}", "error")

        task = Task(lambda: verify(path), self)
        task.done.connect(told)
        task.failed.connect(lambda error: self._not_opened(task, path, error))
        self._task = task
        task.start()

    def reveal(self) -> None:
        """Open the folder of the journals."""
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        folder = library.runs_folder()
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.window.banners.show_message(f"The journals are in {folder}")

    def add_tail(self) -> None:
        """Ask for a log file to follow."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self.window, "Tail a log file", self.settings["folder"], "All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._ask(dialog, self.window.add_tail)

    def quit(self) -> None:
        """Close the window."""
        self.window.close()

    def about(self) -> None:
        """Tell version and licence."""
        self.window.banners.show_message(
            f"Session Inspector {__version__}: drives and explains analytics sessions. MIT licence."
        )

    # --- menus that depend on files ------------------------------------------------------------------

    def add_open_menus(self, menu: QMenu) -> None:
        """Put the runs written last into the File menu; filled when opened."""
        recent = menu.addMenu("Open recent")
        recent.aboutToShow.connect(
            lambda: self._fill(
                recent,
                [(f"{run.path.stem}  {harmless(run.header.title, 40)}", run.path) for run in library.recent(12)],
            )
        )

    def _fill(self, menu: QMenu, rows: list[tuple[str, Path]]) -> None:
        menu.clear()
        for title, path in rows:
            action = menu.addAction(harmless(title, 80).replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, path=path: self.open_path(path))
        if not rows:
            menu.addAction("There are none").setEnabled(False)
