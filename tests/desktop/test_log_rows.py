"""Row numbers: hits that grow at both ends, what is shown and picked, columns that leave, scans."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inspector.desktop.log.cells import Column, widths
from inspector.desktop.log.rows import Hits, Picked, Shown
from inspector.desktop.log.scan import Scan


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 700)), max_size=20))
def test_hits_grow_at_both_ends(parts):
    hits, low, high = Hits(), 0, 0
    for older, count in parts:
        if older:
            hits.prepend(np.arange(low - count, low))
            low -= count
        else:
            hits.append(np.arange(high, high + count))
            high += count
    assert [hits[place] for place in range(len(hits))] == list(range(low, high))
    assert all(hits.place_of(hits[place]) == place for place in range(0, len(hits), 97))


def test_a_cap_holds_newer_rows_back_and_counts_them():
    shown = Shown()
    shown.total, shown.cap = 10, 7
    assert (len(shown), shown.reach, shown.since(7)) == (7, 10, 3)
    shown.hits = Hits()
    shown.hits.append(np.array([1, 5, 7, 9]))
    assert (len(shown), shown.since(7), shown.has(5), shown.has(9)) == (2, 2, True, False)


def test_rows_that_fell_out_of_a_bounded_source_are_gone():
    shown = Shown()
    shown.total = 10
    shown.drop_before(4)
    assert (len(shown), shown.row_at(0), shown.place_of(4), shown.has(3)) == (6, 4, 0, False)


@given(st.lists(st.tuples(st.sampled_from(["set", "add", "toggle"]), st.integers(0, 30), st.integers(0, 30))))
def test_picked_ranges_agree_with_a_set(steps):
    picked, model = Picked(), set()
    for what, one, other in steps:
        between = set(range(min(one, other), max(one, other) + 1))
        if what == "set":
            picked.set(one, other)
            model = between
        elif what == "add":
            picked.add(one, other)
            model |= between
        else:
            picked.toggle(one)
            model ^= {one}
    shown = Shown()
    shown.total = 31
    assert list(picked.shown(shown)) == sorted(model)
    assert picked.count(shown) == len(model)
    assert all((row in picked) == (row in model) for row in range(31))


def test_picking_a_million_rows_costs_no_more_than_one():
    picked, shown = Picked(), Shown()
    shown.total = 1_000_000
    picked.set(0, 999_999)
    assert picked.count(shown) == 1_000_000
    assert picked.ranges == [(0, 999_999)]


def test_spare_columns_leave_a_narrow_view():
    columns = (Column("Time", 9), Column("Kind", 9, spare=2), Column("Text", 0), Column("#", 5, spare=3))
    assert widths(columns, 100) == [9, 9, 100 - 9 - 9 - 5 - 6 - 2, 5]
    assert widths(columns, 45)[3] == 0
    assert widths(columns, 36) == [9, 0, 36 - 11 - 2, 0]


def test_a_scan_goes_newest_first_in_slices_and_ends():
    asked, clock = [], iter(range(0, 10**12, 1_000_000))

    def search(first, end):
        asked.append((first, end))
        return np.arange(first, end)[np.arange(first, end) % 100 == 0]

    scan = Scan(search, 100_000, clock=lambda: next(clock))
    first = scan.step(enough=5)
    assert len(first) >= 5
    assert first[-1] == 99_900
    found = list(first)
    steps = 0
    while not scan.done:
        found = [*scan.step(), *found]
        steps += 1
    assert found == list(range(0, 100_000, 100))
    assert steps > 1
    assert asked[0][1] == 100_000
    assert all(later[1] == earlier[0] for earlier, later in itertools.pairwise(asked))
