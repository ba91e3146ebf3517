"""A kit as the timeline draws it: its sessions, and marks where it and the run disagree."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from inspector.desktop.timeline.brush import EXACT_DIFFERENCES
from inspector.desktop.timeline.lane import Floats, Mark, Shape, Span
from inspector.desktop.timeline.ruler import length_text
from inspector.desktop.timeline.sources import SessionSpans
from inspector.engine.kits.words import began_words, ended_words
from inspector.views.kit_lanes import KitLane, Point, PointKind
from inspector.views.lane import Lane
from inspector.views.spans import Interval, column_edges

_FILLS = {"session_a": "kit_a", "session_b": "kit_b"}
_SHAPES: dict[PointKind, tuple[Shape, str]] = {
    "only_kit": ("circle", "differs"),
    "only_app": ("gone", "differs"),
    "end": ("square", "differs"),
    "not_decided": ("hollow", "muted"),
}
Clock = Callable[[float], str]


class KitSpans(SessionSpans):
    """The sessions of the kit's lane that is shown now."""

    def __init__(self, lane: Callable[[], KitLane]) -> None:
        super().__init__(lane, "session", lambda _ordinal: "", lambda _ordinal: "")  # type: ignore[arg-type]
        self._kit = lane

    @property
    def lane(self) -> Lane:
        """Return the closed spans."""
        return self._kit().lane

    def version(self) -> Hashable:
        """Return what changes when the closed spans do, or when one opens."""
        kit = self._kit()
        return (kit.number, kit.lane.version, kit.begun)

    def neighbour(self, seq: int, forward: bool) -> int | None:
        """Return None: its boundaries are no entries of the run, to step from one to the next."""
        return None

    def coverage(self, t0_ms: float, t1_ms: float, width: int) -> Sequence[tuple[str, Floats]]:
        """Return the share of each column by token."""
        return [(_FILLS.get(token, token), share) for token, share in super().coverage(t0_ms, t1_ms, width)]

    def _told_open(self, intervals: list[Interval]) -> Span:
        return self._of_kit(super()._told_open(intervals))

    def _span(self, session: Interval | None, tail: Interval | None) -> Span:
        return self._of_kit(super()._span(session, tail))

    def _of_kit(self, span: Span) -> Span:
        texts = span.texts[1:]  # its sessions have no ids here
        note = "over, not noticed yet" if span.note == "due, not noticed yet" else span.note
        note = "" if note in ("timed out", "ended at next launch") else note
        return Span(
            span.start_ms,
            span.end_ms,
            _FILLS.get(span.fill, span.fill),
            span.began_seq,
            noticed_ms=span.noticed_ms,
            ended_seq=span.ended_seq,
            texts=texts,
            note=note,
            pale=True,
        )


class KitMarks:
    """Where the kit shown now and the run disagree, each kind by its own shape.

    A ring where only the kit begins a session, a cross where only the run does, a square where both give the
    same session another end, a hollow diamond where no source tells what the kit does.
    """

    def __init__(self, lane: Callable[[], KitLane]) -> None:
        self._kit = lane

    def version(self) -> Hashable:
        """Return what changes when the points do."""
        kit = self._kit()
        return (kit.number, kit.version)

    def count(self, t0_ms: float, t1_ms: float) -> int:
        """Return how many points lie in a range."""
        return self._kit().within(t0_ms, t1_ms)

    def marks(self, t0_ms: float, t1_ms: float) -> Sequence[Mark]:
        """Return the points in a range as marks."""
        if self.count(t0_ms, t1_ms) > EXACT_DIFFERENCES:
            return []
        return [mark_of(point) for point in self._kit().between(t0_ms, t1_ms)]

    def density(self, t0_ms: float, t1_ms: float, width: int) -> Floats:
        """Return the number of points in each pixel column."""
        return self._kit().density(column_edges(t0_ms, t1_ms, width))

    def at(self, t_ms: float, slack_ms: float) -> Mark | None:
        """Return the point nearest to a time within the slack."""
        found = self._kit().nearest(t_ms, slack_ms)
        return None if found is None else mark_of(found)

    def neighbour(self, _seq: int, _forward: bool) -> int | None:
        """Return None, as ``KitSpans``."""
        return None


def mark_of(point: Point) -> Mark:
    """Return a point as a mark; its text is what is to be said of it."""
    shape, ink = _SHAPES[point.kind]
    return Mark(point.t_ms, shape, ink, point.seq, point.text)


def kit_lines(name: str, what: Mark | Span, kit: KitLane, clock: Clock) -> list[str]:
    """Return the lines of a tip on the lane of a kit."""
    if isinstance(what, Mark):
        return [f"{clock(what.t_ms)}  {name}", *_causes(kit.between(what.t_ms, what.t_ms))]
    ordinal = int(what.texts[-1]) if what.texts and what.texts[-1].isdigit() else 0
    session = kit.session(ordinal)
    lines = [
        f"{name}: session {ordinal or ''}".rstrip(),
        f"{clock(what.start_ms)} … {clock(what.end_ms)}  ({length_text(what.end_ms - what.start_ms)})",
    ]
    if session is not None:
        lines += [began_words(session), ended_words(session, kit.rule)]
        if session.ended_by is not None and session.end_ms is None:
            none = "end" not in kit.rule.unknown
            lines.append("the kit gives no end" if none else "which end it is given, no source tells")
        if session.reported is False:
            lines.append("its length is not reported")
    elif what.note:
        lines.append(what.note)
    if what.noticed_ms > what.end_ms and (session is None or session.ended_by is not None):
        late = length_text(what.noticed_ms - what.end_ms)
        lines.append(f"noticed {clock(what.noticed_ms)}, {late} later")
    apart = kit.between(what.start_ms, max(what.end_ms, what.start_ms))[:4]
    return lines + [f"{clock(one.t_ms)}: {line}" for one in apart for line in _causes([one])]


def _causes(points: Sequence[Point]) -> list[str]:
    from inspector.engine.kits.causes import CAUSE_WORDS
    from inspector.engine.kits.compare import KIND_WORDS

    lines = []
    for one in points:
        if one.kind == "not_decided":
            lines.append(one.text)
            continue
        cause = "" if one.kind == "end" else f" ({CAUSE_WORDS[one.cause]})"  # type: ignore[index]
        lines += [f"{KIND_WORDS[one.kind]}{cause}:", one.text]
    return lines
