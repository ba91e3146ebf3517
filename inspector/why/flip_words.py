"""Changes and outcomes in words."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.engine.inputs import Input, LogEvent, ScreenView, Set, SetSessionAttribute, verb
from inspector.engine.settings import SETTING_KEYS
from inspector.views.harmless import format_span, format_time, quoted
from inspector.why.changes import Change
from inspector.why.history import History
from inspector.why.questions import Question

_SETTINGS = {
    "automatic_tracking": ("with automatic tracking on", "with automatic tracking off"),
    "begin_on_launch": ("with begin on launch on", "with begin on launch off"),
    "opt_out": ("opted out", "not opted out"),
}
_ENDS = {
    "timeout": "it ends by timeout",
    "manual": "it is ended by hand",
    "force_quit": "it is ended as left by a force quit",
    "terminate": "it is ended as left by a terminated process",
    "crash": "it is ended by the crash",
    "opt_out": "it is ended by opting out",
    "restart": "another takes its place",
}
_INPUT_THEN = {
    "continued": "the session that was open goes on",
    "new": "another session begins",
    "ended": "the session ends and none begins",
    "none": "no session is open before or after it",
    "rejected": "it is refused",
    "dropped": "it is not kept",
}
_EVENT_THEN = {
    **_INPUT_THEN,
    "continued": "it belongs to the session that was open",
    "new": "it begins a session",
    "none": "it belongs to no session",
}


def input_name(what: Input, seq: int) -> str:
    """Return an input for a sentence: ``#14 (log_event "Added")``."""
    words = verb(what)
    if isinstance(what, LogEvent | ScreenView):
        words += f" {quoted(what.name, 40)}"
    elif isinstance(what, SetSessionAttribute):
        words += f" {quoted(what.key, 40)}"
    elif isinstance(what, Set):
        words += "".join(f" {key}" for key in SETTING_KEYS if key in what.settings)
    return f"#{seq} ({words})"


def text_of(change: Change, history: History, bound: str = "") -> str:
    """Return a change in words; ``bound`` is how far a timeout turns the decision."""
    what = history.inputs.entries[history.inputs.before(change.seq)].input if change.seq else None
    if change.kind == "move" and what is not None:
        return f"{input_name(what, change.seq)} {ms_text(abs(change.by_ms))} {_later(change.by_ms)}"
    if change.kind == "without" and what is not None:
        return f"without {input_name(what, change.seq)}"
    if change.kind == "with" and change.input is not None:
        return f"with a {verb(change.input)} at {format_time(change.at_ms)}"
    if change.kind == "profile":
        return profile_text([change.profile])
    where = f" before {input_name(what, change.seq)}" if what is not None else ""
    if change.key == "session_timeout":
        span = f"{change.value} s"
        return f"timeout {bound if bound in ('≤', '≥') else 'of'} {span}, set{where}"
    if change.key == "suspend_after":
        return f"with suspend after {'never' if change.value is None else f'{change.value} s'}, set{where}"
    return f"{_SETTINGS[change.key][not change.value]}, set{where}"


def _later(by_ms: int) -> str:
    return "later" if by_ms > 0 else "earlier"


def ms_text(span_ms: int) -> str:
    """Return a span in words, below a second in milliseconds: ``2 ms``, ``5.001 s``."""
    return f"{span_ms} ms" if span_ms < 1000 else format_span(span_ms)


def profile_text(names: Sequence[str]) -> str:
    """Return profiles in words: ``on android``, ``on apple, android or web``."""
    if len(names) == 1:
        return f"on {names[0]}"
    return f"on {', '.join(names[:-1])} or {names[-1]}"


def then_text(outcome: str, question: Question, what: Input | None = None) -> str:
    """Return an outcome in words, as what is so then; ``what`` is the input that is asked about."""
    if question.kind == "moment":
        return "a session is open" if outcome == "open" else "no session is open"
    if question.kind == "fate":
        return "it is still open then" if outcome == "open" else _ENDS.get(outcome, outcome)
    word, _, counting = outcome.partition(":")
    text = (_EVENT_THEN if isinstance(what, LogEvent | ScreenView) else _INPUT_THEN).get(word, word)
    return f"{text}, and an expiry is ahead" if counting else text
