"""Batches in the native SDKs' short codes (v2): JSON values in, Batch out.

Sources: mparticle-android-sdk Constants.kt (MessageKey) and MessageBatch.java, mparticle-apple-sdk
MPIConstants.m and Utils/MPUploadBuilder.m; the pairing with the Events API's names: mParticle/js-models
packages/model-translation.
"""

from typing import Any

from inspector.wire.codes import KIND_OF_CODE, TRANSITION_OF_CODE
from inspector.wire.fields import keep_whole, seconds, session_id, shown, table, text, time_ms, whole
from inspector.wire.message import Batch, Message

# Codes that have a name in the Events API; the rest stays under its code.
_NAMES = {
    "attrs": "custom_attributes",
    "et": "custom_event_type",
    "flags": "custom_flags",
    "ifr": "is_first_run",
    "iu": "is_upgrade",
    "lr": "launch_referral",
    "slx": "session_duration_ms",
}
_TAKEN = frozenset({"dt", "id", "ct", "sid", "sct", "mpid"})
_WHOLE = ("session_duration_ms", "event_num", "sl", "psl", "pss", "pft", "tls", "nsi")
_ENVIRONMENTS = {1: "development", 2: "production"}


def read_batch(value: dict[str, Any], at_ms: int, app: str, unread: list[str]) -> Batch:
    """Return the batch of one header object (``dt`` is ``h``); what cannot be read is told in ``unread``."""
    mpid = text(value.get("mpid"))
    info = table(value.get("ai"))
    device = table(value.get("di"))
    messages: list[Message] = []
    number = 0
    for key in ("sh", "msgs"):  # older Android headers keep the messages of the session before under sh
        found = value.get(key)
        if found is None:
            continue
        if not isinstance(found, list):
            unread.append(f"{key}: {shown(found)} is no list")
            continue
        for one in found:
            number += 1
            message = _message(one, at_ms, mpid, f"message {number}", unread)
            if message is not None:
                messages.append(message)
    timeout = value.get("stl")
    timeout_s = seconds(timeout)
    if timeout is not None and timeout_s is None:
        unread.append(f"stl: {shown(timeout)} is no number of seconds")
    environment = _ENVIRONMENTS.get(whole(info.get("env")) or 0, "development")
    return Batch(
        "native",
        text(value.get("id")),
        messages,
        mpid=mpid,
        device_id=text(value.get("das")).lower(),
        platform=text(device.get("dp")),
        app=text(info.get("apn")) or text(info.get("an")) or app,
        app_version=text(info.get("av")),
        sdk_version=text(value.get("sdk")),
        environment=environment,
        sent_ms=time_ms(value.get("ct")),
        timeout_s=timeout_s,
    )


def _message(one: Any, at_ms: int, mpid: str, where: str, unread: list[str]) -> Message | None:
    if not isinstance(one, dict):
        unread.append(f"{where}: {shown(one)} is no JSON object")
        return None
    code = one.get("dt")
    kind = KIND_OF_CODE.get(code) if isinstance(code, str) else None
    if kind is None:
        unread.append(f"{where}: dt {shown(code)} is not known")
        return None
    t_ms = time_ms(one.get("ct"))
    if t_ms is None:
        if one.get("ct") is not None:
            unread.append(f"{where} ({code}): ct {shown(one['ct'])} is no time in ms")
            return None
        t_ms = at_ms
    own = text(one.get("id"))
    start_ms = time_ms(one.get("sct"))
    if code == "ss":
        session = session_id(own)
        start_ms = start_ms or t_ms
        if session is None:
            unread.append(f"{where} (ss): it has no id, which is the session's")
            return None
    else:
        session = session_id(one.get("sid"))
    name = ""
    if code == "ast":
        transition = TRANSITION_OF_CODE.get(text(one.get("t")))
        if transition is None:
            unread.append(f"{where} (ast): t {shown(one.get('t'))} is no state transition")
            return None
        name = transition
    elif code in ("e", "v"):
        name = text(one.get("n"))
    taken = _TAKEN | ({"t"} if code == "ast" else {"n"} if code in ("e", "v") else frozenset())
    rest: dict[str, Any] = {}
    for key, v in one.items():
        if key in taken or v is None:
            continue
        if key == "en" and code in ("e", "se", "cm", "v"):
            key = "event_num"
        elif key == "s" and code == "o":
            key, v = "is_opted_out", _truth(v)
        else:
            key = _NAMES.get(key, key)
        rest[key] = v
    keep_whole(rest, _WHOLE, f"{where} ({code})", unread)
    return Message(
        kind, own, t_ms, session, start_ms if session else None, name, rest, text(one.get("mpid")) or mpid
    )


def _truth(value: Any) -> Any:
    return value == "true" if isinstance(value, str) else value
