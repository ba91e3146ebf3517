"""What the Android SDK does at each input, as steps (rules N1 to N21)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from inspector.engine import android_records as records
from inspector.engine.android_records import Job, Memory, ensure, finish_call, log_transition, post, store_message
from inspector.engine.deadlines import fire_due
from inspector.engine.engine import OPTED_OUT
from inspector.engine.entries import AttributeTaken, BeganBy, CrashReport, Dropped, EndedBy
from inspector.engine.inputs import Crash, Input, Launch, OptOut, Set, SetSessionAttribute
from inspector.engine.settings import with_value
from inspector.engine.steps import DEATHS, start_process, tell_change
from inspector.engine.steps import die as die_at_once
from inspector.engine.steps import thaw as run_again

if TYPE_CHECKING:
    from inspector.engine.engine import Engine

_MAX_KEY, _MAX_VALUE = 256, 4096  # characters of a session attribute


# --- the process -------------------------------------------------------------------------------------


def start(engine: Engine, what: Launch, cause: int) -> None:
    """Start the process; into the front is at once a foreground, into the background the start alone (N1)."""
    start_process(engine, what, cause)
    memory: Memory = engine.platform
    memory.be_new(engine.now_ms, is_upgrade=what.is_upgrade)
    engine.orphan, engine.session = engine.session, None
    if not what.background:
        _resume_activity(engine, cause, "launch")


def come_to_front(engine: Engine, _what: Input, cause: int) -> None:
    """Come to the front (N4)."""
    engine.status = "foreground"
    _resume_activity(engine, cause, "foreground")


def _resume_activity(engine: Engine, cause: int, began_by: BeganBy) -> None:
    """Count the background span, then log what the app was: not initialised, backgrounded or neither (N4)."""
    memory: Memory = engine.platform
    if engine.session is not None:
        engine.session.background_ms += engine.now_ms - memory.stopped_ms
    if not memory.initialised:
        records.initialise(engine, cause, began_by)
    elif memory.backgrounded(engine.now_ms):
        log_transition(engine, "application_foreground", cause, began_by)
    memory.activity = True


def leave_front(engine: Engine, _what: Input, cause: int) -> None:
    """Leave the front: nothing is logged before 1000 ms have passed (N6)."""
    engine.status = "background"
    engine.awake_since_ms = engine.now_ms
    engine.awake_since_seq = cause
    memory: Memory = engine.platform
    memory.skip_declined(engine.now_ms)
    memory.stopped_ms = engine.now_ms
    memory.activity = False
    post(engine, records.BEHIND_MS, cause, is_pause=True)


def freeze(engine: Engine, _what: Input, _cause: int) -> None:
    """Freeze the process: uptime stands still (N19)."""
    engine.status = "suspended"
    engine.platform.frozen_ms = engine.now_ms


def thaw(engine: Engine, what: Input, cause: int) -> None:
    """Thaw the process if it is frozen: its jobs run that much later (N19)."""
    if engine.status == "suspended":
        run_again(engine, what, cause)
        memory: Memory = engine.platform
        late_ms = engine.now_ms - memory.frozen_ms
        if late_ms:
            jobs = memory.jobs
            memory.jobs = [Job(job.due_ms + late_ms, job.order, job.is_pause, job.cause) for job in jobs]


def die(engine: Engine, what: Input, cause: int) -> None:
    """Be gone at once: nothing is logged, the session's row stays open, the jobs are lost (N16).

    What was begun as it crashed still closes an orphan (N15); a process that began no session leaves it open.
    """
    records.close_orphan(engine, cause)
    die_at_once(engine, what, cause)
    engine.crash_message = None  # told in the dying process, not at the next launch (N15)
    memory: Memory = engine.platform
    memory.drop_jobs()
    if engine.session is not None:
        memory.orphan_death = DEATHS[engine.death]
    else:
        engine.session, engine.orphan = engine.orphan, None


def report_and_end(engine: Engine, what: Crash, cause: int) -> None:
    """Report a crash, log ``application_exit`` and end the session as of now; opted out nothing of it (N15)."""
    seq = engine.last_seq = engine.last_seq + 1
    if engine.settings.opt_out:
        engine.append(Dropped(seq, engine.now_ms, cause, None, "crash_report", OPTED_OUT))
        return
    engine.append(CrashReport(seq, engine.now_ms, cause, engine.ordinal, what.message))
    store_message(engine)
    log_transition(engine, "application_exit", cause)
    _end_now(engine, "crash", cause)


def _end_now(engine: Engine, ended_by: EndedBy, cause: int) -> None:
    if engine.session is not None:
        records.touch(engine, engine.session, cause)
        records.end(engine, ended_by, cause)


# --- calls -------------------------------------------------------------------------------------------


def log_event(engine: Engine, _what: Input, cause: int) -> None:
    """Log an event, which counts in the app's counter (N10)."""
    ensure(engine, cause)
    engine.platform.counter += 1
    finish_call(engine, cause)


def record_events(engine: Engine, last_seq: int, t_ms: int, uncounted: int = 0) -> None:
    """Do what ``log_event`` did for each entry up to ``last_seq``, the last of them at ``t_ms``.

    ``uncounted`` of them are screen views, which are messages but not counted (N11).
    """
    session = engine.session
    memory: Memory = engine.platform
    if session is not None:
        memory.counter += last_seq - engine.last_seq - uncounted
        memory.touched_by = last_seq
        memory.true_ms = None
        session.last_message_ms = t_ms
        session.last_wall_ms = t_ms + engine.wall_offset_ms
        records.write_row(session)


def view_screen(engine: Engine, _what: Input, cause: int) -> None:
    """Log a screen view: a message that is not counted (N11)."""
    ensure(engine, cause)
    finish_call(engine, cause)


def ensure_all_the_same(engine: Engine, _what: Input, cause: int) -> None:
    """Begin or prolong a session for a screen view that opting out drops (N11)."""
    ensure(engine, cause)
    finish_call(engine, cause)


def set_attribute(engine: Engine, what: SetSessionAttribute, cause: int) -> None:
    """Set a session attribute, kept as text under a key that is case-sensitive, if neither is too long (N12)."""
    began = engine.session is None
    ensure(engine, cause)
    session = engine.session
    if session is not None:
        value = None if what.value is None else java_text(what.value)
        why = _too_long(what.key, value)
        if why:
            seq = engine.last_seq = engine.last_seq + 1
            engine.append(Dropped(seq, engine.now_ms, cause, session.ordinal, "session_attribute", why))
        else:
            session.attributes = {**session.attributes, what.key: value}
            if began or value != what.value:
                seq = engine.last_seq = engine.last_seq + 1
                engine.append(AttributeTaken(seq, engine.now_ms, cause, session.ordinal, what.key, value))
    finish_call(engine, cause)


def _too_long(key: str, value: str | None) -> str:
    """Return why the SDK discards an attribute, or an empty text."""
    if len(key) > _MAX_KEY:
        return f"the key is longer than {_MAX_KEY} characters"
    if value is not None and len(value) > _MAX_VALUE:
        return f"the value is longer than {_MAX_VALUE} characters"
    return ""


def java_text(value: Any) -> str:
    """Return a JSON value as the text that Java's ``toString`` makes of it (N12)."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _java_double(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={java_text(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(java_text, value)) + "]"
    return str(value)


def _java_double(value: float) -> str:
    """Return a number as Java writes a double: with an exponent below 0.001 and from ten million on."""
    if not math.isfinite(value):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    digits = repr(abs(value)).partition("e")[0].replace(".", "").strip("0")
    mantissa, _, exponent = f"{value:.{len(digits) - 1}e}".partition("e")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"


def play_media(engine: Engine, _what: Input, cause: int) -> None:
    """Play media, then ensure, opted out or not: while it plays every check declines (N13)."""
    engine.media_playing = True
    ensure(engine, cause)


def stop_media(engine: Engine, _what: Input, cause: int) -> None:
    """Stop media: an open session was active just now, its row is not written (N13); see N19 for the freeze."""
    if engine.media_playing:
        engine.media_playing = False
        engine.awake_since_ms = engine.now_ms
        engine.awake_since_seq = cause
    if engine.session is not None:
        records.touch(engine, engine.session, cause)


def change_opt_out(engine: Engine, what: OptOut | Set, cause: int) -> None:
    """Opt out, which ends an open session, or in, which begins one where none is open (N14).

    Either way the notice is a message and the flag comes last. Set while frozen or not running, only the flag is.
    """
    value = what.value if isinstance(what, OptOut) else what.settings.get("opt_out")
    before = engine.settings.opt_out
    if not isinstance(value, bool) or value == before:
        return
    if engine.status in ("foreground", "background"):
        if not value:
            ensure(engine, cause)
        store_message(engine)
        if value:
            _end_now(engine, "opt_out", cause)
    engine.settings = with_value(engine.settings, "opt_out", value)
    tell_change(engine, cause, "opt_out", value, value, before)


def finish(engine: Engine, what: Input, cause: int) -> None:
    """Finish: the SDK's message thread acts last (Details); then freeze where that became due (N19)."""
    records.finish(engine, cause)
    if engine.due_ms <= engine.now_ms:
        fire_due(engine, what, cause)
