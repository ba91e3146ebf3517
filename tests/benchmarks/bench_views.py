"""The views against plain Python: text filter, level filter, following, a frame of a lane."""

from __future__ import annotations

import itertools

import numpy as np

from inspector.engine.entries import AnyEntry, InputEntry, TimeoutArmed, Transition
from inspector.engine.inputs import Background, LogEvent
from inspector.journal.codec import Header
from inspector.views.columns import Columns
from inspector.views.lane import Lane
from inspector.views.query import Query
from tests.benchmarks.rows import Row, at_most, interleaved

ROWS = 1_000_000
SCREEN = 40


class Recording:
    """A journal of a million entries, four real ones over and over, so that memory holds the text only."""

    header = Header(profile="guide", profile_revision=1, settings={}, seed=1, epoch_ms=0)

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def entry(self, seq: int) -> AnyEntry:
        t_ms, ordinal = seq * 7, seq // 500 + 1
        match seq % 4:
            case 0:
                return InputEntry(seq, t_ms, 0, ordinal, Background())
            case 1:
                return Transition(seq, t_ms, seq - 1, ordinal, "application_background")
            case 2:
                return TimeoutArmed(seq, t_ms, seq - 2, ordinal, t_ms + 60_000, 60_000)
            case _:
                name = "Rare Purchase" if seq % 2_500 == 3 else "Added To Cart"
                return InputEntry(seq, t_ms, 0, ordinal, LogEvent(name))

    def entries(self, first: int, last: int) -> list[AnyEntry]:
        return [self.entry(seq) for seq in range(first, min(last, self._count) + 1)]


def filters() -> list[Row]:
    """First screen and whole result of text and level filters over a million rows, warm index."""
    columns = Columns()
    columns.update(Recording(ROWS))
    while columns.text_index.build():
        pass
    lines = columns.text_index.texts(0, ROWS)
    levels = columns.level.tolist()
    rare, often, absent = Query('"rare purchase"'), Query('"added to cart"'), Query('"not there"')
    warn = Query("level:info")
    seconds = interleaved(
        {
            "loop": lambda: [row for row, line in enumerate(lines) if "rare purchase" in line],
            "loop often": lambda: [row for row, line in enumerate(lines) if "added to cart" in line],
            "loop level": lambda: [row for row, level in enumerate(levels) if level >= 2],
            "first often": lambda: often.newest(columns, SCREEN),
            "first rare": lambda: rare.newest(columns, SCREEN),
            "first absent": lambda: absent.newest(columns, SCREEN),
            "all rare": lambda: rare.rows(columns),
            "all often": lambda: often.rows(columns),
            "level": lambda: warn.rows(columns),
        },
        rounds=5,
    )
    assert len(rare.rows(columns)) == sum("rare purchase" in line for line in lines)
    loop = seconds["loop"]
    held = columns.text_index.size
    as_list = sum(49 + len(line) + 8 for line in lines)
    return [
        at_most(
            "first screen of a text filter, 1 M rows, frequent word / Python loop",
            seconds["first often"],
            loop,
            0.2,
        ),
        at_most(
            "first screen of a text filter, 1 M rows, 1 of 10,000 / Python loop", seconds["first rare"], loop, 0.2
        ),
        at_most(
            "first screen of a text filter, 1 M rows, no hit / Python loop", seconds["first absent"], loop, 0.5
        ),
        at_most("whole text filter, 1 of 10,000 / Python loop", seconds["all rare"], loop, 0.5),
        at_most(
            "whole text filter, frequent word / Python loop", seconds["all often"], seconds["loop often"], 1.0
        ),
        at_most("level filter, 1 M rows / Python loop", seconds["level"], seconds["loop level"], 0.2),
        at_most("text index in memory / list of str", held, as_list, 0.8),
    ]


def lane_frames() -> list[Row]:
    """One frame's numbers of a lane at a million intervals against ten thousand, three zooms."""
    lanes = {count: _lane(count) for count in (10_000, ROWS)}

    def frame(count: int) -> None:
        lane, end = lanes[count], 10.0 * count
        for share in (1.0, 0.1, 0.001):
            lane.coverage(end * 0.3, end * (0.3 + 0.7 * share), 1600)
            lane.mark_counts(end * 0.3, end * (0.3 + 0.7 * share), 1600)

    for count in lanes:
        frame(count)
    # The least of many: other work on the machine empties the caches, which only the large lane needs.
    rounds = [
        interleaved({"small": lambda: frame(10_000), "large": lambda: frame(ROWS)}, rounds=2) for _ in range(15)
    ]
    small, large = (min(seconds[name] for seconds in rounds) for name in ("small", "large"))
    return [at_most("lane frame at 1 M intervals / at 10 k", large, small, 3.0)]


def _lane(count: int) -> Lane:
    lane = Lane("x", "X", ("a", "b"), ("m",))
    for seq in range(count):
        lane.add_span("ab"[seq % 2], seq * 10, seq * 10 + 7, seq)
        lane.add_mark("m", seq * 10, seq)
    return lane


def following() -> list[Row]:
    """Filtering 1000 new rows while following, at a million rows against at ten thousand."""
    query = Query("level:info cart -rare")
    made = {count: Columns() for count in (10_000, ROWS)}
    for count, columns in made.items():
        columns.update(Recording(count))
        columns.text_index.texts(count - 1000, count)

    def tail(count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return query.rows(made[count], count - 1000, count)

    seconds = interleaved(
        {
            "small": lambda: [tail(10_000) for _ in itertools.repeat(None, 20)],
            "large": lambda: [tail(ROWS) for _ in itertools.repeat(None, 20)],
        },
        rounds=11,
    )
    return [at_most("filter of 1000 new rows at 1 M rows / at 10 k", seconds["large"], seconds["small"], 1.5)]


def measure() -> list[Row]:
    """All comparisons."""
    return filters() + following() + lane_frames()


if __name__ == "__main__":
    from tests.benchmarks.rows import table

    print(table(measure()))
