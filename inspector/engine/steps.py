"""The steps that a profile's reactions are made of, each small, each naming the rule it implements.

A step is called with the engine, the input and the ``seq`` of the input's entry. It may change the
engine's state and append entries. What a platform does at a verb is the order of its steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.engine.deadlines import fire_due, freeze, settle_deadline
from inspector.engine.engine import OPTED_OUT
from inspector.engine.entries import (
    CrashReport,
    Dropped,
    EndedBy,
    SettingChanged,
    Transition,
    TransitionType,
)
from inspector.engine.guide_timeout import expire_overdue
from inspector.engine.inputs import (
    Crash,
    Input,
    Launch,
    Login,
    OptOut,
    Set,
    SetSessionAttribute,
    SettingValue,
    verb,
)
from inspector.engine.sessions import begin_session, end_session
from inspector.engine.settings import SETTING_KEYS, SettingError, check, shown, take, with_value

if TYPE_CHECKING:
    from inspector.engine.engine import Engine, Guard, Step

DEATHS: dict[str, EndedBy] = {"terminate": "terminate", "force_quit": "force_quit", "crash": "crash"}


# --- sessions ----------------------------------------------------------------------------------------


def end_orphan(engine: Engine, _what: Input, cause: int) -> None:
    """End, at a launch, the session that a dead process left open (G1, G9, G9b)."""
    if engine.session is not None:
        end_session(engine, DEATHS[engine.death], cause)


def begin_on_launch(engine: Engine, what: Launch, cause: int) -> None:
    """Begin a session at a launch to the front, with automatic tracking and begin_on_launch (G1)."""
    settings = engine.settings
    wanted = settings.automatic_tracking and settings.begin_on_launch and not settings.opt_out
    if wanted and not what.background:
        begin_session(engine, "launch", cause, previous=engine.previous)


def begin_on_foreground(engine: Engine, _what: Input, cause: int) -> None:
    """Begin a session on coming to the front if none is open (G1, G7), not in manual mode (G8)."""
    settings = engine.settings
    if engine.session is None and settings.automatic_tracking and not settings.opt_out:
        begin_session(engine, "foreground", cause, previous=engine.previous)


def begin_manually(engine: Engine, _what: Input, cause: int) -> None:
    """Begin a session by the manual API (G8a)."""
    begin_session(engine, "manual", cause, previous=engine.previous)


def end_manually(engine: Engine, _what: Input, cause: int) -> None:
    """End the session by the manual API: its end is now (G8a)."""
    end_session(engine, "manual", cause)


# --- the process -------------------------------------------------------------------------------------


def start_process(engine: Engine, what: Launch, cause: int) -> None:
    """Start the process, in front or in the background (G1)."""
    engine.status = "background" if what.background else "foreground"
    engine.awake_since_ms = engine.now_ms
    engine.awake_since_seq = cause


def leave_front(engine: Engine, _what: Input, cause: int) -> None:
    """Leave the front: the countdown starts from here (G3), the background span begins."""
    engine.status = "background"
    engine.awake_since_ms = engine.now_ms
    engine.awake_since_seq = cause
    session = engine.session
    if session is not None:
        session.left_front_ms = engine.now_ms
        session.left_front_seq = cause
        session.background_since_ms = engine.now_ms
        session.interruptions += 1


def return_to_front(engine: Engine, _what: Input, _cause: int) -> None:
    """Come to the front: a session still open continues; the span in between is background time (G4)."""
    engine.status = "foreground"
    session = engine.session
    if session is not None:
        session.background_ms = session.background_until(engine.now_ms)
        session.background_since_ms = None
        session.left_front_ms = None


def thaw(engine: Engine, _what: Input, cause: int) -> None:
    """Thaw the process if it is frozen (G17)."""
    if engine.status == "suspended":
        engine.status = "background"
        engine.awake_since_ms = engine.now_ms
        engine.awake_since_seq = cause


def die(engine: Engine, what: Input, _cause: int) -> None:
    """Be gone at once; the session stays open in the store (G9). Frozen, every death is a force quit."""
    engine.death = "force_quit" if engine.status == "suspended" else verb(what)
    if isinstance(what, Crash):
        engine.crash_message = what.message
    engine.status = "not_running"
    engine.died_ms = engine.now_ms
    engine.media_playing = False


def report_crash(engine: Engine, _what: Input, cause: int) -> None:
    """Report the crash before this launch, in the session it left open (G9a); moves no end."""
    message = engine.crash_message
    if message is None:
        return
    engine.crash_message = None
    seq = engine.last_seq = engine.last_seq + 1
    if engine.settings.opt_out:
        engine.append(Dropped(seq, engine.now_ms, cause, None, "crash_report", OPTED_OUT))
    else:
        engine.append(CrashReport(seq, engine.now_ms, cause, engine.ordinal, message))


# --- messages ----------------------------------------------------------------------------------------


def log_initialized(engine: Engine, what: Launch, cause: int) -> None:
    """Log ``application_initialized`` into the session just begun (G10, Details)."""
    engine.launches += 1
    log_transition(engine, "application_initialized", cause, engine.launches == 1, what.is_upgrade)


def log_foreground(engine: Engine, _what: Input, cause: int) -> None:
    """Log ``application_foreground`` into the session continued or just begun (G10, Details)."""
    log_transition(engine, "application_foreground", cause)


def log_background(engine: Engine, _what: Input, cause: int) -> None:
    """Log ``application_background`` into the session that is left (G10)."""
    log_transition(engine, "application_background", cause)


def log_exit(engine: Engine, _what: Input, cause: int) -> None:
    """Log ``application_exit``; a frozen process dies without a word (G9a, Details)."""
    if engine.status != "suspended":
        log_transition(engine, "application_exit", cause)


def record_event(engine: Engine, _what: Input, _cause: int) -> None:
    """Count an event or a screen view in the session it belongs to; it moves no deadline (G6, G14)."""
    session = engine.session
    if session is not None:
        session.events += 1
        session.last_message_ms = engine.now_ms


def record_events(engine: Engine, last_seq: int, t_ms: int, _uncounted: int = 0) -> None:
    """Do what ``record_event`` did for each entry up to ``last_seq``, the last of them at ``t_ms``."""
    session = engine.session
    if session is not None:
        session.events += last_seq - engine.last_seq
        session.last_message_ms = t_ms


def set_attribute(engine: Engine, what: SetSessionAttribute, _cause: int) -> None:
    """Set a session attribute; no message, so it moves no end (G15, Details)."""
    session = engine.session
    if session is not None:
        session.attributes = {**session.attributes, what.key: what.value}


def log_transition(
    engine: Engine,
    kind: TransitionType,
    cause: int,
    is_first_run: bool = False,
    is_upgrade: bool = False,
) -> None:
    """Log a state transition as a message of the open session, unless opted out (G10, G16)."""
    now_ms = engine.now_ms
    seq = engine.last_seq = engine.last_seq + 1
    if engine.settings.opt_out:
        engine.append(Dropped(seq, now_ms, cause, None, kind, OPTED_OUT))
        return
    session = engine.session
    if session is None:
        ordinal = None
    else:
        ordinal = session.ordinal
        session.last_message_ms = now_ms
    engine.append(Transition(seq, now_ms, cause, ordinal, kind, is_first_run, is_upgrade))


# --- settings and the rest ---------------------------------------------------------------------------


def change_settings(engine: Engine, what: Set, cause: int) -> None:
    """Change settings, clamped to the profile's bounds (G11); opting out is a step of its own."""
    rule = engine.profile.timeout
    for key in SETTING_KEYS:
        if key == "opt_out" or key not in what.settings:
            continue
        asked = what.settings[key]
        before = shown(engine.settings, key)
        in_force_ms = engine.settings.session_timeout_ms
        engine.settings = with_value(engine.settings, key, take(key, asked, rule, in_force_ms))
        taken = shown(engine.settings, key)
        if taken != before or taken != asked:
            tell_change(engine, cause, key, asked, taken, before)


def change_opt_out(engine: Engine, what: OptOut | Set, cause: int) -> None:
    """Opt out, which ends an open session of a living process, or in, which begins none (G16)."""
    value = what.value if isinstance(what, OptOut) else what.settings.get("opt_out")
    before = engine.settings.opt_out
    if not isinstance(value, bool) or value == before:
        return
    engine.settings = with_value(engine.settings, "opt_out", value)
    tell_change(engine, cause, "opt_out", value, value, before)
    if value and engine.status != "not_running":
        end_session(engine, "opt_out", cause)


def tell_change(
    engine: Engine, cause: int, key: str, asked: SettingValue, taken: SettingValue, before: SettingValue
) -> None:
    """Say what a setting was, what was asked for and what it is now (G11)."""
    seq = engine.last_seq = engine.last_seq + 1
    engine.append(SettingChanged(seq, engine.now_ms, cause, None, key, asked, taken, before))


def change_user(engine: Engine, what: Login, _cause: int) -> None:
    """Change the current user; the session goes on (Details: a login is no message)."""
    engine.mpid = what.mpid


def step_wall_clock(engine: Engine, what: Any, _cause: int) -> None:
    """Step the wall clock: stamps after it follow, countdown and lengths do not (G18)."""
    engine.wall_offset_ms += what.by_ms


def play_media(engine: Engine, _what: Input, _cause: int) -> None:
    """Play in the background; it holds off no timeout (G6)."""
    engine.media_playing = True


def stop_media(engine: Engine, _what: Input, _cause: int) -> None:
    """Stop playing (G6)."""
    engine.media_playing = False


# --- guards: why an input is impossible, in words ----------------------------------------------------


def _open(engine: Engine, _what: Any) -> str:
    return "" if engine.session is not None else "no session is open"


def _none(engine: Engine, _what: Any) -> str:
    return "" if engine.session is None else f"session {engine.session.ordinal} is open already"


def _tracked(engine: Engine, _what: Any) -> str:
    return OPTED_OUT if engine.settings.opt_out else ""


def _quiet(engine: Engine, _what: Any) -> str:
    return "media is playing" if engine.media_playing else ""


def _usable(engine: Engine, what: Any) -> str:
    if isinstance(what, Set):
        try:
            check(what.settings, engine.profile.timeout)
        except SettingError as error:
            return str(error)
    return ""


def named(*steps: Step) -> dict[str, Step]:
    """Return steps by their names."""
    return {step.__name__: step for step in steps}


GUARDS: dict[str, Guard] = {
    "open": _open,
    "none": _none,
    "tracked": _tracked,
    "usable": _usable,
    "quiet": _quiet,
}
STEPS: dict[str, Step] = named(
    begin_manually,
    begin_on_foreground,
    begin_on_launch,
    change_opt_out,
    change_settings,
    change_user,
    die,
    end_manually,
    end_orphan,
    expire_overdue,
    fire_due,
    freeze,
    leave_front,
    log_background,
    log_exit,
    log_foreground,
    log_initialized,
    play_media,
    record_event,
    report_crash,
    return_to_front,
    set_attribute,
    settle_deadline,
    start_process,
    step_wall_clock,
    stop_media,
    thaw,
)
