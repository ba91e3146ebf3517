"""Numbers of a time range: sessions, lengths, foreground share, events, ends by reason."""

from bisect import bisect_left, bisect_right
from collections import Counter
from statistics import median_low
from typing import NamedTuple

import numpy as np

from inspector.journal.fold import Fold, SessionRow
from inspector.views.columns import Columns
from inspector.views.harmless import format_span, format_time
from inspector.views.lanes import Lanes


class RangeStats(NamedTuple):
    """What happened from ``t0_ms`` to ``t1_ms``; all spans in ms.

    ``sessions`` touch the range, ``begun`` and ``ended`` count what was decided in it (an end when noticed).
    ``total_ms`` is the part of the sessions (up to the ends they are given) inside the range, ``median_ms`` the
    median of their whole lengths (the lower of two; None without sessions). ``foreground_ms`` and
    ``background_ms`` are the app's, inside the range. ``events`` counts by kind of mark, ``ends`` by reason.
    """

    t0_ms: int
    t1_ms: int
    sessions: int
    begun: int
    ended: int
    total_ms: int
    median_ms: int | None
    foreground_ms: int
    background_ms: int
    events: dict[str, int]
    ends: dict[str, int]
    warnings: int

    @property
    def foreground_share(self) -> float | None:
        """Return the foreground's share of the time the process lived in the range, None if it did not."""
        alive_ms = self.foreground_ms + self.background_ms
        return self.foreground_ms / alive_ms if alive_ms else None

    def text(self) -> str:
        """Return the numbers as lines of text, to copy."""
        share = "–" if self.foreground_share is None else f"{100 * self.foreground_share:.1f} %"
        length = format_span(self.t1_ms - self.t0_ms)
        lines = [
            f"Range: {format_time(self.t0_ms)} to {format_time(self.t1_ms)}, {length}",
            f"Sessions: {self.sessions:,} ({self.begun:,} begun, {self.ended:,} ended)",
            f"Total length: {format_span(self.total_ms)}",
            f"Median length: {'–' if self.median_ms is None else format_span(self.median_ms)}",
            f"Foreground: {share}",
        ]
        lines += [f"{kind.replace('_', ' ')}: {count:,}" for kind, count in self.events.items()]
        lines += [f"ended by {reason.replace('_', ' ')}: {count:,}" for reason, count in self.ends.items()]
        return "\n".join([*lines, f"Warnings: {self.warnings:,}"])


def range_stats(
    fold: Fold, lanes: Lanes, columns: Columns, t0_ms: int, t1_ms: int, now_ms: int | None = None
) -> RangeStats:
    """Return the numbers of t0…t1, both included; what is open counts up to ``now_ms`` (default: the last entry).

    The three must have caught up with the same journal. Cost grows with the sessions inside the range only.
    """
    t0_ms, t1_ms = min(t0_ms, t1_ms), max(t0_ms, t1_ms)
    now_ms = max(fold.now_ms, fold.now_ms if now_ms is None else now_ms)
    rows = fold.sessions
    started = bisect_right(rows, t1_ms, key=lambda row: row.start_ms)
    first = bisect_left(rows, t0_ms, hi=started, key=lambda row: _end(row, now_ms))
    touching = rows[first:started]
    lengths = [_end(row, now_ms) - row.start_ms for row in touching]
    inside = (min(_end(row, now_ms), t1_ms) - max(row.start_ms, t0_ms) for row in touching)
    begun = started - bisect_left(rows, t0_ms, hi=started, key=lambda row: row.start_ms)
    noticed = bisect_left(rows, t0_ms, key=_noticed), bisect_right(rows, t1_ms, key=_noticed)
    ends = Counter(str(row.ended_by) for row in rows[noticed[0] : noticed[1]] if row.ended_by is not None)
    first_row, end_row = np.searchsorted(columns.t_ms, [t0_ms, t1_ms + 1]).tolist()
    return RangeStats(
        t0_ms,
        t1_ms,
        len(touching),
        begun,
        sum(ends.values()),
        sum(max(0, part) for part in inside),
        median_low(lengths) if lengths else None,
        _app_ms(lanes, ("foreground",), t0_ms, t1_ms, now_ms),
        _app_ms(lanes, ("background", "suspended"), t0_ms, t1_ms, now_ms),
        _events(lanes, t0_ms, t1_ms),
        dict(sorted(ends.items())),
        int(np.count_nonzero(columns.level[first_row:end_row] >= 4)),
    )


_NEVER = 1 << 62


def _noticed(row: SessionRow) -> int:
    return _NEVER if row.detected_ms is None else row.detected_ms


def _end(row: SessionRow, now_ms: int) -> int:
    return max(now_ms, row.start_ms) if row.end_ms is None else row.end_ms


def _app_ms(lanes: Lanes, kinds: tuple[str, ...], t0_ms: int, t1_ms: int, now_ms: int) -> int:
    spans = lanes.lane("app").spans
    total = sum(spans[kind].covered(t0_ms, t1_ms) for kind in kinds)
    now_open = lanes.open_app
    if now_open is not None and now_open.kind in kinds:
        total += max(0, min(now_ms, t1_ms) - max(now_open.start_ms, t0_ms))
    return total


def _events(lanes: Lanes, t0_ms: int, t1_ms: int) -> dict[str, int]:
    counts = {}
    for kind, marks in lanes.lane("events").marks.items():
        first, end = marks.between(t0_ms, t1_ms)
        if end > first:
            counts[kind] = end - first
    return counts
