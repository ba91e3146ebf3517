"""Gaps one by one held against the sweep and plain loops; flat stretches against their definition."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector import resources
from inspector.tuning.columns import Asked
from inspector.tuning.errors import Cancelled
from inspector.tuning.flat import FLAT_SHARE, flat_stretches
from inspector.tuning.gaps import Gap, Gaps, excerpt, flipping, spread_of
from inspector.tuning.history import History, find_columns, read_history
from inspector.tuning.sources import open_sources
from inspector.tuning.sweep import EVERY_SECOND, sweep
from tests.tuning import brute
from tests.tuning.test_sweep import GAPS, OPERATORS, Operator, events

PHONE = str(resources.path("samples", "phone-month", "screen-states.csv"))


def history(path: Path, text: str, asked: Asked = Asked()) -> History:  # noqa: B008 - an immutable value
    path.write_text(text)
    return read_history(find_columns(open_sources([str(path)]), asked), keep_names=True)


@given(events(), GAPS, GAPS, OPERATORS)
def test_gaps_between_two_timeouts_are_those_that_flip(
    users: list[list[int]], one_ms: int, other_ms: int, operator: Operator
) -> None:
    low, high = sorted((max(1, one_ms), max(1, other_ms)))
    high += low == high
    stretches = brute.event_stretches(users)
    swept = sweep(stretches, (low, high), operator=operator)
    gaps = Gaps(stretches)
    at = gaps.between(*flipping(high, low, operator))
    assert len(at) == swept.sessions[0] - swept.sessions[1]
    listed = gaps.listed(at, len(at) + 1)
    expected = [
        Gap(number, before, after)
        for number, user in enumerate(users)
        for before, after in itertools.pairwise(user)
        if (low <= after - before < high if operator == "at" else low < after - before <= high)
    ]
    assert listed == expected
    counted = {user: sum(gap.user == user for gap in expected) for user in {gap.user for gap in expected}}
    most = gaps.users_most(at, 2)
    assert most == sorted(counted.items(), key=lambda row: (-row[1], row[0]))[:2]


@given(events(), st.lists(st.integers(1, 10**7), min_size=2, max_size=6, unique=True).map(sorted))
def test_spread_counts_every_gap_once(users: list[list[int]], edges: list[int]) -> None:
    gap_ms = [b - a for user in users for a, b in itertools.pairwise(user)]
    found = Gaps(brute.event_stretches(users)).spread(np.array(edges, float))
    assert found.counts.tolist() == [
        sum(low <= gap < high for gap in gap_ms) for low, high in itertools.pairwise(edges)
    ]
    assert found.below == sum(gap < edges[0] for gap in gap_ms)
    assert found.above == sum(gap >= edges[-1] for gap in gap_ms)
    again = spread_of(([gap] for gap in gap_ms), np.array(edges, float))
    assert (again.counts == found.counts).all()
    assert (again.below, again.above) == (found.below, found.above)


def test_names_follow_users_through_rows_that_are_passed_over(tmp_path: Path) -> None:
    rows = "user,time,state\nz,1600000000,locked\nb,1600000000,on\nb,1600000010,off\nb,1600000100,on\n"
    rows += "a,1600000000,on\na,1600000005,off\na,1600000007,on\n"
    found = history(tmp_path / "rows.csv", rows)
    gaps = Gaps(found.stretches("background"))
    listed = gaps.listed(gaps.between(0, 10**9))
    assert [(found.user_name(gap.user), gap.length_ms) for gap in listed] == [("b", 90_000), ("a", 2_000)]
    assert excerpt(found, listed[1], "background").t_ms.tolist() == [
        1_600_000_000_000,
        1_600_000_005_000,
        1_600_000_007_000,
    ]


def test_names_follow_users_within_a_group(tmp_path: Path) -> None:
    rows = "user,time,os\nb,1600000000,x\nb,1600000010,x\na,1600000000,y\na,1600000020,y\n"
    found = history(tmp_path / "rows.csv", rows, Asked(by="os"))
    gaps = Gaps(found.stretches("events", found.groups.index("y")))
    assert [found.user_name(gap.user) for gap in gaps.listed(gaps.between(0, 10**9))] == ["a"]


def test_no_names_unless_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("user,time\nb,1600000000\nb,1600000010\n")
    found = read_history(find_columns(open_sources([str(path)]), Asked()))
    assert found.names == []
    assert found.user_name(0) == ""


def test_an_excerpt_is_bounded_and_says_what_is_left_out() -> None:
    found = read_history(find_columns(open_sources([PHONE]), Asked()), keep_names=True)
    gaps = Gaps(found.stretches("background"))
    gap = gaps.listed(gaps.between(60_000, 120_000))[70]
    part = excerpt(found, gap, "background", around=10)
    whole = excerpt(found, gap, "background", around=10**6)
    assert (whole.before, whole.after) == (0, 0)
    assert len(part.t_ms) + part.before + part.after == len(whole.t_ms)
    assert part.t_ms[9] < gap.from_ms == part.t_ms[10]
    assert gap.to_ms in part.t_ms.tolist()
    assert part.state is not None
    assert set(part.state.tolist()) <= {0, 1, 2}


def test_cancelled_between_pieces() -> None:
    found = read_history(find_columns(open_sources([PHONE]), Asked()))
    with pytest.raises(Cancelled):
        Gaps(found.stretches("background"), lambda: True).between(0, 1000)


@given(events(), OPERATORS)
def test_flat_stretches_are_what_their_definition_says(users: list[list[int]], operator: Operator) -> None:
    swept = sweep(brute.event_stretches(users), EVERY_SECOND[:300], operator=operator)
    timeouts, sessions = swept.timeouts_ms.tolist(), swept.sessions.tolist()
    inside = set()
    for at, timeout in enumerate(timeouts):
        if 2 * timeout <= timeouts[-1]:
            double = timeouts.index(2 * timeout)
            if sessions[at] - sessions[double] <= FLAT_SHARE * sessions[at]:
                inside.update(range(at, double))
    found = flat_stretches(swept)
    steps = {at for at in range(299) for one in found if one.from_ms <= timeouts[at] < one.to_ms}
    assert steps == inside
    assert all(one.to_ms >= 2 * one.from_ms for one in found)
    assert all(one.flips == one.sessions - one.sessions_at_end for one in found)


def test_the_phone_is_flat_up_to_half_a_minute() -> None:
    found = read_history(find_columns(open_sources([PHONE]), Asked()))
    (flat,) = flat_stretches(sweep(found.stretches("background")))
    assert flat.from_ms == 1000
    assert 30_000 <= flat.to_ms < 60_000
    assert flat.sessions == 1425
