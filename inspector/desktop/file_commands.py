"""Commands that touch files: open, save, branch, export, verify. Long ones work off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from inspector import __version__
from inspector.desktop import opening, runs
from inspector.desktop.document import ScriptStep
from inspector.desktop.give_way import Work
from inspector.desktop.jobs import Jobs
from inspector.desktop.opening import Ready
from inspector.journal import library
from inspector.journal.errors import Damaged, JournalError
from inspector.journal.locking import is_locked
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
        self.jobs = Jobs(lambda: window.status, self)

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
        self._stop_capture()
        self.jobs.cancel_looking()
        own = self.window.kits.own()
        self.jobs.start(
            f"Opening {harmless(path.name, 60)} …",
            lambda pace: opening.opened(path, salvage, own, pace),
            lambda found: self._opened(path, found, at_ms),
            lambda error: self._not_opened(path, error),
        )

    def cancel(self) -> None:
        """Stop what the status bar shows: reading captures, or the work under way."""
        self._stop_capture()
        self.jobs.cancel()

    def _stop_capture(self) -> None:
        if "captures" in self.window.commands.__dict__:
            self.window.commands.captures.stop_capture()

    def wait(self) -> None:
        """Wait for what works in the background, at the window's end; what is being saved is saved."""
        self.jobs.wait()

    def _opened(self, path: Path, found: Ready | Scenario | Path, at_ms: int | None) -> None:
        if isinstance(found, Path):
            self.window.commands.captures.read([found])
            return
        self._forget_messages()
        if isinstance(found, Scenario):
            self.play_scenario(found)
            if at_ms is not None:
                self.document.run_to(at_ms, pause=True)
            return
        if found.scenario is not None:
            self._show_played(found, found.scenario)
            return
        run = found.run
        self.document.open(run, play=False, picture=found.picture)
        notes = []
        if is_locked(path):
            notes.append("Another inspector is writing this journal; this is what it held when it was opened.")
        if run.torn_bytes:
            notes.append(f"A torn last line of {run.torn_bytes} bytes is left out.")
        if run.damage:
            notes.append(f"Only what comes before the damage is shown. {run.damage}")
        if notes:
            self.window.banners.show_message(f"{path.name}: {' '.join(notes)}", "warn")
        self.window.say(f"Opened {harmless(path.name, 80)}: {len(run.journal):,} entries, read-only")

    def _show_played(self, ready: Ready, scenario: Scenario) -> None:
        """Show a recorded lifecycle that was played to its end, paused."""
        assert ready.started is not None
        self._show(ready.started, ready)
        self.document.pause()
        self.window.commands.kits.show_scenario(scenario)
        if ready.error is not None:
            self.document.failed.emit(str(ready.error))

    def _not_opened(self, path: Path, error: Exception) -> None:
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
        if scenario.by == "recording":  # nobody watches the hours of a phone pass
            self.document.run_to(end_ms, pause=True)
            return
        self.window.say(f"Playing {harmless(scenario.name, 100)} at ×{speed:g}")

    def branch(self) -> None:
        """Go on in a new journal from the selected entry, or from the end."""
        document = self.document
        seq, run = document.selection.seq or len(document.journal), document.run
        path = library.new_path(runs.wall_ms())

        def done(ready: Ready) -> None:
            self._forget_messages()
            document.open(ready.run, picture=ready.picture)
            document.pause()
            self.window.say(f"A new run, as before up to entry {seq:,}; paused. The old journal stays.")

        self.jobs.cancel_looking()
        self.jobs.start(
            f"Deciding again up to entry {seq:,} …",
            lambda pace: opening.branched(run, seq, path, pace),
            done,
            lambda error: self.window.banners.show_message(str(error) or type(error).__name__, "error"),
        )

    def _show(self, started: runs.Started, ready: Ready | None = None, *, speed: float = 1.0) -> None:
        self.jobs.cancel_looking()
        self._forget_messages()
        self.document.open(started.run, speed=speed, picture=None if ready is None else ready.picture)
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
        upto, end_ms = len(run.journal), run.end_ms
        self._keep(path, lambda pace: opening.copy(run, path, upto, end_ms, pace))

    def _keep(self, path: Path, work: Callable[[Work], object]) -> None:
        """Write a file in a thread, and tell that it is saved or why not."""
        name = harmless(path.name, 80)
        self.jobs.start(
            f"Saving {name} …",
            work,
            lambda _: self.window.say(f"Saved {name}"),
            lambda error: self._not_saved(path, error),
            keeps=True,
        )

    def _not_saved(self, path: Path, error: Exception) -> None:
        text = str(error) or type(error).__name__
        if isinstance(error, OSError):
            text = f"{path}: cannot be written: {error.strerror or error}; choose another folder"
        self.window.banners.show_message(text, "error")

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
            self.window.say(f"Saved {harmless(path.name, 80)}")

        self._save("Export the timeline", "timeline.png", "Pictures (*.png *.svg)", write)

    def export_sessions(self) -> None:
        """Ask where to save the table of sessions as CSV."""
        self._save("Export the table of sessions", "sessions.csv", "Table (*.csv)", self._write_sessions)

    def _write_sessions(self, path: Path) -> None:
        from copy import copy

        document = self.document
        fold = document.fold
        rows, spans = fold.sessions[:], fold.spans
        # A session under way changes with each entry: it is written as of now.
        under_way = {id(row): (copy(row), document.spans(row)) for row in fold.unended.values()}
        as_of_now = {id(row): told for row, told in under_way.values()}

        def write(pace: Work) -> None:
            stay = [under_way[id(row)][0] if id(row) in under_way else row for row in rows]
            told = runs.sessions_csv(stay, lambda row: as_of_now.get(id(row)) or spans(row, 0), pace)
            runs.write_text(path, told)

        self._keep(path, write)

    def _save(self, title: str, name: str, kinds: str, write: Callable[[Path], None]) -> None:
        def chosen(path: Path) -> None:
            try:
                write(path)
            except JournalError as error:
                self.window.banners.show_message(str(error), "error")
            except OSError as error:
                self._not_saved(path, error)

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

        self.jobs.cancel_looking()

        def told(report: VerifyReport) -> None:
            if report.same:
                inputs, entries = f"{report.inputs:,} inputs", f"{report.entries:,} entries"
                self.window.banners.show_message(f"Verified: {inputs} decided again give the same {entries}.")
            else:
                self.window.banners.show_message(f"It differs. {report.first_difference}", "error")

        self.jobs.start(
            f"Verifying {harmless(path.name, 60)} …",
            lambda pace: verify(path, pace=pace),
            told,
            lambda error: self._not_opened(path, error),
        )

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
