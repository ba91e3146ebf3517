"""One request and its answer, as the collector met it or a capture has it."""

import msgspec

from inspector.wire.sighting import Clock


class Exchange(msgspec.Struct, frozen=True, gc=False):
    """A request with its answer. ``at_ms`` is when it was made (Unix ms); header names are in lower case.

    ``body`` and ``answer`` are as sent, a content encoding not undone; ``status`` is None where no answer is
    known. ``source`` says where it comes from in a person's words (``capture.har, entry 14``, ``collector``).
    ``clock`` says how far ``at_ms`` can be trusted; under ``none`` it is the batch's own time, or 0. ``log`` is
    where a log shows an upload that was made or tried: device and process as its lines tell them
    (``Sighting``). It is None for what was met on the wire, or was taken in by a server. ``hidden``: ids or
    times in the body were replaced in the recording, and left out.
    """

    at_ms: int
    method: str
    url: str
    headers: dict[str, str] = {}
    body: bytes = b""
    status: int | None = None
    answer: bytes = b""
    source: str = ""
    clock: Clock = "certain"
    log: tuple[str, str] | None = None
    hidden: bool = False
