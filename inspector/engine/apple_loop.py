"""How the shipped Apple SDK times a session out: a loop of one tick a second in the background (A5 to A12).

Ticks are not simulated one by one: between two inputs only two of them can do anything, the first that finds
the session timed out and the first that finds too little of the background allowance left. Both are computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.engine import apple_records as records
from inspector.engine.deadlines import NEVER_MS, freeze_when_due, note_due, settle_deadline
from inspector.engine.deadlines import freeze_ms as allowance_end_ms
from inspector.engine.inputs import Input, Launch
from inspector.engine.session import Figures, Session

if TYPE_CHECKING:
    from inspector.engine.engine import Engine

TICK_MS = 1000  # A7
LAST_TICK_LEFT_MS = 10_000  # a tick that finds no more than this left is the last (A7)


class Memory:
    """What the SDK remembers: of this process, but for ``ended_by_hand``, which its store holds.

    ``in_background`` is the SDK's flag. ``done_ms`` and ``done_wall_ms`` are when it last did anything in the
    background (L), ``counted_ms`` from when background time counts (B), ``expired`` whether an expiry set that;
    ``loop_ms`` is when the loop of ticks began, None where there is none. ``true_ms`` is since when the session
    has outlived its timeout, where a change of clock or settings hides it. ``done_seq`` is the entry that set L.
    """

    __slots__ = (
        "counted_ms",
        "done_ms",
        "done_seq",
        "done_wall_ms",
        "ended_by_hand",
        "expired",
        "in_background",
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
        self.true_ms: int | None = None

    def copy(self) -> Memory:
        """Return an independent copy."""
        twin = Memory.__new__(Memory)
        for name in Memory.__slots__:
            setattr(twin, name, getattr(self, name))
        return twin

    def note_done(self, engine: Engine) -> None:
        """Remember that the SDK did something in the background, if it is there (A1 step 1)."""
        if self.in_background:
            self.do(engine)

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
    return None if engine.media_playing else allowance_end_ms(engine)


def _last_tick_ms(engine: Engine, loop_ms: int) -> int | None:
    """Return the coming tick that will be the last; every tick up to now has been made."""
    end_ms = freeze_ms(engine)
    if end_ms is None:
        return None
    return _first_tick_ms(loop_ms, max(engine.now_ms + 1, end_ms - LAST_TICK_LEFT_MS))


def deadline_ms(engine: Engine) -> int | None:
    """Return the tick at which the open session will expire if nothing more comes, or None (Details)."""
    loop_ms = engine.platform.loop_ms
    if loop_ms is None or engine.status != "background":
        return None
    from_ms = true_from_ms(engine)
    if from_ms is None:
        return None
    tick_ms = _first_tick_ms(loop_ms, max(engine.now_ms + 1, from_ms))
    end_ms = freeze_ms(engine)
    if end_ms is None:
        return tick_ms
    last_ms = _first_tick_ms(loop_ms, max(engine.now_ms + 1, end_ms - LAST_TICK_LEFT_MS))
    return tick_ms if tick_ms <= min(last_ms, end_ms) else None


def due_ms(engine: Engine) -> int:
    """Return when anything happens by itself: an expiry, the last tick, the freeze."""
    if engine.status != "background":
        return NEVER_MS
    due = NEVER_MS if engine.armed is None else engine.armed.deadline_ms
    loop_ms = engine.platform.loop_ms
    last_ms = None if loop_ms is None else _last_tick_ms(engine, loop_ms)
    if last_ms is not None:
        due = min(due, last_ms)
    end_ms = freeze_ms(engine)
    return due if end_ms is None else min(due, end_ms)


def fire_next(engine: Engine) -> None:
    """Make the tick that is due now, or let the process freeze: at one instant the tick first (Details)."""
    loop_ms = engine.platform.loop_ms
    end_ms = freeze_ms(engine)
    at_tick = loop_ms is not None and (engine.now_ms - loop_ms) % TICK_MS == 0
    ending = end_ms is not None and end_ms - engine.now_ms <= LAST_TICK_LEFT_MS
    if at_tick and (expires(engine) or ending):
        armed = engine.armed
        tick(engine, armed.seq if armed is not None else 0)
        note_due(engine)
    else:
        _freeze(engine)


def tick(engine: Engine, cause: int) -> None:
    """Test for expiry, then read the time left: at most 10 s, and it was the last tick (A7)."""
    if expires(engine):
        expire(engine, cause)
    end_ms = freeze_ms(engine)
    if end_ms is not None and end_ms - engine.now_ms <= LAST_TICK_LEFT_MS:
        engine.platform.loop_ms = None


def freeze_if_due(engine: Engine, _what: Input, _cause: int) -> None:
    """Freeze where a change made that overdue (A10); the tick of this instant is behind us (Details)."""
    end_ms = freeze_ms(engine)
    if end_ms is not None and end_ms <= engine.now_ms:
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
    tick(engine, cause)


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
