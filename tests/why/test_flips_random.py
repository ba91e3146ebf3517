"""Every change that is offered turns the decision, and every smallest one is the smallest: on random runs.

All of it is decided again from the beginning by ``tests.why.oracle``, which shares no code with the search.
"""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.journal.run import Run
from inspector.why.asking import Flip
from inspector.why.changes import Change
from inspector.why.flips import find_flips
from inspector.why.history import History
from inspector.why.questions import Question
from inspector.why.subjects import question_of, time_question
from tests.why.histories import RUNS
from tests.why.oracle import outcome

# All smaller changes are tried up to here, above it a few dozen.
ALL = 60
SOME = 20


def smaller(size: int, rnd: st.DrawFn) -> list[int]:
    """Return sizes below ``size``, always the one just below it."""
    if size <= ALL:
        return list(range(1, size))
    return sorted({size - 1, *(rnd(st.integers(1, size - 1)) for _ in range(SOME))})


def of_size(flip: Flip, size: int, in_force_ms: int) -> Change:
    """Return the change of a flip at another size, a timeout counted from the one in force."""
    change = flip.change
    if change.kind == "move":
        return msgspec.structs.replace(change, by_ms=size if change.by_ms > 0 else -size)
    longer = round(float(change.value or 0) * 1000) > in_force_ms
    return msgspec.structs.replace(change, value=(in_force_ms + (size if longer else -size)) / 1000)


def check(run: Run, history: History, question: Question, draw: st.DrawFn) -> None:
    found = find_flips(history, question, 40)
    was = outcome(run, question, None)
    assert found.was == was
    assert found.found or found.note
    for flip in found.found:
        for profile in flip.profiles or ("",):
            now = outcome(run, question, msgspec.structs.replace(flip.change, profile=profile))
            assert now not in (None, was), (flip.text, profile)
        assert outcome(run, question, flip.change) == flip.outcome, flip.text
        if flip.change.kind not in ("move", "setting") or not flip.smallest:
            continue
        rule = history.profile.timeout
        unit_ms = 1000 if rule.whole_seconds and flip.change.kind == "setting" else 1
        in_force_ms = history.before(history.inputs.before(flip.change.seq)).settings.session_timeout_ms
        for size in smaller(flip.size_ms // unit_ms, draw):
            less = of_size(flip, size * unit_ms, in_force_ms)
            assert outcome(run, question, less) in (None, was), (flip.text, less)
        if flip.bound in ("≤", "≥"):
            value_ms = round(float(flip.change.value or 0) * 1000)
            low, high = (rule.min_ms, value_ms) if flip.bound == "≤" else (value_ms, rule.max_ms or 10**9)
            beyond_ms = draw(st.integers(low, high)) // unit_ms * unit_ms
            if low <= beyond_ms <= high:
                beyond = msgspec.structs.replace(flip.change, value=beyond_ms / 1000)
                assert outcome(run, question, beyond) not in (None, was), (flip.text, beyond)


@settings(max_examples=60, deadline=None)
@given(RUNS, st.data())
def test_of_any_entry(run: Run, data: st.DataObject) -> None:
    history = History(run.journal, run.end_ms)
    seq = data.draw(st.integers(1, len(run.journal)), "seq")
    check(run, history, question_of(history, seq), data.draw)


@settings(max_examples=40, deadline=None)
@given(RUNS, st.data())
def test_of_any_time(run: Run, data: st.DataObject) -> None:
    history = History(run.journal, run.end_ms)
    t_ms = data.draw(st.integers(0, run.end_ms), "t_ms")
    check(run, history, time_question(history, t_ms), data.draw)


@settings(max_examples=30, deadline=None)
@given(RUNS)
def test_an_answer_does_not_depend_on_what_was_asked_before(run: Run) -> None:
    """Snapshots that are kept are never changed by what is decided from them."""
    history = History(run.journal, run.end_ms)
    seqs = [1, len(run.journal), (len(run.journal) + 1) // 2]
    one = [find_flips(history, question_of(history, seq)) for seq in seqs]
    again = [find_flips(history, question_of(history, seq)) for seq in reversed(seqs)]
    fresh = [find_flips(History(run.journal, run.end_ms), question_of(history, seq)) for seq in seqs]
    assert one == again[::-1] == fresh
