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
from inspector.engine.ids import session_uuid
from inspector.engine.session import Session

if TYPE_CHECKING:
    from inspector.engine.engine import Engine


def begin_session(engine: Engine, began_by: BeganBy, cause: int) -> None:
    """Begin a session now, name the one before it (G20) and notify (G13)."""
    now_ms = engine.now_ms
    ordinal = engine.begun + 1
    engine.begun = ordinal
    uuid_text = session_uuid(engine.seed, ordinal)
    previous = engine.previous
    since_ms = None if engine.status == "foreground" else now_ms
    session = Session(ordinal, uuid_text, now_ms, began_by, previous, since_ms)
    engine.session = session
    seq = engine.last_seq = engine.last_seq + 1
    engine.append(SessionBegan(seq, now_ms, cause, ordinal, uuid_text, now_ms, began_by, previous))
    _post(engine, session, DID_BEGIN, cause)


def end_session(
    engine: Engine,
    ended_by: EndedBy,
    cause: int,
    due_ms: int | None = None,
    timeout_ms: int | None = None,
    clock_set_by: int = 0,
) -> None:
    """End the open session, if any: notify while it is still the current one (G13), then record its end.

    The end it is given follows the profile's end rule for ``ended_by`` (G5, G8a, G9, G16); attributes
    travel with it (G15).
    """
    session = engine.session
    if session is None:
        return
    now_ms = engine.now_ms
    rule = engine.profile.end_rules[ended_by]
    if rule == "now":
        end_ms = now_ms
    elif rule == "left_front" and session.left_front_ms is not None:
        end_ms = session.left_front_ms
    else:
        end_ms = session.last_message_ms
    length_ms = end_ms - session.start_ms
    background_ms = session.background_until(end_ms)
    ordinal = session.ordinal
    _post(engine, session, DID_END, cause)
    seq = engine.last_seq = engine.last_seq + 1
    engine.append(
        SessionEnded(
            seq,
            now_ms,
            cause,
            ordinal,
            end_ms,
            length_ms,
            length_ms - background_ms,
            background_ms,
            session.interruptions,
            session.events,
            session.attributes,
            ended_by,
            due_ms,
            timeout_ms,
            clock_set_by,
        )
    )
    engine.session = None
    engine.previous = PreviousSession(ordinal, session.id, session.start_ms, length_ms)


def _post(engine: Engine, session: Session, name: NotificationName, cause: int) -> None:
    """Post a notification about the current session (G13)."""
    seq = engine.last_seq = engine.last_seq + 1
    note = Notification(seq, engine.now_ms, cause, session.ordinal, name, session.id)
    engine.append(note)
    if engine.observers:
        engine.notify(note)
