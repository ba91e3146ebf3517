import time
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inspector.engine.inputs import Background, Crash, ForceQuit, Foreground, Launch, LogEvent, Suspend, Terminate
from inspector.views.columns import Columns
from inspector.views.lane import Lane
from inspector.views.lanes import Lanes
from inspector.views.spans import Marks, Spans, column_edges
from tests.views.story import tell

PAIRS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 80)), max_size=40)
VIEWS = st.tuples(st.integers(-50, 2500), st.integers(1, 2500), st.integers(1, 60))


def spans_of(pairs):
    spans, at, all_spans = Spans(), 0, []
    for seq, (gap, length) in enumerate(pairs, 1):
        at += gap
        spans.add(at, at + length, seq)
        all_spans.append((at, at + length))
        at += length
    return spans, all_spans


@given(PAIRS, VIEWS)
def test_coverage_is_exact(pairs, view):
    t0, length, width = view
    spans, all_spans = spans_of(pairs)
    edges = column_edges(t0, t0 + length, width)
    expected = [
        sum(max(0.0, min(end, right) - max(start, left)) for start, end in all_spans) / (right - left)
        for left, right in pairwise(edges)
    ]
    assert np.allclose(spans.coverage(edges), expected, atol=1e-9)
    assert spans.covered(t0, t0 + length) == sum(
        max(0, min(end, t0 + length) - max(start, t0)) for start, end in all_spans
    )


@given(PAIRS, VIEWS)
def test_visible_spans_are_those_that_touch(pairs, view):
    t0, length, _ = view
    lane = Lane("x", "X", ("even", "odd"))
    _, all_spans = spans_of(pairs)
    for seq, (start, end) in enumerate(all_spans, 1):
        lane.add_span("odd" if seq % 2 else "even", start, end, seq)
    found = lane.visible(t0, t0 + length, 1000)
    expected = [seq for seq, (start, end) in enumerate(all_spans, 1) if end >= t0 and start <= t0 + length]
    assert found is not None
    assert sorted(found.seq.tolist()) == expected
    assert found.start_ms.tolist() == sorted(found.start_ms.tolist())
    assert expected == [] or lane.visible(t0, t0 + length, len(expected) - 1) is None


@given(st.lists(st.integers(0, 2000), max_size=60).map(sorted), VIEWS)
def test_mark_counts_add_up(times, view):
    t0, length, width = view
    marks = Marks()
    for seq, at in enumerate(times, 1):
        marks.add(at, seq)
    edges = column_edges(t0, t0 + length, width)
    expected, _ = np.histogram(times, edges)
    assert marks.counts(edges).tolist() == expected.tolist()


def story():
    return tell(
        (0, Launch()),
        (5, LogEvent()),
        (10, Background()),
        (100, Foreground()),
        (110, LogEvent()),
        (120, ForceQuit()),
        (200, Launch()),
        (210, Terminate()),
        (220, Launch()),
        (230, Crash()),
        (240, Launch()),
        (250, Background()),
        until=260,
    )


def test_lanes_of_a_story():
    run = story()
    lanes = Lanes()
    assert lanes.update(run.journal) == (1, len(run.journal))
    assert lanes.update(run.journal) == (len(run.journal) + 1, len(run.journal))
    session = lanes.visible("session", 0, 260_000, 100)
    kinds = [lanes.lane("session").span_kinds[code] for code in session.kind.tolist()]
    told = list(zip(kinds, session.start_ms.tolist(), session.end_ms.tolist(), session.ref.tolist(), strict=True))
    assert told[:4] == [
        ("session_a", 0, 10_000, 1),
        ("tail", 10_000, 70_000, 1),
        ("session_b", 100_000, 110_000, 2),
        ("tail", 110_000, 200_000, 2),
    ]
    app = lanes.marks("app", 0, 260_000, 500)
    assert [lanes.lane("app").mark_kinds[code] for code in app.kind.tolist()] == [
        "force_quit",
        "terminate",
        "crash",
    ]
    open_items = [(lane, item.kind, item.start_ms, item.end_ms) for lane, item in lanes.open_items(260_000)]
    assert open_items == [
        ("app", "background", 250_000, 260_000),
        ("session", "session_a", 240_000, 260_000),
        ("session", "countdown", 260_000, 310_000),
    ]
    assert lanes.bounds() == (0, 250_000)


def test_a_dead_process_leaves_an_orphan():
    run = tell((0, Launch()), (5, LogEvent()), (8, ForceQuit()))
    lanes = Lanes()
    lanes.update(run.journal)
    assert [(item.kind, item.start_ms, item.end_ms) for _, item in lanes.open_items(20_000)] == [
        ("session_a", 0, 5_000),
        ("orphan", 5_000, 20_000),
    ]


def test_a_deadline_that_nobody_noticed_leaves_a_tail():
    run = tell((0, Launch()), (5, Background()), (15, Suspend()), until=105)
    lanes = Lanes()
    lanes.update(run.journal)
    assert [(item.kind, item.start_ms, item.end_ms) for _, item in lanes.open_items(105_000)] == [
        ("suspended", 15_000, 105_000),
        ("session_a", 0, 105_000),
        ("overdue", 65_000, 105_000),
    ]
    assert [item.kind for _, item in lanes.open_items(64_999)][-1] == "countdown"


def test_hits_and_neighbours():
    run = story()
    lanes = Lanes()
    lanes.update(run.journal)
    event = next(entry for entry in run.journal.entries() if getattr(entry, "input", None) == LogEvent())
    assert lanes.hit("events", 5_090, 100) == event.seq
    assert lanes.hit("events", 7_000, 100) is None
    assert lanes.interval_at("session", 9_999).kind == "session_a"
    assert lanes.interval_at("session", 10_000).kind == "tail"
    assert lanes.interval_at("session", 255_000, 260_000).kind == "session_a"
    assert lanes.hit("app", 255_000, 10, 260_000) == lanes.open_app.seq
    seqs = [0]
    while (following := lanes.lane("events").neighbour(seqs[-1], True)) is not None:
        seqs.append(following)
    assert len(seqs) - 1 == lanes.lane("events").count()
    assert lanes.lane("events").neighbour(seqs[-1], False) == seqs[-2]


def test_caught_up_in_steps_is_the_same_as_at_once():
    run = story()
    at_once, in_steps = Lanes(), Lanes()
    at_once.update(run.journal)
    for entry in run.journal.entries():
        in_steps.feed(entry)
    for name in at_once.by_name:
        for kind, spans in at_once.lane(name).spans.items():
            assert np.array_equal(spans.start_ms, in_steps.lane(name).spans[kind].start_ms)


def test_nonsense_of_a_foreign_file_is_cut_to_fit():
    spans = Spans()
    spans.add(100, 50, 1)
    spans.add(10, 10**40, 2)
    assert spans.start_ms.tolist() == [100, 100]
    marks = Marks()
    marks.add(10, 1)
    marks.add(-(10**30), 2)
    assert marks.at_ms.tolist() == [10, 10]


def frame_seconds(count):
    lane = Lane("x", "X", ("a", "b"), ("m",))
    for seq in range(count):
        lane.add_span("ab"[seq % 2], seq * 10, seq * 10 + 7, seq)
        lane.add_mark("m", seq * 10, seq)
    end = count * 10

    def once():
        begun = time.perf_counter()
        for share in (1.0, 0.1, 0.001):
            lane.coverage(end * 0.3, end * (0.3 + 0.7 * share), 1600)
            lane.mark_counts(end * 0.3, end * (0.3 + 0.7 * share), 1600)
        return time.perf_counter() - begun

    return once


def test_a_frame_of_a_million_costs_like_one_of_ten_thousand():
    small, large = frame_seconds(10_000), frame_seconds(1_000_000)
    small(), large()
    pairs = [(small(), large()) for _ in range(25)]
    # The least of each: other work on the machine empties the caches, which only the large one needs. A frame
    # that looked at every interval would cost a hundred times as much.
    assert min(pair[1] for pair in pairs) <= 6 * min(pair[0] for pair in pairs)


def test_columns_follow_the_journal():
    run = story()
    columns = Columns()
    assert columns.update(run.journal) == (0, len(run.journal))
    assert columns.update(run.journal) == (len(run.journal), len(run.journal))
    before = len(columns)
    run.submit(Foreground(), 270_000)
    assert columns.update(run.journal) == (before, len(run.journal))
    for entry in run.journal.entries():
        row = entry.seq - 1
        assert columns.t_ms[row] == entry.t_ms
        assert columns.session[row] == (entry.session or 0)
        assert columns.cause[row] == entry.cause
    assert [row + 1 for row in columns.effects(0)] == run.journal.effects(1)
    other = tell((0, Launch()))
    assert columns.update(other.journal) == (0, len(other.journal))
    assert columns.line(0).text == "Application did finish launching"
