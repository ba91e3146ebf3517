"""Changes without a size: one input less or more, another setting, another profile."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.engine.inputs import (
    AnyInput,
    Background,
    BeginSession,
    EndSession,
    Foreground,
    Launch,
    LogEvent,
    Login,
    OptOut,
    Resume,
    ScreenView,
    SetSessionAttribute,
    SettingValue,
    StopMedia,
)
from inspector.engine.profiles import PROFILE_NAMES
from inspector.why.asking import Asking, Flip
from inspector.why.changes import Change, rewrite
from inspector.why.flip_words import profile_text, then_text
from inspector.why.history import History
from inspector.why.questions import Question, flips, outcome
from inspector.why.search import smallest
from inspector.why.words import words_of

# How many inputs are left out at most, one after the other, how many of them may be events, how far back.
_LEFT_OUT, _EVENTS, _BACK = 12, 3, 400
_ENOUGH = 2
_QUIET = (Login, SetSessionAttribute)
# What may have to come just before an input that was refused.
_BEFORE: tuple[AnyInput, ...] = (
    Launch(),
    Foreground(),
    Background(),
    Resume(),
    BeginSession(),
    EndSession(),
    OptOut(False),
    StopMedia(),
)


def one_less(asking: Asking) -> list[Flip]:
    """Return inputs without which it would be otherwise. Raises Spent."""
    found: list[Flip] = []
    for tried, index in enumerate(_left_out(asking)):
        if tried >= _LEFT_OUT or len(found) >= _ENOUGH:
            break
        found += asking.flip(Change("without", asking.inputs.seqs[index]))
    return found


def _left_out(asking: Asking) -> Iterator[int]:
    """Yield the inputs that may be what made the difference: what set the clock, then from the last one back."""
    inputs, end = asking.inputs, asking.end
    first = [inputs.index(asking.clock.set_by)] if asking.clock is not None else []
    between = range(end - 1, max(asking.anchor, end - _BACK), -1)
    known = {asking.question.target}
    events = 0
    for index in [*first, *between, asking.anchor, *inputs.calls_before(end, 4)]:
        if index in known or not 0 <= index < end:
            continue
        known.add(index)
        entry = inputs.entries[index]
        events += isinstance(entry.input, LogEvent | ScreenView)
        weak = isinstance(entry.input, _QUIET) or (
            events > _EVENTS and isinstance(entry.input, LogEvent | ScreenView)
        )
        if entry.outcome == "done" and (index in first or not weak):
            yield index


def one_more(asking: Asking) -> list[Flip]:
    """Return the input with which it would be otherwise: before one that was refused, or a return in time.

    Raises Spent.
    """
    question = asking.question
    if question.kind == "input":
        if asking.was not in ("rejected", "dropped"):
            return []
        for what in _BEFORE:
            if type(what) is not type(asking.what):
                found = asking.flip(Change("with", input=what, at_ms=question.t_ms))
                if found:
                    return found
        return []
    if asking.was == "open" or asking.clock is None:
        return []
    back: AnyInput = LogEvent() if words_of(asking.history.profile.name).back == "log_event" else Foreground()
    low, high = asking.clock.set_ms, min(asking.clock.due_ms + 1, question.t_ms)

    def turns(n: int) -> bool:
        return asking.turned(Change("with", input=back, at_ms=high - n)) is not None

    n = 0 if turns(0) else smallest(turns, high - low, (), 1)
    return [] if n is None else asking.flip(Change("with", input=back, at_ms=high - n), smallest=True)


def other_settings(asking: Asking) -> list[Flip]:
    """Return other values of the switches that turn it. Raises Spent."""
    if asking.anchor < 0:
        return []
    settings = asking.settings
    wanted: list[tuple[str, SettingValue]] = [
        ("automatic_tracking", not settings.automatic_tracking),
        ("begin_on_launch", not settings.begin_on_launch),
    ]
    if settings.suspend_after_ms is not None:
        wanted.append(("suspend_after", None))
    if settings.opt_out:
        wanted.append(("opt_out", False))
    found: list[Flip] = []
    for key, value in wanted:
        for place in dict.fromkeys((asking.setting_place(), max(asking.question.target, 0))):
            flip = asking.flip(Change("setting", asking.inputs.seqs[place], key=key, value=value))
            found += flip
            if flip:
                break
    return found


def other_profiles(asking: Asking) -> list[Flip]:
    """Return the profiles under which the same run would decide otherwise, all in one."""
    found: dict[str, str] = {}
    for name in PROFILE_NAMES:
        other = None if name == asking.history.profile.name else asking.history.under(name)
        now = None if other is None else profile_outcome(other, asking.question)
        if now is not None and flips(asking.was, now):
            found[name] = now
    if not found:
        return []
    names = tuple(found)
    thens = {then_text(now, asking.question, asking.what) for now in found.values()}
    then = thens.pop() if len(thens) == 1 else ""
    return [Flip(profile_text(names), Change("profile", profile=names[0]), found[names[0]], then, profiles=names)]


def profile_outcome(other: History, question: Question) -> str | None:
    """Return the outcome of a question for the same inputs under the profile of another history."""
    rewritten = rewrite(other, question, Change("profile", profile=other.profile.name))
    return outcome(other, question, rewritten, refusable=True)
