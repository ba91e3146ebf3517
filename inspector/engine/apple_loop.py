"""How the shipped Apple SDK times a session out: a loop of one tick a second in the background (A5 to A12).

Ticks are not simulated one by one: between two inputs only two of them can do anything, the first that finds
the session timed out and the first that finds too little of the background allowance left. Both are computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.engine import apple_records as records
from inspector.engine.deadlines import NEVER_MS, freeze_when_due, settle_deadline
from inspector.engine.inputs import Input, Launch
from inspector.engine.session import Figures, Session

if TYPE_CHECKING:
    from inspector.engine.engine import Engine

TICK_MS = 1000  # A7
FRESH_MS = -1  # the last tick of a loop whose tick 0 is still to come, right behind its background
LAST_TICK_LEFT_MS = 10_000  # a tick that finds no more than this left is the last (A7)


class Memory:
    """What the SDK remembers: of this process, but for ``ended_by_hand``, which its store holds.

    ``in_background`` is the SDK's flag. ``done_ms`` and ``done_wall_ms`` are when it last did anything in the
    background (L), ``counted_ms`` from when background time counts (B), ``expired`` whether an expiry set that;
    ``loop_ms`` is when the loop of ticks began, None where there is none, and ``last_tick_ms`` its last tick.
    ``true_ms`` is since when the session has outlived its timeout, where a change of clock or settings hides it.
    ``done_seq`` is the entry that set L.
    """

    __slots__ = (
        "counted_ms",
        "done_ms",
        "done_seq",
        "done_wall_ms",
        "ended_by_hand",
        "expired",
        "in_background",
        "last_tick_ms",
        "loop_ms",
        "true_ms",
    )
    floor = True

    def __init__(self) -> None:
        self.ended_by_hand = False
        self.forget()

    def forget(self) -> None:
        """Be a new process."""
        self.in_background = False
        self.done_ms: int | None = None
        self.done_wall_ms = 0
        self.done_seq = 0
        self.counted_ms: int | None = None
        self.expired = False
        self.loop_ms: int | None = None
        self.last_tick_ms = NEVER_MS
        self.true_ms: int | None = None

    def copy(self) -> Memory:
        """Return an independent copy."""
        twin = Memory.__new__(Memory)
        for name in Memory.__slots__:
            setattr(twin, name, getattr(self, name))
        return twin

    def do(self, engine: Engine) -> None:
        """Set L to now."""
        self.done_ms = engine.now_ms
        self.done_wall_ms = engine.now_ms + engine.wall_offset_ms
        self.done_seq = engine.last_seq
        self.true_ms = None


def remember(_engine: Engine) -> Memory:
    """Return the memory of an SDK that was just installed."""
    return Memory()


# --- the expiry test ---------------------------------------------------------------------------------


def true_from_ms(engine: Engine) -> int | None:
    """Return from when on the expiry test holds, by wall clock (A8, A22); None if it never will as things are."""
    memory: Memory = engine.platform
    settings = engine.settings
    if engine.session is None or memory.done_ms is None or not settings.automatic_tracking:
        return None
    return memory.done_wall_ms + settings.session_timeout_ms - engine.wall_offset_ms


def outlived_ms(engine: Engine) -> int | None:
    """Return from when on the next foreground will find the session expired, in the background (A6, A8)."""
    return true_from_ms(engine) if engine.status in ("background", "suspended") else None


def expires(engine: Engine) -> bool:
    """Make the expiry test (A8)."""
    from_ms = true_from_ms(engine)
    return from_ms is not None and from_ms <= engine.now_ms


def note_true(engine: Engine, _what: Input, _cause: int) -> None:
    """Note, before and after a change of settings or of the clock, since when the expiry test holds."""
    memory: Memory = engine.platform
    from_ms = true_from_ms(engine)
    if from_ms is None or from_ms > engine.now_ms:
        memory.true_ms = None
    elif memory.true_ms is None:
        memory.true_ms = max(from_ms, memory.done_ms or 0)


def note_changed(engine: Engine, _what: Input, _cause: int) -> None:
    """Note, after such a change, that the expiry test holds only because of it."""
    memory: Memory = engine.platform
    if not expires(engine):
        memory.true_ms = None
    elif memory.true_ms is None:
        memory.true_ms = engine.now_ms


def expire(engine: Engine, cause: int) -> None:
    """End the session: given end is the last thing done in the background, noticed now (A9)."""
    memory: Memory = engine.platform
    session = engine.session
    if session is None or memory.done_ms is None or memory.counted_ms is None:
        return
    due_ms = memory.true_ms if memory.true_ms is not None else true_from_ms(engine)
    set_by = memory.done_seq
    records.move_end(session, memory.done_ms, memory.done_wall_ms)
    session.background_ms += memory.done_ms - memory.counted_ms
    memory.do(engine)
    memory.counted_ms = engine.now_ms
    memory.expired = True
    records.write_row(session)
    engine.armed = None
    records.close(engine, session, "timeout", cause, due_ms, set_by)


# --- ticks, allowance, freeze ------------------------------------------------------------------------


def _first_tick_ms(loop_ms: int, t_ms: int) -> int:
    """Return the first tick of a loop at or after ``t_ms``."""
    return loop_ms + max(0, -(-(t_ms - loop_ms) // TICK_MS)) * TICK_MS


def freeze_ms(engine: Engine) -> int | None:
    """Return when the background allowance is used up; playing media holds it off (A10, A12)."""
    after_ms = engine.settings.suspend_after_ms
    if after_ms is None or engine.media_playing or engine.status != "background":
        return None
    return engine.awake_since_ms + after_ms


def deadline_ms(engine: Engine) -> int | None:
    """Return the tick at which the open session will expire if nothing more comes, or None (Details).

    Asked whenever something happened, so it also keeps the loop: one whose last tick is behind is over, whatever
    the allowance is now; of another the last tick is foreseen anew.
    """
    memory: Memory = engine.platform
    loop_ms = memory.loop_ms
    if loop_ms is None:
        return None
    now_ms = engine.now_ms
    fresh = memory.last_tick_ms == FRESH_MS
    if engine.status != "background" or (memory.last_tick_ms <= now_ms and not fresh):
        memory.loop_ms = None
        return None
    end_ms = freeze_ms(engine)
    last_ms = NEVER_MS
    if end_ms is not None:
        coming_ms = now_ms if fresh else now_ms + 1
        last_ms = _first_tick_ms(loop_ms, max(coming_ms, end_ms - LAST_TICK_LEFT_MS))
        if last_ms <= now_ms:
            memory.loop_ms = None
            return None
    memory.last_tick_ms = last_ms
    from_ms = true_from_ms(engine)
    if from_ms is None or from_ms > last_ms:
        return None
    tick_ms = _first_tick_ms(loop_ms, max(now_ms + 1, from_ms))
    return tick_ms if tick_ms <= last_ms and (end_ms is None or tick_ms <= end_ms) else None


def due_ms(engine: Engine) -> int:
    """Return when anything happens by itself: an expiry or the freeze."""
    if engine.status != "background":
        return NEVER_MS
    due = NEVER_MS if engine.armed is None else engine.armed.deadline_ms
    end_ms = freeze_ms(engine)
    return due if end_ms is None else min(due, end_ms)


def fire_next(engine: Engine) -> None:
    """Make the tick that finds the session expired, or let the process freeze: the tick first (Details)."""
    armed = engine.armed
    if armed is not None and armed.deadline_ms <= engine.now_ms:
        expire(engine, armed.seq)
        settle_deadline(engine, None, engine.last_seq)
    else:
        _freeze(engine)


def freeze_if_due(engine: Engine, _what: Input, _cause: int) -> None:
    """Freeze where a change made that overdue (A10); the tick of this instant is behind us (Details)."""
    if engine.due_ms <= engine.now_ms:  # a deadline always lies ahead
        _freeze(engine)


def _freeze(engine: Engine) -> None:
    freeze_when_due(engine)
    engine.platform.loop_ms = None
    settle_deadline(engine, None, engine.last_seq)


def stop_loop(engine: Engine, _what: Input, _cause: int) -> None:
    """End the loop for good, as a freeze does (A11)."""
    engine.platform.loop_ms = None


# --- background and foreground -----------------------------------------------------------------------


def leave_front(engine: Engine, _what: Input, cause: int) -> None:
    """Go to the background: L and B are now, the transition is saved, the loop makes its tick 0 (A5, A7)."""
    memory: Memory = engine.platform
    engine.status = "background"
    engine.awake_since_ms = engine.now_ms
    engine.awake_since_seq = cause
    memory.in_background = True
    memory.do(engine)
    memory.counted_ms = engine.now_ms
    memory.expired = False
    if engine.session is not None:
        engine.session.interruptions += 1
    records.log_transition(engine, "application_background", cause)
    memory.loop_ms = engine.now_ms
    memory.last_tick_ms = FRESH_MS


def come_to_front(engine: Engine, _what: Input, cause: int) -> None:
    """Come to the front: test for expiry, count the background span, begin, become active (A6)."""
    memory: Memory = engine.platform
    engine.status = "foreground"
    memory.in_background = False
    memory.loop_ms = None
    if expires(engine):
        expire(engine, cause)
    if engine.session is not None and memory.counted_ms is not None and not memory.expired:
        engine.session.background_ms += engine.now_ms - memory.counted_ms
    if engine.settings.automatic_tracking:
        records.begin(engine, "foreground", cause)
    become_active(engine, cause)


def become_active(engine: Engine, cause: int) -> None:
    """Become active, unless opted out: L and B are unset, the transition carries the session open now (A6.5)."""
    if engine.settings.opt_out:
        return
    memory: Memory = engine.platform
    memory.done_ms = memory.counted_ms = memory.true_ms = None
    records.log_transition(engine, "application_foreground", cause)


def become_active_on_launch(engine: Engine, what: Launch, cause: int) -> None:
    """Become active at a launch to the front (A3)."""
    if not what.background:
        become_active(engine, cause)


def figures(engine: Engine, session: Session) -> Figures:
    """Return what an open session has come to: its live record, the background span under way included."""
    if session.row is not None and engine.status == "not_running":
        return records.closing(session, floor=True)
    memory: Memory = engine.platform
    length_ms = max(0, engine.now_ms - session.start_ms)
    background_ms = session.background_ms
    if memory.in_background and memory.counted_ms is not None:
        background_ms += engine.now_ms - max(memory.counted_ms, session.start_ms)
    foreground_ms = max(0, length_ms - background_ms)
    return Figures(
        length_ms,
        foreground_ms,
        length_ms - foreground_ms,
        session.interruptions,
        session.events,
        session.attributes,
    )
