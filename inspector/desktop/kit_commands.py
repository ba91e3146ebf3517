"""Commands about kits: add, choose, match, look at, remove. The table of commands names these methods."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from inspector.desktop.background import Task
from inspector.desktop.kit_text import MAX_KITS
from inspector.desktop.kit_words import name_of, short_name
from inspector.engine.kits.choose import platform_of
from inspector.engine.kits.words import span
from inspector.scenario.errors import ScenarioError
from inspector.views.harmless import harmless

if TYPE_CHECKING:
    from inspector.desktop.kits import KitRow, Kits
    from inspector.desktop.window import Window
    from inspector.scenario.kitfiles import KitFile
    from inspector.scenario.model import Scenario
    from inspector.views.kit_compare import Lint, Remaining

KIT_FILES = "Kit files (*.yaml *.yml *.json);;All files (*)"
ERRORS_SHOWN = 5
LANES_OF_A_FILE = 12
"""So many kits of a file get a lane at once; the others are in the list of kits."""


class KitCommands(QObject):
    """What is done with kits, and the reasons why something cannot be done now."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.window = window
        self.document = window.document
        self._tasks: list[Task] = []

    @property
    def _all(self) -> Kits:
        return self.window.kits

    # --- why not -------------------------------------------------------------------------------------

    def why_not_kit_room(self) -> str:
        """Return why no kit can be added."""
        if not self.window.ready:
            return "the list of kits is not ready yet"
        there = len(self._all.rows)
        return "" if there < MAX_KITS else f"there are {MAX_KITS} kits already; remove one first"

    def why_not_kits(self) -> str:
        """Return why nothing can be done with kits at all."""
        return "" if self._all.rows else "there is no kit; add one (Ctrl+K)"

    def why_not_kit_chosen(self) -> str:
        """Return why nothing can be done with the chosen one."""
        if self._all.chosen is None:
            return self.why_not_kits() or "no kit is chosen; choose one in the list (Z)"
        return ""

    def why_not_kit_rule(self) -> str:
        """Return why nothing can be said of the chosen one's rule."""
        row = self._all.chosen
        if row is None or row.base is None:
            return self.why_not_kit_chosen() or (row.why if row is not None else "")
        return row.base.undecidable

    def why_not_match(self) -> str:
        """Return why the chosen one cannot be set to the app's timeout."""
        row = self._all.chosen
        found = None if row is None else self._all.can_match(row)
        if row is None or found is None:
            return self.why_not_kit_rule()
        timeout_ms = self.document.settings.session_timeout_ms
        if row.rule is not None and row.rule.timeout_ms == timeout_ms and "timeout" not in row.rule.unknown:
            return f"{name_of(row)} has {span(timeout_ms)} already"
        return "" if found.rule is not None else found.why

    def why_not_matched(self) -> str:
        """Return why the chosen one's own timeout cannot be given back."""
        row = self._all.chosen
        if row is None:
            return self.why_not_kit_chosen()
        return "" if row.choice.timeout_ms is not None else f"{name_of(row)} has its own timeout"

    def why_not_disagreement(self) -> str:
        """Return why there is no disagreement to go to."""
        row = self._all.chosen
        if row is None or row.lane is None:
            return self.why_not_kit_rule()
        return "" if row.shown().differ else f"{name_of(row)} and the app do not disagree so far"

    # --- add and remove ------------------------------------------------------------------------------

    def add_kit(self) -> None:
        """Show the list of kits."""
        from inspector.desktop.kit_dialogs import AddKit

        platform = platform_of(self.document.journal.header.profile)
        there = {row.base.name for row in self._all.rows if row.base is not None}
        AddKit(self.window, self._all.known(), platform, there, self._add).open()

    def _add(self, names: list[str]) -> None:
        found = self._all.add(names)
        if len(found) < len(names):
            self.window.say(f"There can be {MAX_KITS} kits at most; the rest is left out")

    def remove_kit(self) -> None:
        """Take the chosen one away."""
        if self._all.chosen is not None:
            self._all.remove(self._all.chosen)

    def remove_kits(self) -> None:
        """Take all away."""
        self._all.clear()

    def next_kit(self, step: int) -> None:
        """Choose the one after or before."""
        self._all.choose_next(step)

    # --- match, and what it leaves -------------------------------------------------------------------

    def match_kit(self) -> None:
        """Set the chosen one to the app's timeout, and say by which setting that is done."""
        row = self._all.chosen
        found = None if row is None else self._all.can_match(row)
        if row is None or found is None or found.rule is None:
            return
        self._all.set_timeout(row, self.document.settings.session_timeout_ms)
        self.window.say(harmless(f"{found.rule.title}: {found.why}. Same seconds, different rule: Ctrl+L", 300))

    def ship_kit(self) -> None:
        """Give the chosen one its own timeout again."""
        if self._all.chosen is not None:
            self._all.set_timeout(self._all.chosen, None)

    def kit_differs(self) -> None:
        """Find out, off the GUI thread, what still differs once the chosen one has the app's timeout; show it."""
        row = self._all.chosen
        if row is None or row.base is None:
            return
        from inspector.views.kit_compare import lint

        base, timeout_ms = row.base, self.document.settings.session_timeout_ms
        header, now_ms = self.document.journal.header, self.document.run.end_ms
        entries = self.document.journal.entries(1, len(self.document.journal))
        self.window.status.show_progress(f"Playing stories with {short_name(row)} at {span(timeout_ms)} …")

        def done(found: Lint) -> None:
            from inspector.desktop.kit_dialogs import StillDiffers

            StillDiffers(self.window, row, timeout_ms, found, lambda one: self._open_story(row, one)).open()

        self._work(lambda: lint(base, timeout_ms, entries, now_ms, header.profile), done)

    def story_text(self, row: KitRow, one: Remaining) -> str:
        """Return a story as a scenario file, empty where the kit's rule has no name to call it by."""
        from inspector.views.kit_examples import scenario_text

        base, timeout_ms = row.base, self.document.settings.session_timeout_ms
        if base is None or self._all.known().get(base.name) != base:
            return ""
        found = self._all.can_match(row)
        matched = found is not None and found.rule is not None
        kit = f"{{like: {base.name}, timeout: {timeout_ms}ms}}" if matched else base.name
        return scenario_text(one, kit, timeout_ms, self.document.journal.header.profile)

    def _open_story(self, row: KitRow, one: Remaining) -> None:
        from inspector.scenario.reader import read_text

        text = self.story_text(row, one)
        if text:
            scenario = read_text("same-seconds.yaml", text, kits=self._all.own())
            self.window.files.play_scenario(scenario)
            self.document.run_to(scenario.steps[-1].t_ms, pause=True)

    # --- looking -------------------------------------------------------------------------------------

    def next_disagreement(self, step: int) -> None:
        """Select the next or previous boundary at which the chosen one and the app disagree."""
        row, selection = self._all.chosen, self.document.selection
        if row is None or row.lane is None:
            return
        seq = selection.seq
        t_ms = self.document.journal.entry(seq).t_ms if seq else (-1 if step > 0 else 1 << 62)
        point = row.shown().next_point(t_ms, step > 0)
        if point is None:
            self.window.say(f"No further disagreement of {name_of(row)} {'after' if step > 0 else 'before'} here")
        else:
            selection.seq = point.seq
            self.window.say(harmless(point.text, 300))

    # --- files and scenarios -------------------------------------------------------------------------

    def complete(self) -> None:
        """Read the kit files remembered, and build what tells of kits beside the selection."""
        from inspector.desktop.kit_panel import KitsHere

        self.window.details.add_section(KitsHere(self._all))
        for path in self._all.files_to_read():
            self.read_file(path, lanes=False)

    def open_kit_file(self) -> None:
        """Ask for a file with kits, and have a lane for each."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self.window, "Kit file", self.window.settings["folder"], KIT_FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda text: self.read_file(Path(text)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def read_file(self, path: Path, *, lanes: bool = True) -> None:
        """Read a kit file off the GUI thread; what cannot be used is told with its line, the rest is there."""
        from inspector.scenario.kitfiles import bundled_kits, read_kits

        others = {
            name: rule
            for file in self._all.files.values()
            if file.file != str(path)
            for name, rule in file.rules.items()
        }

        def done(found: KitFile) -> None:
            self._tell_errors(found)
            if lanes and not found.rules and found.file not in self._all.files:
                return  # nothing to remember it for
            self._all.take_file(found)
            if lanes:
                self._add(list(found.rules)[:LANES_OF_A_FILE])
                kits = f"{len(found.rules)} kit{'s' * (len(found.rules) != 1)}"
                self.window.say(f"{kits} read from {harmless(path.name, 60)}")

        self._work(lambda: read_kits(path, {**bundled_kits(), **others}), done)

    def _tell_errors(self, found: KitFile) -> None:
        if not found.errors:
            return
        lines = [f"{error}; this kit is left out" if found.rules else str(error) for error in found.errors]
        more = len(lines) - ERRORS_SHOWN
        lines = lines[:ERRORS_SHOWN] + ([f"{more} more kits are left out"] if more > 0 else [])
        self.window.banners.show_message("\n".join(lines), "warn" if found.rules else "error")

    def show_scenario(self, scenario: Scenario) -> None:
        """Show lanes for the kits that a scenario names; its run has just been opened."""
        if scenario.kit_nodes:
            from inspector.scenario.kitresult import kits_of

            try:
                self._all.show_scenario(kits_of(scenario, "", self._all.own()))
            except ScenarioError as error:
                self.window.banners.show_message(str(error), "error")

    # --- work off the GUI thread ---------------------------------------------------------------------

    def _work(self, work: Callable[[], object], done: Callable[[Any], None]) -> None:
        def ended() -> None:
            self._tasks.remove(task)
            self.window.status.progress.hide()

        def worked(found: object) -> None:
            ended()
            done(found)

        def failed(error: Exception) -> None:
            ended()
            self.window.banners.show_message(str(error) or type(error).__name__, "error")

        task = Task(work, self)
        task.done.connect(worked)
        task.failed.connect(failed)
        self._tasks.append(task)
        task.start()

    def wait(self) -> None:
        """Wait for what works in the background, at the window's end."""
        for task in self._tasks:
            task.cancel()
            task.wait()
        self._tasks.clear()
