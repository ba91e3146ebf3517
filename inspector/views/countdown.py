"""The countdown as of an instant: how much is left, what it waits for, what would cancel it."""

from typing import Literal, NamedTuple, TypeAlias

from inspector.engine.settings import Settings
from inspector.journal.fold import Fold
from inspector.views.harmless import format_span, format_time

State: TypeAlias = Literal["none", "idle", "running", "frozen", "overdue", "orphan", "manual"]


class Countdown(NamedTuple):
    """The countdown as of an instant; spans and instants in ms.

    ``state``: ``none`` no session is open; ``idle`` one is and nothing counts down; ``running``; ``frozen`` it
    counts but no timer will fire; ``overdue`` it is through and waits to be noticed; ``orphan`` the process is
    dead; ``manual`` automatic tracking is off. ``left_ms``, ``total_ms`` and ``deadline_ms`` are None unless
    something counts.
    ``waits_for`` and ``cancelled_by`` are words; ``note`` tells how the last countdown went, or is empty.
    """

    state: State
    left_ms: int | None
    total_ms: int | None
    deadline_ms: int | None
    waits_for: str
    cancelled_by: str
    note: str

    @property
    def share_left(self) -> float:
        """Return what is left as a share of the whole, 0 to 1."""
        if not self.total_ms or self.left_ms is None:
            return 0.0
        return min(1.0, self.left_ms / self.total_ms)


def countdown(fold: Fold, now_ms: int, settings: Settings | None = None) -> Countdown:
    """Return the countdown of a story as of ``now_ms``; ``settings`` in force, for what only they tell."""
    note = _note(fold)
    session = fold.current
    if session is None and settings is not None and settings.opt_out:
        return _still("none", "the user to opt in, and then a launch or foreground", "", note)
    if session is None:
        return _still("none", "the next launch or foreground", "", note)
    name = f"session {session.ordinal}"
    if fold.app == "not_running":
        return _still("orphan", f"the next launch, which ends {name}", "", note)
    if settings is not None and not settings.automatic_tracking:
        return _still("manual", f"end_session or opting out; no time ends {name}", "", note)
    armed = fold.armed
    if armed is None:
        leaves = (
            "the app to leave the front" if fold.app == "foreground" else "the app to come to the front and leave"
        )
        return _still("idle", leaves, "", note)
    left_ms = max(0, armed.deadline_ms - now_ms)
    state: State = "running"
    waits_for = f"the timeout at {format_time(armed.deadline_ms)}"
    if fold.app == "suspended":
        state = "frozen" if left_ms else "overdue"
        waits_for = "the next resume or foreground, which notices the timeout"
    cancelled_by = "a foreground or end_session" if left_ms else ""
    return Countdown(state, left_ms, armed.timeout_ms, armed.deadline_ms, waits_for, cancelled_by, note)


def _still(state: State, waits_for: str, cancelled_by: str, note: str) -> Countdown:
    return Countdown(state, None, None, None, waits_for, cancelled_by, note)


def _note(fold: Fold) -> str:
    if fold.armed is not None:
        return ""
    if fold.current is None:
        last = fold.sessions[-1] if fold.sessions else None
        if last is not None and last.ended_by == "timeout" and last.detected_ms is not None:
            return f"session {last.ordinal} expired at {format_time(last.detected_ms)}"
        return ""
    cancelled = fold.cancelled
    if cancelled is not None and cancelled.session == fold.current.ordinal:
        return f"cancelled with {format_span(cancelled.left_ms)} left"
    return ""
