"""The reason for any entry: its rules, what was held against what, what set the clock, one sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from inspector.engine import inputs
from inspector.engine.engine import Engine
from inspector.engine.entries import (
    DID_BEGIN,
    AnyEntry,
    AttributeTaken,
    CrashReport,
    Dropped,
    Entry,
    InputEntry,
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
from inspector.engine.profile import Profile, Rule
from inspector.views.harmless import format_span, format_time, harmless, shown_value
from inspector.views.profiles import timeout_bounds
from inspector.views.text import LOOK_BACK
from inspector.why import sentences
from inspector.why.clocks import Inequality, clock_at, expired, waiting
from inspector.why.flip_words import ms_text
from inspector.why.history import History, open_session
from inspector.why.questions import became
from inspector.why.subjects import announced, input_at
from inspector.why.words import Speech, words_of


class Reason(msgspec.Struct, frozen=True):
    """Why a decision fell as it did.

    ``sentence`` is one plain sentence with the numbers of the rules in it, ``rules`` are those rules.
    ``inequality`` is what was held against what, None where nothing was. ``clock_set_by`` is the ``seq`` of the
    entry that set the clock, ``due_ms`` when the session was, is or will be idle for the timeout as things
    stood; 0 and None where nothing counts.
    """

    sentence: str
    rules: list[Rule]
    inequality: Inequality | None = None
    clock_set_by: int = 0
    due_ms: int | None = None


def reason_of(history: History, entry: AnyEntry) -> Reason:
    """Return the reason for an entry of the journal."""
    if isinstance(entry, InputEntry):
        return _of_input(history, entry)
    speech = _speech(history)
    make = _MAKERS.get(type(entry))
    if isinstance(entry, SessionEnded):
        return _of_end(history, entry, speech)
    if isinstance(entry, SessionBegan):
        return _of_beginning(history, entry, speech)
    if make is None:
        return _reason(history, speech, "")
    text = make(entry, speech, history)
    if isinstance(entry, TimeoutArmed):
        return _reason(history, speech, text, None, _clock_of(entry, history), entry.deadline_ms)
    return _reason(history, speech, text)


def _speech(history: History) -> Speech:
    return Speech(words_of(history.profile.name))


def _reason(
    history: History,
    speech: Speech,
    text: str,
    inequality: Inequality | None = None,
    clock_set_by: int = 0,
    due_ms: int | None = None,
) -> Reason:
    return Reason(text, rules_of(history.profile, speech.numbers), inequality, clock_set_by, due_ms)


def rules_of(profile: Profile, numbers: list[str]) -> list[Rule]:
    """Return the rules of a profile by their numbers, in that order; numbers it does not have are left out."""
    known = {rule.number: rule for rule in profile.rules}
    return [known[number] for number in numbers if number in known]


def _of_end(history: History, entry: SessionEnded, speech: Speech) -> Reason:
    text = sentences.ended(entry, history.source, speech)
    return _reason(history, speech, text, expired(history, entry), entry.clock_set_by, entry.due_ms)


def _of_beginning(history: History, entry: SessionBegan, speech: Speech) -> Reason:
    """Return why a session began, with the numbers of the expiry of the one before it, if that is why."""
    text = sentences.began(entry, history.source, speech)
    expiry = _expiry_before(history, entry)
    if expiry is None or entry.began_by not in ("foreground", "event", "launch"):
        return _reason(history, speech, text)
    return _reason(history, speech, text, expired(history, expiry), expiry.clock_set_by, expiry.due_ms)


# --- inputs ------------------------------------------------------------------------------------------


def _of_input(history: History, entry: InputEntry) -> Reason:
    """Return the reason for an input: of what it began or ended if it did, else of what it found."""
    speech = _speech(history)
    if entry.outcome != "done":
        return _reason(history, speech, _refused(entry, speech))
    effects = _effects(history, entry)
    began = next((effect for effect in effects if isinstance(effect, SessionBegan)), None)
    ended = next((effect for effect in effects if isinstance(effect, SessionEnded)), None)
    gone = next((effect for effect in effects if isinstance(effect, SessionLost)), None)
    if began is not None:
        found = _of_beginning(history, began, speech)
        return msgspec.structs.replace(found, sentence=f"Session {began.session}: {found.sentence}")
    if ended is not None:
        found = _of_end(history, ended, speech)
        return msgspec.structs.replace(found, sentence=f"Session {ended.session}: {found.sentence}")
    if gone is not None:
        return _reason(history, speech, f"Session {gone.session}: {sentences.lost(gone, speech)}")
    return _of_quiet_input(history, entry, speech)


def _effects(history: History, entry: InputEntry) -> list[Entry]:
    """Return what followed from an input at its instant."""
    source = history.source
    found: list[Entry] = []
    for other in source.entries(entry.seq + 1, min(entry.seq + 64, len(source))):
        if isinstance(other, InputEntry) or other.t_ms != entry.t_ms:
            break
        found.append(other)
    return found


def _expiry_before(history: History, began: SessionBegan) -> SessionEnded | None:
    """Return the expiry of the session before one that began, if it is near."""
    source = history.source
    for other in reversed(source.entries(max(1, began.seq - LOOK_BACK), began.seq - 1)):
        if isinstance(other, SessionEnded):
            found = other.session == (began.session or 0) - 1 and other.ended_by == "timeout"
            return other if found else None
    return None


def _refused(entry: InputEntry, speech: Speech) -> str:
    if entry.outcome == "dropped":
        return speech.say("dropped", why=harmless(entry.why))
    situation = f"rejected:{verb(entry.input)}"
    if "suspended" in entry.why and not isinstance(
        entry.input, inputs.Launch | inputs.Background | inputs.Suspend
    ):
        situation = "rejected:suspended"
    elif "not running" in entry.why:
        situation = "rejected"
    elif "opted out" in entry.why:
        situation = "rejected:opted_out"
    text = speech.words.sentence("rejected")
    return text.format(why=harmless(entry.why), r=speech.rules(situation))


def _of_quiet_input(history: History, entry: InputEntry, speech: Speech) -> Reason:
    """Return the reason for an input that was done and began and ended nothing."""
    what = entry.input
    index = history.inputs.before(entry.seq)
    engine = history.before(index)
    engine.advance(entry.t_ms)
    before, front = open_session(engine), engine.status == "foreground"
    engine.submit(what, entry.t_ms, entry.by)
    after = open_session(engine)
    outcome = became(entry, before, after, engine)
    standing = _standing(engine)
    if isinstance(what, inputs.LogEvent | inputs.ScreenView) and entry.session is None:
        return _reason(history, speech, speech.say("event:none"))
    if isinstance(what, inputs.Background):
        return _of_background(history, speech, standing, outcome)
    if after is None and isinstance(what, inputs.Foreground | inputs.Launch):
        situation = sentences.ends_situation(standing, entry.t_ms, speech)
        return _reason(history, speech, speech.say(situation))
    if isinstance(what, _RETURNS):
        return _of_return(history, entry, index, front, speech)
    goes_on = "no session is open" if after is None else f"session {after} goes on"
    if isinstance(what, inputs.Terminate | inputs.ForceQuit | inputs.Crash):
        return _reason(history, speech, speech.say("death" if after is not None else "death:none", session=after))
    opting = "The user opted out" if getattr(what, "value", False) else "The user opted in"
    text = speech.say(verb(what), goes_on=goes_on, session=after, opting=opting)
    clock = clock_at(history, index + 1, entry.t_ms) if after is not None else None
    if clock is None:
        return _reason(history, speech, text)
    held = waiting(history, clock, entry.t_ms, entry.seq + 1)
    return _reason(history, speech, text, held, clock.set_by, clock.due_ms)


_RETURNS = (inputs.Foreground, inputs.Launch, inputs.LogEvent, inputs.ScreenView)


def _of_return(history: History, entry: InputEntry, index: int, front: bool, speech: Speech) -> Reason:
    """Return the reason for a use of the app that found a session open and left it so."""
    what = entry.input
    event = isinstance(what, inputs.LogEvent | inputs.ScreenView)
    situation = (
        "event:background" if event else f"{'launch' if isinstance(what, inputs.Launch) else 'return'}:continued"
    )
    if event and front:
        situation = "event:front"
        if "{inequality}" not in speech.words.sentence(situation):
            return _reason(history, speech, speech.say(situation, session=entry.session))
    clock = clock_at(history, index, entry.t_ms, what)
    held = None if clock is None else waiting(history, clock, entry.t_ms, entry.seq)
    if held is None or clock is None:
        plain = "event:background:plain" if event else f"{situation}:plain"
        return _reason(history, speech, speech.say(plain, session=entry.session))
    text = speech.say(situation, session=entry.session, inequality=held.text)
    return _reason(history, speech, text, held, clock.set_by, clock.due_ms)


def _of_background(history: History, speech: Speech, standing: sentences.Standing, outcome: str) -> Reason:
    session, deadline_ms = standing.session, standing.deadline_ms
    if session is None:
        return _reason(history, speech, speech.say("background:none"))
    if outcome.endswith(":counting") and deadline_ms is not None:
        timeout = format_span(standing.settings.session_timeout_ms)
        deadline = format_time(deadline_ms)
        text = speech.say("background:counting", session=session, timeout=timeout, deadline=deadline)
        return _reason(history, speech, text, due_ms=deadline_ms)
    manual = not standing.settings.automatic_tracking and speech.words.sentence("background:manual")
    return _reason(
        history, speech, speech.say("background:manual" if manual else "background:plain", session=session)
    )


def _standing(engine: Engine) -> sentences.Standing:
    app: Any = engine.status
    return sentences.Standing(app, open_session(engine), engine.deadline_ms, engine.settings)


# --- a time ------------------------------------------------------------------------------------------


def reason_at(history: History, t_ms: int) -> tuple[Reason, sentences.Standing]:
    """Return what would end the open session as things stand at a time, or begin one; and how they stand."""
    speech = _speech(history)
    index = history.inputs.until(t_ms)
    engine = history.before(index)
    engine.advance(max(t_ms, engine.now_ms))
    standing = _standing(engine)
    text = sentences.standing_text(standing, t_ms, speech)
    clock = None if standing.session is None or standing.app == "not_running" else clock_at(history, index, t_ms)
    if clock is None:
        return _reason(history, speech, text), standing
    seq = history.inputs.seqs[index] if index < len(history.inputs) else len(history.source) + 1
    held = waiting(history, clock, t_ms, seq)
    return _reason(history, speech, text, held, clock.set_by, clock.due_ms), standing


# --- what follows from an input or from time ---------------------------------------------------------


def _clock_of(entry: TimeoutArmed, history: History) -> int:
    """Return the seq of the entry that set the clock of a countdown: what comes of it says, or else its cause."""
    index = history.inputs.before(entry.seq)
    clock = clock_at(history, index, entry.t_ms)
    return entry.cause if clock is None or clock.set_by >= entry.seq else clock.set_by


def _armed(entry: TimeoutArmed, speech: Speech, history: History) -> str:
    return speech.say(
        "moved" if entry.moved else "armed",
        timeout=format_span(entry.timeout_ms),
        deadline=format_time(entry.deadline_ms),
        clock=_clock_of(entry, history),
    )


def _cancelled(entry: TimeoutCancelled, speech: Speech, history: History) -> str:
    cause = input_at(history, entry)
    situation = "cancelled" if entry.left_ms else "cancelled:overdue"
    by = "time" if cause is None else verb(cause.input)
    return speech.say(situation, left=ms_text(entry.left_ms), verb=by, cause=entry.cause)


def _setting(entry: SettingChanged, speech: Speech, history: History) -> str:
    clamped = entry.asked != entry.taken
    return speech.words.sentence("setting:clamped" if clamped else "setting").format(
        r=speech.rules(f"setting:{entry.key}"),
        key=harmless(entry.key, 40),
        previous=shown_value(entry.previous),
        taken=shown_value(entry.taken),
        asked=shown_value(entry.asked),
        bounds=timeout_bounds(history.profile.name) if entry.key == "session_timeout" else "not negative",
    )


def _notified(entry: Notification, speech: Speech, history: History) -> str:
    situation = "notify:begin" if entry.name == DID_BEGIN else "notify:end"
    rules = speech.rules(situation)
    if not rules:  # the rule of the beginning or end itself says that it is told
        about = announced(history, entry)
        rules = speech.rules(sentences.end_of(about)) if isinstance(about, SessionEnded) else ""
    return speech.words.sentence(situation).format(r=rules, session=entry.session)


def _dropped(entry: Dropped, speech: Speech, _history: History) -> str:
    return speech.say("dropped", why=f"{harmless(entry.what, 40)}, {harmless(entry.why)}")


def _transition(entry: Transition, speech: Speech, _history: History) -> str:
    return speech.say("transition", session="none" if entry.session is None else f"session {entry.session}")


_MAKERS: dict[type[Entry], Callable[[Any, Speech, History], str]] = {
    SessionLost: lambda entry, speech, _history: sentences.lost(entry, speech),
    Notification: _notified,
    Transition: _transition,
    TimeoutArmed: _armed,
    TimeoutCancelled: _cancelled,
    SettingChanged: _setting,
    AttributeTaken: lambda entry, speech, _history: speech.say("attribute", key=harmless(entry.key, 40)),
    Suspended: lambda entry, speech, _history: speech.say("suspended", after=format_span(entry.after_ms)),
    CrashReport: lambda _entry, speech, _history: speech.say("crash_report"),
    Dropped: _dropped,
}
