"""Why a session began, why it ended, what would end it: one plain sentence each, with numbers and rule."""

from inspector.engine.entries import (
    AnyEntry,
    InputEntry,
    SessionEnded,
    SettingChanged,
    TimeoutArmed,
    TimeoutCancelled,
)
from inspector.engine.inputs import Launch, verb
from inspector.engine.settings import Settings
from inspector.journal.fold import Fold, SessionRow
from inspector.views.harmless import format_seconds, format_span, format_time
from inspector.views.source import Source
from inspector.views.text import LOOK_BACK, death_before

_DEATH_WORDS = {
    "force_quit": "The process was force quit",
    "terminate": "The app was terminated",
    "crash": "The app crashed",
}


def why_began(row: SessionRow, journal: Source) -> str:
    """Return why a session of ``journal`` began."""
    rule = _Rules(journal.header.profile)
    before = _before(row, journal)
    if row.began_by == "launch":
        return f"Began because the app was launched with begin on launch on{rule('G1')}{before}."
    if row.began_by == "foreground":
        if before:
            return f"Began because the app came to the front and no session was open{rule('G7')}{before}."
        reason = "the first foreground of this process begins one" if _launched(row, journal) else ""
        reason = f": {reason}" if reason else ""
        return f"Began because the app came to the front and no session was open{reason}{rule('G1')}."
    if row.began_by == "manual":
        return f"Began by hand: begin_session was called at {format_time(row.start_ms)}{rule('G8a')}."
    if row.began_by == "event":
        return (
            f"Began because something was logged at {format_time(row.start_ms)} and no session was open{before}."
        )
    return f"Began at {format_time(row.start_ms)} in place of the one before{before}."


def _before(row: SessionRow, journal: Source) -> str:
    """Return what became of the session before, as the tail of a sentence."""
    if row.previous is None:
        return ""
    ordinal = row.previous.ordinal
    for entry in reversed(journal.entries(max(1, row.began_seq - 8), row.began_seq - 1)):
        if isinstance(entry, SessionEnded) and entry.session == ordinal and entry.t_ms == row.start_ms:
            ended = entry.ended_by.replace("_", " ")
            return (
                f"; session {ordinal} was ended just before ({ended}{_Rules(journal.header.profile).bare(entry)})"
            )
    end_ms = row.previous.start_ms + row.previous.length_ms
    return f"; session {ordinal} had ended as of {format_time(end_ms)}"


def _launched(row: SessionRow, journal: Source) -> bool:
    for entry in reversed(journal.entries(max(1, row.began_seq - LOOK_BACK), row.began_seq - 1)):
        if isinstance(entry, InputEntry) and isinstance(entry.input, Launch) and entry.outcome == "done":
            return entry.input.background
    return False


def why_ended(row: SessionRow, journal: Source) -> str:
    """Return why a session of ``journal`` ended; of an open one, that it did not."""
    if row.ended_by is None or row.end_ms is None or row.detected_ms is None:
        return f"Session {row.ordinal} is still open."
    rule = _Rules(journal.header.profile)
    entry = journal.entry(row.ended_seq)
    if not isinstance(entry, SessionEnded):
        return f"Ended by {row.ended_by.replace('_', ' ')}."
    if row.ended_by == "timeout":
        return _timed_out(entry, journal, rule)
    if row.ended_by in _DEATH_WORDS:
        return _orphaned(entry, journal, rule)
    at = format_time(row.end_ms)
    if row.ended_by == "manual":
        return f"Ended by hand: end_session was called at {at}, and that moment is its end{rule('G8a')}."
    if row.ended_by == "opt_out":
        return f"Ended because the user opted out of tracking at {at}{rule('G16')}."
    return f"Ended as of {at} because another session took its place; noticed {format_time(row.detected_ms)}."


def _timed_out(entry: SessionEnded, journal: Source, rule: "_Rules") -> str:
    timeout_ms = entry.timeout_ms or 0
    ends = f"given end {format_time(entry.end_ms)}, noticed {format_time(entry.t_ms)}"
    due_ms = entry.t_ms if entry.due_ms is None else entry.due_ms
    idle = f"background {format_seconds(entry.t_ms - entry.end_ms)} ≥ timeout {format_span(timeout_ms)}"
    words = f"Ended by timeout: {idle}{rule('G5')}; {ends}"
    if entry.t_ms <= due_ms:
        return f"{words}."
    cause = journal.entry(entry.cause) if entry.cause else None
    late = f"{format_span(entry.t_ms - due_ms)} after it was due at {format_time(due_ms)}"
    if isinstance(cause, TimeoutArmed):
        changed = _changed_by(cause, journal)
        return f"{words}: {changed}{rule('G12')}, {late}."
    if isinstance(cause, InputEntry):
        noticed = f"the process was suspended until the {verb(cause.input).replace('_', ' ')}"
        return f"{words}: {noticed}{rule('G17')}, {late}."
    return f"{words}, {late}."


def _changed_by(armed: TimeoutArmed, journal: Source) -> str:
    for entry in reversed(journal.entries(max(1, armed.seq - 8), armed.seq - 1)):
        if isinstance(entry, SettingChanged) and entry.key == "session_timeout" and entry.cause == armed.cause:
            return f"the timeout was changed from {entry.previous} s to {entry.taken} s"
    return "a setting was changed"


def _orphaned(entry: SessionEnded, journal: Source, rule: "_Rules") -> str:
    died = death_before(entry, journal)
    words = _DEATH_WORDS[entry.ended_by]
    ended = f"ended it as of the last thing recorded, {format_time(entry.end_ms)}"
    if died is None:
        return f"{words} with the session open; the launch at {format_time(entry.t_ms)} {ended}{rule('G9')}."
    if died.by == "recovery":
        words = "The inspector itself was killed, and the simulated process with it,"
    gone_ms = entry.t_ms - died.t_ms
    launch = "this launch" if gone_ms == 0 else f"this launch {format_span(gone_ms)} later"
    sentence = f"{words} at {format_time(died.t_ms)} with the session open; {launch} {ended}{rule('G9')}"
    deadline_ms = _deadline_at_death(died, journal)
    if deadline_ms is not None and deadline_ms <= entry.t_ms:
        sentence += f"; its timeout at {format_time(deadline_ms)} passed while no process lived{rule('G9b')}"
    return f"{sentence}."


def _deadline_at_death(died: InputEntry, journal: Source) -> int | None:
    following: list[AnyEntry] = list(journal.entries(died.seq + 1, min(died.seq + 4, len(journal))))
    for entry in following:
        if isinstance(entry, TimeoutCancelled) and entry.cause == died.seq:
            return entry.deadline_ms
    return None


def what_ends(fold: Fold, settings: Settings, now_ms: int, profile: str = "guide") -> str:
    """Return what would end the open session as of ``now_ms``, or what would begin one if none is open."""
    rule = _Rules(profile)
    session = fold.current
    if session is None:
        return _what_begins(fold, settings, rule)
    if fold.app == "not_running":
        return f"Next launch ends it: the process is dead and the session is still in the store{rule('G9')}."
    if not settings.automatic_tracking:
        return f"Only end_session: automatic tracking is off{rule('G8')}."
    if fold.app == "foreground":
        return f"Nothing: in the foreground a session never expires{rule('G2')}."
    armed = fold.armed
    if armed is None:
        return (
            f"Nothing yet: it began in the background, and only leaving the front starts a timeout{rule('G3')}."
        )
    at = format_time(armed.deadline_ms)
    if armed.deadline_ms <= now_ms:
        return f"Timeout, due since {at}: noticed at the next resume or foreground{rule('G17')}."
    left = format_span(armed.deadline_ms - now_ms)
    if fold.app == "suspended":
        return f"Timeout at {at}, in {left}; noticed at the next resume or foreground after it{rule('G17')}."
    return f"Timeout at {at} unless the app comes to the front, in {left}{rule('G3', 'G4')}."


def _what_begins(fold: Fold, settings: Settings, rule: "_Rules") -> str:
    if settings.opt_out:
        return f"No session is open, and none begins until the user opts in{rule('G16')}."
    if not settings.automatic_tracking:
        return f"No session is open; only begin_session begins one: automatic tracking is off{rule('G8')}."
    if fold.app == "not_running":
        what = "a launch" if settings.begin_on_launch else "the first foreground after a launch"
        return f"No session is open; {what} begins one{rule('G1')}."
    if fold.app == "foreground":
        return f"No session is open; begin_session, or the next foreground, begins one{rule('G7', 'G8a')}."
    return f"No session is open; the next foreground begins one{rule('G7')}."


class _Rules:
    """Names the rules of the guide; of another profile, whose numbers differ, none."""

    def __init__(self, profile: str) -> None:
        self._named = profile == "guide"

    def __call__(self, *numbers: str) -> str:
        return f" ({', '.join(numbers)})" if self._named else ""

    def bare(self, entry: SessionEnded) -> str:
        number = {"timeout": "G5", "manual": "G8a", "opt_out": "G16"}.get(entry.ended_by, "G9")
        return f", {number}" if self._named else ""
