"""The sweep equals re-sessionising at every timeout, and the engine."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.tuning import lengths as lengths_module
from inspector.tuning import sweep as sweep_module
from inspector.tuning.errors import Cancelled
from inspector.tuning.lengths import lengths_at, lengths_in_pieces, percentiles
from inspector.tuning.stretches import GONE, OFF, ON, Stretches
from inspector.tuning.sweep import MAX_TIMEOUT_MS, sweep
from tests.tuning import brute

Operator = Literal["at", "over"]
OPERATORS = st.sampled_from(["at", "over"])
# Gaps that meet timeouts exactly, miss them by a millisecond, or are anything.
GAPS = st.one_of(
    st.sampled_from([0, 1, 999, 1000, 1001, 2000, 5000, 59_999, 60_000, 60_001, 1_800_000, 1_800_001]),
    st.integers(0, 5_000_000),
    st.integers(0, 9).map(lambda second: second * 1000),
)
TIMEOUTS = st.one_of(
    st.sets(st.sampled_from([1, 1000, 2000, 5000, 59_999, 60_000, 60_001, 1_800_000]), min_size=1).map(sorted),
    st.builds(
        lambda first, step, count: [first + step * one for one in range(count)],
        st.integers(1, 5000),
        st.integers(1, 70_000),
        st.integers(1, 40),
    ),
    st.just(list(range(1000, 1_801_000, 9000))),
)


@st.composite
def events(draw: st.DrawFn) -> list[list[int]]:
    """Some users' event times, in order."""
    users = []
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, 10**12))
        gaps = draw(st.lists(GAPS, max_size=25))
        users.append(np.cumsum([start, *gaps]).tolist())
    return users


@st.composite
def visits(draw: st.DrawFn, states: tuple[int, ...] = (OFF, ON)) -> list[list[tuple[int, int]]]:
    """Some users' rows of (time, state), in order of time, repeats and rows of one instant among them."""
    return [[(t_ms, draw(st.sampled_from(states))) for t_ms in user] for user in draw(events())]


def check(
    stretches: Stretches, timeouts: list[int], operator: Operator, all_of: list[list[tuple[int, int]]]
) -> None:
    """Compare all figures; ``all_of`` holds (length, stretches) of every session, a list a timeout."""
    for end in ("activity", "timeout"):
        tails = timeouts if end == "timeout" else [0] * len(timeouts)
        swept = sweep(stretches, timeouts, operator=operator, end=end)  # type: ignore[arg-type]
        found = percentiles(stretches, timeouts, operator=operator, end=end)  # type: ignore[arg-type]
        for at, (sessions, tail) in enumerate(zip(all_of, tails, strict=True)):
            lengths = [length + tail for length, _ in sessions]
            assert swept.sessions[at] == len(sessions)
            assert swept.total_ms[at] == sum(lengths)
            assert swept.single[at] == sum(count == 1 for _, count in sessions)
            assert swept.mean_ms[at] == (sum(lengths) / len(lengths) if lengths else 0)
            assert swept.sessions_a_user[at] == len(sessions) / swept.users
            assert found[:, at].tolist() == [
                brute.nearest_rank(lengths, 50),
                brute.nearest_rank(lengths, 90),
            ]
    for at in {0, len(timeouts) // 2, len(timeouts) - 1}:
        one = lengths_at(stretches, timeouts[at], operator=operator)
        assert one.tolist() == [length for length, _ in all_of[at]]


@given(events(), TIMEOUTS, OPERATORS)
def test_events_equal_a_plain_loop(users: list[list[int]], timeouts: list[int], operator: Operator) -> None:
    stretches = brute.event_stretches(users)
    assert stretches.users == len(users)
    all_of = [
        [one for user in users for one in brute.event_lengths(user, timeout, operator)] for timeout in timeouts
    ]
    check(stretches, timeouts, operator, all_of)


@given(visits((OFF, ON, GONE)), TIMEOUTS, OPERATORS)
def test_visits_equal_a_plain_loop(
    users: list[list[tuple[int, int]]], timeouts: list[int], operator: Operator
) -> None:
    stretches = brute.visit_stretches(users)
    assert stretches.users == len(users)
    all_of = [
        [one for user in users for one in brute.visit_lengths(user, timeout, operator)] for timeout in timeouts
    ]
    check(stretches, timeouts, operator, all_of)


@given(events(), st.lists(GAPS.filter(bool), min_size=1, max_size=5))
def test_events_equal_the_engine(users: list[list[int]], timeouts: list[int]) -> None:
    timeouts = sorted(set(timeouts))
    swept = sweep(brute.event_stretches(users), timeouts)
    for at, timeout in enumerate(timeouts):
        lengths = [one for user in users for one in brute.engine_lengths_of_events(user, timeout)]
        assert (swept.sessions[at], swept.total_ms[at]) == (len(lengths), sum(lengths))
        assert lengths_at(brute.event_stretches(users), timeout).tolist() == lengths


@given(visits((OFF, ON, ON, OFF, GONE)), st.lists(GAPS.filter(bool), min_size=1, max_size=5))
def test_visits_equal_the_engine(users: list[list[tuple[int, int]]], timeouts: list[int]) -> None:
    timeouts = sorted(set(timeouts))
    stretches = brute.visit_stretches(users)
    swept = sweep(stretches, timeouts)
    for at, timeout in enumerate(timeouts):
        lengths = [one for user in users for one in brute.engine_lengths_of_visits(user, timeout)]
        assert (swept.sessions[at], swept.total_ms[at]) == (len(lengths), sum(lengths))
        assert lengths_at(stretches, timeout).tolist() == lengths


@pytest.mark.parametrize("operator", ["at", "over"])
def test_a_large_history_in_pieces(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a chunk, dense and sparse joins, wide bins: against vectorised re-sessionising."""
    monkeypatch.setattr(sweep_module, "_CHUNK", 1000)
    monkeypatch.setattr(lengths_module, "_CHUNK", 1000)
    random = np.random.default_rng(5)
    gaps = np.where(
        random.random(30_000) < 0.85, random.lognormal(8.4, 1.2, 30_000), random.lognormal(13, 2, 30_000)
    )
    gaps = np.minimum(np.rint(gaps / 10) * 10, 3e9).astype(np.int64)
    firsts = np.arange(0, 30_000, 157)
    t_ms = gaps.cumsum()
    stretches = Stretches(t_ms, t_ms, firsts, len(firsts))
    timeouts = range(1000, 1_801_000, 1000)
    swept = sweep(stretches, timeouts, operator=operator)
    found = percentiles(stretches, timeouts, (1, 50, 90, 100), operator=operator)
    for at in (*range(0, 60), *range(60, 1800, 89), 1799):
        split = np.diff(t_ms) >= timeouts[at] + (operator == "over")
        split[firsts[1:] - 1] = True
        begins = np.append(0, np.flatnonzero(split) + 1)
        ends = np.append(begins[1:], len(t_ms)) - 1
        lengths = t_ms[ends] - t_ms[begins]
        assert swept.sessions[at] == len(lengths)
        assert swept.total_ms[at] == lengths.sum()
        assert swept.single[at] == (begins == ends).sum()
        assert (lengths_at(stretches, timeouts[at], operator=operator) == lengths).all()
        ordered = lengths.tolist()
        assert found[:, at].tolist() == [brute.nearest_rank(ordered, percent) for percent in (1, 50, 90, 100)]


@pytest.mark.parametrize("timeouts", [[], [0], [5, 5], [5, 4], [MAX_TIMEOUT_MS + 1]])
def test_timeouts_ascend_from_a_millisecond(timeouts: list[int]) -> None:
    with pytest.raises(ValueError, match=r"^(timeouts are whole|no timeout is above)"):
        sweep(brute.event_stretches([[1, 2]]), timeouts)


def test_nothing_at_all() -> None:
    stretches = brute.visit_stretches([[(5, OFF)]])
    swept = sweep(stretches, [1000])
    assert (swept.sessions.tolist(), swept.total_ms.tolist(), swept.single.tolist()) == ([0], [0], [0])
    assert (swept.mean_ms.tolist(), swept.sessions_a_user.tolist()) == ([0], [0])
    assert percentiles(stretches, [1000], end="timeout").tolist() == [[0], [0]]


def test_cancel_stops() -> None:
    stretches = brute.event_stretches([[1, 2, 3]])
    for what in (sweep, percentiles):
        with pytest.raises(Cancelled):
            what(stretches, cancelled=lambda: True)
    with pytest.raises(Cancelled):
        list(lengths_in_pieces(stretches, 1000, cancelled=lambda: True))
