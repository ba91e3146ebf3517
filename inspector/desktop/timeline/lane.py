"""What a lane is: a name, a line below it, and a source of spans or marks. Drawing knows only this.

A new lane (a what-if, a kit, an observed SDK) is one more ``LaneSpec`` in the pane's list.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Shape: TypeAlias = Literal["tick", "square", "cross", "diamond", "hollow", "up", "down", "ring"]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Span:
    """One interval of a lane. Times are engine ms; ``noticed_ms`` > ``end_ms`` draws a hatched tail between them.

    ``fill`` and ``note_ink`` name theme tokens. ``texts`` go from long to short: the longest that fits is
    written inside. ``note`` is written in the tail, or behind the end. ``began_seq`` is what a click selects,
    ``ended_seq`` what a click on the tail selects (0: none).
    """

    start_ms: float
    end_ms: float
    fill: str
    began_seq: int
    noticed_ms: float = 0.0
    ended_seq: int = 0
    texts: tuple[str, ...] = ()
    note: str = ""
    note_ink: str = "muted"


@dataclass(frozen=True, slots=True)
class Mark:
    """One instant of a lane. ``text`` is written beside it if there is room; ``row``: 0 up, 1 down, 2 middle."""

    t_ms: float
    shape: Shape
    ink: str
    seq: int
    text: str = ""
    row: int = 2


class SpanSource(Protocol):
    """Spans in order of time, not overlapping. The span that is still open is not among them: see ``live``."""

    def version(self) -> Hashable:
        """Return a value that changes when the closed spans do."""

    def count(self, t0_ms: float, t1_ms: float) -> int:
        """Return how many closed spans touch the range."""

    def spans(self, t0_ms: float, t1_ms: float) -> Sequence[Span]:
        """Return the closed spans that touch the range, and their neighbours if these leave a tail or a note."""

    def coverage(self, t0_ms: float, t1_ms: float, width: int) -> Sequence[tuple[str, Floats]]:
        """Return for each fill token the share (0 … 1) of every pixel column that it covers."""

    def live(self, now_ms: float) -> Span | None:
        """Return the open span up to now, if there is one."""

    def at(self, t_ms: float, slack_ms: float, now_ms: float) -> Span | None:
        """Return the span under a time or within the slack of it, the open one (up to ``now_ms``) included."""

    def neighbour(self, seq: int, forward: bool) -> int | None:
        """Return the next or previous ``seq`` that the lane shows, or None."""


class MarkSource(Protocol):
    """Marks in order of time."""

    def version(self) -> Hashable:
        """Return a value that changes when the marks do."""

    def count(self, t0_ms: float, t1_ms: float) -> int:
        """Return how many marks lie in the range."""

    def marks(self, t0_ms: float, t1_ms: float) -> Sequence[Mark]:
        """Return the marks in the range."""

    def density(self, t0_ms: float, t1_ms: float, width: int) -> Floats:
        """Return how many marks fall into each pixel column."""

    def at(self, t_ms: float, slack_ms: float) -> Mark | None:
        """Return the mark nearest to a time within the slack."""

    def neighbour(self, seq: int, forward: bool) -> int | None:
        """Return the next or previous ``seq`` that the lane shows, or None."""


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """One lane of the timeline. ``sub`` is asked for the line below the name when data or time moved."""

    key: str
    title: str
    source: Any  # a SpanSource or a MarkSource, as ``kind`` says
    kind: Literal["spans", "marks"]
    sub: Callable[[], str] = field(default=lambda: "")
    deadline: bool = False
    """Whether the span from now to the deadline is drawn on this lane."""
    labels: bool = False
    """Whether marks carry their text."""
