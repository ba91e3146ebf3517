"""One decision that is asked about: what it was, what it rests on, and changed inputs decided again for it."""

from __future__ import annotations

import msgspec

from inspector.engine.inputs import Background, Input, Resume, Suspend
from inspector.engine.settings import Settings
from inspector.why.changes import Change, first_changed, rewrite
from inspector.why.clocks import Clock, clock_at
from inspector.why.flip_words import text_of, then_text
from inspector.why.history import History
from inspector.why.questions import Question, flips, outcome
from inspector.why.search import MOST_INPUTS, Spent


class Flip(msgspec.Struct, frozen=True):
    """One change, in words, and what the decision is with it, as an outcome and in words.

    ``profiles`` are all on which it is so, where the change is another profile. ``smallest`` says that a change
    smaller by 1 ms (of a timeout: by the step in which the profile takes it) turns nothing. ``size_ms`` is how
    large a change of a time or a timeout is. ``bound`` is how far a timeout turns it: ``≤``, ``≥`` or ``=``.
    """

    text: str
    change: Change
    outcome: str
    then: str
    size_ms: int = 0
    smallest: bool = False
    bound: str = ""
    profiles: tuple[str, ...] = ()


# What deciding once costs beside the inputs, in inputs.
_EACH = 20


class Asking:
    """A question of a history, with a budget of inputs that may be decided again for it.

    ``was`` is its outcome as recorded (None: it does not arise). ``end`` is the index up to which inputs may be
    other than they were, ``what`` the input asked about, ``anchor`` the index of the input from which on it
    matters (-1: there is none), ``clock`` what counted when it was decided, ``settings`` those in force then.
    ``spent`` says that the budget did not suffice for every change.
    """

    def __init__(self, history: History, question: Question) -> None:
        self.history = history
        self.question = question
        self.inputs = history.inputs
        self._left = MOST_INPUTS
        self.spent = False
        self.was = outcome(history, question, rewrite(history, question, None))
        self.end = question.target if question.target >= 0 else question.upto
        self.what: Input | None = self.inputs.entries[self.end].input if question.target >= 0 else None
        self.anchor = self._anchor()
        self.settings: Settings = history.before(self.end).settings
        self.clock = self._clock()
        if self.clock is not None and question.anchor < 0 <= self.anchor:
            # What set the clock may lie before the last lifecycle input: a page shown again stops none.
            self.anchor = min(self.anchor, max(0, self.inputs.index(self.clock.set_by)))

    def _pay(self, inputs: int) -> None:
        """Pay for inputs to be decided again, and for the decision itself; raise Spent if it is too much."""
        price = inputs + _EACH
        if price > self._left:
            self.spent = True
            raise Spent
        self._left -= price

    def turned(self, change: Change) -> str | None:
        """Return the outcome that a change brings about, None if it turns nothing. Raises Spent."""
        self._pay(self.end - first_changed(self.history, self.question, change))
        now = outcome(self.history, self.question, rewrite(self.history, self.question, change))
        return now if flips(self.was, now) else None

    def flip(self, change: Change, *, size_ms: int = 0, smallest: bool = False, bound: str = "") -> list[Flip]:
        """Return a change as a flip, decided again just now; nothing if it turns nothing, or was not tried."""
        try:
            now = self.turned(change)
        except Spent:
            return []
        if now is None:
            return []
        text, then = text_of(change, self.history, bound), then_text(now, self.question, self.what)
        return [Flip(text, change, now, then, size_ms, smallest, bound)]

    def setting_place(self) -> int:
        """Return before which input (its index) another setting is made: what left the front, or the anchor."""
        inputs = self.inputs
        life = inputs.life_before(self.anchor + 1)
        while life >= 0 and isinstance(inputs.entries[life].input, Suspend | Resume):
            life = inputs.life_before(life)
        return life if life >= 0 and isinstance(inputs.entries[life].input, Background) else self.anchor

    def _anchor(self) -> int:
        question = self.question
        if question.anchor >= 0:
            return question.anchor
        before = self.inputs.life_before(self.end)
        return max(0, before) if self.end or question.target >= 0 else -1

    def _clock(self) -> Clock | None:
        """Return what counted when it was decided, or else when the session was last left."""
        clock = clock_at(self.history, self.end, self.question.t_ms, self.what)
        if clock is None and 0 <= self.anchor < self.end:
            clock = clock_at(self.history, self.anchor + 1, self.inputs.times[self.anchor], self.what)
        return clock
