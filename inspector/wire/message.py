"""One message and one batch, whichever dialect carried or will carry them."""

from typing import Any, Literal, TypeAlias

import msgspec

Dialect: TypeAlias = Literal["events_api", "native"]


class Message(msgspec.Struct, frozen=True, gc=False):
    """One message of an SDK. Times are Unix milliseconds.

    ``kind`` is the Events API's event type (``session_start``, ``custom_event`` …), ``id`` the message's own UUID
    (a session start's is the session's), ``session_id`` the session's UUID in upper case or None where the
    message belongs to none. ``name`` is an event's or screen's name, or the transition's type. ``data`` has what
    else its kind carries, by the Events API's names (``session_duration_ms``, ``is_first_run`` …), and what only
    the native SDKs write under their short codes (``sl``, ``psl``, ``nsi`` …). ``seq`` is the journal's entry it
    was made of, 0 for one that arrived.
    """

    kind: str
    id: str
    t_ms: int
    session_id: str | None
    session_start_ms: int | None
    name: str = ""
    data: dict[str, Any] = {}
    mpid: str = ""
    seq: int = 0


class Batch(msgspec.Struct, frozen=True, gc=False):
    """Messages that travel together. ``platform`` is the Events API's word (``iOS``, ``Android``, ``web`` …).

    ``id`` is the request's own id, ``sent_ms`` when the SDK made the batch (Unix ms, None where it does not
    say), ``timeout_s`` the session timeout it claims to work with (the header's ``stl``), ``device_id`` and
    ``app`` what tells one installation from another.
    """

    dialect: Dialect
    id: str
    messages: list[Message]
    mpid: str = ""
    device_id: str = ""
    platform: str = ""
    app: str = ""
    app_version: str = ""
    sdk_version: str = ""
    environment: str = "development"
    sent_ms: int | None = None
    timeout_s: float | None = None
