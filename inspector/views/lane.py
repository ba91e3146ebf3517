"""One lane of the timeline: what lasts and what happens, by kind, asked for at the cost of the pixels."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inspector.views.spans import Float64s, Int64s, Interval, Marks, Spans, column_edges


class VisibleSpans(NamedTuple):
    """Exact spans of a lane in a view, in order of start; ``kind`` indexes the lane's ``span_kinds``."""

    start_ms: Int64s
    end_ms: Int64s
    kind: NDArray[np.uint8]
    seq: Int64s
    ref: Int64s


class VisibleMarks(NamedTuple):
    """Exact marks of a lane in a view, in order of time; ``kind`` indexes the lane's ``mark_kinds``."""

    at_ms: Int64s
    kind: NDArray[np.uint8]
    seq: Int64s


class Lane:
    """One lane: spans and marks by kind. ``version`` grows with every change, for caches of drawings."""

    def __init__(
        self, name: str, title: str, span_kinds: tuple[str, ...] = (), mark_kinds: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.title = title
        self.span_kinds = span_kinds
        self.mark_kinds = mark_kinds
        self.spans = {kind: Spans() for kind in span_kinds}
        self.marks = {kind: Marks() for kind in mark_kinds}
        self.version = 0

    def add_span(self, kind: str, start_ms: int, end_ms: int, seq: int, ref: int = 0) -> None:
        """Append a closed span of a kind."""
        self.spans[kind].add(start_ms, end_ms, seq, ref)
        self.version += 1

    def add_mark(self, kind: str, t_ms: int, seq: int) -> None:
        """Append a mark of a kind."""
        self.marks[kind].add(t_ms, seq)
        self.version += 1

    def add_marks(self, kind: str, times: Sequence[int], seqs: Sequence[int]) -> None:
        """Append marks of a kind, in order of time."""
        self.marks[kind].extend(times, seqs)
        self.version += len(times)

    def count(self) -> int:
        """Return how many spans and marks the lane holds."""
        return sum(map(len, self.spans.values())) + sum(map(len, self.marks.values()))

    def coverage(self, t0_ms: float, t1_ms: float, width: int) -> dict[str, Float64s]:
        """Return by span kind the covered share (0 to 1) of each of ``width`` columns of t0…t1, exactly."""
        edges = column_edges(t0_ms, t1_ms, width)
        return {kind: spans.coverage(edges) for kind, spans in self.spans.items()}

    def visible(self, t0_ms: float, t1_ms: float, limit: int) -> VisibleSpans | None:
        """Return the spans that touch t0…t1 if there are at most ``limit``, else None: use coverage."""
        ranges = {
            kind: spans.between(int(np.floor(t0_ms)), int(np.ceil(t1_ms))) for kind, spans in self.spans.items()
        }
        if sum(end - first for first, end in ranges.values()) > limit:
            return None
        parts = [(self.spans[kind], *ranges[kind]) for kind in self.span_kinds]
        start = _joined([spans.start_ms[first:end] for spans, first, end in parts])
        order = np.argsort(start, kind="stable")
        return VisibleSpans(
            start[order],
            _joined([spans.end_ms[first:end] for spans, first, end in parts])[order],
            _codes([end - first for _, first, end in parts])[order],
            _joined([spans.seq[first:end] for spans, first, end in parts])[order],
            _joined([spans.ref[first:end] for spans, first, end in parts])[order],
        )

    def mark_counts(self, t0_ms: float, t1_ms: float, width: int) -> dict[str, Int64s]:
        """Return by mark kind how many marks lie in each of ``width`` columns of t0…t1."""
        edges = column_edges(t0_ms, t1_ms, width)
        return {kind: marks.counts(edges) for kind, marks in self.marks.items()}

    def visible_marks(self, t0_ms: float, t1_ms: float, limit: int) -> VisibleMarks | None:
        """Return the marks within t0…t1 if there are at most ``limit``, else None: use mark_counts."""
        ranges = {
            kind: marks.between(int(np.ceil(t0_ms)), int(np.floor(t1_ms))) for kind, marks in self.marks.items()
        }
        if sum(end - first for first, end in ranges.values()) > limit:
            return None
        parts = [(self.marks[kind], *ranges[kind]) for kind in self.mark_kinds]
        at = _joined([marks.at_ms[first:end] for marks, first, end in parts])
        seq = _joined([marks.seq[first:end] for marks, first, end in parts])
        order = np.lexsort((seq, at))
        return VisibleMarks(at[order], _codes([end - first for _, first, end in parts])[order], seq[order])

    def interval_at(self, t_ms: int) -> Interval | None:
        """Return the closed span that contains ``t_ms`` (its end excluded), or None."""
        for kind, spans in self.spans.items():
            index = spans.at(t_ms)
            if index >= 0:
                return _interval(kind, spans, index)
        return None

    def hit(self, t_ms: int, tolerance_ms: int) -> int | None:
        """Return the ``seq`` under the pointer: a mark within the tolerance, a span, or a span near by."""
        near = [(*marks.nearest(t_ms), marks) for marks in self.marks.values() if len(marks)]
        close = [(distance, int(marks.seq[index])) for index, distance, marks in near if distance <= tolerance_ms]
        if close:
            return min(close)[1]
        inside = self.interval_at(t_ms)
        if inside is not None:
            return inside.seq
        beside = [(*spans.nearest(t_ms), spans) for spans in self.spans.values() if len(spans)]
        close = [(away, int(spans.seq[index])) for index, away, spans in beside if away <= tolerance_ms]
        return min(close)[1] if close else None

    def neighbour(self, seq: int, forward: bool) -> int | None:
        """Return the next (or previous) ``seq`` that this lane shows, or None at its end."""
        found: list[int] = []
        series = [spans.seq for spans in self.spans.values()] + [marks.seq for marks in self.marks.values()]
        for seqs in series:
            place = int(np.searchsorted(seqs, seq, "right" if forward else "left"))
            place -= 0 if forward else 1
            if 0 <= place < len(seqs):
                found.append(int(seqs[place]))
        if not found:
            return None
        return min(found) if forward else max(found)


def _joined(parts: list[Int64s]) -> Int64s:
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _codes(counts: list[int]) -> NDArray[np.uint8]:
    return np.repeat(np.arange(len(counts), dtype=np.uint8), counts)


def _interval(kind: str, spans: Spans, index: int) -> Interval:
    start, end = int(spans.start_ms[index]), int(spans.end_ms[index])
    return Interval(kind, start, end, int(spans.seq[index]), int(spans.ref[index]))
