"""A device's sessions as a lane: spans to draw, a mark for each boundary, on the run's axis of time."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import count

import msgspec
import numpy as np

from inspector.observed.model import Boundary, Comparison, ObservedSession
from inspector.views.lane import Lane
from inspector.views.lanes import SESSION_KINDS
from inspector.views.spans import Float64s

SHARE = 100  # sessions added at one step: about a millisecond
_numbers = count(1)


class ObservedSpan(msgspec.Struct, frozen=True, gc=False):
    """A session on the run's axis: of an open one ``end_ms`` is the last that is known."""

    start_ms: int
    end_ms: int
    noticed_ms: int
    open: bool
    ordinal: int
    session: ObservedSession


class ObservedLane:
    """What is drawn of one comparison. ``zero_ms`` is the Unix time that the axis calls 0.

    One that is made with ``fill=False`` holds no sessions until ``filling()`` was run to its end.
    """

    def __init__(self, found: Comparison, zero_ms: int, *, fill: bool = True) -> None:
        self.number = next(_numbers)
        self.found = found
        self.zero_ms = zero_ms
        self.lane = Lane("session", "Observed", SESSION_KINDS)
        self.spans: list[ObservedSpan] = []
        self.points: list[tuple[int, Boundary]] = sorted(
            ((one.t_ms - zero_ms, one) for one in found.boundaries), key=lambda point: point[0]
        )
        self._times = [t_ms for t_ms, _ in self.points]
        self._odd = np.array([t_ms for t_ms, one in self.points if one.verdict != "agrees"], dtype=np.float64)
        self._starts: list[int] = []
        for _ in self.filling() if fill else ():
            pass

    def filling(self) -> Iterator[None]:
        """Add the sessions, a share at each step."""
        sessions = self.found.sessions
        for at, session in enumerate(sessions):
            following = sessions[at + 1] if at + 1 < len(sessions) else None
            self._add(at + 1, session, None if following is None else _shown_start(following))
            if at % SHARE == SHARE - 1:
                yield
        self._starts = [span.start_ms for span in self.spans]

    def _add(self, ordinal: int, session: ObservedSession, limit_ms: int | None) -> None:
        start_ms = _shown_start(session)
        end_ms = max(start_ms, session.last_ms if session.end_ms is None else session.end_ms)
        noticed_ms = max(end_ms, session.noticed_ms or end_ms)
        if limit_ms is not None:
            end_ms, noticed_ms = min(end_ms, max(limit_ms, start_ms)), min(noticed_ms, max(limit_ms, start_ms))
        zero_ms = self.zero_ms
        kind = SESSION_KINDS[(ordinal + 1) % 2]
        self.lane.add_span(kind, start_ms - zero_ms, end_ms - zero_ms, 0, ordinal)
        if noticed_ms > end_ms:
            self.lane.add_span("tail", end_ms - zero_ms, noticed_ms - zero_ms, 0, ordinal)
        is_open = session.end_ms is None
        self.spans.append(
            ObservedSpan(start_ms - zero_ms, end_ms - zero_ms, noticed_ms - zero_ms, is_open, ordinal, session)
        )

    @property
    def extent_ms(self) -> tuple[int, int]:
        """Return the first and the last instant that it shows."""
        ends = [span.noticed_ms for span in self.spans] + self._times
        starts = self._starts + self._times
        return (min(starts), max(ends)) if ends else (0, 0)

    def visible(self, t0_ms: float, t1_ms: float) -> list[ObservedSpan]:
        """Return the spans that touch a range, and the one before, whose tail may."""
        first = max(0, bisect_right(self._starts, t0_ms) - 2)
        return self.spans[first : bisect_right(self._starts, t1_ms)]

    def count(self, t0_ms: float, t1_ms: float) -> int:
        """Return how many spans touch a range, about."""
        return bisect_right(self._starts, t1_ms) - max(0, bisect_right(self._starts, t0_ms) - 1)

    def span_at(self, t_ms: float, slack_ms: float) -> ObservedSpan | None:
        """Return the session under a time, its tail included, or the nearest within the slack."""
        at = bisect_right(self._starts, t_ms) - 1
        near = self.spans[max(0, at) : at + 2]
        away = [(max(span.start_ms - t_ms, t_ms - span.noticed_ms, 0), span.ordinal, span) for span in near]
        found = min(away, default=None, key=lambda one: one[:2])
        return found[2] if found is not None and found[0] <= slack_ms else None

    def boundaries(self, t0_ms: float, t1_ms: float) -> list[tuple[int, Boundary]]:
        """Return the boundaries in a range, in order of time."""
        return self.points[bisect_left(self._times, t0_ms) : bisect_right(self._times, t1_ms)]

    def density(self, edges: Float64s) -> Float64s:
        """Return how many boundaries that do not agree lie in each column between two edges."""
        return np.histogram(self._odd, bins=edges)[0].astype(np.float64)


def _shown_start(session: ObservedSession) -> int:
    """Return where a session is drawn from: one that took over another's start begins when it was begun (W8)."""
    if session.began_ms is not None and session.began_ms > session.start_ms and session.same_start_as:
        return session.began_ms
    return session.start_ms
