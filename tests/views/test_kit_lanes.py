"""A kit's lane that follows a run says at every instant what a comparison of the whole says, and points at it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.engine.deadlines import NEVER_MS
from inspector.engine.entries import InputEntry, SessionBegan
from inspector.engine.inputs import (
    Background,
    ClockJump,
    ForceQuit,
    Foreground,
    Input,
    Launch,
    LogEvent,
    Login,
)
from inspector.engine.kits.compare import Comparison
from inspector.engine.kits.rule import NO_SPAN, KitRule
from inspector.journal.run import Run, new_header
from inspector.scenario.kitfiles import bundled_kits
from inspector.views import kit_lanes
from inspector.views.kit_compare import compare
from inspector.views.kit_lanes import KitLane, Point, shown_end_ms
from inspector.views.spans import column_edges
from tests.engine.test_kits_random import Story, stories
from tests.views.story import tell

BRAZE = KitRule(name="kit", title="Kit", timeout_ms=10_000)
VISITS = (
    (0, Launch()),
    (30, Background()),
    (50, Foreground()),
    (80, Background()),
    (200, Foreground()),
)
SCALE = 200  # so that a timeout of the app (1 s at least) lies among those of the random rules


def scaled(rule: KitRule) -> KitRule:
    """Return a rule of a few ms as one of some hundred ms."""
    names = ("timeout_ms", "debounce_ms", "foreground_idle_ms", "max_length_ms")
    spans = {name: getattr(rule, name) for name in names}
    kept = (None, 0, NO_SPAN)
    return msgspec.structs.replace(
        rule, **{name: span if span in kept else span * SCALE for name, span in spans.items()}
    )


def of_comparison(found: Comparison) -> tuple[Any, ...]:
    key = sorted((one.t_ms, one.kind, one.cause, one.text) for one in found.disagreements)
    return key, sorted(found.not_decided), found.matched, found.kit.all(), found.kit.undecided


@settings(max_examples=100, deadline=None)
@given(stories(), st.lists(st.booleans(), min_size=60, max_size=60), st.integers(1, 40), st.booleans())
def test_following_says_what_the_whole_says(story: Story, looks: list[bool], chunk: int, both: bool) -> None:
    """Also where it was looked at between two inputs of one instant: what was told too early is taken back."""
    rule, inputs, until_ms = story
    rule = scaled(rule)
    run = Run.in_memory(new_header(settings={"session_timeout": 1}, seed=7))
    lane = KitLane(rule, run.journal)
    for look, (what, t_ms) in zip(looks, inputs, strict=False):
        run.advance(t_ms * SCALE)
        if look and both:
            lane.update(run.end_ms)
        run.submit(what, t_ms * SCALE)
        if look:
            lane.update(run.end_ms)
            now = compare(rule, run.journal.entries(1, len(run.journal)), run.end_ms)
            assert of_comparison(lane.comparison) == of_comparison(now)
            assert lane.differ == len([p for p in lane.between(-1, NEVER_MS) if p.kind != "not_decided"])
    run.advance(until_ms * SCALE)
    lane.update(run.end_ms)
    entries = run.journal.entries(1, len(run.journal))
    whole = compare(rule, entries, run.end_ms)
    assert of_comparison(lane.comparison) == of_comparison(whole)
    points = lane.between(-1, NEVER_MS)
    told = sorted((one.t_ms, one.kind, one.text) for one in whole.disagreements)
    assert sorted((p.t_ms, p.kind, p.text) for p in points if p.kind != "not_decided") == told
    assert [p.t_ms for p in points] == sorted(p.t_ms for p in points)
    assert sum(p.kind == "not_decided" for p in points) == len(whole.kit.undecided)
    for point in points:
        entry = run.journal.entry(point.seq)
        if point.kind == "only_app":
            assert isinstance(entry, SessionBegan)
            assert entry.t_ms == point.t_ms
            continue
        assert isinstance(entry, InputEntry)
        assert entry.t_ms <= point.t_ms
        assert not any(isinstance(e, InputEntry) and entry.t_ms < e.t_ms <= point.t_ms for e in entries)
    spans = [lane.lane.spans[kind] for kind in ("session_a", "session_b")]
    drawn = sorted(row for part in spans for row in zip(part.ref.tolist(), part.start_ms.tolist(), strict=True))
    assert drawn == [(one.ordinal, one.start_ms) for one in whole.kit.sessions]


def test_pieces_and_the_whole_at_once_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    run = tell(*VISITS, until=300)
    whole = KitLane(BRAZE, run.journal)
    assert whole.update(run.end_ms)
    monkeypatch.setattr(kit_lanes, "CHUNK", 2)
    pieces = KitLane(BRAZE, run.journal)
    stops = 0
    while not pieces.update(run.end_ms, lambda: True):
        stops += 1
        assert not pieces.through
        assert 0 < pieces.share < 1
    assert stops > 3
    assert pieces.between(0, 1e9) == whole.between(0, 1e9)
    for kind in ("session_a", "session_b", "tail"):
        mine, theirs = pieces.lane.spans[kind], whole.lane.spans[kind]
        assert mine.start_ms.tolist() == theirs.start_ms.tolist()
        assert mine.end_ms.tolist() == theirs.end_ms.tolist()
        assert mine.seq.tolist() == theirs.seq.tolist()


def test_spans_tails_and_points_of_a_story() -> None:
    run = tell(*VISITS, until=300)
    lane = KitLane(BRAZE, run.journal)
    lane.update(run.end_ms)
    assert [(p.t_ms, p.kind, p.cause) for p in lane.between(0, 1e9)] == [(50_000, "only_kit", "number")]
    assert run.journal.entry(lane.between(0, 1e9)[0].seq).input == Foreground()  # type: ignore[union-attr]
    assert (lane.begun, lane.differ, lane.not_decided) == (3, 1, 0)
    assert lane.lane.spans["session_a"].start_ms.tolist() == [0]
    assert lane.lane.spans["tail"].start_ms.tolist() == [30_000, 80_000]
    assert lane.lane.spans["tail"].end_ms.tolist() == [50_000, 200_000]
    ((_, current),) = lane.open_items(300_000)
    assert (current.start_ms, current.end_ms, current.ref) == (200_000, 300_000, 3)
    assert lane.within(50_000, 50_000) == 1
    assert lane.within(50_001, 1e9) == 0
    assert lane.density(column_edges(0, 100_000, 10)).tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    assert lane.nearest(49_000, 500) is None
    nearest = lane.nearest(49_000, 2000)
    assert isinstance(nearest, Point)
    assert nearest.t_ms == 50_000
    assert lane.next_point(0, True) == lane.next_point(300_000, False) == nearest
    assert lane.next_point(50_000, True) is None
    assert lane.next_point(50_000, False) is None


def test_the_instant_that_goes_on_is_told_for_now() -> None:
    """A kit that begins with an event, not with the launch: at the launch only the app begins, for now."""
    rule = KitRule(name="kit", title="Kit", timeout_ms=10_000, begins_on=("event",))
    run = tell((0, Launch()))
    lane = KitLane(rule, run.journal)
    lane.update(run.end_ms)
    assert [(p.t_ms, p.kind) for p in lane.between(0, 0)] == [(0, "only_app")]
    assert lane.differ == lane.within(0, 0) == 1
    assert lane.density(column_edges(0, 10, 2)).tolist() == [1, 0]
    point = lane.next_point(-1, True)
    assert point is not None
    version = lane.version
    run.submit(LogEvent(), 0)
    lane.update(run.end_ms)
    assert lane.between(0, 0) == []
    assert lane.version != version
    assert (lane.differ, lane.comparison.matched) == (0, 1)
    run.advance(5)
    lane.update(run.end_ms)
    assert (lane.differ, lane.comparison.matched) == (0, 1)


def test_countdown_overdue_and_the_dead_process() -> None:
    run = tell((0, Launch()), (30, Background()))
    lane = KitLane(BRAZE, run.journal)
    lane.update(run.end_ms)
    assert lane.deadline_ms(31_000) == lane.next_due_ms() == 40_000
    run.advance(41_000)
    lane.update(run.end_ms)
    assert lane.deadline_ms(41_000) is None
    assert lane.next_due_ms() == NEVER_MS
    items = [(item.kind, item.start_ms, item.end_ms) for _, item in lane.open_items(41_000)]
    assert items == [("session_a", 0, 40_000), ("overdue", 40_000, 41_000)]
    run.submit(Foreground(), 41_000)
    run.submit(ForceQuit(), 42_000)
    run.advance(50_000)
    lane.update(run.end_ms)
    items = [(item.kind, item.start_ms, item.end_ms) for _, item in lane.open_items(50_000)]
    assert items == [("session_b", 41_000, 42_000), ("orphan", 42_000, 50_000)]
    assert lane.deadline_ms(50_000) is None


def test_in_front_no_countdown_is_drawn_and_its_timer_is_still_due() -> None:
    rule = KitRule(
        name="kit", title="Kit", trigger="last_event", timeout_ms=30_000, foreground_idle_ms=NO_SPAN,
        detection="timer",
    )  # fmt: skip
    run = tell((0, Launch()), (5, LogEvent()))
    lane = KitLane(rule, run.journal)
    lane.update(run.end_ms)
    assert lane.deadline_ms(6_000) is None
    assert lane.next_due_ms() == 35_000


def test_a_rule_that_says_too_little_has_no_sessions() -> None:
    rule = next(rule for rule in bundled_kits().values() if rule.undecidable)
    run = tell(*VISITS, until=300)
    lane = KitLane(rule, run.journal)
    assert lane.update(run.end_ms)
    assert (lane.begun, lane.differ, lane.share, lane.through) == (0, 0, 1.0, True)


def test_every_bundled_kit_follows_a_story() -> None:
    steps: list[tuple[float, Input]] = [*VISITS, (210, Login("1")), (220, ClockJump(90_000)), (221, LogEvent())]
    run = tell(*steps, (230, ForceQuit()), (300, Launch()), until=400)
    for rule in bundled_kits().values():
        lane = KitLane(rule, run.journal)
        lane.update(run.end_ms)
        if not rule.undecidable:
            assert lane.begun >= 1
            assert [point.text for point in lane.between(0, 1e9)] == [
                one.text for one in sorted(lane.between(0, 1e9))
            ]


def test_shown_end_where_none_is_given() -> None:
    rule = KitRule(name="kit", title="Kit", timeout_ms=10_000, end="none")
    run = tell(*VISITS)
    lane = KitLane(rule, run.journal)
    lane.update(run.end_ms)
    first = lane.session(1)
    assert first is not None
    assert first.end_ms is None
    assert shown_end_ms(first) == 30_000  # the moment from which it counted
    assert lane.session(3) == lane.comparison.kit.current
    assert lane.session(0) is lane.session(4) is None
