"""What is due and when: the session's deadline and the freeze, both functions of the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.engine.entries import Suspended, TimeoutArmed, TimeoutCancelled
from inspector.engine.inputs import Input
from inspector.engine.sessions import end_session

if TYPE_CHECKING:
    from inspector.engine.engine import Engine

NEVER_MS = 1 << 62


def deadline_ms(engine: Engine) -> int | None:
    """Return the session's deadline, a function of the state (G3, Details).

    It exists when a session is open, automatic tracking is on, the process lives, and the app went to
    the background during this session: that moment plus the timeout in force.
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
    return engine.awake_from[0] + after_ms


def settle_deadline(engine: Engine, _what: Input | None, cause: int) -> None:
    """Announce a deadline that appeared, moved or vanished, and note what is due next (G3, G4, G12)."""
    deadline = deadline_ms(engine)
    armed = engine.armed
    if deadline is None:
        if armed is not None:
            engine.armed = None
            left_ms = max(0, armed[0] - engine.now_ms)
            engine.append(TimeoutCancelled, cause, armed[2], armed[0], left_ms)
    elif armed is None or armed[0] != deadline:
        timeout_ms = engine.settings.session_timeout_ms
        ordinal = engine.ordinal or 0
        seq = engine.append(TimeoutArmed, cause, ordinal, deadline, timeout_ms, armed is not None)
        engine.armed = (deadline, seq, ordinal)
    note_due(engine)


def note_due(engine: Engine) -> None:
    """Note the instant at which something is due next; while frozen nothing is (G17)."""
    if engine.status == "suspended":
        engine.due_ms = NEVER_MS
        return
    deadline = deadline_ms(engine)
    freeze = freeze_ms(engine)
    due = NEVER_MS if deadline is None else deadline
    engine.due_ms = due if freeze is None else min(due, freeze)


def fire_next(engine: Engine) -> None:
    """Do what is due now: at one instant a session's deadline before a suspension (Details)."""
    deadline = deadline_ms(engine)
    if deadline is not None and deadline <= engine.now_ms:
        expire(engine, engine.armed[1] if engine.armed else 0)
    else:
        engine.status = "suspended"
        since_ms, cause = engine.awake_from
        engine.append(Suspended, cause, engine.ordinal, engine.now_ms - since_ms)
    note_due(engine)


def fire_due(engine: Engine, _what: Input, _cause: int) -> None:
    """Let a deadline that a change of settings left in the past expire at this instant (G12)."""
    if engine.due_ms <= engine.now_ms:
        fire_next(engine)


def expire_overdue(engine: Engine, _what: Input, cause: int) -> None:
    """Notice, on waking, a deadline that passed while the process was frozen (G17)."""
    deadline = deadline_ms(engine)
    if deadline is not None and deadline <= engine.now_ms:
        expire(engine, cause)


def expire(engine: Engine, cause: int) -> None:
    """End the session by its timeout: given end is going to the background, noticed now (G5)."""
    due_ms = deadline_ms(engine)
    session = engine.session
    timeout_ms = engine.settings.session_timeout_ms
    clock_set_by = 0 if session is None else session.left_front_seq
    engine.armed = None
    end_session(engine, "timeout", cause, due_ms, timeout_ms, clock_set_by)
