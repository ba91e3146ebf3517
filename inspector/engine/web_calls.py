"""The calls of a page: what each does to the session (W2, W6, W8, W13, W14), now or once the SDK is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.engine import web_page as page
from inspector.engine.deadlines import Armed, settle_deadline
from inspector.engine.engine import OPTED_OUT
from inspector.engine.entries import Dropped, Logged, TimeoutArmed
from inspector.engine.inputs import Input, LogEvent, OptOut, ScreenView, Set, SetSessionAttribute, verb
from inspector.engine.sessions import lose_session
from inspector.engine.settings import with_value
from inspector.engine.steps import tell_change
from inspector.engine.web_timers import deadline_ms, look

if TYPE_CHECKING:
    from inspector.engine.engine import Engine


def log(engine: Engine, what: Input, seq: int) -> None:
    """Log an event or a screen view in the session, which it begins if need be and puts off (W2)."""
    memory: page.Memory = engine.platform
    session, armed = engine.session, engine.armed
    if session is None or armed is None:
        rearm(engine, what, seq)
        count(engine, seq)
        page.note_logged(engine)
        settle_deadline(engine, what, seq)
        return
    if memory.forgotten:
        look(engine)
    memory.newest_ms = deadline = engine.now_ms + engine.settings.session_timeout_ms
    session.events += 1
    page.touch(engine, seq)
    engine.armed = Armed(deadline, armed.seq, armed.session)
    engine.due_ms = deadline
    if memory.answers or freezes(engine):
        settle_deadline(engine, what, seq)


def freezes(engine: Engine) -> bool:
    """Return whether the page is going to be frozen."""
    return engine.settings.suspend_after_ms is not None and engine.status == "background"


def record_events(engine: Engine, last_seq: int, t_ms: int, _uncounted: int = 0) -> None:
    """Do what ``log`` did for each entry up to ``last_seq``, the last of them at ``t_ms``; all is plain then."""
    session, armed = engine.session, engine.armed
    if session is None or armed is None:
        return
    session.events += last_seq - engine.last_seq
    engine.now_ms = t_ms
    page.touch(engine, last_seq)
    deadline = t_ms + engine.settings.session_timeout_ms
    engine.platform.newest_ms = engine.due_ms = deadline
    engine.armed = Armed(deadline, armed.seq, armed.session)


def rearm(engine: Engine, _what: Input, cause: int) -> None:
    """Begin a session if none is open and arm the timer anew (W2), also when the call is dropped (W13)."""
    look(engine)
    if engine.session is None:
        page.begin(engine, "event", cause)
    engine.platform.newest_ms = None
    page.arm(engine)


def count(engine: Engine, seq: int) -> None:
    """Count an event or a screen view; it is the last activity."""
    if engine.session is not None:
        engine.session.events += 1
        page.touch(engine, seq)


def begin_by_hand(engine: Engine, _what: Input, cause: int) -> None:
    """Begin a session by ``startNewSession``, in place of one that is open (W8)."""
    page.begin(engine, "manual", cause)


def end_by_hand(engine: Engine, _what: Input, cause: int) -> None:
    """End the session by ``endSession``; opted out it is dropped, with none a start date held is (W6, W13)."""
    if engine.session is not None and engine.settings.opt_out:
        lose_session(engine, "opt_out", cause)
    page.end(engine, "manual", cause)
    page.clear(engine)


def set_attribute(engine: Engine, what: SetSessionAttribute, cause: int) -> None:
    """Keep a session attribute, for the next session if none is open (W14); no activity, but it saves.

    A key that differs in case only from one there is that one; lists and objects are no values.
    """
    why = bad_attribute(what.key, what.value)
    if why:
        drop(engine, "session_attribute", why, cause)
        return
    key = keep_attribute(engine, what.key, what.value)
    if key != what.key and engine.session is not None:
        page.tell_attribute(engine, cause, key, what.value)


def bad_attribute(key: str, value: Any) -> str:
    """Return why the SDK does not take a session attribute, empty if it does."""
    if not key:
        return "a session attribute needs a key"
    if isinstance(value, dict | list):
        return "a session attribute is text, a number, true, false or null"
    return ""


def keep_attribute(engine: Engine, asked: str, value: Any) -> str:
    """Keep an attribute that the SDK takes; return the key it is kept under."""
    memory: page.Memory = engine.platform
    key = next((one for one in memory.attributes if one.lower() == asked.lower()), asked)
    memory.attributes = {**memory.attributes, key: value}
    memory.saved = memory.held
    if engine.session is not None:
        engine.session.attributes = memory.attributes
    return key


def opt_out(engine: Engine, what: Input, cause: int) -> None:
    """Opt out or in: a logging call made before the flag flips; its event is logged either way (W13)."""
    if not isinstance(what, OptOut):
        return
    rearm(engine, what, cause)
    set_opt_out(engine, what.value, cause)
    page.touch(engine, cause)
    page.note_logged(engine)
    memory: page.Memory = engine.platform
    memory.saved = memory.held


def set_opt_out(engine: Engine, value: bool, cause: int) -> None:
    """Flip the flag and nothing else."""
    before = engine.settings.opt_out
    if value != before:
        engine.settings = with_value(engine.settings, "opt_out", value)
        tell_change(engine, cause, "opt_out", value, value, before)


def change_opt_out(engine: Engine, what: Set, cause: int) -> None:
    """Change the setting: a call where a page runs, else the flag alone."""
    value = what.settings.get("opt_out")
    if not isinstance(value, bool):
        return
    if engine.status in ("not_running", "suspended"):
        set_opt_out(engine, value, cause)
    elif engine.platform.ready:
        opt_out(engine, OptOut(value), cause)
    else:
        keep_waiting(engine, OptOut(value), cause)


def reannounce(engine: Engine, what: Set, cause: int) -> None:
    """Announce a countdown anew after a change of the timeout, moved or not: events put it off by that now."""
    armed = engine.armed
    deadline = deadline_ms(engine)
    if armed is None or deadline is None or "session_timeout" not in what.settings:
        return
    timeout_ms = engine.settings.session_timeout_ms
    seq = engine.last_seq = engine.last_seq + 1
    engine.append(
        TimeoutArmed(seq, engine.now_ms, cause, armed.session, deadline, timeout_ms, moved=True, each_event=True)
    )
    engine.armed = Armed(deadline, seq, armed.session)


def note_step(engine: Engine, _what: Input, _cause: int) -> None:
    """Note when the wall clock was set: what has timed out by it has done so since then."""
    engine.platform.stepped_ms = engine.now_ms


# --- calls that wait until the SDK is ready ----------------------------------------------------------


def keep_waiting(engine: Engine, what: Input, cause: int) -> None:
    """Keep a call until the SDK is ready."""
    memory: page.Memory = engine.platform
    memory.waiting = (*memory.waiting, (what, cause))


def take_up(engine: Engine) -> None:
    """Take up the calls that waited, in order, now."""
    memory: page.Memory = engine.platform
    calls, memory.waiting = memory.waiting, ()
    for what, cause in calls:
        if isinstance(what, LogEvent | ScreenView):
            _log_late(engine, what, cause)
        elif isinstance(what, SetSessionAttribute):
            _set_late(engine, what, cause)
        elif isinstance(what, OptOut):
            opt_out(engine, what, cause)


def _log_late(engine: Engine, what: LogEvent | ScreenView, cause: int) -> None:
    if engine.settings.opt_out:
        drop(engine, verb(what), OPTED_OUT, cause)
        rearm(engine, what, cause)
        return
    rearm(engine, what, cause)
    seq = engine.last_seq = engine.last_seq + 1
    engine.append(Logged(seq, engine.now_ms, cause, engine.ordinal, what))
    count(engine, seq)
    page.note_logged(engine)


def _set_late(engine: Engine, what: SetSessionAttribute, cause: int) -> None:
    why = OPTED_OUT if engine.settings.opt_out else bad_attribute(what.key, what.value)
    if why:
        drop(engine, "session_attribute", why, cause)
        return
    key = keep_attribute(engine, what.key, what.value)
    if engine.session is not None:
        page.tell_attribute(engine, cause, key, what.value)


def drop(engine: Engine, what: str, why: str, cause: int) -> None:
    """Say that something was not kept, and why."""
    seq = engine.last_seq = engine.last_seq + 1
    engine.append(Dropped(seq, engine.now_ms, cause, None, what, why))
