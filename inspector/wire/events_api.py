"""A batch as the Events API takes it: the long names of mParticle's published JSON schema.

Written for both its public form (``/v2/events``) and the web SDK's (``/v3/JS/<key>/events``), which have the same
body. ``session_id``, the number, goes along with ``session_uuid``: the schema wants it in a session's start.
"""

from typing import Any, Final

import msgspec

from inspector.engine.ids import numeric_id
from inspector.wire.codes import NATIVE_ONLY
from inspector.wire.message import Batch, Message

_NAME_KEY: Final = {
    "custom_event": "event_name",
    "screen_view": "screen_name",
    "application_state_transition": "application_transition_type",
}


def batch_object(
    batch: Batch, *, mpid: int | None = None, identities: dict[str, str] | None = None
) -> dict[str, Any]:
    """Return the body of a request for this batch, ready for JSON.

    ``mpid`` is the user as the number that is sent (None: the batch's own, if it is a number), ``identities``
    what else is known of the user, by the schema's names.
    """
    number = _number(batch.mpid) if mpid is None else mpid
    body: dict[str, Any] = {"source_request_id": batch.id}
    if number is not None:
        body["mpid"] = number
    if batch.sent_ms is not None:
        body["timestamp_unixtime_ms"] = batch.sent_ms
    body["environment"] = batch.environment
    body["events"] = [event_object(message) for message in batch.messages]
    if batch.device_id:
        body["mp_deviceid"] = batch.device_id
    if batch.sdk_version:
        body["sdk_version"] = batch.sdk_version
    application = {"application_version": batch.app_version, "package": batch.app}
    body["application_info"] = {key: value for key, value in application.items() if value}
    body["device_info"] = {"platform": batch.platform} if batch.platform else {}
    body["user_attributes"] = {}
    body["user_identities"] = dict(identities or {})
    return body


def event_object(message: Message) -> dict[str, Any]:
    """Return one event of the batch: ``event_type`` and ``data``."""
    data: dict[str, Any] = {"timestamp_unixtime_ms": message.t_ms, "source_message_id": message.id}
    if message.session_id is not None:
        data["session_uuid"] = message.session_id
        data["session_id"] = numeric_id(message.session_id)
        if message.session_start_ms is not None:
            data["session_start_unixtime_ms"] = message.session_start_ms
    elif message.kind == "session_start":
        data["session_id"] = None
    name_key = _NAME_KEY.get(message.kind)
    if name_key is not None:
        data[name_key] = message.name
    data.update((key, value) for key, value in message.data.items() if key not in NATIVE_ONLY)
    return {"event_type": message.kind, "data": data}


def encode(body: dict[str, Any]) -> bytes:
    """Return a body as UTF-8 JSON; the same body gives the same bytes."""
    return msgspec.json.encode(body)


def _number(mpid: str) -> int | None:
    digits = mpid.removeprefix("-")
    return int(mpid) if digits.isascii() and digits.isdigit() and len(digits) <= 19 else None
