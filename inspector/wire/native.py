"""A batch as the native SDKs write it (``/v2/<key>/events``): short codes, a header around the messages.

Sources: mparticle-android-sdk Constants.kt, mparticle-apple-sdk MPIConstants.m, and the recorded requests of the
Apple SDK's integration tests. A session's start has no ``sid``: its ``id`` is the session. ``sid`` is the UUID,
``sct`` the session's start. ``a``, the app's key, is not part of a stored batch: keys are in no file.
"""

from typing import Any, Final

from inspector.wire.codes import CODE_OF_KIND, CODE_OF_TRANSITION, NATIVE_ONLY
from inspector.wire.message import Batch, Message

_UPLOAD_INTERVAL_S: Final = {"iOS": 60, "Android": 10}
_ENVIRONMENT: Final = {"development": 1, "production": 2}
# Identity types by number (``ui``), as the Apple SDK's MPUserIdentity has them.
_IDENTITY_CODE: Final = {"other": 0, "customer_id": 1, "email": 7}
_TYPE_WORD: Final = {
    "navigation": "Navigation",
    "location": "Location",
    "search": "Search",
    "transaction": "Transaction",
    "user_content": "UserContent",
    "user_preference": "UserPreference",
    "social": "Social",
    "media": "Media",
    "other": "Other",
}


def batch_object(batch: Batch, *, mpid: int = 0, identities: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the body of a request for this batch; ``mpid`` and ``identities`` as in the other dialect."""
    opted_out = False
    for message in batch.messages:
        if message.kind == "opt_out":
            opted_out = bool(message.data.get("is_opted_out"))
    body: dict[str, Any] = {
        "dt": "h",
        "id": batch.id,
        "ct": batch.sent_ms,
        "mpid": mpid or _number(batch.mpid),
        "sdk": batch.sdk_version,
        "oo": opted_out,
        "ltv": 0,
        "das": batch.device_id,
        "uitl": _UPLOAD_INTERVAL_S.get(batch.platform, 60),
        "ai": {"apn": batch.app, "av": batch.app_version, "env": _ENVIRONMENT.get(batch.environment, 1)},
        "di": {"dp": batch.platform},
        "ui": [{"n": _IDENTITY_CODE.get(kind, 0), "i": value} for kind, value in (identities or {}).items()],
        "msgs": [message_object(message) for message in batch.messages],
    }
    if batch.timeout_s is not None:
        body["stl"] = int(batch.timeout_s) if batch.timeout_s == int(batch.timeout_s) else batch.timeout_s
    return body


def message_object(message: Message) -> dict[str, Any]:
    """Return one message in short codes."""
    data = message.data
    body: dict[str, Any] = {
        "dt": CODE_OF_KIND.get(message.kind, message.kind),
        "id": message.id,
        "ct": message.t_ms,
    }
    if message.kind != "session_start" and message.session_id is not None:
        body["sid"] = message.session_id
        if message.session_start_ms is not None:
            body["sct"] = message.session_start_ms
    if message.kind == "application_state_transition":
        body["t"] = CODE_OF_TRANSITION.get(message.name, message.name)
        if message.name == "application_initialized":
            body |= {"ifr": data.get("is_first_run", False), "iu": data.get("is_upgrade", False)}
    elif message.kind == "custom_event":
        body |= {"n": message.name, "et": _TYPE_WORD.get(data.get("custom_event_type", "other"), "Other")}
        body |= {"el": 0, "est": message.t_ms}
    elif message.kind == "screen_view":
        body |= {"n": message.name, "el": 0, "est": message.t_ms}
    elif message.kind == "opt_out":
        body["s"] = "true" if data.get("is_opted_out") else "false"
    elif message.kind == "crash_report":
        body |= {"m": data.get("message", ""), "eh": data.get("exception_handled", False)}
    if "event_num" in data:
        body["en"] = data["event_num"]
    if data.get("custom_attributes"):
        body["attrs"] = data["custom_attributes"]
    body.update((key, value) for key, value in data.items() if key in NATIVE_ONLY)
    return body


def _number(mpid: str) -> int:
    digits = mpid.removeprefix("-")
    return int(mpid) if digits.isascii() and digits.isdigit() and len(digits) <= 19 else 0
