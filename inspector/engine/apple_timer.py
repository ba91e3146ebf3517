"""How the Apple SDK 8.16.0 times a session out: a one-shot timer that asks nothing (L1 to L7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.engine import apple_records as records
from inspector.engine.apple_loop import freeze_ms
from inspector.engine.deadlines import NEVER_MS, freeze_when_due, note_due, settle_deadline
from inspector.engine.inputs import Input, Launch
from inspector.engine.session import Figures, Session

if TYPE_CHECKING:
    from inspector.engine.engine import Engine


class Memory:
    """What the SDK remembers: of this process, but for ``ended_by_hand``, which its store holds.

    ``left_ms`` and ``left_wall_ms`` are the last backgrounding (C), ``left_seq`` its entry; ``timer_ms`` is when
    the timer fires, None where none runs.
    """

    __slots__ = ("ended_by_hand", "left_ms", "left_seq", "left_wall_ms", "timer_ms")
    floor = False
    in_background = False  # what happens there moves no clock here (L1)

    def do(self, engine: Engine) -> None:
        """Do nothing (L1)."""

    def __init__(self) -> None:
        self.ended_by_hand = False
        self.forget()

    def forget(self) -> None:
        """Be a new process."""
        self.left_ms: int | None = None
        self.left_wall_ms = 0
        self.left_seq = 0
        self.timer_ms: int | None = None

    def copy(self) -> Memory:
        """Return an independent copy."""
        twin = Memory.__new__(Memory)
        for name in Memory.__slots__:
            setattr(twin, name, getattr(self, name))
        return twin


def remember(_engine: Engine) -> Memory:
    """Return the memory of an SDK that was just installed."""
    return Memory()


def outlived_ms(engine: Engine) -> int | None:
    """Return from when on the next foreground will find the session expired, in the background (L4)."""
    memory: Memory = engine.platform
    settings = engine.settings
    behind = engine.status in ("background", "suspended")
    if not behind or engine.session is None or memory.left_ms is None or not settings.automatic_tracking:
        return None
    return memory.left_wall_ms + settings.session_timeout_ms - engine.wall_offset_ms


def deadline_ms(engine: Engine) -> int | None:
    """Return when the timer will end the open session if nothing more comes, or None (L2, L7)."""
    timer_ms: int | None = engine.platform.timer_ms
    if timer_ms is None or engine.session is None or engine.status != "background":
        return None
    end_ms = freeze_ms(engine)
    return timer_ms if end_ms is None or timer_ms <= end_ms else None


def due_ms(engine: Engine) -> int:
    """Return when anything happens by itself: the timer or the freeze."""
    if engine.status != "background":
        return NEVER_MS
    timer_ms: int | None = engine.platform.timer_ms
    due = NEVER_MS if timer_ms is None else timer_ms
    end_ms = freeze_ms(engine)
    return due if end_ms is None else min(due, end_ms)


def fire_next(engine: Engine) -> None:
    """Let the timer fire, or the process freeze, which cancels the timer: at one instant the timer first (L7)."""
    memory: Memory = engine.platform
    if memory.timer_ms is not None and memory.timer_ms <= engine.now_ms:
        armed = engine.armed
        due_ms, memory.timer_ms = memory.timer_ms, None
        _expire(engine, armed.seq if armed is not None else memory.left_seq, due_ms)
        note_due(engine)
    else:
        freeze_when_due(engine)
        memory.timer_ms = None
        settle_deadline(engine, None, engine.last_seq)


def cancel_timer(engine: Engine, _what: Input, _cause: int) -> None:
    """Cancel the timer for good, as a freeze does (L7)."""
    engine.platform.timer_ms = None


def _expire(engine: Engine, cause: int, due_ms: int) -> None:
    """End the open session as of the backgrounding, or of its last message if it began later (L3)."""
    memory: Memory = engine.platform
    session = engine.session
    if session is None or memory.left_ms is None:
        return
    records.move_end(session, memory.left_ms, memory.left_wall_ms)
    records.write_row(session)
    engine.armed = None
    records.close(engine, session, "timeout", cause, due_ms, memory.left_seq)


def leave_front(engine: Engine, _what: Input, cause: int) -> None:
    """Go to the background: C is now, a timer of whole seconds starts if automatic, all is logged (L2)."""
    memory: Memory = engine.platform
    settings = engine.settings
    engine.status = "background"
    engine.awake_since_ms = engine.now_ms
    engine.awake_since_seq = cause
    memory.left_ms = engine.now_ms
    memory.left_wall_ms = engine.now_ms + engine.wall_offset_ms
    memory.left_seq = cause
    if settings.automatic_tracking:
        memory.timer_ms = engine.now_ms + settings.session_timeout_ms // 1000 * 1000
    if engine.session is not None:
        engine.session.interruptions += 1
    records.log_transition(engine, "application_background", cause)


def come_to_front(engine: Engine, _what: Input, cause: int) -> None:
    """Come to the front: the timer is gone, the span is tested, a session begins, the app becomes active (L4)."""
    memory: Memory = engine.platform
    settings = engine.settings
    engine.status = "foreground"
    memory.timer_ms = None
    if settings.automatic_tracking:
        if engine.session is not None and memory.left_ms is not None:
            from_ms = memory.left_wall_ms + settings.session_timeout_ms - engine.wall_offset_ms
            if from_ms <= engine.now_ms:
                _expire(engine, cause, max(from_ms, memory.left_ms))
        records.begin(engine, "foreground", cause)
    become_active(engine, cause)


def become_active(engine: Engine, cause: int) -> None:
    """Become active, unless opted out: the session takes the whole background span before as its own (L4, L5)."""
    if engine.settings.opt_out:
        return
    memory: Memory = engine.platform
    session = engine.session
    if session is not None:
        if memory.left_ms is not None:
            session.background_ms += engine.now_ms - memory.left_ms
            memory.left_ms = None
        records.move_end(session, engine.now_ms, engine.now_ms + engine.wall_offset_ms)
        records.write_row(session)
    if engine.settings.automatic_tracking:
        records.begin(engine, "foreground", cause)
    records.log_transition(engine, "application_foreground", cause)


def become_active_on_launch(engine: Engine, what: Launch, cause: int) -> None:
    """Become active at a launch to the front (L6)."""
    if not what.background:
        become_active(engine, cause)


def figures(engine: Engine, session: Session) -> Figures:
    """Return what an open session has come to: its live record, the background span under way included."""
    if session.row is not None and engine.status == "not_running":
        return records.closing(session, floor=False)
    left_ms: int | None = engine.platform.left_ms
    length_ms = max(0, engine.now_ms - session.start_ms)
    background_ms = session.background_ms
    if left_ms is not None and engine.status in ("background", "suspended"):
        background_ms += engine.now_ms - left_ms
    return Figures(
        length_ms,
        length_ms - background_ms,
        background_ms,
        session.interruptions,
        session.events,
        session.attributes,
    )
