"""What both Apple profiles do with sessions, messages and the store (A1 to A3, A13 to A16, A19 to A21).

A session has a live record, the ``Session`` itself, and a row in the store, ``Session.row``. Saving a message
writes the row; when the process dies the row is all that is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from inspector.engine.engine import OPTED_OUT
from inspector.engine.entries import AttributeTaken, BeganBy, Dropped, EndedBy, Transition, TransitionType
from inspector.engine.inputs import Input, Launch, LogEvent, Login, OptOut, Set, SetSessionAttribute
from inspector.engine.session import Figures, Session
from inspector.engine.sessions import begin_session, close_session
from inspector.engine.settings import with_value
from inspector.engine.steps import DEATHS, start_process, tell_change
from inspector.engine.steps import die as die_at_once

if TYPE_CHECKING:
    from inspector.engine.engine import Engine


# A session as the store holds it: end in ms, background ms, interruptions, events, attributes. A plain tuple, for
# one is made with every message.
Row: TypeAlias = tuple[int, int, int, int, dict[str, Any]]


def write_row(session: Session) -> None:
    """Write the live record to the store: «row := live»."""
    session.row = (
        session.last_message_ms,
        session.background_ms,
        session.interruptions,
        session.events,
        session.attributes,
    )


def move_end(session: Session, t_ms: int, wall_ms: int) -> None:
    """Move the live end unless the wall clock says that it lies not after the session's start (A1, A22).

    After a step back of the clock that may be said of a moment before the session began; no end lies before its
    start (Details).
    """
    if wall_ms > session.start_wall_ms and t_ms >= session.start_ms:
        session.last_message_ms = t_ms


def save_message(engine: Engine, *, notice: bool = False) -> bool:
    """Save a message now and return whether it was kept; only the opt-out ``notice`` is, while opted out (A1)."""
    memory = engine.platform
    if memory.in_background:
        memory.do(engine)
    if engine.settings.opt_out and not notice:
        return False
    session = engine.session
    if session is not None:
        now_ms = engine.now_ms
        if now_ms + engine.wall_offset_ms > session.start_wall_ms:
            session.last_message_ms = now_ms
        write_row(session)
    return True


def begin(engine: Engine, began_by: BeganBy, cause: int) -> None:
    """Begin a session, unless one is open or the user has opted out (A2)."""
    if engine.session is not None or engine.settings.opt_out:
        return
    previous = engine.previous if engine.platform.ended_by_hand else None
    begin_session(engine, began_by, cause, previous=previous)
    save_message(engine)  # which writes the first row


def closing(session: Session, *, floor: bool) -> Figures:
    """Return the figures a session closes with; without ``floor`` its foreground time may be negative (L5)."""
    length_ms = session.last_message_ms - session.start_ms
    foreground_ms = length_ms - session.background_ms
    if floor:
        foreground_ms = max(0, foreground_ms)
    return Figures(
        length_ms,
        foreground_ms,
        length_ms - foreground_ms,
        session.interruptions,
        session.events,
        session.attributes,
    )


def close(
    engine: Engine,
    session: Session,
    ended_by: EndedBy,
    cause: int,
    due_ms: int | None = None,
    clock_set_by: int = 0,
) -> None:
    """Close a session with what its record says (A9, A13, A19)."""
    timeout_ms = None if due_ms is None else engine.settings.session_timeout_ms
    figures = closing(session, floor=engine.platform.floor)
    end_ms = session.last_message_ms
    close_session(engine, session, ended_by, cause, end_ms, figures, due_ms, timeout_ms, clock_set_by)
    engine.platform.ended_by_hand = ended_by == "manual"


# --- the process -------------------------------------------------------------------------------------


def die(engine: Engine, what: Input, cause: int) -> None:
    """Be gone at once: the live record is lost, the row stays open (A13)."""
    die_at_once(engine, what, cause)
    session = engine.session
    if session is not None and session.row is not None:
        row: Row = session.row
        session.last_message_ms, session.background_ms, session.interruptions = row[:3]
        session.events, session.attributes = row[3:]


def start(engine: Engine, what: Launch, cause: int) -> None:
    """Start the process, which remembers nothing; a session left open is set aside as the orphan (A3)."""
    start_process(engine, what, cause)
    engine.platform.forget()


def set_orphan_aside(engine: Engine, _what: Input, _cause: int) -> None:
    """Set a session that a dead process left open aside: it is closed after the new one's begin (A13)."""
    engine.orphan, engine.session = engine.session, None


def begin_on_launch(engine: Engine, _what: Input, cause: int) -> None:
    """Begin at a launch if begin_on_launch, whether automatic or not (A3)."""
    if engine.settings.begin_on_launch:
        begin(engine, "launch", cause)


def end_orphan(engine: Engine, _what: Input, cause: int) -> None:
    """Close the orphan, everything from its row, opted out or not (A13)."""
    orphan, engine.orphan = engine.orphan, None
    if orphan is not None:
        close(engine, orphan, DEATHS[engine.death], cause)


def begin_on_install(engine: Engine, _what: Input, cause: int) -> None:
    """Begin once more on the first launch of all, so that begin_on_launch does not hold on an install (A3)."""
    if engine.launches == 0 and engine.settings.automatic_tracking:
        begin(engine, "launch", cause)


# --- messages ----------------------------------------------------------------------------------------


def log_initialized(engine: Engine, what: Launch, cause: int) -> None:
    """Log ``application_initialized`` (A3)."""
    engine.launches += 1
    log_transition(engine, "application_initialized", cause, engine.launches == 1, what.is_upgrade)


def log_transition(
    engine: Engine,
    kind: TransitionType,
    cause: int,
    is_first_run: bool = False,
    is_upgrade: bool = False,
) -> None:
    """Log a state transition as a message of the session open now, unless opted out (A1)."""
    kept = save_message(engine)
    seq = engine.last_seq = engine.last_seq + 1
    if kept:
        session = engine.session
        ordinal = None if session is None else session.ordinal
        engine.append(Transition(seq, engine.now_ms, cause, ordinal, kind, is_first_run, is_upgrade))
    else:
        engine.append(Dropped(seq, engine.now_ms, cause, None, kind, OPTED_OUT))


def record_event(engine: Engine, what: Input, cause: int) -> None:
    """Save an event, which begins a session if none is open, or a screen view, which never does (A14, A15).

    The event counts on the live record only after the row was written, so an orphan counted one too few.
    """
    if engine.session is None and isinstance(what, LogEvent):
        begin(engine, "event", cause)
    save_message(engine)
    if engine.session is not None:
        engine.session.events += 1


def record_events(engine: Engine, last_seq: int, t_ms: int, _uncounted: int = 0) -> None:
    """Do what ``record_event`` did in the foreground for each entry up to ``last_seq``, the last at ``t_ms``."""
    session = engine.session
    if session is not None:
        session.events += last_seq - engine.last_seq - 1
        move_end(session, t_ms, t_ms + engine.wall_offset_ms)
        write_row(session)
        session.events += 1


def count_dropped(engine: Engine, _what: Input, _cause: int) -> None:
    """Count an event that opting out drops on the live record all the same; the row is not written (A15)."""
    save_message(engine)
    if engine.session is not None:
        engine.session.events += 1


def set_attribute(engine: Engine, what: SetSessionAttribute, cause: int) -> None:
    """Set a session attribute: a key that differs in case only is reused, an equal value refused (A16)."""
    session = engine.session
    if session is None:
        return
    folded = what.key.lower()
    key = next((old for old in session.attributes if old.lower() == folded), what.key)
    seq = engine.last_seq + 1
    if key in session.attributes and _equal(session.attributes[key], what.value):
        engine.last_seq = seq
        why = "the attribute has this value already"
        engine.append(Dropped(seq, engine.now_ms, cause, session.ordinal, "session_attribute", why))
        return
    session.attributes = {**session.attributes, key: what.value}
    write_row(session)
    if key != what.key:
        engine.last_seq = seq
        engine.append(AttributeTaken(seq, engine.now_ms, cause, session.ordinal, key, what.value))


def _equal(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal; true is not 1."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def end_manually(engine: Engine, _what: Input, cause: int) -> None:
    """End by hand: the end is the last message, not now; a background span under way is not added (A19)."""
    if engine.session is not None:
        close(engine, engine.session, "manual", cause)


def begin_manually(engine: Engine, _what: Input, cause: int) -> None:
    """Begin by hand (A19)."""
    begin(engine, "manual", cause)


def change_user(engine: Engine, what: Login, _cause: int) -> None:
    """Change the current user; the row is written, unless opted out (A21)."""
    engine.mpid = what.mpid
    if engine.session is not None and not engine.settings.opt_out:
        write_row(engine.session)


def change_opt_out(engine: Engine, what: OptOut | Set, cause: int) -> None:
    """Opt out or in: the notice is a message, the session stays open (A20).

    Set while frozen or not running it only takes the value, without a notice.
    """
    value = what.value if isinstance(what, OptOut) else what.settings.get("opt_out")
    before = engine.settings.opt_out
    if not isinstance(value, bool) or value == before:
        return
    if engine.status in ("foreground", "background"):
        save_message(engine, notice=True)
    engine.settings = with_value(engine.settings, "opt_out", value)
    tell_change(engine, cause, "opt_out", value, value, before)


# --- media -------------------------------------------------------------------------------------------


def stop_media(engine: Engine, _what: Input, cause: int) -> None:
    """Stop playing; where that stopped something, the background allowance counts from here (A10)."""
    if engine.media_playing:
        engine.media_playing = False
        engine.awake_since_ms = engine.now_ms
        engine.awake_since_seq = cause
