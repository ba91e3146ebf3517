"""The countdown as of an instant: how much is left, what it waits for, what would cancel it."""

from typing import Literal, NamedTuple, TypeAlias

from inspector.engine.settings import Settings
from inspector.journal.fold import Fold
from inspector.views.harmless import format_span, format_time

State: TypeAlias = Literal["none", "idle", "running", "frozen", "overdue", "orphan", "manual", "unwatched"]


class Countdown(NamedTuple):
    """The countdown as of an instant; spans and instants in ms.

    ``state``: ``none`` no session is open; ``idle`` one is and nothing counts down; ``running``; ``frozen`` it
    counts but no timer will fire; ``overdue`` it is through and waits to be noticed; ``orphan`` the process is
    dead; ``manual`` automatic tracking is off; ``unwatched`` the session will outlive its timeout and no timer
    will notice. ``left_ms``, ``total_ms`` and ``deadline_ms`` are None unless something counts.
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


class Outlook(NamedTuple):
    """What only the engine tells: its profile, and from when on the open session has outlived its timeout."""

    profile: str
    outlived_ms: int | None


class _Words(NamedTuple):
    """A profile's words: what begins a session, what holds a countdown off, what notices its end."""

    begins: str
    held_off_by: str
    noticed_by: str
    front: str


_GUIDE = _Words(
    "the next launch or foreground",
    "a foreground or end_session",
    "the next resume or foreground, which notices the timeout",
    "the app to leave the front",
)
_APPLE = _Words(
    "the next launch, foreground or event",
    "a foreground or end_session; an event puts it off",
    "the next foreground, which finds it expired",
    "the app to leave the front",
)
_PROFILES = {
    "apple": _APPLE,
    "apple-legacy": _APPLE._replace(held_off_by="a foreground or end_session"),
    "android": _Words(
        "the next foreground, event or other call",
        "a foreground or any call",
        "nothing: no check is left; it goes on until the app has been in front and left again",
        "the app to leave the front",
    ),
    "web": _Words(
        "the next page load, event or begin_session",
        "end_session; every event puts it off",
        "the next page load, which finds it expired; an event goes on with it",
        "an event, which starts the timer: a page that goes on with a session has none",
    ),
}


def countdown(
    fold: Fold, now_ms: int, settings: Settings | None = None, outlook: Outlook | None = None
) -> Countdown:
    """Return the countdown of a story as of ``now_ms``.

    ``settings`` in force and ``outlook`` are for what only they tell (the guide's words without).
    """
    note = _note(fold)
    session = fold.current
    profile = "guide" if outlook is None else outlook.profile
    words = _PROFILES.get(profile, _GUIDE)
    if session is None and settings is not None and settings.opt_out and profile == "guide":
        return _still("none", "the user to opt in, and then a launch or foreground", "", note)
    if session is None:
        return _still("none", words.begins, "", note)
    name = f"session {session.ordinal}"
    if fold.app == "not_running" and profile != "web":
        return _still("orphan", f"the next launch, which ends {name}", "", note)
    if settings is not None and not settings.automatic_tracking and profile in ("guide", "apple"):
        return _still("manual", f"end_session or opting out; no time ends {name}", "", note)
    armed = fold.armed
    if armed is None:
        return _uncounted(fold, now_ms, words, note, session.timeout_ms, settings, outlook)
    left_ms = max(0, armed.deadline_ms - now_ms)
    state: State = "running"
    waits_for = f"the timeout at {format_time(armed.deadline_ms)}"
    if fold.app == "suspended":
        state = "frozen" if left_ms else "overdue"
        waits_for = words.noticed_by if profile == "guide" else "the process to thaw"
    cancelled_by = words.held_off_by if left_ms else ""
    return Countdown(state, left_ms, armed.timeout_ms, armed.deadline_ms, waits_for, cancelled_by, note)


def _uncounted(
    fold: Fold,
    now_ms: int,
    words: _Words,
    note: str,
    timeout_ms: int | None,
    settings: Settings | None,
    outlook: Outlook | None,
) -> Countdown:
    """Return a countdown that nothing watches: only a use of the app finds the session timed out."""
    outlived_ms = None if outlook is None else outlook.outlived_ms
    if outlived_ms is None or settings is None:
        behind = "the app to come to the front and leave"
        return _still("idle", words.front if fold.app == "foreground" else behind, "", note)
    left_ms = max(0, outlived_ms - now_ms)
    total_ms = settings.session_timeout_ms if timeout_ms is None else timeout_ms
    state: State = "unwatched" if left_ms else "overdue"
    return Countdown(state, left_ms, total_ms, outlived_ms, words.noticed_by, words.held_off_by, note)


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
