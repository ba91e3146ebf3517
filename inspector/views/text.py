"""One line of log for every journal entry: its level, its kind, its words.

``classify`` is cheap and says level and kind only; ``describe`` makes the text, on demand.
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from inspector.engine import ids, inputs
from inspector.engine.entries import (
    AnyEntry,
    AttributeTaken,
    CrashReport,
    Dropped,
    Entry,
    InputEntry,
    Logged,
    Notification,
    SessionBegan,
    SessionEnded,
    SessionLost,
    SettingChanged,
    Suspended,
    TimeoutArmed,
    TimeoutCancelled,
    Transition,
)
from inspector.engine.inputs import verb
from inspector.views.harmless import (
    format_seconds,
    format_size,
    format_span,
    format_time,
    harmless,
    quoted,
    short_id,
    shown_value,
)
from inspector.views.levels import (
    DEATHS,
    KINDS,
    LEVELS,
    classify,
)
from inspector.views.profiles import timeout_bounds
from inspector.views.source import Source

__all__ = [
    "KINDS",
    "LEVELS",
    "Line",
    "classify",
    "describe",
    "format_seconds",
    "format_size",
    "format_span",
    "format_time",
    "harmless",
    "session_name",
    "short_id",
]

# What led to an entry stands close before it; further back than this a line leaves it out.
LOOK_BACK = 64
SETTING_NAMES = {
    "session_timeout": "Session timeout",
    "automatic_tracking": "Automatic session tracking",
    "begin_on_launch": "Begin session on launch",
    "suspend_after": "Suspend after",
    "opt_out": "Opt out",
}


class Line(NamedTuple):
    """A line of log: ``level`` one of LEVELS, ``kind`` one of KINDS, ``text`` one harmless line."""

    level: str
    kind: str
    text: str


# --- words -------------------------------------------------------------------------------------------


def describe(entry: AnyEntry, journal: Source) -> Line:
    """Return the line of log of an entry of ``journal``."""
    level, kind = classify(entry)
    return Line(LEVELS[level], KINDS[kind], _WORDS[type(entry)](entry, journal))


def session_name(journal: Source, ordinal: int) -> str:
    """Return the short id of a session of the journal; ids derive from the seed in its header."""
    return _session_name(journal.header.seed, ordinal)


@lru_cache(maxsize=65_536)
def _session_name(seed: int, ordinal: int) -> str:
    return short_id(ids.session_uuid(seed, ordinal))


def _of_session(entry: Entry, journal: Source) -> str:
    return "no session" if entry.session is None else f"session {session_name(journal, entry.session)}"


def _input(entry: InputEntry, journal: Source) -> str:
    what = entry.input
    if entry.outcome == "rejected":
        return f"{verb(what)} rejected: {harmless(entry.why)}"
    if entry.outcome == "waiting":
        return f"{verb(what)} waits: {harmless(entry.why)}"
    words = _INPUT_WORDS[type(what)](entry, what, journal)
    return f"{words}, dropped: {harmless(entry.why)}" if entry.outcome == "dropped" else words


def _launch(entry: InputEntry, what: inputs.Launch, _journal: Source) -> str:
    parts = ["Application did finish launching"]
    if what.background:
        parts.append("in the background")
    if entry.by == "recovery":
        parts.append("(recovery)")
    elif what.source:
        parts.append(f"({harmless(what.source)})")
    return " ".join(parts)


def _foreground(entry: InputEntry, _what: inputs.Foreground, journal: Source) -> str:
    words = "Application did become active"
    if entry.session is None:
        return words
    following = journal.entries(entry.seq + 1, min(entry.seq + 4, len(journal)))
    if any(isinstance(other, SessionEnded | SessionBegan) and other.cause == entry.seq for other in following):
        return words
    away = "" if (left_ms := _left_front(entry, journal)) is None else _away(entry.t_ms - left_ms)
    return f"{words} (session {entry.session} continues{away})"


def _away(span_ms: int) -> str:
    return f", {format_span(span_ms)} in background"


def _left_front(entry: InputEntry, journal: Source) -> int | None:
    """Return when the app last went to the background before ``entry``, if that is near."""
    for other in reversed(journal.entries(max(1, entry.seq - LOOK_BACK), entry.seq - 1)):
        if isinstance(other, InputEntry) and other.outcome == "done":
            if isinstance(other.input, inputs.Background):
                return other.t_ms
            if isinstance(other.input, inputs.Launch):
                return None
    return None


def _force_quit(entry: InputEntry, _what: inputs.ForceQuit, _journal: Source) -> str:
    if entry.by == "recovery":
        return "The inspector itself was killed: the process is gone, nothing was logged"
    return "Force quit: the process is gone, nothing is logged"


def _crash(_entry: InputEntry, what: inputs.Crash, _journal: Source) -> str:
    return f"Crash: {harmless(what.message)}" if what.message else "Crash: an unhandled error killed the process"


def _log_event(entry: InputEntry | Logged, what: inputs.LogEvent, journal: Source) -> str:
    words = f"#{entry.seq} custom_event {quoted(what.name)}"
    if what.type != "other":
        words += f" ({harmless(what.type, 40)})"
    words += f" {_of_session(entry, journal)}"
    return f"{words} {_attributes(what.attributes)}" if what.attributes else words


def _attributes(attributes: dict[str, Any]) -> str:
    shown = [f"{harmless(key, 40)}={shown_value(value)}" for key, value in islice(attributes.items(), 8)]
    more = len(attributes) - len(shown)
    return f"{{{', '.join(shown)}{f', … {more} more' if more > 0 else ''}}}"


def _screen_view(entry: InputEntry | Logged, what: inputs.ScreenView, journal: Source) -> str:
    return f"#{entry.seq} screen_view {quoted(what.name)} {_of_session(entry, journal)}"


def _set_attribute(_entry: InputEntry, what: inputs.SetSessionAttribute, _journal: Source) -> str:
    return f"Set session attribute {harmless(what.key, 40)} = {shown_value(what.value)}"


def _set(_entry: InputEntry, what: inputs.Set, _journal: Source) -> str:
    asked = [f"{harmless(key, 40)} = {shown_value(value)}" for key, value in islice(what.settings.items(), 8)]
    return f"Set {', '.join(asked)}" if asked else "Set nothing"


def _clock_jump(_entry: InputEntry, what: inputs.ClockJump, _journal: Source) -> str:
    return f"Wall clock stepped by {'+' if what.by_ms >= 0 else ''}{format_span(what.by_ms)}"


def _fixed(words: str) -> Callable[[InputEntry, Any, Source], str]:
    return lambda _entry, _what, _journal: words


_INPUT_WORDS: dict[type, Callable[[InputEntry, Any, Source], str]] = {
    inputs.Launch: _launch,
    inputs.Foreground: _foreground,
    inputs.Background: _fixed("Application did enter background"),
    inputs.Terminate: _fixed("Application will terminate"),
    inputs.ForceQuit: _force_quit,
    inputs.Crash: _crash,
    inputs.Suspend: _fixed("Application was suspended: no timer fires"),
    inputs.Resume: _fixed("Application was resumed in the background"),
    inputs.BeginSession: _fixed("Begin session called"),
    inputs.EndSession: _fixed("End session called"),
    inputs.LogEvent: _log_event,
    inputs.ScreenView: _screen_view,
    inputs.SetSessionAttribute: _set_attribute,
    inputs.Set: _set,
    inputs.OptOut: lambda _entry, what, _journal: "Set opt out: yes" if what.value else "Set opt out: no",
    inputs.Login: lambda _entry, what, _journal: f"Login: user {harmless(what.mpid)}",
    inputs.ClockJump: _clock_jump,
    inputs.PlayMedia: _fixed("Media began to play"),
    inputs.StopMedia: _fixed("Media stopped"),
}


_LATE_WORDS: dict[type, Callable[[Logged, Any, Source], str]] = {
    inputs.LogEvent: _log_event,
    inputs.ScreenView: _screen_view,
}


def _session_began(entry: SessionBegan, _journal: Source) -> str:
    words = f"New session has begun: {short_id(entry.id)} (session {entry.session}, by {entry.began_by})"
    return f"{words}, after {short_id(entry.previous.id)}" if entry.previous else words


def _session_ended(entry: SessionEnded, journal: Source) -> str:
    name = session_name(journal, entry.session or 0)
    died = death_before(entry, journal) if entry.ended_by in DEATHS else None
    if entry.ended_by in DEATHS and (died is None or died.seq != entry.cause):
        when = "" if died is None else f" at {format_time(died.t_ms)}"
        what = DEATHS[entry.ended_by]
        return f"Session {name} was still open ({what}{when}): ended as of {format_time(entry.end_ms)}"
    words = f"Session ended: {name} (session {entry.session}, by {entry.ended_by.replace('_', ' ')})"
    given = "" if entry.end_ms == entry.t_ms else f" as of {format_time(entry.end_ms)}"
    return f"{words}{given}, length {format_span(entry.length_ms)}, {counted(entry.events, 'event')}"


_LOST = {"restart": "another took its place", "opt_out": "ended while opted out"}


def _session_lost(entry: SessionLost, journal: Source) -> str:
    name = session_name(journal, entry.session or 0)
    why = _LOST.get(entry.ended_by, "the page was closed before it was stored")
    return f"Session {name} (session {entry.session}) is gone without an end: {why}"


def counted(count: int, noun: str) -> str:
    """Return a count with its noun in the right number: ``1 event``, ``3 events``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def death_before(entry: SessionEnded, journal: Source) -> InputEntry | None:
    """Return the input that killed the process before the launch that ended a session, if it is near."""
    for other in reversed(journal.entries(max(1, entry.seq - LOOK_BACK), entry.seq - 1)):
        if (
            isinstance(other, InputEntry)
            and other.outcome == "done"
            and isinstance(other.input, inputs.Terminate | inputs.ForceQuit | inputs.Crash)
        ):
            return other
    return None


def _notification(entry: Notification, _journal: Source) -> str:
    info = f"mParticleSessionId={entry.numeric_id} mParticleSessionUUID={harmless(entry.session_id, 40)}"
    return f"{entry.name} {info}"


def _transition(entry: Transition, journal: Source) -> str:
    words = f"#{entry.seq} application_state_transition {entry.type} {_of_session(entry, journal)}"
    if entry.is_first_run:
        words += ", first run"
    return words + ", upgrade" if entry.is_upgrade else words


def _armed(entry: TimeoutArmed, _journal: Source) -> str:
    verb_words = "Timeout moved" if entry.moved else "Timeout armed"
    return f"{verb_words}: {format_span(entry.timeout_ms)}, deadline {format_time(entry.deadline_ms)}"


def _cancelled(entry: TimeoutCancelled, _journal: Source) -> str:
    return f"Timeout cancelled with {format_span(entry.left_ms)} left"


def _setting_changed(entry: SettingChanged, journal: Source) -> str:
    name = SETTING_NAMES.get(entry.key, harmless(entry.key, 40))
    taken = _setting(entry.key, entry.taken)
    if entry.asked == entry.taken:
        return f"{name}: {_setting(entry.key, entry.previous)} → {taken}"
    bounds = f" ({timeout_bounds(journal.header.profile)} allowed)" if entry.key == "session_timeout" else ""
    return f"{name} {_setting(entry.key, entry.asked)} asked, {taken} taken{bounds}"


def _setting(key: str, value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if value is None:
        return "never"
    return f"{shown_value(value)} s" if key in ("session_timeout", "suspend_after") else shown_value(value)


def _suspended(entry: Suspended, _journal: Source) -> str:
    return f"Application was suspended after {format_span(entry.after_ms)} in background: no timer fires"


def _crash_report(entry: CrashReport, journal: Source) -> str:
    return f"#{entry.seq} crash_report {quoted(entry.message)} {_of_session(entry, journal)}"


def _dropped(entry: Dropped, _journal: Source) -> str:
    return f"{harmless(entry.what)} dropped: {harmless(entry.why)}"


_WORDS: dict[type, Callable[[Any, Source], str]] = {
    InputEntry: _input,
    SessionBegan: _session_began,
    SessionEnded: _session_ended,
    SessionLost: _session_lost,
    AttributeTaken: lambda entry, _journal: (
        f"Session attribute kept as {harmless(entry.key, 80)} = {shown_value(entry.value)}"
    ),
    Logged: lambda entry, journal: _LATE_WORDS[type(entry.input)](entry, entry.input, journal),
    Notification: _notification,
    Transition: _transition,
    TimeoutArmed: _armed,
    TimeoutCancelled: _cancelled,
    SettingChanged: _setting_changed,
    Suspended: _suspended,
    CrashReport: _crash_report,
    Dropped: _dropped,
}
