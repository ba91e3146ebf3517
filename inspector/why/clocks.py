"""What a session's timeout was doing at an instant: found by letting the engine go on until it is up.

Entries say of an expiry what it was held against. Of one that did not happen they do not, so the same input is
imagined much later: the expiry that then comes first names its clock, its timeout and its instant.
"""

from __future__ import annotations

import msgspec

from inspector.engine.entries import SessionEnded
from inspector.engine.inputs import ClockJump, Foreground, Input
from inspector.views.harmless import format_seconds, format_span
from inspector.why.history import History, open_session
from inspector.why.sentences import by_timer, held_against
from inspector.why.words import NOT, Operator, Words, words_of

# Longer than any timeout (ten years at most), even with the wall clock set back.
_FAR_MS = 1 << 42


class Clock(msgspec.Struct, frozen=True):
    """A timeout that counts: which entry set its clock and when, how long it is, when it is up."""

    session: int
    set_by: int
    set_ms: int
    timeout_ms: int
    due_ms: int


class Inequality(msgspec.Struct, frozen=True):
    """What was held against what: ``background 59.999 s < timeout 60 s``, spans in ms."""

    left: str
    left_ms: int
    operator: Operator
    right: str
    right_ms: int

    @property
    def text(self) -> str:
        """Return it for people."""
        left, right = format_seconds(self.left_ms), format_span(self.right_ms)
        return f"{self.left} {left} {self.operator} {self.right} {right}"

    @property
    def true(self) -> bool:
        """Return whether it holds; if not, something else decided."""
        left, right = self.left_ms, self.right_ms
        return {"<": left < right, "≤": left <= right, "≥": left >= right, ">": left > right}[self.operator]


def clock_at(history: History, index: int, t_ms: int, what: Input | None = None) -> Clock | None:
    """Return what counts at ``t_ms`` with the inputs before ``index`` done; None if no time ends the session.

    ``what`` is the input to imagine later; without it, or if it finds nothing, time alone and a foreground.
    """
    for imagined in (what, None, Foreground()):
        found = _expiry(history, index, t_ms, imagined)
        if found is not None:
            return found
    return None


def _expiry(history: History, index: int, t_ms: int, what: Input | None) -> Clock | None:
    engine, taken = history.before(index), history.taken
    engine.advance(max(t_ms, engine.now_ms))
    session = open_session(engine)
    if session is None:
        return None
    last = engine.last_seq
    if what is None:
        engine.advance(t_ms + _FAR_MS)
    elif engine.why_not(what):
        return None
    else:
        engine.submit(what, t_ms + _FAR_MS)
    ended = next((e for e in taken if isinstance(e, SessionEnded) and e.session == session), None)
    if ended is None or ended.due_ms is None or not 0 < ended.clock_set_by <= last:
        return None
    return clock_of(history, ended)


def clock_of(history: History, ended: SessionEnded) -> Clock | None:
    """Return the clock of an expiry; None of an end that is none, or whose clock was set by nothing recorded."""
    source, set_by = history.source, ended.clock_set_by
    if ended.due_ms is None or ended.timeout_ms is None or not 0 < set_by <= len(source):
        return None
    set_ms = source.entry(set_by).t_ms
    return Clock(ended.session or 0, set_by, set_ms, ended.timeout_ms, ended.due_ms)


def idle_ms(history: History, words: Words, clock: Clock, t_ms: int, seq: int) -> int:
    """Return how long the session is idle at ``t_ms``, before the entry ``seq``, by the profile's clock."""
    span_ms = t_ms - clock.set_ms
    if not words.wall:
        return span_ms
    inputs = history.inputs
    between = inputs.entries[inputs.before(clock.set_by + 1) : inputs.before(seq)]
    jumps = (e.input.by_ms for e in between if isinstance(e.input, ClockJump) and e.outcome == "done")
    return span_ms + sum(jumps)


def waiting(history: History, clock: Clock, t_ms: int, seq: int) -> Inequality | None:
    """Return the inequality of a session that is not expired at ``t_ms``; None if its numbers do not say so."""
    words = words_of(history.profile.name)
    left_ms = idle_ms(history, words, clock, t_ms, seq)
    found = Inequality(words.idle, left_ms, NOT[words.expired], "timeout", clock.timeout_ms)
    return found if found.true else None


def expired(history: History, ended: SessionEnded) -> Inequality | None:
    """Return the inequality of an expiry; None if no clock is named, or if it is not what decided."""
    if not ended.clock_set_by or ended.ended_by != "timeout":
        return None
    words = words_of(history.profile.name)
    timer = words.timer and by_timer(ended, history.source)
    left_ms, operator, right_ms = held_against(ended, history.source)
    found = Inequality(words.idle, left_ms, operator, "timer" if timer else "timeout", right_ms)
    return found if found.true else None
