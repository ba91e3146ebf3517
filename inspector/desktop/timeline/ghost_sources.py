"""A ghost as the timeline draws it: paler sessions, and marks where it differs from the run."""

from collections.abc import Callable, Hashable, Sequence

from inspector.desktop.timeline.brush import EXACT_DIFFERENCES
from inspector.desktop.timeline.lane import Floats, Mark, Span
from inspector.desktop.timeline.ruler import length_text
from inspector.desktop.timeline.sources import SessionSpans
from inspector.views.differences import Difference, Differences
from inspector.views.ghosts import Ghost
from inspector.views.spans import Interval, column_edges

_FILLS = {"session_a": "ghost_a", "session_b": "ghost_b"}
Clock = Callable[[float], str]


class GhostSpans(SessionSpans):
    """The sessions of the ghost that is shown now; while it is rebuilt that may be another one than before."""

    def __init__(self, ghost: Callable[[], Ghost]) -> None:
        super().__init__(ghost, "session", lambda _ordinal: "", self._by)  # type: ignore[arg-type]
        self._ghost = ghost

    def _by(self, ordinal: int) -> str:
        return self._ghost().grouping.ended_by(ordinal)

    def version(self) -> Hashable:
        """Return what changes when the closed spans do, or when another ghost is shown."""
        ghost = self._ghost()
        now_open = ghost.grouping.open
        return (ghost.number, ghost.lane().version, None if now_open is None else now_open.start_ms)

    def neighbour(self, seq: int, forward: bool) -> int | None:
        """Return None: its boundaries are no entries of the run, to step from one to the next."""
        return None

    def coverage(self, t0_ms: float, t1_ms: float, width: int) -> Sequence[tuple[str, Floats]]:
        """Return the share of each column by token."""
        parts = super().coverage(t0_ms, t1_ms, width)
        return [(_FILLS.get(token, token), share if token in _FILLS else share * 0.5) for token, share in parts]

    def _told_open(self, intervals: list[Interval]) -> Span:
        return self._pale(super()._told_open(intervals), " so far")

    def _span(self, session: Interval | None, tail: Interval | None) -> Span:
        return self._pale(super()._span(session, tail), "")

    def _pale(self, span: Span, far: str) -> Span:
        length = length_text(span.end_ms - span.start_ms)
        # A look ahead does not know how many sessions came before.
        number = span.texts[-1] if span.texts and not self._ghost().from_seq else ""
        texts = (f"{number} · {length}{far}" if number else f"{length}{far}", number) if span.texts else ()
        return Span(
            span.start_ms,
            span.end_ms,
            _FILLS.get(span.fill, span.fill),
            span.began_seq,
            noticed_ms=span.noticed_ms,
            ended_seq=span.ended_seq,
            texts=tuple(filter(None, texts)),
            note=span.note,
            pale=True,
        )


class DifferenceMarks:
    """Where the ghost that is shown now and the run differ.

    A ring where it has a boundary that the run has not, a cross where the run has one that it has not.
    """

    def __init__(self, differences: Callable[[], Differences]) -> None:
        self._differences = differences

    def version(self) -> Hashable:
        """Return what changes when the differences do."""
        differences = self._differences()
        return (id(differences), differences.version)

    def count(self, t0_ms: float, t1_ms: float) -> int:
        """Return how many differences lie in a range."""
        return self._differences().within(t0_ms, t1_ms)

    def marks(self, t0_ms: float, t1_ms: float) -> Sequence[Mark]:
        """Return the differences in a range as marks."""
        if self.count(t0_ms, t1_ms) > EXACT_DIFFERENCES:
            return []
        return [_mark(one) for one in self._differences().between(t0_ms, t1_ms)]

    def density(self, t0_ms: float, t1_ms: float, width: int) -> Floats:
        """Return the number of differences in each pixel column."""
        return self._differences().density(column_edges(t0_ms, t1_ms, width))

    def at(self, t_ms: float, slack_ms: float) -> Mark | None:
        """Return the difference nearest to a time within the slack."""
        found = self._differences().nearest(t_ms, slack_ms)
        return None if found is None else _mark(found)

    def neighbour(self, _seq: int, _forward: bool) -> int | None:
        """Return None, as ``GhostSpans``."""
        return None


def _mark(one: Difference) -> Mark:
    return Mark(one.t_ms, "circle" if one.extra else "gone", "differs", one.seq, "begin" if one.begins else "end")


def difference_line(name: str, mark: Mark, ghost: Ghost) -> str:
    """Return in words where a ghost called ``name`` and the run part at a mark."""
    if mark.shape == "circle" and mark.text == "begin":
        return f"{name} begins a session here; the run does not"
    if mark.shape == "circle":
        by = ghost.grouping.ended_by(ghost.grouping.ended_at(round(mark.t_ms)))
        how = {"": "", "timeout": " (timed out)"}.get(by, f" ({by.replace('_', ' ')})")
        return f"{name} ends its session here{how}; the run does not"
    if mark.text == "begin":
        return f"the run begins a session here; {name} does not"
    return f"the run ends its session here; {name} has not ended it here"


def ghost_lines(name: str, what: Mark | Span, ghost: Ghost, differences: Differences, clock: Clock) -> list[str]:
    """Return the lines of a tip on the lane of a ghost."""
    if isinstance(what, Mark):
        return [clock(what.t_ms), difference_line(name, what, ghost)]
    lines = [
        f"{name}: session {what.texts[-1] if what.texts and not ghost.from_seq else ''}".rstrip(),
        f"{clock(what.start_ms)} … {clock(what.end_ms)}  ({length_text(what.end_ms - what.start_ms)})",
    ]
    if what.noticed_ms > what.end_ms:
        late = length_text(what.noticed_ms - what.end_ms)
        lines.append(f"{what.note}: noticed {clock(what.noticed_ms)}, {late} later")
    apart = differences.between(what.start_ms, max(what.end_ms, what.start_ms))[:4]
    if apart:
        lines += [f"{clock(one.t_ms)}: {difference_line(name, _mark(one), ghost)}" for one in apart]
    else:
        lines.append("the same in the run")
    return lines
