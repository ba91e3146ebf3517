"""The state of the Tune window: which history, how far it is, T and the one it is compared with.

All figures of a timeout are table look-ups, so T may move with every frame; what needs a pass over the history
(the lengths at T, the users whose gaps flip) follows as soon as T rests.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

from PySide6.QtCore import QObject, QTimer, Signal

from inspector.desktop.settings import Settings
from inspector.desktop.tune import work
from inspector.desktop.tune.jobs import Jobs
from inspector.desktop.tune.words import brief
from inspector.desktop.tune.work import Choices, Counted, Detail, Examples, IsCancelled, Looked, Refused
from inspector.desktop.what_if_steps import stepped_ms
from inspector.tuning.columns import Asked
from inspector.tuning.history import Found, History
from inspector.tuning.table import Progress

REST_MS = 120
SHOW_EVERY_MS = 100
DEFAULT_MS, DEFAULT_OTHER_MS = 60_000, 120_000


class _Shown(NamedTuple):
    """What belongs to the figures shown, to come back to where another history comes to nothing."""

    title: str
    looked: Looked | None
    asked: Asked
    found: list[Found]
    history: History | None
    choices: Choices


class Tuner(QObject):
    """What the window shows. ``stage`` is empty, looking, columns, reading, counting or shown.

    ``staged()``: the stage changed. ``progressed()``: reading went on. ``counted_anew()``: other figures.
    ``moved()``: T or the other one changed. ``detailed()`` and ``listed()``: what needs a pass has come.
    ``refused(text)``: something cannot be used; the stage is as before. ``tables_found(file, tables)``: so is a
    database until a table of it is chosen with ``open_table``.
    """

    staged = Signal()
    progressed = Signal()
    counted_anew = Signal()
    moved = Signal()
    detailed = Signal()
    listed = Signal()
    refused = Signal(str)
    tables_found = Signal(str, list)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.jobs = Jobs(self)
        self.stage = "empty"
        self.title = self.opened_as = ""
        self.looked: Looked | None = None
        self.asked = Asked()
        self.progress: Progress | None = None
        self.found: list[Found] = []
        self.history: History | None = None
        self.counted: Counted | None = None
        self.detail: Detail | None = None
        self.examples: Examples | None = None
        self.message = ""  # why the columns shown cannot be read
        self.choices = Choices(
            settings["tune_profile"], settings["tune_rule"], settings["tune_end"], settings["tune_range"]
        )
        self.at, self.other_at = 0, -1  # positions among the timeouts; no other one is -1
        self._straight = False
        self._sources: list[str] = []
        self._shown: _Shown | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._look_into)
        self._show = QTimer(self)
        self._show.setInterval(SHOW_EVERY_MS)
        self._show.timeout.connect(self.progressed.emit)

    # --- a history -----------------------------------------------------------------------------------

    def open(self, sources: Sequence[str], title: str, *, straight: bool = False) -> None:
        """Look at files; ``straight`` reads them without asking about columns that were recognised."""
        self._straight, self._sources = straight, list(sources)
        self.opened_as = title
        self._stage("looking")
        self.jobs.stop("read")
        self.jobs.run("look", lambda cancelled: work.look(sources, Asked(), cancelled), self._looked)

    def _looked(self, result: object) -> None:
        if isinstance(result, Refused):
            self._back()
            if result.tables:
                self.tables_found.emit(result.file, list(result.tables))
            else:
                self.refused.emit(result.why)
            return
        self.looked = cast("Looked", result)
        self.title, self.asked, self.message = self.opened_as, Asked(), self.looked.why_not
        if self._straight and self.looked.found:
            self.read(Asked())
        else:
            self._stage("columns")

    def _back(self) -> None:
        """Go back to the figures that were shown, with all that belongs to them; to the beginning without any."""
        if self.counted is None or self._shown is None:
            self._stage("empty")
            return
        self.title, self.looked, self.asked, self.found, self.history, counted_by = self._shown
        self.message = ""
        self._stage("shown")
        if counted_by != self.choices:
            self._count()

    def open_table(self, file: str, table: str) -> None:
        """Look again at what was opened last, with this table of a database in it."""
        named = f"{file}::{table}"
        sources = [named if source == file else source for source in self._sources]
        self.open(sources, f"{self.opened_as} · {brief(table, 80)}", straight=self._straight)

    def show_columns(self) -> None:
        """Ask again which column is which."""
        if self.looked is not None:
            self.message = ""
            self._stage("columns")

    def read(self, asked: Asked) -> None:
        """Read the history with these columns."""
        looked = self.looked
        if looked is None:
            return
        self.asked = asked
        self.progress = None

        def reading(cancelled: IsCancelled) -> object:
            return work.read(looked.tables, asked, self._note, cancelled)

        self._stage("reading")
        self.jobs.run("read", reading, self._read)

    def _note(self, progress: Progress) -> None:
        self.progress = progress  # from the reading thread; the timer shows the newest

    def _read(self, result: object) -> None:
        if isinstance(result, Refused):
            self._not_read(result.why)
            return
        self.found, self.history = cast("tuple[list[Found], History]", result)
        self.examples = None
        self._count()

    def _not_read(self, why: str) -> None:
        self.message = why
        self._stage("columns")

    def _count(self) -> None:
        found, history, choices = self.found, self.history, self.choices
        if history is None:
            return
        self._stage("counting")
        self.jobs.run("read", lambda cancelled: work.count(found, history, choices, cancelled), self._counted)

    def _counted(self, result: object) -> None:
        if isinstance(result, Refused):
            self._not_read(result.why)
            return
        counted = cast("Counted", result)
        self.counted, self.detail, self.examples = counted, None, None
        self._shown = _Shown(self.title, self.looked, self.asked, self.found, self.history, counted.choices)
        self._place(self._settings["tune_timeout"], self._settings["tune_compare"])
        self._stage("shown")
        self.counted_anew.emit()
        self._changed()

    def stop(self) -> None:
        """Stop what runs: the thread ends at its next look; what was shown before is shown again."""
        for name in ("look", "read"):
            self.jobs.stop(name)
        if self.stage == "looking":
            self._back()
        elif self.busy:
            self._stage("columns")

    def close(self) -> None:
        """End all work."""
        self._rest.stop()
        self._show.stop()
        self.jobs.stop_all()

    @property
    def busy(self) -> bool:
        """Return whether something runs that a person waits for."""
        return self.stage in ("looking", "reading", "counting")

    def _stage(self, stage: str) -> None:
        self.stage = stage
        if self.busy:
            self._show.start()
        else:
            self._show.stop()
        self.staged.emit()

    def choose(self, choices: Choices) -> None:
        """Take other rules or timeouts, and count anew what was read."""
        if choices == self.choices:
            return
        self.choices = choices
        for name, value in zip(("profile", "rule", "end", "range"), choices, strict=True):
            self._settings[f"tune_{name}"] = value
        if self.history is not None and self.stage in ("shown", "counting"):
            self._count()

    # --- the timeouts --------------------------------------------------------------------------------

    @property
    def timeouts_ms(self) -> tuple[int, ...]:
        """Return all timeouts that can be chosen, evenly spaced."""
        return self.choices.timeouts_ms if self.counted is None else self.counted.choices.timeouts_ms

    @property
    def timeout_ms(self) -> int:
        """Return T."""
        return self.timeouts_ms[self.at]

    @property
    def other_ms(self) -> int:
        """Return the timeout that T is compared with, 0 for none."""
        return self.timeouts_ms[self.other_at] if self.other_at >= 0 else 0

    def _place(self, timeout_s: int, other_s: int) -> None:
        self.at = self._nearest((timeout_s or DEFAULT_MS // 1000) * 1000)
        self.other_at = self._nearest(other_s * 1000) if other_s else -1

    def _nearest(self, timeout_ms: float) -> int:
        step = self.timeouts_ms[0]
        return min(max(round(timeout_ms / step) - 1, 0), len(self.timeouts_ms) - 1)

    def set_timeout(self, timeout_ms: float) -> None:
        """Take the nearest timeout there is."""
        at = self._nearest(timeout_ms)
        if at != self.at:
            self.at = at
            self._changed()

    def set_other(self, timeout_ms: float) -> None:
        """Compare with the nearest timeout there is; 0 or less with none."""
        at = self._nearest(timeout_ms) if timeout_ms > 0 else -1
        if at != self.other_at:
            self.other_at = at
            self._changed()

    def step(self, direction: int) -> None:
        """Take the next longer (+1) or shorter (-1) round timeout."""
        self.set_timeout(self._beyond(stepped_ms(self.timeout_ms, direction), direction))

    def step_other(self, direction: int) -> None:
        """Compare with the next longer (+1) or shorter (-1) round timeout."""
        if self.other_at < 0:
            self.toggle_other()
            return
        step = self.timeouts_ms[0]
        wanted = stepped_ms(self.other_ms, direction)
        near = self.other_ms + direction * step
        self.set_other(max(step, max(wanted, near) if direction > 0 else min(wanted, near)))

    def _beyond(self, timeout_ms: int, direction: int) -> int:
        """Return a timeout that is at least one step away, so that a key always moves something."""
        step = self.timeouts_ms[0]
        if direction > 0:
            return max(timeout_ms, self.timeout_ms + step)
        return min(timeout_ms, self.timeout_ms - step)

    def toggle_other(self) -> None:
        """Compare with a second timeout, or no more."""
        wanted = DEFAULT_OTHER_MS if self.timeout_ms != DEFAULT_OTHER_MS else DEFAULT_MS
        self.set_other(0 if self.other_at >= 0 else wanted)

    def swap(self) -> None:
        """Let T and the other one change places."""
        if self.other_at >= 0:
            self.at, self.other_at = self.other_at, self.at
            self._changed()

    def _changed(self) -> None:
        self._settings["tune_timeout"] = max(1, self.timeout_ms // 1000)
        self._settings["tune_compare"] = self.other_ms // 1000
        self.jobs.stop("detail")  # of where T was: its thread would only take time from drawing
        self.moved.emit()
        if self.counted is not None:
            self._rest.start()

    def _look_into(self) -> None:
        """Look into T now that it rests."""
        counted, timeout_ms, other_ms = self.counted, self.timeout_ms, self.other_ms
        if counted is not None:
            self.jobs.run("detail", lambda stop: work.detail(counted, timeout_ms, other_ms, stop), self._told)

    def _told(self, result: object) -> None:
        if isinstance(result, Detail):
            self.detail = result
            self.detailed.emit()

    def list_gaps(self, low_ms: int, high_ms: int) -> None:
        """Look up real gaps of ``low_ms`` to below ``high_ms``."""
        counted = self.counted
        if counted is not None:
            self.jobs.run("list", lambda stop: work.examples(counted, low_ms, high_ms, stop), self._listed)

    def _listed(self, result: object) -> None:
        if isinstance(result, Examples):
            self.examples = result
            self.listed.emit()
        elif isinstance(result, Refused) and result.why:
            self.refused.emit(result.why)

    def splits(self, row: int) -> bool:
        """Return whether the gap of a row splits a session at T."""
        if self.counted is None or self.examples is None:
            return False
        gap_ms = self.examples.gaps[row].length_ms
        return gap_ms >= self.timeout_ms if self.counted.choices.operator == "at" else gap_ms > self.timeout_ms
