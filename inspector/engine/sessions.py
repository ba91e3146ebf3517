"""How a session begins and ends, on any platform: the entries, the notifications, the end it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.engine.entries import (
    DID_BEGIN,
    DID_END,
    BeganBy,
    EndedBy,
    Notification,
    NotificationName,
    PreviousSession,
    SessionBegan,
    SessionEnded,
)
from inspector.engine.session import Session

if TYPE_CHECKING:
    from inspector.engine.engine import Engine


def begin_session(engine: Engine, began_by: BeganBy, cause: int) -> None:
    """Begin a session now, name the one before it (G20) and notify (G13)."""
    now_ms = engine.now_ms
    engine.begun += 1
    ordinal = engine.begun
    uuid_text, number = engine.new_session_id(ordinal)
    in_background = engine.status == "background"
    engine.session = Session(
        ordinal,
        uuid_text,
        number,
        now_ms,
        began_by,
        now_ms,
        engine.previous,
        background_since_ms=now_ms if in_background else None,
    )
    engine.append(SessionBegan, cause, ordinal, uuid_text, number, now_ms, began_by, engine.previous)
    _post(engine, DID_BEGIN, cause)


def end_session(
    engine: Engine,
    ended_by: EndedBy,
    cause: int,
    due_ms: int | None = None,
    timeout_ms: int | None = None,
    clock_set_by: int = 0,
) -> None:
    """End the open session: notify while it is still the current one (G13), then record its end.

    The end it is given follows the profile's end rule for ``ended_by`` (G5, G8a, G9, G16); attributes
    travel with it (G15).
    """
    session = engine.session
    if session is None:
        return
    rule = engine.profile.end_rules[ended_by]
    if rule == "now":
        end_ms = engine.now_ms
    elif rule == "left_front" and session.left_front_ms is not None:
        end_ms = session.left_front_ms
    else:
        end_ms = session.last_message_ms
    length_ms = end_ms - session.start_ms
    background_ms = session.background_until(end_ms)
    _post(engine, DID_END, cause)
    engine.append(
        SessionEnded,
        cause,
        session.ordinal,
        end_ms,
        length_ms,
        length_ms - background_ms,
        background_ms,
        session.interruptions,
        session.events,
        dict(session.attributes),
        ended_by,
        due_ms,
        timeout_ms,
        clock_set_by,
    )
    engine.session = None
    engine.previous = PreviousSession(session.ordinal, session.id, session.start_ms, length_ms)


def _post(engine: Engine, name: NotificationName, cause: int) -> None:
    """Post a notification about the current session (G13)."""
    session = engine.session
    if session is None:
        return
    seq = engine.append(Notification, cause, session.ordinal, name, session.id, session.numeric_id)
    if engine.observers:
        note = Notification(
            seq,
            engine.now_ms,
            cause,
            session.ordinal,
            name,
            session.id,
            session.numeric_id,
        )
        engine.notify(note)
