"""Random runs: mostly what an app really does, at times around the boundaries."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from inspector.engine.inputs import (
    Background,
    BeginSession,
    ClockJump,
    Crash,
    EndSession,
    ForceQuit,
    Foreground,
    Input,
    Launch,
    LogEvent,
    OptOut,
    PlayMedia,
    Resume,
    ScreenView,
    Set,
    SetSessionAttribute,
    StopMedia,
    Suspend,
    Terminate,
)
from inspector.engine.profiles import PROFILE_NAMES
from inspector.journal.run import Run, new_header

SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "session_timeout": st.sampled_from([5, 15, 59.5, 60, 61]),
        "suspend_after": st.sampled_from([None, 5, 30, 90]),
        "automatic_tracking": st.sampled_from([True, True, True, False]),
        "begin_on_launch": st.booleans(),
    },
)
INPUTS: st.SearchStrategy[Input] = st.one_of(
    st.sampled_from([Foreground(), Background(), Background(), Foreground(), LogEvent("a"), LogEvent("b")]),
    st.sampled_from([Launch(), ForceQuit(), Launch(), Terminate(), Crash("boom"), Launch(background=True)]),
    st.sampled_from([BeginSession(), EndSession(), ScreenView("s"), SetSessionAttribute("k", 1), LogEvent("c")]),
    st.sampled_from([Suspend(), Resume(), PlayMedia(), StopMedia(), OptOut(), OptOut(False)]),
    st.builds(Set, SETTINGS),
    st.builds(ClockJump, st.sampled_from([-30_000, -1, 1, 45_000])),
)
GAPS = st.one_of(
    st.sampled_from([0, 1, 500, 999, 1000, 1001, 4_999, 5_000, 10_000, 29_999, 30_000, 59_999, 60_000, 60_001]),
    st.integers(0, 90_000),
)
Steps = list[tuple[int, Input]]
_SHORT = st.sampled_from([0, 1, 500, 1000, 3_000, 9_000])
_IN_BETWEEN: st.SearchStrategy[Input] = st.one_of(
    st.sampled_from(
        [LogEvent("a"), LogEvent("b"), ScreenView("s"), PlayMedia(), StopMedia(), Suspend(), Resume()]
    ),
    st.builds(Set, SETTINGS),
    st.builds(ClockJump, st.sampled_from([-30_000, -1, 1, 45_000])),
)
_BETWEEN = st.lists(st.tuples(_SHORT, _IN_BETWEEN), max_size=3)


def _visit(left: int, between: Steps, away: int, back: Input) -> Steps:
    return [(left, Background()), *between, (away, back)]


def _death(left: int, how: Input, away: int) -> Steps:
    return [(left, how), (away, Launch())]


_PARTS: st.SearchStrategy[Steps] = st.one_of(
    st.builds(_visit, _SHORT, _BETWEEN, GAPS, st.just(Foreground())),
    st.builds(_visit, _SHORT, st.just([]), GAPS, st.just(Foreground())),
    st.builds(_death, _SHORT, st.sampled_from([ForceQuit(), Terminate(), Crash("boom")]), GAPS),
    st.builds(_visit, _SHORT, _BETWEEN, GAPS, st.just(ForceQuit())).map(lambda steps: [*steps, (100, Launch())]),
    st.lists(st.tuples(GAPS, INPUTS), min_size=1, max_size=2),
    st.lists(st.tuples(GAPS, st.sampled_from([LogEvent("d"), ScreenView("s")])), min_size=1, max_size=2),
)
STEPS: st.SearchStrategy[Steps] = st.one_of(
    st.lists(st.tuples(GAPS, INPUTS), min_size=1, max_size=14),
    st.lists(_PARTS, min_size=1, max_size=4).map(lambda parts: [step for part in parts for step in part]),
    st.lists(_PARTS, min_size=1, max_size=4).map(lambda parts: [step for part in parts for step in part]),
)


def told(profile: str, settings: dict[str, Any], steps: Steps, rest_ms: int) -> Run:
    """Return a run in memory: a launch, the steps with their gaps, then ``rest_ms`` of time."""
    run = Run.in_memory(new_header(profile, settings, seed=3))
    t_ms = 0
    for gap_ms, what in [(0, Launch()), *steps]:
        t_ms += gap_ms
        run.submit(what, t_ms)
    run.advance(t_ms + rest_ms)
    return run


RUNS = st.builds(told, st.sampled_from(PROFILE_NAMES), SETTINGS, STEPS, GAPS)
