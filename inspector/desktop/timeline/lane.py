"""What a lane is: a name, a line below it, and a source of spans or marks. Drawing knows only this.

A new lane (a what-if, a kit, an observed SDK) is one more ``LaneSpec`` in a group of the pane: see
``LaneGroups.show``.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Shape: TypeAlias = Literal["tick", "square", "cross", "diamond", "hollow", "up", "down", "ring", "circle", "gone"]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Span:
    """One interval of a lane. Times are engine ms; ``noticed_ms`` > ``end_ms`` draws a hatched tail between them.

    ``fill`` and ``note_ink`` name theme tokens. ``texts`` go from long to short: the longest that fits is
    written inside. ``note`` is written in the tail, or behind the end. ``began_seq`` is what a click selects,
    ``ended_seq`` what a click on the tail selects (0: none). ``pale`` is for what did not happen: a what-if.
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
    pale: bool = False


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


class LaneHandle(Protocol):
    """What a person can do to a lane at its name: choose it, and drag what it supposes (a timeout)."""

    def chosen(self) -> bool:
        """Return whether it is the one that keys act on."""

    def choose(self) -> None:
        """Let keys act on it."""

    def adjustable(self) -> bool:
        """Return whether there is anything to drag."""

    def take_hold(self) -> None:
        """Begin a drag."""

    def drag(self, pixels: float, fine: bool) -> None:
        """Be dragged so far since ``take_hold``, to the right for more; ``fine`` goes slower."""

    def let_go(self) -> None:
        """End a drag."""


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """One lane of the timeline. ``sub`` is asked for the line below the name when data or time moved."""

    key: str
    title: str | Callable[[], str]
    source: Any  # a SpanSource or a MarkSource, as ``kind`` says
    kind: Literal["spans", "marks"]
    sub: Callable[[], str] = field(default=lambda: "")
    brief: Callable[[], str] | None = None
    """What ``sub`` says in a few signs, for a lane that is one line high."""
    deadline: bool = False
    """Whether the span from now to the deadline is drawn on this lane."""
    labels: bool = False
    """Whether marks carry their text."""
    pinned: bool = False
    """Whether it stays at the top while further lanes scroll; pinned lanes come first."""
    marks: Any = None
    """Of a lane of spans: a MarkSource of what is to be pointed out on it (where a what-if or a kit differs)."""
    deadline_ms: Callable[[], float | None] | None = None
    """Of a lane with a countdown of its own: when it is up, None while nothing counts down."""
    handle: LaneHandle | None = None
    tip: Callable[[], str] | None = None
    """What its name says when the mouse rests on it, in words."""
    pick: Callable[[float, float], None] | None = None
    """Of a lane whose marks are no entries of the run: takes a click at a time, with how far off it may be."""
    tell: Callable[["Mark | Span", Callable[[float], str]], list[str]] | None = None
    """The lines of a tip for one of its marks or spans (``clock`` writes times), where the log has no words."""

    def heading(self) -> str:
        """Return its name now."""
        return self.title if isinstance(self.title, str) else self.title()
