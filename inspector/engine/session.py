"""The session as the engine keeps it while it is open."""

from typing import Any

import msgspec

from inspector.engine.entries import BeganBy, PreviousSession


class Session(msgspec.Struct, gc=False):
    """An open session. All ``*_ms`` are engine time except the spans, which are lengths in ms.

    ``last_message_ms`` is the time of the last thing recorded in it (guide G9), ``left_front_ms`` when the
    app went to the background during it (the start of its countdown, G3) or None, ``background_since_ms``
    when the background span under way began to count, or None.
    """

    ordinal: int
    id: str
    numeric_id: int
    start_ms: int
    began_by: BeganBy
    last_message_ms: int
    previous: PreviousSession | None = None
    left_front_ms: int | None = None
    left_front_seq: int = 0
    background_since_ms: int | None = None
    background_ms: int = 0
    interruptions: int = 0
    events: int = 0
    attributes: dict[str, Any] = {}

    def background_until(self, end_ms: int) -> int:
        """Return the background time in ms of this session if it ended at ``end_ms``."""
        since_ms = self.background_since_ms
        under_way = 0 if since_ms is None else max(0, end_ms - since_ms)
        return self.background_ms + under_way

    def copy(self) -> "Session":
        """Return an independent copy."""
        twin: Session = msgspec.structs.replace(self, attributes=dict(self.attributes))
        return twin
