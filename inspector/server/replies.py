"""The bodies of the usual answers: the least that the web, Apple and Android SDKs accept in place of mParticle's.

Sources: the web SDK run against a local server (its config and identity answers), the Apple SDK's recorded
integration tests (``rh`` with ``ci`` for events, 202), mparticle-android-sdk ConfigManager.java (``stl``).
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from inspector.server.answers import Answers
from inspector.server.routes import Route

WORKSPACE: Final = "SESSIONINSPECTOR"
BATCHING_MS: Final = "1000"
"""Milliseconds after which the web SDK sends what it has; without it each event is a request of its own."""

# What tells a device, not a person: alone it does not mean that anybody is logged in.
_OF_DEVICES: Final = frozenset(
    {"device_application_stamp", "push_token", "ios_idfa", "ios_idfv"}
    | {"android_aaid", "android_uuid", "fire_aid", "roku_aid", "roku_publisher_id", "amp_id"}
)
_MASK = 2**64 - 1


class Reply(msgspec.Struct, frozen=True):
    """A status and a JSON body; an empty one is sent without a content type."""

    status: int
    body: bytes = b""


def reply_to(route: Route, body: Any, answers: Answers, *, now_ms: int) -> Reply:
    """Return the usual answer to a request whose JSON body is ``body`` (None for a GET)."""
    match route.kind:
        case "config_web":
            return Reply(200, _json(web_config()))
        case "config_native":
            return Reply(200, _json(native_config(answers, now_ms)))
        case "identify" | "login" | "logout" | "search":
            return Reply(200, _json(identity(route.kind, body)))
        case "modify":
            return Reply(200, b'{"change_results":[]}')
        case "audience":
            return Reply(200, _json({"dt": "rar", "ct": now_ms, "audience_memberships": []}))
        case "events_native":
            return Reply(202, b'{"dt":"rh","ci":{}}')
        case "alias" | "events_web" | "events_server" | "events_bulk":
            return Reply(202)


def web_config() -> dict[str, Any]:
    """Return the web SDK's config. It takes no session timeout from there, only from the page (store.ts)."""
    return {
        "appName": "Session Inspector",
        "workspaceToken": WORKSPACE,
        "kitConfigs": [],
        "pixelConfigs": [],
        "flags": {"eventBatchingIntervalMillis": BATCHING_MS, "offlineStorage": "100"},
        "minWebviewBridgeVersion": 2,
    }


def native_config(answers: Answers, now_ms: int) -> dict[str, Any]:
    """Return the native SDKs' config; ``stl`` is the session timeout in whole seconds, at least one."""
    config: dict[str, Any] = {"dt": "ac", "ct": now_ms, "ts": True, "eks": []}
    if answers.stl_s is not None:
        config["stl"] = max(1, round(answers.stl_s))
    return config


def identity(kind: str, body: Any) -> dict[str, Any]:
    """Return who a person is: the same identities give the same MPID, so that a second login is recognised."""
    known = body.get("known_identities") if isinstance(body, Mapping) else None
    known = known if isinstance(known, Mapping) else {}
    person = {str(name): str(value) for name, value in known.items() if name not in _OF_DEVICES and value}
    if kind == "logout":
        person = {}
    device = {str(name): str(value) for name, value in known.items() if name in _OF_DEVICES and value}
    stamp = device.get("device_application_stamp", "")
    told = person or ({"device_application_stamp": stamp} if stamp else device)
    return {
        "mpid": str(_hash(repr(sorted(told.items())))),
        "is_logged_in": bool(person),
        "is_ephemeral": False,
        "context": None,
        "matched_identities": {},
    }


def errors(message: str, code: str = "BAD_REQUEST") -> bytes:
    """Return the body of a refusal as the Events API writes it."""
    return _json({"errors": [{"code": code, "message": message}]})


def _hash(text: str) -> int:
    """Return FNV-1a of a text as a positive number of 63 bits, never 0: an MPID."""
    value = 0xCBF29CE484222325
    for byte in text.encode("utf-8", "surrogatepass"):
        value = ((value ^ byte) * 0x100000001B3) & _MASK
    return (value >> 1) or 1


def _json(value: Any) -> bytes:
    return msgspec.json.encode(value)
