"""What an exchange says about sessions: the batches it carries, the settings and the user it answers with.

Takes either dialect by its shape, whatever the URL (captures lose it): an object with ``events`` is the Events
API's, one with ``dt: h`` or ``msgs`` the native SDKs', a list is a bulk of them. Nothing here raises on bad
input: what could not be read is listed in words.
"""

import re
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec

from inspector.wire import incoming_events, incoming_native
from inspector.wire.bodies import BOUNDS, BodyError, Bounds, read_json
from inspector.wire.exchange import Exchange
from inspector.wire.fields import seconds, shown, table, text, time_ms
from inspector.wire.message import Batch

Purpose: TypeAlias = Literal["events", "config", "identity", "alias", "other"]
# A body of hostile ground could make a sentence of every value; a person reads the first few and the count.
MAX_UNREAD: Final = 50
_EVENTS = re.compile(r"/(?:events|bulkevents)(?:/historical)?$", re.IGNORECASE)
_CONFIG = re.compile(r"/config$", re.IGNORECASE)
_IDENTITY = re.compile(r"/(identify|login|logout|modify|search)$", re.IGNORECASE)
_ALIAS = re.compile(r"/alias$", re.IGNORECASE)
_KEY_BEFORE = re.compile(r"/([^/]+)/(?:events|config|alias)$", re.IGNORECASE)


class IdentityCall(msgspec.Struct, frozen=True, gc=False):
    """A call of the identity API: ``what`` is identify, login, logout or modify; ``mpid`` is the user answered.

    ``asked_ms`` is the SDK's own time of the request, or None; ``device_id`` its device application stamp.
    """

    what: str
    mpid: str
    previous_mpid: str
    asked_ms: int | None
    device_id: str
    platform: str
    sdk_version: str


class Incoming(msgspec.Struct, frozen=True, gc=False):
    """What one exchange holds. ``timeout_s`` is a session timeout that a config *answer* sets (``stl``).

    ``app_key`` is the API key in the URL, where there is one. ``unread`` has at most ``MAX_UNREAD`` sentences,
    ``unread_count`` says how many there were. ``status`` is the answer that fits (202, 400, 413, 415).
    """

    purpose: Purpose
    batches: list[Batch] = []
    timeout_s: float | None = None
    identity: IdentityCall | None = None
    app_key: str = ""
    unread: list[str] = []
    unread_count: int = 0
    status: int = 202


def purpose_of(method: str, url: str) -> Purpose:
    """Return what a request is for, by its path: SDKs' own, CNAME and one-domain forms, and server to server."""
    path = urlsplit(url).path.rstrip("/") if len(url) < 8192 else ""
    if _EVENTS.search(path):
        return "events"
    if _CONFIG.search(path):
        return "config"
    if _ALIAS.search(path):
        return "alias"
    if _IDENTITY.search(path):
        return "identity"
    return "other"


def app_key_of(url: str) -> str:
    """Return the API key that stands in an SDK's path, or an empty text."""
    found = _KEY_BEFORE.search(urlsplit(url).path.rstrip("/")) if len(url) < 8192 else None
    return found[1] if found is not None and found[1] not in ("v1", "v2", "v3", "v4", "identity") else ""


def read_exchange(exchange: Exchange, bounds: Bounds = BOUNDS) -> Incoming:
    """Return what an exchange says. A preflight or a request of another kind is empty, purpose ``other``."""
    if exchange.method.upper() == "OPTIONS":
        return Incoming("other")
    purpose = purpose_of(exchange.method, exchange.url)
    key = app_key_of(exchange.url)
    if purpose == "config":
        return _config(exchange, key, bounds)
    if purpose == "identity":
        return _identity(exchange, bounds)
    if purpose != "events":
        return Incoming(purpose, app_key=key)
    try:
        value = read_json(exchange.body, exchange.headers, bounds)
    except BodyError as error:
        return Incoming("events", app_key=key, unread=[str(error)], unread_count=1, status=error.status)
    return read_value(value, exchange.at_ms, key)


def read_value(value: Any, at_ms: int, app_key: str = "") -> Incoming:
    """Return what an events request's JSON value holds: a batch of either dialect, or a list of them.

    ``at_ms`` stands in for times that are not said. Also for exports and logs, which have no request.
    """
    unread: list[str] = []
    batches: list[Batch] = []
    values = value if isinstance(value, list) else [value]
    for number, one in enumerate(values, 1):
        before = len(unread)
        batch = read_batch(one, at_ms, app_key, unread)
        if len(values) > 1:
            unread[before:] = [f"batch {number}: {said}" for said in unread[before:]]
        if batch is not None:
            batches.append(batch)
    if not values:
        unread.append("the list is empty; batches were expected")
    status = 202 if batches else 400
    return Incoming(
        "events",
        batches,
        app_key=app_key,
        unread=unread[:MAX_UNREAD],
        unread_count=len(unread),
        status=status,
    )


def read_batch(value: Any, at_ms: int, app_key: str, unread: list[str]) -> Batch | None:
    """Return one batch of either dialect, or None (then ``unread`` says why)."""
    if not isinstance(value, dict):
        unread.append(f"{shown(value)} is no batch: a JSON object with events (or msgs) was expected")
        return None
    if value.get("dt") == "h" or isinstance(value.get("msgs"), list):
        return incoming_native.read_batch(value, at_ms, app_key, unread)
    if "events" in value:
        return incoming_events.read_batch(value, at_ms, app_key, unread)
    keys = ", ".join(sorted(str(key)[:20] for key in value)[:6]) or "none"
    unread.append(f"no batch: neither events nor msgs among its keys ({keys})")
    return None


def _config(exchange: Exchange, key: str, bounds: Bounds) -> Incoming:
    """Return what a config answer sets: ``stl``, the session timeout in seconds (Android ConfigManager.java)."""
    if not exchange.answer or (exchange.status is not None and not 200 <= exchange.status < 300):
        return Incoming("config", app_key=key)
    try:
        answer = table(read_json(exchange.answer, {}, bounds))
    except BodyError as error:
        return Incoming("config", app_key=key, unread=[f"answer: {error}"], unread_count=1)
    return Incoming("config", timeout_s=seconds(answer.get("stl")), app_key=key)


def _identity(exchange: Exchange, bounds: Bounds) -> Incoming:
    found = _IDENTITY.search(urlsplit(exchange.url).path.rstrip("/"))
    what = found[1].lower() if found is not None else ""
    unread: list[str] = []
    asked: dict[str, Any] = {}
    answer: dict[str, Any] = {}
    status = 200
    try:
        asked = table(read_json(exchange.body, exchange.headers, bounds))
    except BodyError as error:
        unread.append(str(error))
        status = error.status
    if exchange.answer:
        try:
            answer = table(read_json(exchange.answer, {}, bounds))
        except BodyError as error:
            unread.append(f"answer: {error}")
    sdk = table(asked.get("client_sdk"))
    call = IdentityCall(
        what,
        text(answer.get("mpid")),
        text(asked.get("previous_mpid")),
        time_ms(asked.get("request_timestamp_ms")),
        text(table(asked.get("known_identities")).get("device_application_stamp")).lower(),
        text(sdk.get("platform")),
        text(sdk.get("sdk_version")),
    )
    return Incoming("identity", identity=call, unread=unread, unread_count=len(unread), status=status)
