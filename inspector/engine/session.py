"""The session as the engine keeps it while it is open."""

from operator import attrgetter
from typing import Any, NamedTuple

from inspector.engine.entries import BeganBy, PreviousSession


class Figures(NamedTuple):
    """What a session has come to: spans in ms, counts, attributes."""

    length_ms: int
    foreground_ms: int
    background_ms: int
    interruptions: int
    events: int
    attributes: dict[str, Any]


class Session:
    """An open session. All ``*_ms`` are engine time except the spans, which are lengths in ms.

    ``last_message_ms`` is the time of the last thing recorded in it (guide G9), ``left_front_ms`` when the
    app went to the background during it (the start of its countdown, G3) or None and ``left_front_seq`` which
    entry says so, ``background_since_ms`` when the background span under way began to count, or None.
    ``attributes`` is never changed in place: who holds it, holds it as it was.

    For platforms that decide by the wall clock ``start_wall_ms`` and ``last_wall_ms`` are the wall clock at its
    start and at its last message (engine time plus all steps of the clock until then); ``row`` is the immutable
    copy that a platform keeps in its store, all that is left of the session when the process dies.
    """

    # A plain class, for its attributes change with every event and a msgspec Struct's cost more to set.
    __slots__ = (
        "attributes",
        "background_ms",
        "background_since_ms",
        "began_by",
        "events",
        "id",
        "interruptions",
        "last_message_ms",
        "last_wall_ms",
        "left_front_ms",
        "left_front_seq",
        "ordinal",
        "previous",
        "row",
        "start_ms",
        "start_wall_ms",
    )

    def __init__(
        self,
        ordinal: int,
        uuid_text: str,
        start_ms: int,
        began_by: BeganBy,
        previous: PreviousSession | None,
        background_since_ms: int | None,
        wall_ms: int,
    ) -> None:
        """Begin at ``start_ms``, which is its first message (Details), with everything else at zero."""
        self.ordinal = ordinal
        self.id = uuid_text
        self.start_ms = start_ms
        self.began_by: BeganBy = began_by
        self.previous = previous
        self.last_message_ms = start_ms
        self.left_front_ms: int | None = None
        self.left_front_seq = 0
        self.background_since_ms = background_since_ms
        self.background_ms = 0
        self.interruptions = 0
        self.events = 0
        self.attributes: dict[str, Any] = {}
        self.start_wall_ms = wall_ms
        self.last_wall_ms = wall_ms
        self.row: Any = None

    def background_until(self, end_ms: int) -> int:
        """Return the background time in ms of this session if it ended at ``end_ms``."""
        since_ms = self.background_since_ms
        under_way = 0 if since_ms is None else max(0, end_ms - since_ms)
        return self.background_ms + under_way

    def copy(self) -> "Session":
        """Return an independent copy."""
        twin = Session.__new__(Session)
        for name, value in zip(Session.__slots__, _values(self), strict=True):
            setattr(twin, name, value)
        return twin

    def __eq__(self, other: object) -> bool:
        return _values(self) == _values(other) if isinstance(other, Session) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        pairs = zip(Session.__slots__, _values(self), strict=True)
        return f"Session({', '.join(f'{name}={value!r}' for name, value in pairs)})"


_values = attrgetter(*Session.__slots__)
