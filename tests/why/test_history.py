"""A history answers from its snapshots: long journals at once, journals that grow, foreign ones not at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.engine.engine import Engine
from inspector.engine.entries import Entry, InputEntry, TimeoutArmed
from inspector.engine.inputs import Background, Foreground, Launch, LogEvent
from inspector.engine.profiles import PROFILE_NAMES, profile_named
from inspector.engine.replay import replay
from inspector.journal.errors import Differs
from inspector.journal.journal import Journal
from inspector.journal.run import Run, new_header
from inspector.why.answers import explain, explain_at
from inspector.why.history import STRIDE, History
from inspector.why.probe import probe
from inspector.why.search import MOST_INPUTS
from tests.why.histories import RUNS


@settings(max_examples=60, deadline=None)
@given(RUNS, st.data())
def test_the_engine_before_any_input_is_as_if_decided_from_the_beginning(run: Run, data: st.DataObject) -> None:
    history = History(run.journal, run.end_ms)
    header = run.journal.header
    for _ in range(3):
        index = data.draw(st.integers(0, len(history.inputs)))
        entries: list[Entry] = []
        engine = Engine(profile_named(header.profile), header.settings, seed=header.seed, append=entries.append)
        for entry in history.inputs.entries[:index]:
            engine.submit(entry.input, entry.t_ms, entry.by)
        there = history.before(index)
        assert (there.now_ms, there.last_seq, there.due_ms) == (engine.now_ms, engine.last_seq, engine.due_ms)
        entries.clear()
        for entry in history.inputs.entries[index:]:
            there.submit(entry.input, entry.t_ms, entry.by)
            engine.submit(entry.input, entry.t_ms, entry.by)
        assert history.taken == entries


def long_run(inputs: int) -> Run:
    """Return a run of visits: events in front, an absence, now and then too long a one."""
    run = Run.in_memory(new_header("guide", seed=1))
    made: list[tuple[object, int, str]] = [(Launch(), 0, "person")]
    t_ms = 0
    while len(made) < inputs:
        for _ in range(20):
            t_ms += 700
            made.append((LogEvent("x"), t_ms, "person"))
        made.append((Background(), t_ms, "person"))
        t_ms += 59_999 if len(made) % 4 else 60_000
        made.append((Foreground(), t_ms, "person"))
    replay(run.engine, made)  # type: ignore[arg-type]
    return run


def test_a_long_journal_is_decided_once_and_then_answered_from_near() -> None:
    run = long_run(20_000)
    history = History(run.journal, run.end_ms)
    count = len(run.journal)
    explain(history, count)
    marks = [len(history._marks), *(len(other._marks) for other in history._others.values() if other is not None)]
    for seq in range(1, count, count // 40):
        before = history.played
        answer = explain(history, seq)
        assert answer.reason.sentence
        assert history.played - before <= MOST_INPUTS + 100 * STRIDE
    explain_at(history, run.end_ms // 2)
    probe(history)
    after = [len(history._marks), *(len(other._marks) for other in history._others.values() if other is not None)]
    assert after == marks


def test_a_session_of_many_events_costs_no_more_than_the_budget() -> None:
    run = Run.in_memory(new_header("guide", seed=1))
    events = [(LogEvent("x"), 2_000 + n, "person") for n in range(60_000)]
    made = [(Launch(), 0, "person"), (Background(), 1_000, "person"), *events, (Foreground(), 63_000, "person")]
    replay(run.engine, made)  # type: ignore[arg-type]
    history = History(run.journal, run.end_ms)
    returned = next(e.seq for e in reversed(run.journal.entries()) if isinstance(e, InputEntry))
    answer = explain(history, returned)
    assert history.played <= MOST_INPUTS + len(history.inputs) * 5
    assert answer.flips.was == "new"
    before = [flip for flip in answer.flips.found if flip.change.kind == "move"]
    assert answer.flips.note or before
    probed = probe(history, seq=returned)
    assert probed.t_ms == 61_000


def test_a_run_that_goes_on_is_taken_up() -> None:
    run = Run.in_memory(new_header("guide", seed=1))
    run.submit(Launch(), 0)
    run.submit(Background(), 10_000)
    history = History(run.journal, run.end_ms)
    armed = next(e.seq for e in run.journal.entries() if isinstance(e, TimeoutArmed))
    assert explain(history, armed).question.kind == "moment"
    run.submit(Foreground(), 69_999)
    assert explain(history, armed).question.kind == "input"
    answer = explain(history, len(run.journal))
    assert answer.flips.found[0].text == "#8 (foreground) 1 ms later"
    history.update(80_000)
    assert explain_at(history, 80_000).app == "foreground"


def test_a_step_that_was_taken_back_is_forgotten() -> None:
    run = Run.in_memory(new_header("guide", seed=1))
    run.submit(Launch(), 0)
    mark, snapshot = run.journal.mark(), run.engine.snapshot()
    run.submit(Background(), 10_000)
    history = History(run.journal, run.end_ms)
    assert explain(history, len(run.journal)).reason.sentence
    run.journal.roll_back(mark)
    run.engine.restore(snapshot)
    run.submit(LogEvent("x"), 5_000)
    assert explain(history, len(run.journal)).reason.sentence.startswith("Belongs to session 1")
    assert len(history.inputs) == 2


def test_a_journal_that_the_rules_do_not_decide_is_refused() -> None:
    run = Run.in_memory(new_header("guide", seed=1))
    run.submit(Launch(), 0)
    run.submit(Background(), 10_000)
    run.submit(Foreground(), 20_000)
    entries = list(run.journal.entries())
    other = Journal(new_header("guide", {"session_timeout": 5}, seed=1), entries)
    with pytest.raises(Differs, match=r"from entry 7 on.*verify"):
        explain(History(other), len(entries))


def test_no_such_entry() -> None:
    run = Run.in_memory(new_header("guide", seed=1))
    run.submit(Launch(), 0)
    history = History(run.journal)
    for seq in (0, len(run.journal) + 1):
        with pytest.raises(IndexError):
            explain(history, seq)


STORY = ((Launch(), 0), (Background(), 10_000), (Foreground(), 110_000), (Background(), 120_000))


@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_a_journal_that_was_killed_within_a_step_is_answered_as_if_that_had_been_written(profile: str) -> None:
    run = Run.in_memory(new_header(profile, seed=1))
    for what, t_ms in STORY:
        run.engine.submit(what, t_ms, "person")
    entries = list(run.journal.entries())
    steps = [entry.seq for entry in entries if isinstance(entry, InputEntry)] + [len(entries) + 1]
    for seq in range(1, len(entries) + 1):
        torn = History(Journal(run.journal.header, entries[:seq]), entries[seq - 1].t_ms)
        whole = entries[: min(step for step in steps if step > seq) - 1]
        history = History(Journal(run.journal.header, whole), entries[seq - 1].t_ms)
        reason = explain(torn, seq).reason
        assert reason == explain(history, seq).reason
        assert "None" not in reason.sentence
        assert list(torn.given.entries(1, seq)) == entries[:seq]


def test_a_journal_that_was_killed_within_a_return_can_be_probed() -> None:
    run = Run.in_memory(new_header("guide", seed=1))
    for what, t_ms in STORY[:3]:
        run.engine.submit(what, t_ms, "person")
    entries = list(run.journal.entries())
    (seq,) = [entry.seq for entry in entries if isinstance(entry, InputEntry) and entry.t_ms == 110_000]
    torn = History(Journal(run.journal.header, entries[:seq]), 110_000)
    found = probe(torn)
    assert (found.seq, found.t_ms) == (seq, 70_000)
