"""The web profile under random inputs: what holds whatever happens, at any tick, replayed, from snapshots."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from inspector.engine.deadlines import NEVER_MS
from inspector.engine.engine import Engine
from inspector.engine.entries import (
    DID_BEGIN,
    Entry,
    InputEntry,
    Notification,
    SessionBegan,
    SessionEnded,
    SessionLost,
    TimeoutArmed,
    TimeoutCancelled,
)
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
from inspector.engine.replay import replay
from inspector.engine.web import WEB
from inspector.engine.web_timers import deadline_ms, due_ms
from inspector.journal.fold import Fold

History = list[tuple[int, Input]]

SPANS = st.one_of(st.none(), st.sampled_from([0, 0.5, 1, 2.5, 5, 59.999, 60, 500, -1]), st.floats())
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "session_timeout": SPANS,
        "suspend_after": SPANS,
        "automatic_tracking": st.booleans(),
        "opt_out": st.booleans(),
        "no_such": st.none(),
    },
)
START = st.fixed_dictionaries(
    {},
    optional={
        "session_timeout": st.sampled_from([1, 2, 15, 60]),
        "suspend_after": st.sampled_from([None, 0, 1, 5, 61]),
        "opt_out": st.sampled_from([False, False, True]),
    },
)
DEVICE = st.fixed_dictionaries(
    {},
    optional={
        "server_latency_ms": st.sampled_from([0, 0, 1, 40, 1000, 20_000]),
        "background_events": st.sampled_from([0, 1]),
    },
)
INPUTS: st.SearchStrategy[Input] = st.one_of(
    st.sampled_from([Launch(), Launch(), Foreground(), Foreground(), Background(), Background()]),
    st.sampled_from([Launch(background=True), Terminate(), ForceQuit(), Crash("boom"), Suspend(), Resume()]),
    st.sampled_from([BeginSession(), EndSession(), Login("2"), LogEvent("a"), LogEvent("b"), ScreenView("c")]),
    st.sampled_from([PlayMedia(), StopMedia(), Login("1"), Login("1000"), OptOut(), OptOut(False), EndSession()]),
    st.sampled_from([SetSessionAttribute("k", 1), SetSessionAttribute("K", "x"), SetSessionAttribute("l", [1])]),
    st.builds(Set, SETTINGS),
    st.builds(OptOut, st.booleans()),
    st.builds(ClockJump, st.one_of(st.sampled_from([1, -1, 1000, -1000, 60_000]), st.integers(-(10**8), 10**8))),
)
GAPS = st.one_of(
    st.sampled_from([0, 0, 1, 499, 999, 1000, 1001, 2000, 5000, 14_999, 59_000, 59_999, 60_000, 60_001, 61_000]),
    st.integers(0, 70_000),
)
HISTORIES: st.SearchStrategy[History] = st.lists(st.tuples(GAPS, INPUTS), max_size=40).map(
    lambda steps: [(sum(gap for gap, _ in steps[: n + 1]), what) for n, (_, what) in enumerate(steps)]
)


def encoded(entries: list[Entry]) -> list[bytes]:
    return [msgspec.json.encode(entry) for entry in entries]


def new_engine(entries: list[Entry], start: dict[str, Any], device: dict[str, int]) -> Engine:
    return Engine(WEB, start, seed=5, append=entries.append, device=device)


def decide(
    start: dict[str, Any], device: dict[str, int], history: History, until_ms: int, ticks: list[int] | None = None
) -> list[bytes]:
    """Return the entries of a history, encoded, with ticks in between where wanted."""
    entries: list[Entry] = []
    engine = new_engine(entries, start, device)
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
        self.begin({}, {})

    @initialize(start=START, device=DEVICE)
    def begin(self, start: dict[str, Any], device: dict[str, int]) -> None:
        self.start, self.device = start, device
        self.entries.clear()
        self.open: SessionBegan | None = None
        self.noted: dict[int | None, list[str]] = {}
        self.armed: TimeoutArmed | None = None
        self.fold = Fold()
        self.engine = Engine(WEB, start, seed=5, append=self.take, device=device)

    def take(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.fold.feed(entry)
        assert entry.seq == len(self.entries)
        assert 0 <= entry.cause < entry.seq
        assert isinstance(entry, InputEntry) <= (entry.cause == 0)
        assert len(self.entries) == 1 or entry.t_ms >= self.entries[-2].t_ms
        if isinstance(entry, SessionBegan):
            assert self.open is None
            self.open = entry
            assert entry.start_ms <= entry.t_ms
            assert entry.previous is None
        elif isinstance(entry, SessionEnded):
            self.check_end(entry)
        elif isinstance(entry, SessionLost):
            assert self.open is not None
            assert entry.session == self.open.session
            assert entry.ended_by not in ("timeout", "manual")
            self.open = self.armed = None
        elif isinstance(entry, Notification):
            self.noted.setdefault(entry.session, []).append(entry.name)
            assert len(self.noted[entry.session]) <= 2
            assert self.noted[entry.session][0] == DID_BEGIN
        elif isinstance(entry, TimeoutArmed):
            assert entry.moved == (self.armed is not None)
            assert entry.deadline_ms > entry.t_ms
            assert entry.each_event
            self.armed = entry
        elif isinstance(entry, TimeoutCancelled):
            assert entry.left_ms >= 0
            self.armed = None

    def check_end(self, entry: SessionEnded) -> None:
        began = self.open
        assert began is not None
        assert began.session == entry.session
        assert began.start_ms <= began.t_ms <= entry.end_ms <= entry.t_ms
        assert entry.length_ms == entry.end_ms - began.start_ms
        assert entry.foreground_ms + entry.background_ms == entry.length_ms
        assert min(entry.foreground_ms, entry.background_ms) >= 0
        assert entry.ended_by in ("timeout", "manual")
        self.open = None
        if entry.ended_by == "timeout":
            assert entry.due_ms is not None
            assert entry.end_ms <= entry.due_ms <= entry.t_ms
            assert 0 < entry.clock_set_by < entry.seq
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
        engine, fold = self.engine, self.fold
        assert engine.orphan is None
        assert engine.ordinal == (None if self.open is None else self.open.session)
        assert engine.deadline_ms == deadline_ms(engine)
        assert engine.deadline_ms == (None if fold.armed is None else fold.armed.deadline_ms)
        assert engine.due_ms == due_ms(engine) > engine.now_ms
        if engine.status in ("suspended", "not_running"):
            assert (engine.due_ms, engine.deadline_ms) == (NEVER_MS, None)
        if engine.session is not None:
            told, row = engine.figures(engine.session.ordinal), fold.current
            assert told is not None
            assert row is not None
            assert told.foreground_ms + told.background_ms == told.length_ms
            assert min(told.foreground_ms, told.background_ms) >= 0
            assert (row.events, row.interruptions) == (told.events, told.interruptions)
            assert row.attributes == told.attributes == engine.platform.attributes

    @invariant()
    def the_deadline_is_when_it_ends_if_nothing_more_comes(self) -> None:
        engine = self.engine
        if engine.platform.answers:
            return  # what they bring is not foreseen
        before, deadline, ordinal = engine.snapshot(), engine.deadline_ms, engine.ordinal
        ends: list[SessionEnded] = []
        engine.append = lambda entry: ends.append(entry) if isinstance(entry, SessionEnded) else None
        engine.advance(engine.now_ms + 2**40)
        engine.append = self.take
        engine.restore(before)
        assert [(end.session, end.t_ms) for end in ends if end.session == ordinal] == (
            [] if deadline is None else [(ordinal, deadline)]
        )

    def teardown(self) -> None:
        again = decide(self.start, self.device, self.history, self.engine.now_ms)
        assert again == encoded(self.entries)


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)


@given(START, DEVICE, HISTORIES, st.lists(st.integers(0, 2_000_000), max_size=30))
def test_any_tick_gives_the_same_bytes(
    start: dict[str, Any], device: dict[str, int], history: History, ticks: list[int]
) -> None:
    until_ms = max([t_ms for t_ms, _ in history] + ticks, default=0) + 500_000
    assert decide(start, device, history, until_ms) == decide(start, device, history, until_ms, ticks)


# Events far more often than their share: what replay appends in one loop.
BUSY = st.lists(st.tuples(GAPS, st.one_of(st.just(LogEvent("a")), INPUTS, st.just(LogEvent("b")))), max_size=60)


@given(START, DEVICE, BUSY)
def test_a_replay_gives_the_same_entries_and_the_same_state(
    start: dict[str, Any], device: dict[str, int], busy: list[tuple[int, Input]]
) -> None:
    t_ms = 0
    inputs: list[tuple[Input, int, str]] = [(Launch(), 0, "person")]
    for gap_ms, what in busy:
        t_ms += gap_ms
        inputs.append((what, t_ms, "person"))
    entries: list[Entry] = []
    engine = new_engine(entries, start, device)
    for one in inputs:
        engine.submit(*one)
    again: list[Entry] = []
    other = new_engine(again, start, device)
    replay(other, inputs)
    assert encoded(again) == encoded(entries)
    assert other.snapshot() == engine.snapshot()


@given(START, DEVICE, HISTORIES, st.integers(0, 40))
def test_a_snapshot_restores_exactly_and_more_than_once(
    start: dict[str, Any], device: dict[str, int], history: History, at: int
) -> None:
    entries: list[Entry] = []
    engine = new_engine(entries, start, device)
    for t_ms, what in history[:at]:
        engine.submit(what, t_ms)
    snapshot, count = engine.snapshot(), len(entries)
    told = []
    for _ in range(2):
        for t_ms, what in history[at:]:
            engine.submit(what, t_ms)
        engine.advance(engine.now_ms + 100_000)
        told.append(encoded(entries[count:]))
        engine.restore(snapshot)
        assert engine.snapshot() == snapshot
        del entries[count:]
    assert told[0] == told[1]


def test_events_of_the_common_case_are_plain() -> None:
    """With one timer that counts; not where a forgotten one fires too, nor on a resumed page until it has one."""
    entries: list[Entry] = []
    engine = new_engine(entries, {}, {})
    engine.submit(Launch(), 0)
    assert engine.plain().kinds == {LogEvent, ScreenView}
    assert engine.plain().extends_ms == 1_800_000
    engine.submit(Background(), 10_000)
    assert LogEvent in engine.plain().kinds
    engine.submit(BeginSession(), 20_000)
    assert not engine.plain().kinds, "the first timer will fire too"
    engine.submit(ForceQuit(), 30_000)
    engine.submit(Launch(), 40_000)
    assert not engine.plain().kinds, "no timer counts"
    engine.submit(LogEvent(), 50_000)
    assert LogEvent in engine.plain().kinds
    engine.submit(OptOut(), 60_000)
    assert not engine.plain().kinds
