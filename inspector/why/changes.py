"""Changes of the inputs: what could have been otherwise, applied exactly.

- ``move``: one input happens ``by_ms`` later (or earlier, negative). If the question is asked at this input, all
  that follows happens as much later. It may pass events and the like, no done lifecycle input. At one instant
  inputs keep the order they had.
- ``setting``: a setting has another value from just before an input on; what later inputs ask of it is replaced.
- ``without``: one input does not happen.
- ``with``: an input happens more: at ``at_ms`` behind all that does until then, or, where the question is asked
  at an input of that instant, just before it.
- ``profile``: the whole run under another profile.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any, Literal, TypeAlias

import msgspec

from inspector.engine.inputs import AnyInput, Set, SettingValue
from inspector.why.history import History
from inspector.why.questions import Item, Question, Rewritten

ChangeKind: TypeAlias = Literal["move", "setting", "without", "with", "profile"]


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change; ``seq`` is the entry of the input it is about, or before which a setting changes."""

    kind: ChangeKind
    seq: int = 0
    by_ms: int = 0
    key: str = ""
    value: SettingValue = None
    input: AnyInput | None = None
    at_ms: int = 0
    profile: str = ""


def changed_inputs(history: History, question: Question, change: Change) -> list[Item]:
    """Return all inputs of the run as a change makes them (``profile``: as they are), up to where it is asked.

    Slow and plain; ``rewrite`` does the same for the part that differs.
    """
    return _rewrite(history, question, change, 0).items


def rewrite(history: History, question: Question, change: Change | None) -> Rewritten:
    """Return the part of the inputs that a change makes different, up to where the question is asked.

    Without a change: the part that the question is about.
    """
    first = question.target if question.target >= 0 else question.upto
    if change is not None:
        index = _index(history, change)
        if change.kind == "move":
            t_ms = history.inputs.times[index] + change.by_ms
            first = index if change.by_ms >= 0 else min(index, bisect_left(history.inputs.times, t_ms))
        elif change.kind == "with":
            first = int(_insert_place(history, question, change) + 0.5)
        elif change.kind != "profile":
            first = index
    if question.kind == "fate" and not _still_open(history, question, first):
        first = min(first, question.anchor)
    if change is not None and change.kind == "profile":
        first = min(first, max(question.anchor, 0) if question.kind == "fate" else first)
    return _rewrite(history, question, change, first)


def _still_open(history: History, question: Question, first: int) -> bool:
    """Return whether the session of a fate had, as recorded, not ended before the input ``first`` arrived."""
    ended, cause = question.ended
    if first <= question.anchor or first == 0:
        return True
    last = history.inputs.seqs[first - 1]
    return ended == 0 or (ended > last and cause != last)


def _index(history: History, change: Change) -> int:
    return history.inputs.before(change.seq) if change.seq else -1


def _insert_place(history: History, question: Question, change: Change) -> float:
    if question.target >= 0 and change.at_ms == history.inputs.times[question.target]:
        return question.target - 0.5
    last = question.target if question.target >= 0 else question.upto
    return min(bisect_right(history.inputs.times, change.at_ms), last) - 0.5


def _rewrite(history: History, question: Question, change: Change | None, first: int) -> Rewritten:
    inputs = history.inputs
    last = question.target + 1 if question.target >= 0 else question.upto
    pairs = zip(inputs.times[first:last], inputs.entries[first:last], strict=True)
    items: list[Item] = [(t_ms, at, entry.input, entry.by) for at, (t_ms, entry) in enumerate(pairs, first)]
    if change is None:
        return Rewritten(first, items)
    kept: float | None = None
    if change.kind == "with":
        place = _insert_place(history, question, change)
        what: Any = change.input
        items.insert(int(place + 0.5) - first, (change.at_ms, place, what, "person"))
    elif change.kind != "profile":
        index = _index(history, change)
        at = index - first
        if change.kind == "without":
            del items[at]
        elif change.kind == "move":
            t_ms, place, what, by = items[at]
            items[at] = (t_ms + change.by_ms, place, what, by)
            items.sort(key=_when)
            kept = index
        else:
            _set(items, at, change)
    if question.target >= 0:
        end = next(at for at, item in enumerate(items) if item[1] == question.target)
        del items[end + 1 :]
    return Rewritten(first, items, kept)


def _when(item: Item) -> tuple[int, float]:
    return item[0], item[1]


def _set(items: list[Item], at: int, change: Change) -> None:
    """Set a setting before the input at ``at`` and keep it: later inputs that set it set this value."""
    key, value = change.key, change.value
    for later in range(at, len(items)):
        t_ms, place, what, by = items[later]
        if isinstance(what, Set) and key in what.settings:
            items[later] = (t_ms, place, Set({**what.settings, key: value}), by)
    t_ms, place, _, by = items[at]
    items.insert(at, (t_ms, place - 0.5, Set({key: value}), by))
