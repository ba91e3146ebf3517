"""What every partner's translation is made of: who sends, what is sent, what is not and why."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, Self, TypeAlias

import msgspec

from inspector.engine.entries import AnyEntry, SessionEnded
from inspector.wire.message import Message

Form: TypeAlias = Literal["json", "envelope", "query", "call"]
EVENTS: Final = ("custom_event", "screen_view")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class App(msgspec.Struct, frozen=True):
    """The app and the device whose messages are translated, as far as partners ask for it.

    ``platform`` is the Events API's word (``iOS``, ``Android``, ``web``), ``device_id`` a UUID in upper case.
    """

    platform: str = "iOS"
    name: str = "com.example.app"
    version: str = "1.0"
    environment: str = "development"
    device_id: str = "00000000-0000-4000-8000-000000000000"

    @property
    def web(self) -> bool:
        """Return whether the app is a web page."""
        return self.platform == "web"


class Payload(msgspec.Struct, frozen=True, gc=False):
    """One request to a partner. ``name`` is what the partner calls it.

    ``body`` is the JSON value sent; of an ``envelope`` a list of values, one a line; of a ``query`` the
    parameters; of a ``call`` JSON whose verb is in the address, so that a line of it has both. Keys of an
    account in ``url`` and ``body`` are words in capitals. ``notes`` say what the partner's limits made of the
    message, and what to know about this request.
    """

    name: str
    url: str
    body: Any
    form: Form = "json"
    method: str = "POST"
    notes: tuple[str, ...] = ()


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """Messages and what the partner gets for them: requests, or none and ``why``."""

    messages: tuple[Message, ...]
    payloads: tuple[Payload, ...] = ()
    why: str = ""


class Translator:
    """Turns messages, in order, into what a partner receives.

    What it remembers between two messages are values that never change in place, so that ``copy`` is cheap.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    def tell(self, message: Message, entry: AnyEntry | None) -> list[Payload] | str:
        """Return the requests for one message, or why there are none. ``entry`` is the journal's, if known."""
        raise NotImplementedError

    def feed(self, message: Message, entry: AnyEntry | None = None) -> list[Delivery]:
        """Return the deliveries that a message completes."""
        told = self.tell(message, entry)
        if isinstance(told, str):
            return [Delivery((message,), (), told)]
        return [Delivery((message,), tuple(told))]

    def flush(self) -> list[Delivery]:
        """Return what is still held back, at the end of the messages."""
        return []

    def copy(self) -> Self:
        """Return an independent copy, as it stands."""
        return copy.copy(self)


# --- what messages say ---------------------------------------------------------------------------------


def lengths(message: Message, entry: AnyEntry | None = None) -> tuple[int, int]:
    """Return the total and the foreground length (ms) that a session_end tells of.

    The native SDKs tell both (``slx``, ``sl``); the Events API has one, ``session_duration_ms``, and the journal
    knows the other.
    """
    told = _whole(message.data.get("session_duration_ms"))
    if isinstance(entry, SessionEnded):
        return max(0, entry.length_ms), max(0, entry.foreground_ms)
    return _whole(message.data.get("slx"), told), _whole(message.data.get("sl"), told)


def _whole(value: Any, default: int = 0) -> int:
    return max(0, value) if isinstance(value, int) and not isinstance(value, bool) else default


def ended_by(entry: AnyEntry | None) -> str:
    """Return what ended the session of a session_end, empty if the journal is not at hand."""
    return entry.ended_by if isinstance(entry, SessionEnded) else ""


def attributes(message: Message) -> dict[str, Any]:
    """Return the attributes a person gave to an event, or the session's at its end."""
    found = message.data.get("custom_attributes")
    return found if isinstance(found, dict) else {}


# --- ids and times as partners want them ---------------------------------------------------------------


def lower(uuid_text: str) -> str:
    """Return a UUID in lower case (Snowplow, Datadog, Sentry refuse or lose the upper case)."""
    return uuid_text.lower()


def bare(uuid_text: str) -> str:
    """Return a UUID as 32 lower-case hexadecimal digits."""
    return uuid_text.replace("-", "").lower()


def iso(unix_ms: int) -> str:
    """Return an instant as ISO 8601 in UTC with milliseconds; beyond the years 1 to 9999 the nearest of them."""
    try:
        moment = _EPOCH + timedelta(milliseconds=unix_ms)
    except OverflowError:
        moment = (datetime.max if unix_ms > 0 else datetime.min).replace(tzinfo=UTC)
    return f"{moment.isoformat(timespec='milliseconds')[:23]}Z"


def day(unix_ms: int) -> str:
    """Return the date (UTC) of an instant, ``2026-01-31``."""
    return iso(unix_ms)[:10]


# --- limits --------------------------------------------------------------------------------------------


class Limits(msgspec.Struct, frozen=True):
    """A partner's documented limits on names and values; ``None`` where it has none. ``source`` says where."""

    source: str
    name_chars: int | None = None
    key_chars: int | None = None
    value_chars: int | None = None
    properties: int | None = None
    reserved: frozenset[str] = frozenset()
    reserved_prefixes: tuple[str, ...] = ()


class Fit:
    """Makes one message fit a partner's limits and notes what it changed."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.notes: list[str] = []

    def name(self, text: str) -> str:
        """Return an event's name, cut where it is too long."""
        return self._cut(text, self.limits.name_chars, "name")

    def values(self, given: dict[str, Any], room: int = 0) -> dict[str, Any]:
        """Return attributes within the limits: keys and texts cut, what is too many left out.

        ``room`` is how many properties the payload has of its own.
        """
        limits = self.limits
        kept: dict[str, Any] = {}
        for key, value in given.items():
            if limits.properties is not None and len(kept) + room >= limits.properties:
                self.notes.append(
                    f"{len(given) - len(kept)} of {len(given)} attributes left out: "
                    f"at most {limits.properties} properties"
                )
                break
            kept[self._cut(str(key), limits.key_chars, "attribute's name")] = self.value(value)
        return kept

    def value(self, value: Any) -> Any:
        """Return a value, a text cut where it is too long."""
        return self._cut(value, self.limits.value_chars, "value") if isinstance(value, str) else value

    def _cut(self, text: str, most: int | None, what: str) -> str:
        if most is None or len(text) <= most:
            return text
        self.notes.append(f"{what} cut from {len(text)} to {most} characters")
        return text[:most]


# --- as text -------------------------------------------------------------------------------------------


def _encode(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value)
    except (UnicodeEncodeError, OverflowError, TypeError, ValueError):
        # A lone surrogate or an integer beyond 64 bits, which a scenario may hold: JSON has room for both.
        return json.dumps(value, default=str).encode("ascii")


def compact(value: Any) -> str:
    """Return a value as JSON in one line, for what a partner wants as a text."""
    return _encode(value).decode("utf-8")


def line(payload: Payload) -> bytes:
    """Return a request's body as it goes over the wire, a newline at its end.

    Before it stands the address where only that says what is asked for.
    """
    if payload.form == "envelope":
        return b"".join(_encode(value) + b"\n" for value in payload.body)
    if payload.form == "query":
        from urllib.parse import urlencode

        query = urlencode(payload.body, errors="replace")
        return f"{payload.method} {payload.url}?{query}\n".encode("ascii", "replace")
    if payload.form == "call":
        return f"{payload.method} {payload.url} ".encode("ascii", "replace") + _encode(payload.body) + b"\n"
    return _encode(payload.body) + b"\n"


def pretty(value: Any) -> str:
    """Return a JSON value indented, for people."""
    return msgspec.json.format(_encode(value), indent=2).decode("utf-8", "replace")


def text(payload: Payload) -> str:
    """Return a request for people: method and address, then the body."""
    if payload.form == "envelope":
        body = "\n".join(pretty(value) for value in payload.body)
    elif payload.form == "query":
        body = "\n".join(f"{key}={value}" for key, value in payload.body.items())
    else:
        body = pretty(payload.body)
    return f"{payload.method} {payload.url}\n\n{body}"
