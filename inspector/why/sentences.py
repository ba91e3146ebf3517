"""Why a session began, why it ended, what would end it: one plain sentence each, with numbers and rules."""

from __future__ import annotations

from typing import NamedTuple

from inspector.engine.entries import (
    AnyEntry,
    InputEntry,
    SessionBegan,
    SessionEnded,
    SessionLost,
    SettingChanged,
    TimeoutArmed,
    TimeoutCancelled,
)
from inspector.engine.inputs import ClockJump, Launch, verb
from inspector.engine.settings import Settings
from inspector.journal.fold import AppState, Fold, SessionRow
from inspector.views.harmless import format_seconds, format_span, format_time
from inspector.views.source import Source
from inspector.views.text import LOOK_BACK, death_before
from inspector.why.words import Operator, Speech, words_of

_DIED = {
    "force_quit": "The process was force quit",
    "terminate": "The app was terminated",
    "crash": "The app crashed",
}


def why_began(row: SessionRow, journal: Source) -> str:
    """Return why a session of ``journal`` began."""
    entry = journal.entry(row.began_seq)
    return began(entry, journal, speech_of(journal)) if isinstance(entry, SessionBegan) else ""


def why_ended(row: SessionRow, journal: Source) -> str:
    """Return why a session of ``journal`` ended; of an open one, that it did not."""
    if row.ended_by is None:
        return f"Session {row.ordinal} is still open."
    entry = journal.entry(row.ended_seq)
    if isinstance(entry, SessionEnded):
        return ended(entry, journal, speech_of(journal))
    return lost(entry, speech_of(journal)) if isinstance(entry, SessionLost) else ""


def speech_of(journal: Source) -> Speech:
    """Return a sentence to be made in the words of a journal's profile."""
    return Speech(words_of(journal.header.profile))


# --- why it began ------------------------------------------------------------------------------------


def began(entry: SessionBegan, journal: Source, speech: Speech) -> str:
    """Return why a session began."""
    situation = f"began:{entry.began_by}"
    before = _before(entry, journal, speech)
    if entry.began_by == "foreground" and not before and _launched_behind(entry, journal):
        situation += ":first"
    elif entry.began_by == "foreground" and not before:
        # Without a session before it is the first, which a launch begins as a rule.
        text = speech.words.sentence(situation)
        rules = speech.rules(f"{situation}:first")
        return text.format(r=rules, before="")
    # The rules of what came before are named behind those of the beginning itself.
    text = speech.words.sentence(situation)
    numbers, speech.numbers = speech.numbers, []
    rules = speech.rules(situation)
    speech.numbers += [number for number in numbers if number not in speech.numbers]
    return text.format(r=rules, before=before, at=format_time(entry.t_ms))


def _before(began: SessionBegan, journal: Source, speech: Speech) -> str:
    """Return what became of the session before, as the tail of a sentence."""
    last = _predecessor(began, journal)
    if last is None:
        previous = began.previous
        if previous is None:
            return ""
        return (
            f"; session {previous.ordinal} had ended as of {format_time(previous.start_ms + previous.length_ms)}"
        )
    if isinstance(last, SessionLost):
        return f"; session {last.session} was let go without an end{speech.rules(f'lost:{last.ended_by}')}"
    how = last.ended_by.replace("_", " ")
    if last.seq > began.seq:
        return f"; session {last.session}, left open, was ended after that ({how}{speech.bare(end_of(last))})"
    if last.t_ms == began.start_ms:
        return f"; session {last.session} was ended just before ({how}{speech.bare(end_of(last))})"
    return f"; session {last.session} had ended as of {format_time(last.end_ms)}"


def _predecessor(began: SessionBegan, journal: Source) -> SessionEnded | SessionLost | None:
    """Return the end of the session before, if it is near; of one left open it may come just after."""
    ordinal = (began.session or 0) - 1
    following = journal.entries(began.seq + 1, min(began.seq + 6, len(journal)))
    for entry in (*reversed(journal.entries(max(1, began.seq - LOOK_BACK), began.seq - 1)), *following):
        if isinstance(entry, SessionEnded | SessionLost) and entry.session == ordinal:
            return entry if entry.seq < began.seq or entry.cause == began.cause else None
    return None


def end_of(entry: SessionEnded) -> str:
    """Return the situation of an end, all deaths being one."""
    return "ended:death" if entry.ended_by in _DIED else f"ended:{entry.ended_by}"


def _launched_behind(began: SessionBegan, journal: Source) -> bool:
    for entry in reversed(journal.entries(max(1, began.seq - LOOK_BACK), began.seq - 1)):
        if isinstance(entry, InputEntry) and isinstance(entry.input, Launch) and entry.outcome == "done":
            return entry.input.background
    return False


# --- why it ended ------------------------------------------------------------------------------------


def ended(entry: SessionEnded, journal: Source, speech: Speech) -> str:
    """Return why a session ended."""
    if entry.ended_by == "timeout":
        return _timed_out(entry, journal, speech)
    if entry.ended_by in _DIED:
        died = death_before(entry, journal)
        if died is None or died.seq != entry.cause:
            return _orphaned(entry, died, journal, speech)
    return speech.say(f"ended:{entry.ended_by}", end=format_time(entry.end_ms), noticed=format_time(entry.t_ms))


def lost(entry: SessionLost, speech: Speech) -> str:
    """Return why a session was let go without an end."""
    return speech.say(f"lost:{entry.ended_by}", noticed=format_time(entry.t_ms))


def by_timer(entry: SessionEnded, journal: Source) -> bool:
    """Return whether time alone ended a session, no input."""
    cause = journal.entry(entry.cause) if entry.cause else None
    return not isinstance(cause, InputEntry) or cause.t_ms < entry.t_ms


def held_against(entry: SessionEnded, journal: Source) -> tuple[int, Operator, int]:
    """Return what an expiry held against what: the idle time in ms, ``≥`` or ``>``, the timeout in ms.

    Where a timer fires without comparing anything, the timer's own length stands for the timeout.
    """
    words = words_of(journal.header.profile)
    timeout_ms = entry.timeout_ms or 0
    set_by = entry.clock_set_by
    set_ms = journal.entry(set_by).t_ms if 0 < set_by <= len(journal) else entry.end_ms
    idle_ms = entry.t_ms - set_ms
    if words.timer and by_timer(entry, journal) and entry.due_ms is not None:
        return idle_ms, "≥", entry.due_ms - set_ms
    if words.wall and set_by:
        between = journal.entries(set_by + 1, entry.seq - 1)
        idle_ms += sum(
            e.input.by_ms for e in between if isinstance(e, InputEntry) and isinstance(e.input, ClockJump)
        )
    return idle_ms, words.expired, timeout_ms


def _timed_out(entry: SessionEnded, journal: Source, speech: Speech) -> str:
    words = speech.words
    idle_ms, operator, timeout_ms = held_against(entry, journal)
    timer = words.timer and by_timer(entry, journal)
    situation = "ended:timeout:timer" if timer else "ended:timeout"
    right = "timer" if timer else "timeout"
    inequality = f"{words.idle} {format_seconds(idle_ms)} {operator} {right} {format_span(timeout_ms)}"
    if idle_ms < timeout_ms and entry.due_ms is not None:  # it was true before; nothing looked until now
        inequality = f"due at {format_time(entry.due_ms)}"
    text = words.sentence("ended:timeout").format(
        inequality=inequality,
        r=speech.rules(situation),
        end=format_time(entry.end_ms),
        noticed=format_time(entry.t_ms),
    )
    due_ms = entry.t_ms if entry.due_ms is None else entry.due_ms
    if entry.t_ms <= due_ms:
        return f"{text}."
    late = f"{format_span(entry.t_ms - due_ms)} after it was due at {format_time(due_ms)}"
    cause = journal.entry(entry.cause) if entry.cause else None
    if isinstance(cause, InputEntry) and not by_timer(entry, journal):
        return f"{text}: {speech.say('late:input', verb=verb(cause.input).replace('_', ' '), late=late)}."
    changed = _changed_by(cause, journal) if isinstance(cause, TimeoutArmed) else "a setting was changed"
    return f"{text}: {speech.say('late:timer', changed=changed, late=late)}."


def _changed_by(armed: TimeoutArmed, journal: Source) -> str:
    for entry in reversed(journal.entries(max(1, armed.seq - 8), armed.seq - 1)):
        if isinstance(entry, SettingChanged) and entry.key == "session_timeout" and entry.cause == armed.cause:
            return f"the timeout was changed from {entry.previous} s to {entry.taken} s"
    return "a setting was changed"


def _orphaned(entry: SessionEnded, died: InputEntry | None, journal: Source, speech: Speech) -> str:
    words, end = _DIED[entry.ended_by], format_time(entry.end_ms)
    if died is None:
        launch = f"the launch at {format_time(entry.t_ms)}"
        return f"{speech.say('ended:death', died=words, launch=launch, end=end)}."
    if died.by == "recovery":
        words = "The inspector itself was killed, and the simulated process with it,"
    gone_ms = entry.t_ms - died.t_ms
    launch = "this launch" if gone_ms == 0 else f"this launch {format_span(gone_ms)} later"
    words = f"{words} at {format_time(died.t_ms)}"
    sentence = speech.say("ended:death", died=words, launch=launch, end=end)
    deadline_ms = _deadline_at_death(died, journal)
    if deadline_ms is not None and deadline_ms <= entry.t_ms and speech.words.sentence("ended:death:passed"):
        sentence += f"; {speech.say('ended:death:passed', deadline=format_time(deadline_ms))}"
    return f"{sentence}."


def _deadline_at_death(died: InputEntry, journal: Source) -> int | None:
    following: list[AnyEntry] = list(journal.entries(died.seq + 1, min(died.seq + 4, len(journal))))
    for entry in following:
        if isinstance(entry, TimeoutCancelled) and entry.cause == died.seq:
            return entry.deadline_ms
    return None


# --- what would end it -------------------------------------------------------------------------------


class Standing(NamedTuple):
    """How things stand: the app, the open session's ordinal, its announced deadline in ms, the settings."""

    app: AppState
    session: int | None
    deadline_ms: int | None
    settings: Settings


def what_ends(fold: Fold, settings: Settings, now_ms: int, profile: str = "guide") -> str:
    """Return what would end the open session as of ``now_ms``, or what would begin one if none is open."""
    session, armed = fold.current, fold.armed
    standing = Standing(
        fold.app,
        None if session is None else session.ordinal,
        None if armed is None else armed.deadline_ms,
        settings,
    )
    return standing_text(standing, now_ms, Speech(words_of(profile)))


def standing_text(standing: Standing, now_ms: int, speech: Speech) -> str:
    """Return what would end the open session as things stand at ``now_ms``, or what would begin one."""
    situation = ends_situation(standing, now_ms, speech)
    slots: dict[str, str] = {}
    if standing.deadline_ms is not None:
        left = format_span(max(0, standing.deadline_ms - now_ms))
        slots = {"at": format_time(standing.deadline_ms), "left": left}
    return speech.say(situation, **slots)


def ends_situation(standing: Standing, now_ms: int, speech: Speech) -> str:
    """Return which situation it is: ``ends:…`` with a session open, else ``begins:…``."""
    words = speech.words
    app, settings = standing.app, standing.settings
    manual = not settings.automatic_tracking
    if standing.session is None:
        if settings.opt_out:
            return "begins:opted_out"
        if manual and words.sentence("begins:manual"):
            return "begins:manual"
        if app == "not_running":
            return "begins:launch" if settings.begin_on_launch else "begins:launch:off"
        return "begins:front" if app == "foreground" else "begins:background"
    if app == "not_running":
        return "ends:dead"
    if manual and words.sentence("ends:manual"):
        return "ends:manual"
    if app == "foreground" and words.sentence("ends:front"):
        return "ends:front"
    if standing.deadline_ms is None:
        return "ends:nothing"
    if standing.deadline_ms <= now_ms:
        return "ends:overdue"
    return "ends:frozen" if app == "suspended" else "ends:running"
