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
    SessionLost,
)
from inspector.engine.ids import session_uuid
from inspector.engine.session import Figures, Session

if TYPE_CHECKING:
    from inspector.engine.engine import Engine


def begin_session(
    engine: Engine,
    began_by: BeganBy,
    cause: int,
    *,
    start_ms: int | None = None,
    previous: PreviousSession | None = None,
) -> Session:
    """Begin a session now, given ``start_ms`` (default now) as its start, and notify (G13).

    ``previous`` is the session that its start names (G20).
    """
    now_ms = engine.now_ms
    if start_ms is None:
        start_ms = now_ms
    ordinal = engine.begun + 1
    engine.begun = ordinal
    uuid_text = session_uuid(engine.seed, ordinal)
    since_ms = None if engine.status == "foreground" else now_ms
    wall_ms = now_ms + engine.wall_offset_ms
    session = Session(ordinal, uuid_text, start_ms, began_by, previous, since_ms, wall_ms)
    engine.session = session
    seq = engine.last_seq = engine.last_seq + 1
    engine.append(SessionBegan(seq, now_ms, cause, ordinal, uuid_text, start_ms, began_by, previous))
    _post(engine, session, DID_BEGIN, cause)
    return session


def end_session(
    engine: Engine,
    ended_by: EndedBy,
    cause: int,
    due_ms: int | None = None,
    timeout_ms: int | None = None,
    clock_set_by: int = 0,
) -> None:
    """End the open session, if any, with the end that the profile's end rules give it (G5, G8a, G9, G16)."""
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
    figures = Figures(
        length_ms,
        length_ms - background_ms,
        background_ms,
        session.interruptions,
        session.events,
        session.attributes,
    )
    close_session(engine, session, ended_by, cause, end_ms, figures, due_ms, timeout_ms, clock_set_by)


def close_session(
    engine: Engine,
    session: Session,
    ended_by: EndedBy,
    cause: int,
    end_ms: int,
    figures: Figures,
    due_ms: int | None = None,
    timeout_ms: int | None = None,
    clock_set_by: int = 0,
) -> None:
    """End a session: notify while it is still the current one (G13), then record its end with its figures.

    Attributes travel with the end (G15). The last three are what ``SessionEnded`` says of a timeout.
    """
    now_ms = engine.now_ms
    ordinal = session.ordinal
    _post(engine, session, DID_END, cause)
    seq = engine.last_seq = engine.last_seq + 1
    engine.append(
        SessionEnded(seq, now_ms, cause, ordinal, end_ms, *figures, ended_by, due_ms, timeout_ms, clock_set_by)
    )
    if engine.session is session:
        engine.session = None
    engine.previous = PreviousSession(ordinal, session.id, session.start_ms, figures.length_ms)


def lose_session(engine: Engine, ended_by: EndedBy, cause: int) -> None:
    """Let go of the open session without an end: another takes its place (W8), or it is dropped (W13)."""
    session = engine.session
    if session is None:
        return
    seq = engine.last_seq = engine.last_seq + 1
    engine.append(SessionLost(seq, engine.now_ms, cause, session.ordinal, ended_by))
    engine.session = None


def _post(engine: Engine, session: Session, name: NotificationName, cause: int) -> None:
    """Post a notification about the current session (G13)."""
    seq = engine.last_seq = engine.last_seq + 1
    note = Notification(seq, engine.now_ms, cause, session.ordinal, name, session.id)
    engine.append(note)
    if engine.observers:
        engine.notify(note)
