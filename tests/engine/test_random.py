"""Random inputs, possible or not, at random times: what holds whatever happens."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from inspector.engine.deadlines import NEVER_MS, freeze_ms
from inspector.engine.engine import Engine
from inspector.engine.entries import (
    DID_BEGIN,
    Entry,
    InputEntry,
    Notification,
    SessionBegan,
    SessionEnded,
    TimeoutArmed,
    TimeoutCancelled,
)
from inspector.engine.guide import GUIDE
from inspector.engine.guide_timeout import deadline_ms
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
    Login,
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

History = list[tuple[int, Input]]

SPANS = st.one_of(st.none(), st.sampled_from([0, 0.5, 1, 2.5, 30, 59.999, 60, 60.001, 120, 500, -1]), st.floats())
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "session_timeout": SPANS,
        "suspend_after": SPANS,
        "automatic_tracking": st.booleans(),
        "begin_on_launch": st.booleans(),
        "opt_out": st.booleans(),
        "no_such": st.none(),
    },
)
START = st.fixed_dictionaries(
    {},
    optional={
        "session_timeout": st.sampled_from([1, 15, 60, 500]),
        "suspend_after": st.sampled_from([None, 0, 5, 60]),
        "automatic_tracking": st.sampled_from([True, True, False]),
        "begin_on_launch": st.booleans(),
    },
)
# Lifecycle more often than its share, or most inputs would meet a dead process.
INPUTS: st.SearchStrategy[Input] = st.one_of(
    st.sampled_from([Launch(), Launch(), Foreground(), Foreground(), Background(), Background()]),
    st.sampled_from([Launch(background=True), Launch(is_upgrade=True), Terminate(), ForceQuit(), Crash("boom")]),
    st.sampled_from([Suspend(), Resume(), BeginSession(), EndSession(), PlayMedia(), StopMedia(), Login("1")]),
    st.sampled_from([LogEvent("a"), ScreenView("b"), SetSessionAttribute("k", 1), SetSessionAttribute("l", "x")]),
    st.builds(Set, SETTINGS),
    st.builds(OptOut, st.booleans()),
    st.builds(ClockJump, st.integers(-(10**9), 10**9)),
)
GAPS = st.one_of(
    st.sampled_from([0, 0, 1, 499, 1000, 5000, 15_000, 29_999, 59_999, 60_000, 60_001, 120_000]),
    st.integers(0, 200_000),
)
HISTORIES: st.SearchStrategy[History] = st.lists(st.tuples(GAPS, INPUTS), max_size=40).map(
    lambda steps: [(sum(gap for gap, _ in steps[: n + 1]), what) for n, (_, what) in enumerate(steps)]
)


def encoded(entries: list[Entry]) -> list[bytes]:
    return [msgspec.json.encode(entry) for entry in entries]


def decide(start: dict[str, Any], history: History, until_ms: int, ticks: list[int] | None = None) -> list[bytes]:
    """Return the entries of a history, encoded, with ticks in between where wanted."""
    entries: list[Entry] = []
    engine = Engine(GUIDE, start, seed=5, append=entries.append)
    waiting = sorted(ticks or [])
    for t_ms, what in history:
        while waiting and waiting[0] <= t_ms:
            engine.advance(waiting.pop(0))
        engine.submit(what, t_ms)
    for tick in waiting:
        if engine.now_ms <= tick <= until_ms:
            engine.advance(tick)
    engine.advance(until_ms)
    return encoded(entries)


class AnyHistory(RuleBasedStateMachine):
    """An engine driven at random; the entries are checked as they come."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self.history: History = []
        self.open: SessionBegan | None = None
        self.ends = 0
        self.begins = 0
        self.armed: TimeoutArmed | None = None
        self.noted: list[tuple[str, int | None]] = []
        self.last_t_ms = 0
        self.engine = Engine(GUIDE, {}, seed=5, append=self.take)
        self.start: dict[str, Any] = {}

    @initialize(start=START)
    def begin(self, start: dict[str, Any]) -> None:
        self.start = start
        self.engine = Engine(GUIDE, start, seed=5, append=self.take)

    def take(self, entry: Entry) -> None:
        self.entries.append(entry)
        assert entry.seq == len(self.entries)
        assert 0 <= entry.cause < entry.seq
        assert isinstance(entry, InputEntry) <= (entry.cause == 0)
        assert entry.t_ms >= self.last_t_ms
        self.last_t_ms = entry.t_ms
        assert msgspec.json.encode(entry)
        if isinstance(entry, SessionBegan):
            assert self.open is None
            self.open = entry
            self.begins += 1
            assert entry.session == self.begins
        elif isinstance(entry, SessionEnded):
            assert self.open is not None
            assert entry.session == self.open.session
            assert self.open.start_ms <= entry.end_ms <= entry.t_ms
            assert entry.length_ms == entry.end_ms - self.open.start_ms
            assert entry.foreground_ms + entry.background_ms == entry.length_ms
            assert entry.foreground_ms >= 0
            assert entry.background_ms >= 0
            if entry.ended_by == "timeout":
                assert entry.due_ms is not None
                assert entry.due_ms <= entry.t_ms
            self.open = None
            self.armed = None
            self.ends += 1
        elif isinstance(entry, Notification):
            self.noted.append((entry.name, entry.session))
            assert self.open is not None
            assert entry.session == self.open.session
        elif isinstance(entry, TimeoutArmed):
            assert entry.moved == (self.armed is not None)
            self.armed = entry
        elif isinstance(entry, TimeoutCancelled):
            assert entry.left_ms >= 0
            self.armed = None

    @rule(gap_ms=GAPS, what=INPUTS)
    def submit(self, gap_ms: int, what: Input) -> None:
        t_ms = self.engine.now_ms + gap_ms
        self.history.append((t_ms, what))
        self.engine.submit(what, t_ms)

    @rule(gap_ms=GAPS)
    def advance(self, gap_ms: int) -> None:
        self.engine.advance(self.engine.now_ms + gap_ms)

    @rule(gap_ms=GAPS, what=INPUTS, fail_at=st.integers(1, 6))
    def submit_while_the_disk_is_full(self, gap_ms: int, what: Input, fail_at: int) -> None:
        """An append that raises at any entry leaves nothing behind once the snapshot is restored."""
        engine, t_ms = self.engine, self.engine.now_ms + gap_ms
        before = engine.snapshot()
        left = fail_at

        def failing(_entry: Entry) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise OSError

        engine.append = failing
        with contextlib.suppress(OSError):
            engine.submit(what, t_ms)
        engine.append = self.take
        engine.restore(before)
        assert engine.snapshot() == before

    @invariant()
    def the_engine_agrees_with_its_entries(self) -> None:
        engine = self.engine
        assert self.begins - self.ends in (0, 1)
        assert engine.ordinal == (None if self.open is None else self.open.session)
        assert engine.deadline_ms == deadline_ms(engine)
        assert engine.deadline_ms == (None if self.armed is None else self.armed.deadline_ms)
        assert engine.due_ms > engine.now_ms
        if engine.status == "suspended":
            assert engine.due_ms == NEVER_MS
        else:
            due = [t_ms for t_ms in (engine.deadline_ms, freeze_ms(engine)) if t_ms is not None]
            assert engine.due_ms == min(due, default=NEVER_MS)

    @invariant()
    def notifications_alternate(self) -> None:
        names = [name for name, _ in self.noted]
        assert all(name == DID_BEGIN for name in names[::2])
        assert all(name != DID_BEGIN for name in names[1::2])
        assert all(one[1] == two[1] for one, two in zip(self.noted[::2], self.noted[1::2], strict=False))

    def teardown(self) -> None:
        assert decide(self.start, self.history, self.engine.now_ms) == encoded(self.entries)


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)


@given(START, HISTORIES, st.lists(st.integers(0, 2_000_000), max_size=30))
def test_any_tick_gives_the_same_bytes(start: dict[str, Any], history: History, ticks: list[int]) -> None:
    until_ms = max([t_ms for t_ms, _ in history] + ticks, default=0) + 500_000
    assert decide(start, history, until_ms) == decide(start, history, until_ms, ticks)


@given(START, HISTORIES, st.integers(1, 60))
def test_after_a_failing_append_a_retry_gives_the_same_bytes(
    start: dict[str, Any], history: History, fail_at: int
) -> None:
    entries: list[Entry] = []
    left = fail_at

    def append(entry: Entry) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError
        entries.append(entry)

    def surely(act: Callable[[], object]) -> None:
        before, count = engine.snapshot(), len(entries)
        try:
            act()
        except OSError:
            engine.restore(before)
            del entries[count:]
            assert engine.snapshot() == before
            act()

    left = fail_at + 100  # the entries of the start settings come before any snapshot
    engine = Engine(GUIDE, start, seed=5, append=append)
    left = fail_at
    for t_ms, what in history:
        surely(lambda what=what, t_ms=t_ms: engine.submit(what, t_ms))  # type: ignore[misc]
    end_ms = engine.now_ms + 500_000
    surely(lambda: engine.advance(end_ms))
    assert encoded(entries) == decide(start, history, end_ms)


@given(HISTORIES)
def test_events_and_media_never_move_a_deadline_or_an_end_by_timeout(history: History) -> None:
    """G6: without the quiet inputs the sessions are the same, but for what they carry."""

    def story(kept: History) -> list[tuple[object, ...]]:
        entries: list[Entry] = []
        engine = Engine(GUIDE, seed=5, append=entries.append)
        for t_ms, what in kept:
            engine.submit(what, t_ms)
        engine.advance(engine.now_ms + 500_000)
        return [
            (end.session, end.end_ms, end.t_ms, end.background_ms)
            for end in entries
            if isinstance(end, SessionEnded) and end.ended_by == "timeout"
        ]

    quiet = (LogEvent, ScreenView, SetSessionAttribute, PlayMedia, StopMedia, Login, ClockJump)
    loud = [(t_ms, what) for t_ms, what in history if not isinstance(what, quiet)]
    end_ms = history[-1][0] if history else 0
    assert story(history) == story([*loud, (end_ms, ClockJump(0))])


@given(HISTORIES)
def test_a_start_names_the_session_before_it(history: History) -> None:
    entries: list[Entry] = []
    engine = Engine(GUIDE, seed=5, append=entries.append)
    for t_ms, what in history:
        engine.submit(what, t_ms)
    begins = [entry for entry in entries if isinstance(entry, SessionBegan)]
    ends = {entry.session: entry for entry in entries if isinstance(entry, SessionEnded)}
    for one, two in pairwise(begins):
        assert two.previous is not None
        assert (two.previous.ordinal, two.previous.id, two.previous.start_ms) == (
            one.session,
            one.id,
            one.start_ms,
        )
        assert two.previous.length_ms == ends[one.session].length_ms
