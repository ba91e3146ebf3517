"""The session as the engine keeps it while it is open."""

from operator import attrgetter
from typing import Any

from inspector.engine.entries import BeganBy, PreviousSession


class Session:
    """An open session. All ``*_ms`` are engine time except the spans, which are lengths in ms.

    ``last_message_ms`` is the time of the last thing recorded in it (guide G9), ``left_front_ms`` when the
    app went to the background during it (the start of its countdown, G3) or None and ``left_front_seq`` which
    entry says so, ``background_since_ms`` when the background span under way began to count, or None.
    ``attributes`` is never changed in place: who holds it, holds it as it was.
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
        "left_front_ms",
        "left_front_seq",
        "ordinal",
        "previous",
        "start_ms",
    )

    def __init__(
        self,
        ordinal: int,
        uuid_text: str,
        start_ms: int,
        began_by: BeganBy,
        previous: PreviousSession | None,
        background_since_ms: int | None,
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

    def background_until(self, end_ms: int) -> int:
        """Return the background time in ms of this session if it ended at ``end_ms``."""
        since_ms = self.background_since_ms
        under_way = 0 if since_ms is None else max(0, end_ms - since_ms)
        return self.background_ms + under_way

    def copy(self) -> "Session":
        """Return an independent copy."""
        twin = Session(
            self.ordinal,
            self.id,
            self.start_ms,
            self.began_by,
            self.previous,
            self.background_since_ms,
        )
        twin.last_message_ms = self.last_message_ms
        twin.left_front_ms = self.left_front_ms
        twin.left_front_seq = self.left_front_seq
        twin.background_ms = self.background_ms
        twin.interruptions = self.interruptions
        twin.events = self.events
        twin.attributes = self.attributes
        return twin

    def __eq__(self, other: object) -> bool:
        return _values(self) == _values(other) if isinstance(other, Session) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        pairs = zip(Session.__slots__, _values(self), strict=True)
        return f"Session({', '.join(f'{name}={value!r}' for name, value in pairs)})"


_values = attrgetter(*Session.__slots__)
