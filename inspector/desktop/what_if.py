"""The what-ifs of a window: which there are, kept live beside the run, regrouped without holding it up.

Ghosts (``inspector.views.ghosts``) are decided on the GUI thread in slices of half a frame, each a turn of the
event loop: what is new right after the run itself was painted, a long history piece by piece. A timeout that is
dragged is looked at first where the timeline looks (a look ahead from a checkpoint); the whole is decided again
behind it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from inspector.desktop.document import Document
from inspector.desktop.pacing import FRAME_MS
from inspector.desktop.settings import Settings
from inspector.desktop.what_if_text import MAX_WHAT_IFS, from_text, to_text
from inspector.engine.deadlines import NEVER_MS
from inspector.engine.profiles import PROFILE_NAMES
from inspector.views.ghost_settings import GhostSetting

if TYPE_CHECKING:
    from inspector.views.differences import Differences
    from inspector.views.ghosts import Comparison, Ghost, Ghosts

SLICE_NS = 8_000_000  # half a frame
TELL_NS = 100_000_000  # how often a history under way is drawn anew


class WhatIf:
    """One what-if: what it supposes, and the ghosts that decide it.

    ``exact`` is the ghost from the first entry on, None while it is the run itself that is supposed; ``ahead`` a
    look ahead that is shown until ``exact`` is through; ``whole`` the last that was through, for its checkpoints.
    ``wanted_ms`` is the timeout that a person drags it to, ``working`` the look ahead under way.
    """

    def __init__(self, setting: GhostSetting) -> None:
        self.setting = setting
        self.wanted_ms = setting.timeout_ms
        self.named: tuple[object, str] = (None, "")  # its name in words, and for which wishes
        self.exact: Ghost | None = None
        self.ahead: Ghost | None = None
        self.whole: Ghost | None = None
        self.working: Ghost | None = None

    @property
    def complete(self) -> bool:
        """Return whether ``exact`` has taken the whole history."""
        return self.exact is not None and self.exact.through

    def ghost(self) -> Ghost:
        """Return the ghost to show now; raises RuntimeError where there is none."""
        shown = self.exact if self.complete else self.ahead or self.whole or self.exact
        if shown is None:
            raise RuntimeError("this what-if is the run itself")
        return shown

    @property
    def aim(self) -> GhostSetting:
        """Return what a person wants it to suppose."""
        return GhostSetting(self.setting.profile, self.wanted_ms, self.setting.others)

    @property
    def regrouping(self) -> bool:
        """Return whether a person wants another timeout than the one shown."""
        return self.working is not None or self.wanted_ms != self.setting.timeout_ms


def _order(row: WhatIf) -> tuple[int, int]:
    profile = row.setting.profile
    place = PROFILE_NAMES.index(profile) + 1 if profile in PROFILE_NAMES else 0
    return place, row.wanted_ms or 0


class WhatIfs(QObject):
    """The what-ifs of a window.

    ``changed``: others are there, or another is chosen. ``moved``: they look otherwise.
    ``view_from_ms`` tells where the timeline begins to look.
    """

    changed = Signal()
    moved = Signal()

    def __init__(
        self,
        document: Document,
        settings: Settings,
        *,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        super().__init__(document)
        self.document = document
        self.view_from_ms: Callable[[], float] = lambda: 0.0
        self._settings = settings
        self._clock = clock
        self._ghosts: Ghosts | None = None
        self._told_ns = 0
        self._worked_ns = 0
        wanted, wrong = from_text(settings["what_if"])
        settings.messages += [f"{settings.path.name}: what_if: {why}" for why in wrong]
        self.rows = sorted(map(WhatIf, wanted), key=_order)
        self.chosen: WhatIf | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.work)
        document.grew.connect(self._grew)
        document.ticked.connect(self._ticked)
        document.replaced.connect(self._begin)

    # --- which there are -------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to decide (imports numpy: after the first paint)."""
        from inspector.views.ghosts import Ghosts

        if self._ghosts is None:
            self._ghosts = Ghosts()
            self.document.also_due.append(self._next_due_ms)
            self._begin()

    def stop(self) -> None:
        """Decide nothing more."""
        self._timer.stop()

    @property
    def busy(self) -> bool:
        """Return whether there is something to decide in the next turn of the event loop."""
        return self._timer.isActive()

    @property
    def live(self) -> list[WhatIf]:
        """Return those that are something else than the run itself."""
        return [row for row in self.rows if row.exact is not None]

    def add(self, settings: Iterable[GhostSetting]) -> list[WhatIf]:
        """Have what-ifs for these settings, those there already included; return theirs, choose the last.

        Those for which there is no room are left out (MAX_WHAT_IFS).
        """
        found = []
        for setting in settings:
            row = next((row for row in self.rows if row.aim == setting), None)
            if row is None and len(self.rows) < MAX_WHAT_IFS:
                row = WhatIf(setting)
                self.rows.append(row)
            if row is not None:
                found.append(row)
        self._settle(found[-1] if found else self.chosen)
        return found

    def remove(self, row: WhatIf) -> None:
        """Have no such what-if any more; its neighbour is chosen."""
        at = self.rows.index(row)
        self.rows.remove(row)
        self._settle(self.rows[min(at, len(self.rows) - 1)] if self.rows else None)

    def clear(self) -> None:
        """Have none."""
        self.rows.clear()
        self._settle(None)

    def choose(self, row: WhatIf | None) -> None:
        """Let keys and details be about this one."""
        if row is not self.chosen:
            self.chosen = row
            self.changed.emit()

    def choose_next(self, step: int) -> None:
        """Choose the one after or before."""
        if self.rows:
            now = self.rows.index(self.chosen) if self.chosen in self.rows else (-1 if step > 0 else 0)
            self.choose(self.rows[(now + step) % len(self.rows)])

    def _settle(self, chosen: WhatIf | None) -> None:
        """Put rows in order, remember them, have ghosts for those that need one."""
        self.rows.sort(key=_order)
        self.chosen = chosen
        self._settings["what_if"] = to_text(row.aim for row in self.rows)
        self._choose_ghosts()
        self.changed.emit()
        self._go_on()

    def _choose_ghosts(self) -> None:
        ghosts, journal = self._ghosts, self.document.journal
        if ghosts is None:
            return
        from inspector.views.ghosts import Ghost  # numpy, after the first paint

        for row in self.rows:
            if row.setting.is_the_run(journal.header):
                row.exact = row.ahead = row.whole = row.working = None
            elif row.exact is None:
                row.exact = Ghost(row.setting, journal, ghosts.inputs)
        ghosts.ghosts = [row.exact for row in self.rows if row.exact is not None]

    def _begin(self) -> None:
        """Turn to the run that is open now."""
        if self._ghosts is None:
            return
        self._ghosts.begin(self.document.journal, (), self.document.columns.inputs)
        for row in self.rows:
            row.exact = row.ahead = row.whole = row.working = None
            row.wanted_ms = row.setting.timeout_ms
        self._choose_ghosts()
        if not self._take_new(self._ghosts):
            self._go_on()
        self.changed.emit()

    # --- another timeout ---------------------------------------------------------------------------------

    def retime(self, row: WhatIf, timeout_ms: int) -> None:
        """Suppose another timeout; what is in view is regrouped with the next frame."""
        if row.exact is None or row.setting.timeout_ms is None:
            return
        taken = GhostSetting(row.setting.profile, timeout_ms).taken_ms(self.document.journal.header)
        if taken is not None and taken != row.wanted_ms:
            row.wanted_ms = taken
            self.moved.emit()
            self._go_on()

    def let_go(self) -> None:
        """End a drag: the new timeout is remembered, and of two that are the same now one goes."""
        held = self.chosen
        if held is not None:
            self.rows = [row for row in self.rows if row is held or row.aim != held.aim]
            self._settle(held)

    def _regroup(self, row: WhatIf, now_ms: int, until: Callable[[], bool]) -> bool:
        """Work on what a drag asks for; return whether it is done."""
        from inspector.views.ghosts import Ghost

        while row.regrouping and row.wanted_ms is not None and row.exact is not None:
            if row.working is None:
                setting = row.aim
                base = row.exact if row.complete else row.whole or row.exact
                row.working = Ghost.ahead(setting, base, round(max(0.0, self.view_from_ms())))
            if not row.working.update(now_ms, until):
                return False
            done, row.working = row.working, None
            row.setting = done.setting
            if done.from_seq:
                row.ahead = done
                row.exact = Ghost(done.setting, self.document.journal, done.inputs)
            else:
                row.ahead, row.exact = None, done
            self._choose_ghosts()
        return True

    # --- work --------------------------------------------------------------------------------------------

    def _run_ms(self) -> int:
        """Return the instant that the run has reached for good."""
        return self.document.run.end_ms

    def _next_due_ms(self) -> int:
        return NEVER_MS if self._ghosts is None else self._ghosts.next_due_ms()

    def _grew(self) -> None:
        """Take what is new with the next turn of the event loop: what a person did is painted first."""
        self._go_on()

    def _ticked(self) -> None:
        """Let time pass; what that brings about in a ghost is told."""
        ghosts = self._ghosts
        if ghosts is None or ghosts.journal is not self.document.journal or self._timer.isActive():
            return
        before = sum(ghost.grouping.boundaries for ghost in ghosts.ghosts)
        self._take_new(ghosts)
        if before != sum(ghost.grouping.boundaries for ghost in ghosts.ghosts):
            self.moved.emit()

    def _take_new(self, ghosts: Ghosts) -> bool:
        """Take what is new, in every ghost that is not far behind; return whether none is."""
        now_ms = self._run_ms()
        done = ghosts.update(self.document.journal, now_ms, new_only=True)
        for row in self.rows:
            if row.ahead is not None:
                row.ahead.update(now_ms)
        return done

    def _go_on(self) -> None:
        """Work on with the next turn of the event loop; what is dragged is regrouped once a frame."""
        if self._ghosts is not None and not self._timer.isActive():
            dragged = any(row.regrouping for row in self.rows)
            since_ms = (self._clock() - self._worked_ns) // 1_000_000
            self._timer.start(max(0, FRAME_MS - since_ms) if dragged else 0)

    def work(self) -> None:
        """Do a slice of what is left to do: first what is new, then what is dragged, then histories."""
        ghosts = self._ghosts
        if ghosts is None or ghosts.journal is not self.document.journal:
            return
        end_ns = self._clock() + SLICE_NS
        now_ms = self._run_ms()

        def until() -> bool:
            return self._clock() >= end_ns

        self._take_new(ghosts)
        dragged = [row for row in self.rows if row.regrouping]
        done = all(self._regroup(row, now_ms, until) for row in dragged)
        if done:
            done = ghosts.update(ghosts.journal, now_ms, until)
        whole = done
        for row in self.live:
            if row.complete and row.exact is not row.whole:
                row.whole, row.ahead = row.exact, None
                whole = True
        self._worked_ns = self._clock()
        if not done:
            self._timer.start(0)
        if whole or dragged or self._worked_ns - self._told_ns >= TELL_NS:
            self._told_ns = self._worked_ns
            self.moved.emit()

    # --- what is seen ------------------------------------------------------------------------------------

    def known(self, row: WhatIf) -> bool:
        """Return whether it has been counted to the end, as it is wanted."""
        return row.complete and not row.regrouping

    def counts(self, row: WhatIf) -> tuple[int, int]:
        """Return how many sessions it has, and how many boundaries differ from the run's."""
        return row.ghost().grouping.begun, self.differences(row).count()

    def compared(self, row: WhatIf) -> Comparison | None:
        """Return how a what-if compares with the run as of now, None while it is not known."""
        ghosts = self._ghosts
        if ghosts is None or row.exact is None or not self.known(row):
            return None
        now_ms = self.document.now_ms()
        return ghosts.compared(row.exact, now_ms, self.run_until_ms(now_ms))

    def differences(self, row: WhatIf) -> Differences:
        """Return where the ghost shown differs from the run."""
        if self._ghosts is None:
            raise RuntimeError("nothing is decided yet")
        return self._ghosts.differences(row.ghost())

    def run_until_ms(self, now_ms: int) -> int:
        """Return until when the run's open session is seen to last."""
        items = self.document.lanes.open_items(now_ms)
        ends = [item.end_ms for name, item in items if name == "session" and item.kind.startswith("session_")]
        return ends[0] if ends and ends[0] is not None else now_ms

    def share(self, row: WhatIf) -> float:
        """Return how much of its history a what-if has taken, 0 to 1."""
        return 0.0 if row.exact is None else row.exact.share
