"""What is due and when: the session's deadline and the freeze, both functions of the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.engine.entries import Suspended, TimeoutArmed, TimeoutCancelled
from inspector.engine.inputs import Input
from inspector.engine.sessions import end_session

if TYPE_CHECKING:
    from inspector.engine.engine import Engine

NEVER_MS = 1 << 62


class Armed(msgspec.Struct, frozen=True, gc=False):
    """A countdown under way: when it is up, the ``seq`` of the entry that announced that, and its session."""

    deadline_ms: int
    seq: int
    session: int


def deadline_ms(engine: Engine) -> int | None:
    """Return the session's deadline, a function of the state (G3, Details).

    It exists when a session is open, automatic tracking is on, the process lives, and the app went to
    the background during this session: that moment plus the timeout in force. While frozen it exists too,
    only nothing fires (G17).
    """
    session = engine.session
    if session is None or session.left_front_ms is None or engine.status == "not_running":
        return None
    settings = engine.settings
    return session.left_front_ms + settings.session_timeout_ms if settings.automatic_tracking else None


def freeze_ms(engine: Engine) -> int | None:
    """Return when the OS freezes the background process (``suspend_after``, Details), or None."""
    after_ms = engine.settings.suspend_after_ms
    if after_ms is None or engine.status != "background":
        return None
    return engine.awake_since_ms + after_ms


def settle_deadline(engine: Engine, _what: Input, cause: int) -> None:
    """Announce a deadline that appeared, moved or vanished, and note what is due next (G3, G4, G12)."""
    session = engine.session
    armed = engine.armed
    # Without a moment of leaving the front there is none: the common case, answered without a call.
    left_front = session is not None and session.left_front_ms is not None
    deadline = deadline_ms(engine) if left_front else None
    if deadline is None:
        if armed is not None:
            engine.armed = None
            now_ms = engine.now_ms
            left_ms = max(0, armed.deadline_ms - now_ms)
            seq = engine.last_seq = engine.last_seq + 1
            engine.append(TimeoutCancelled(seq, now_ms, cause, armed.session, armed.deadline_ms, left_ms))
    elif armed is None or armed.deadline_ms != deadline:
        timeout_ms = engine.settings.session_timeout_ms
        ordinal = 0 if session is None else session.ordinal
        seq = engine.last_seq = engine.last_seq + 1
        moved = armed is not None
        engine.append(TimeoutArmed(seq, engine.now_ms, cause, ordinal, deadline, timeout_ms, moved))
        engine.armed = Armed(deadline, seq, ordinal)
    note_due(engine)


def note_due(engine: Engine) -> None:
    """Note the instant at which something is due next; while frozen nothing is (G17)."""
    if engine.status == "suspended":
        engine.due_ms = NEVER_MS
        return
    armed = engine.armed
    engine.due_ms = NEVER_MS if armed is None else armed.deadline_ms
    if engine.settings.suspend_after_ms is not None:
        freeze = freeze_ms(engine)
        if freeze is not None and freeze < engine.due_ms:
            engine.due_ms = freeze


def fire_next(engine: Engine) -> None:
    """Do the one thing that is due now: at one instant a deadline before a suspension (Details).

    In the cause of time alone: an expiry is caused by the entry that announced the deadline, a suspension
    by the one from which ``suspend_after`` counts.
    """
    armed = engine.armed
    if armed is not None and armed.deadline_ms <= engine.now_ms:
        expire(engine, armed, armed.seq)
    else:
        engine.status = "suspended"
        after_ms = engine.now_ms - engine.awake_since_ms
        seq = engine.last_seq = engine.last_seq + 1
        engine.append(Suspended(seq, engine.now_ms, engine.awake_since_seq, engine.ordinal, after_ms))
    note_due(engine)


def fire_due(engine: Engine, _what: Input, _cause: int) -> None:
    """Let what this input made due, a change of settings for one, happen at its instant (G12, Details)."""
    while engine.due_ms <= engine.now_ms:
        fire_next(engine)


def expire_overdue(engine: Engine, _what: Input, cause: int) -> None:
    """Notice, on waking, a deadline that passed while the process was frozen (G17)."""
    armed = engine.armed
    if armed is not None and armed.deadline_ms <= engine.now_ms:
        expire(engine, armed, cause)


def expire(engine: Engine, armed: Armed, cause: int) -> None:
    """End the session by its timeout: given end is going to the background, noticed now (G5)."""
    session = engine.session
    clock_set_by = 0 if session is None else session.left_front_seq
    engine.armed = None
    end_session(engine, "timeout", cause, armed.deadline_ms, engine.settings.session_timeout_ms, clock_set_by)
