"""What log, lanes, fold and result say of what only the web profile does."""

from __future__ import annotations

import msgspec
import numpy as np

from inspector.engine.entries import AttributeTaken, InputEntry, Logged
from inspector.engine.inputs import (
    Background,
    BeginSession,
    EndSession,
    ForceQuit,
    Input,
    Launch,
    LogEvent,
    OptOut,
    ScreenView,
    SetSessionAttribute,
)
from inspector.journal.codec import decode_entry, encode
from inspector.journal.fold import Fold
from inspector.journal.run import Run, new_header
from inspector.scenario.reader import read_text
from inspector.scenario.result import result_object
from inspector.scenario.runner import run as run_scenario
from inspector.views.columns import Columns
from inspector.views.lanes import Lanes
from inspector.views.levels import IS_INPUT
from inspector.views.text import describe
from tests.views.story import texts


def tell(*steps: tuple[float, Input], latency_ms: int = 0, until: float = 0) -> Run:
    """Return a run under the web profile with a timeout of 60 s."""
    header = new_header("web", {"session_timeout": 60}, seed=7, device={"server_latency_ms": latency_ms})
    run = Run.in_memory(header)
    for second, what in steps:
        run.submit(what, round(second * 1000))
    run.advance(max(run.engine.now_ms, round(until * 1000)))
    return run


def folded(run: Run) -> Fold:
    fold = Fold()
    for entry in run.journal.entries():
        fold.feed(entry)
    return fold


WAITING = ((0, Launch()), (1, LogEvent("A", attributes={"sku": "A1"})), (1, ScreenView("Home")))


def test_words_of_a_call_that_waits() -> None:
    found = texts(tell(*WAITING, latency_ms=2000, until=4))
    assert "log_event waits: the SDK takes it up when the identity server has answered" in found
    assert "screen_view waits: the SDK takes it up when the identity server has answered" in found
    assert any("custom_event" in text and "sku=" in text for text in found)


def test_a_call_that_waited_is_an_event_where_it_is_logged() -> None:
    run = tell(*WAITING, latency_ms=2000, until=4)
    logged = [entry for entry in run.journal.entries() if isinstance(entry, Logged)]
    assert [(entry.t_ms, entry.session) for entry in logged] == [(4000, 1), (4000, 1)]
    lines = [describe(entry, run.journal) for entry in logged]
    assert [(line.level, line.kind) for line in lines] == [("INFO", "event")] * 2
    assert ("custom_event" in lines[0].text, "screen_view" in lines[1].text) == (True, True)
    fold = folded(run)
    assert fold.events == [entry.seq for entry in logged]
    assert fold.sessions[0].events == 2
    lanes = Lanes()
    lanes.update(run.journal)
    marks = lanes.lane("events").marks
    assert [list(marks[kind].at_ms) for kind in ("event", "screen_view")] == [[4000], [4000]]
    columns = Columns()
    columns.update(run.journal)
    waiting = [entry.seq - 1 for entry in run.journal.entries() if getattr(entry, "outcome", "") == "waiting"]
    assert np.all(columns.flags[waiting] == IS_INPUT)
    for entry in logged:
        assert decode_entry(encode(entry)) == entry


def test_words_of_sessions_without_an_end() -> None:
    found = texts(tell((0, Launch()), (1, BeginSession()), (2, OptOut()), (3, EndSession())))
    lost = [text for text in found if "without an end" in text]
    assert [text.partition("without an end: ")[2] for text in lost] == [
        "another took its place",
        "ended while opted out",
    ]
    killed = texts(tell((0, Launch()), (3, ForceQuit()), latency_ms=2000))
    assert any(text.endswith("the page was closed before it was stored") for text in killed)


def test_attributes_taken_over_are_all_there() -> None:
    keys = ("a", "b", "c")
    run = tell((0, Launch()), *[(1, SetSessionAttribute(key, key)) for key in keys], (2, BeginSession()))
    taken = [entry for entry in run.journal.entries() if isinstance(entry, AttributeTaken)]
    assert [(entry.session, entry.key) for entry in taken] == [(2, key) for key in keys]
    assert [row.attributes for row in folded(run).sessions] == [{key: key for key in keys}] * 2


def test_a_refused_attribute_is_taken_back_alone() -> None:
    run = tell((0, Launch()), (1, SetSessionAttribute("a", 1)), (2, SetSessionAttribute("b", [1])))
    assert folded(run).sessions[0].attributes == {"a": 1}


def test_a_session_that_outlives_its_page_was_not_in_the_background_meanwhile() -> None:
    run = tell((0, Launch()), (10, Background()), (15, ForceQuit()), (30, Launch()), (40, LogEvent("A")))
    fold, engine = folded(run), run.engine
    told = engine.figures(1)
    assert told is not None
    assert told.background_ms == 5000
    assert fold.spans(fold.sessions[0], engine.now_ms) == (40_000, 35_000, 5000)


def test_the_countdown_of_the_fold_moves_with_each_event() -> None:
    run = tell((0, Launch()), (10, LogEvent("A")), (20, ScreenView("S")))
    fold = folded(run)
    assert fold.armed is not None
    assert fold.armed.deadline_ms == run.engine.deadline_ms == 80_000
    armed = [entry for entry in run.journal.entries() if type(entry).__name__ == "TimeoutArmed"]
    assert len(armed) == 1, "an event puts the countdown off without an entry of its own"


def test_the_result_of_a_session_without_an_end_has_no_lengths() -> None:
    text = msgspec.json.encode(
        {"scenario": "x", "profile": "web", "steps": [{"do": "launch"}, {"after": 5, "do": "begin_session"}]}
    ).decode()
    result = result_object(run_scenario(read_text("x.json", text, is_json=True)))
    keys = ("end_ms", "detected_ms", "length_ms", "foreground_ms", "background_ms", "ended_by")
    assert [result["sessions"][0][key] for key in keys] == [None, None, None, None, None, "restart"]
    assert result["sessions"][1]["start_ms"] == 0


def test_a_waiting_call_expected_as_last_event() -> None:
    steps = [
        {"do": "launch"},
        {"after": 1, "do": "log_event", "with": {"name": "A", "attributes": {"k": 1}}},
        {
            "after": 10,
            "expect": {"last_event": {"t_ms": 4000, "name": "A", "session": 1, "attributes": {"k": 1}}},
        },
    ]
    text = msgspec.json.encode({"scenario": "x", "profile": "web", "steps": steps}).decode()
    outcome = run_scenario(read_text("x.json", text, is_json=True), device={"server_latency_ms": 2000})
    assert [one.text for one in outcome.expectations if not one.passed] == []
    inputs = [entry for entry in outcome.entries if isinstance(entry, InputEntry)]
    assert [entry.outcome for entry in inputs] == ["done", "waiting"]
