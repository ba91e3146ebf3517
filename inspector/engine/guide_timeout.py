"""The guide's timeout: from going to the background, noticed at its deadline (G3, G5, G12, G17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.engine.deadlines import NEVER_MS, Armed, freeze_ms, freeze_when_due, note_due
from inspector.engine.inputs import Input
from inspector.engine.sessions import end_session

if TYPE_CHECKING:
    from inspector.engine.engine import Engine


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


def due_ms(engine: Engine) -> int:
    """Return the instant at which something is due next; while frozen nothing is (G17)."""
    if engine.status == "suspended":
        return NEVER_MS
    armed = engine.armed
    due = NEVER_MS if armed is None else armed.deadline_ms
    if engine.settings.suspend_after_ms is not None:
        freeze = freeze_ms(engine)
        if freeze is not None and freeze < due:
            return freeze
    return due


def fire_next(engine: Engine) -> None:
    """Do the one thing that is due now: at one instant a deadline before a suspension (Details).

    In the cause of time alone: an expiry is caused by the entry that announced the deadline, a suspension
    by the one from which ``suspend_after`` counts.
    """
    armed = engine.armed
    if armed is not None and armed.deadline_ms <= engine.now_ms:
        expire(engine, armed, armed.seq)
    else:
        freeze_when_due(engine)
    note_due(engine)


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
