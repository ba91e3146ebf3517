"""What all panes share: the run, its fold, columns and lanes, virtual time, the selection.

One frame timer coalesces all change into one ``grew`` a frame. It runs only while something can be seen
to move or is about to be due; with a session in front at real speed nothing is, and nothing wakes up.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from inspector.desktop.driver import Driver
from inspector.desktop.letting_go import let_go
from inspector.desktop.pacing import CALM_MS, LINGER_NS, SLICE_NS, wait_ms
from inspector.desktop.selection import Selection
from inspector.desktop.stillness import Stillness
from inspector.engine.deadlines import NEVER_MS
from inspector.engine.inputs import Input
from inspector.engine.settings import Settings as EngineSettings
from inspector.journal.errors import JournalError
from inspector.journal.fold import Fold, SessionRow

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.journal.run import Run
    from inspector.views.columns import Columns
    from inspector.views.lanes import Lanes
    from inspector.views.picture import Picture

RECORDING_HINT = "This is a recording; New run from here (Ctrl+Shift+N) continues it in a new file"

ScriptStep = tuple[int, Input]


class Document(QObject):
    """An open run and what is seen of it.

    ``grew(first, last)``: these entries were added (at most once a frame). ``ticked()``: the instant moved,
    repaint what depends on now; it follows each ``grew`` in the same turn. ``replaced()``: another run was
    opened, all is new (fold, columns, lanes). ``failed(text)``: something the person should know, fit to be
    shown. ``themed(theme)``: colours changed. ``played()``: play, pause, speed or the script changed.
    ``columns`` and ``lanes`` need numpy and exist after ``build_views()``, which the window calls once the first
    paint is done; ``views_ready`` says so.
    """

    grew = Signal(int, int)
    ticked = Signal()
    replaced = Signal()
    failed = Signal(str)
    themed = Signal(object)
    played = Signal()

    def __init__(
        self, run: Run, parent: QObject | None = None, *, clock: Callable[[], int] = time.monotonic_ns
    ) -> None:
        """Show ``run``; ``clock`` is the monotonic reading in ns (tests hand in their own)."""
        super().__init__(parent)
        self._clock = clock
        self.selection = Selection(self)
        self.driver = Driver()
        self.stillness = Stillness(self)
        self.fold = Fold()
        self.run = run
        self.script: deque[ScriptStep] = deque()
        self.script_end_ms: int | None = None
        self._script_by = "scenario"
        self._columns: Columns | None = None
        self._lanes: Lanes | None = None
        self._views_wanted = False
        self._visible = True
        # Whether another run is being told of: what depends on all of it waits for ``played``.
        self.opening = False
        self._linger_until_ns = 0
        self._shown_ms = -1
        self.also_due: list[Callable[[], int]] = []  # when what else is seen moves by itself (NEVER_MS: never)
        self.quiet_due_ms: Callable[[], int] = lambda: NEVER_MS  # the same, where nothing shows it coming
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.frame)
        self._take(run)
        self._catch_up(tell=False)

    # --- what panes read -----------------------------------------------------------------------------

    @property
    def journal(self) -> Journal:
        """Return the journal of the open run."""
        return self.run.journal

    @property
    def read_only(self) -> bool:
        """Return whether the open run is a recording."""
        return self.run.read_only

    @property
    def views_ready(self) -> bool:
        """Return whether ``columns`` and ``lanes`` exist."""
        return self._columns is not None

    @property
    def columns(self) -> Columns:
        """Return the journal as columns; raises RuntimeError before ``build_views()``."""
        if self._columns is None:
            raise RuntimeError("columns are built after the first paint")
        return self._columns

    @property
    def lanes(self) -> Lanes:
        """Return the journal as lanes; raises RuntimeError before ``build_views()``."""
        if self._lanes is None:
            raise RuntimeError("lanes are built after the first paint")
        return self._lanes

    def now_ms(self) -> int:
        """Return the virtual instant; of a recording its end."""
        if self.run.read_only:
            return max(self.fold.now_ms, self.run.end_ms)
        return max(self.driver.now_ms(self._clock()), self.run.engine.now_ms)

    @property
    def deadline_ms(self) -> int | None:
        """Return when the open session times out, or None while nothing counts down."""
        if self.run.read_only:
            armed = self.fold.armed
            return None if armed is None else armed.deadline_ms
        return self.run.engine.deadline_ms

    @property
    def next_ms(self) -> int | None:
        """Return the next instant at which anything happens by itself, or None."""
        if self.run.read_only:
            return None
        due_ms = self.run.engine.due_ms
        if self.script:
            due_ms = min(due_ms, self.script[0][0])
        return None if due_ms >= NEVER_MS else due_ms

    @property
    def resting(self) -> bool:
        """Return whether real time passes unseen because nothing is due."""
        sleeps = not self._timer.isActive() or self._timer.interval() > CALM_MS
        return self.driver.playing and not self.read_only and sleeps

    @property
    def settings(self) -> EngineSettings:
        """Return the settings in force."""
        return self.run.engine.settings

    def effects(self, seq: int) -> list[int]:
        """Return the ``seq`` of every entry that names ``seq`` as its cause, ascending."""
        if self._columns is None:
            return self.journal.effects(seq)
        return [row + 1 for row in self._columns.effects(seq - 1, limit=None)] if seq > 0 else []

    def spans(self, row: SessionRow) -> tuple[int, int, int]:
        """Return length, foreground and background time in ms of a session, an open one as of now."""
        return self.run.spans(self.fold, row, self.now_ms())

    def why_not(self, what: Input | type[Input]) -> str:
        """Return why an input is impossible now, in words; empty if it is possible."""
        return RECORDING_HINT if self.run.read_only else self.run.why_not(what)

    # --- what panes do -------------------------------------------------------------------------------

    def open(self, run: Run, *, play: bool = True, speed: float = 1.0, picture: Picture | None = None) -> None:
        """Show another run; the one open until now is closed. A recording stands still at its end.

        ``picture`` is what was folded of it already, in another thread, if it was.
        """
        if run is not self.run:
            self._close_run()
            self.run.journal.let_go(let_go)
            let_go(*self.fold.lists())
        self._take(run)
        if picture is not None:
            self.fold, self._columns, self._lanes = picture
        if play and not run.read_only:
            self.driver.play(speed, self._clock())
        tell_selection = self.selection.forget()
        self._catch_up(tell=False)
        if self._views_wanted or picture is not None:
            self.build_views()
        self.opening = True
        try:
            self.replaced.emit()
            tell_selection()
        finally:
            self.opening = False
        self.played.emit()
        self.wake()

    def play_script(self, steps: Iterable[ScriptStep], end_ms: int, by: str = "scenario") -> None:
        """Let inputs happen at their instants as virtual time passes; it pauses by itself at ``end_ms``."""
        self._script_by = by
        self.script = deque(steps)
        self.script_end_ms = end_ms
        self.played.emit()
        self._schedule()

    def submit(self, what: Input, by: str = "person") -> bool:
        """Let an input happen now; return whether it was accepted. Shown within this call."""
        if self.run.read_only:
            self.failed.emit(RECORDING_HINT)
            return False
        t_ms, accepted = self.now_ms(), False
        try:
            self._advance_to(t_ms, slice_ns=None)
            seq = self.run.submit(what, t_ms, by)
            accepted = getattr(self.journal.entry(seq), "outcome", "done") == "done"
        except JournalError as error:
            self._fail(error)
        self._catch_up()
        self.wake()
        return accepted

    def play(self, speed: float | None = None) -> None:
        """Let time pass, at ``speed`` or as fast as before."""
        if self.run.read_only:
            self.failed.emit(RECORDING_HINT)
            return
        self.frame()
        self.driver.play(self.driver.speed if speed is None else speed, self._clock())
        self.played.emit()
        self.wake()

    def pause(self) -> None:
        """Hold time where it is."""
        self.driver.pause(self._clock())
        self.frame()  # after it: what happened until this very instant has happened, and is shown as of it
        self.played.emit()
        self.wake()

    def set_speed(self, speed: float) -> None:
        """Change the speed; a paused run stays paused."""
        self.frame()
        self.driver.set_speed(speed, self._clock())
        self.played.emit()
        self.wake()

    def step(self, span_ms: int) -> None:
        """Go on by a span of virtual time at once."""
        self.run_to(self.now_ms() + span_ms)

    def run_to(self, t_ms: int, *, pause: bool = False) -> bool:
        """Go to an instant at once; all that is due until then happens. False if it is past or fails."""
        if self.run.read_only:
            self.failed.emit(RECORDING_HINT)
            return False
        if t_ms < self.now_ms():
            return False
        mono_ns = self._clock()
        if pause:
            self.driver.pause(mono_ns)
        self.driver.jump_to(t_ms, mono_ns)
        try:
            self._advance_to(t_ms, slice_ns=None)
        except JournalError as error:
            self._fail(error)
        self._catch_up()
        self.played.emit()
        self.wake()
        return True

    def wake(self) -> None:
        """Show time moving for a little while: a person looks or has done something."""
        self._linger_until_ns = self._clock() + LINGER_NS
        self._schedule()
        self.ticked.emit()

    def set_visible(self, visible: bool) -> None:
        """Say whether anything is on screen; hidden, only what is due wakes up."""
        self._visible = visible
        if visible:
            self.wake()
        else:
            self._schedule()

    def build_views(self, picture: Picture | None = None) -> None:
        """Make columns and lanes of the run (imports numpy) and keep them up to date from here on.

        ``picture`` is what was made of a run before, in another thread; it serves if that is still the open one.
        """
        from inspector.views.columns import Columns
        from inspector.views.lanes import Lanes

        self._views_wanted = True
        self.run.leave_out_of_sweeps(self.fold)
        if picture is not None and picture.columns.journal is self.journal:
            self._columns, self._lanes = picture.columns, picture.lanes
        elif self._columns is None or self._lanes is None:
            self._columns, self._lanes = Columns(), Lanes()
        self._columns.update(self.journal)
        self._lanes.update(self.journal)

    def close(self) -> None:
        """Stop the timer and close the run."""
        self._timer.stop()
        self.driver.pause(self._clock())
        self._close_run()

    # --- the frame -----------------------------------------------------------------------------------

    def frame(self) -> None:
        """Let pass what time has passed, tell what is new, and say when to wake up next."""
        if not self.run.read_only:
            mono_ns = self._clock()
            now_ms = max(self.driver.now_ms(mono_ns), self.run.engine.now_ms)
            end_ms = self.script_end_ms
            if end_ms is not None:
                now_ms = min(now_ms, max(end_ms, self.run.engine.now_ms))
            try:
                if not self._advance_to(now_ms):
                    # More was due than one frame can carry: time waits for the work, none is skipped.
                    self.driver.jump_to(self.run.engine.now_ms, mono_ns)
            except JournalError as error:
                self._fail(error)
            if end_ms is not None and not self.script and self.run.engine.now_ms >= end_ms:
                self.driver.pause(mono_ns)
                self.driver.jump_to(self.run.engine.now_ms, mono_ns)
                self.script_end_ms = None
                self.played.emit()
            self._catch_up()
        self._schedule()  # first: whoever is told of the instant may also show that it rests now
        self.ticked.emit()

    def _advance_to(self, t_ms: int, slice_ns: int | None = SLICE_NS) -> bool:
        """Advance the run, feeding the script on the way; False if the time of a frame was used up."""
        end_ns = None if slice_ns is None else self._clock() + slice_ns
        while self.script and self.script[0][0] <= t_ms:
            at_ms, what = self.script[0]
            self.run.submit(what, max(at_ms, self.run.engine.now_ms), self._script_by)
            self.script.popleft()
            if end_ns is not None and self._clock() > end_ns:
                return False
        self.run.advance(t_ms)
        return True

    def _catch_up(self, *, tell: bool = True) -> None:
        first, last = self.fold.last_seq + 1, len(self.journal)
        if last < first:
            return
        for entry in self.journal.entries(first, last):
            self.fold.feed(entry)
        if not tell:
            return
        if self._columns is not None and self._lanes is not None:
            self._columns.update(self.journal)
            self._lanes.update(self.journal)
        self.grew.emit(first, last)

    def _schedule(self) -> None:
        wait_ms = self._wait_ms()
        self.stillness.expect(wait_ms, self.driver.speed)
        if wait_ms is None:
            self._timer.stop()
        else:
            self._timer.start(wait_ms)

    def _wait_ms(self) -> int | None:
        """Return the real milliseconds to the next frame, None to sleep until something is done."""
        if self.run.read_only or not self.driver.playing:
            return None
        mono_ns = self._clock()
        own_ms = NEVER_MS if self.next_ms is None else self.next_ms
        next_ms = min(own_ms, *(due_ms() for due_ms in self.also_due)) if self.also_due else own_ms
        return wait_ms(
            self.driver,
            mono_ns,
            next_ms=next_ms,
            end_ms=None if self.script else self.script_end_ms,
            visible=self._visible,
            lingers=mono_ns < self._linger_until_ns,
            quiet_due_ms=self.quiet_due_ms,
        )

    def _take(self, run: Run) -> None:
        self.run = run
        self.fold = Fold()
        self._columns = self._lanes = self.script_end_ms = None
        self.script.clear()
        self.driver = Driver(0 if run.read_only else run.engine.now_ms)

    def _close_run(self) -> None:
        try:
            self.run.close()
        except JournalError as error:
            self.failed.emit(str(error))

    def _fail(self, error: JournalError) -> None:
        """Hold time at the last instant that is safely kept, and say why."""
        mono_ns = self._clock()
        self.driver.jump_to(self.run.engine.now_ms, mono_ns)
        self.driver.pause(mono_ns)
        self.played.emit()
        self.failed.emit(str(error))
