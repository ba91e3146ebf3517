"""Batches in the Events API's JSON: the web SDK's v3, server to server, exports. JSON values in, Batch out.

Sources: the Events API's JSON schema and OpenAPI document (mParticle/docs static/), mparticle-web-sdk
src/sdkToEventsApiConverter.ts, and the export description (docs integrations/amazons3/event).
"""

from typing import Any

from inspector.wire.codes import KIND_OF_CODE
from inspector.wire.fields import keep_whole, session_id, shown, table, text, time_ms
from inspector.wire.message import Batch, Message

_KINDS = frozenset(KIND_OF_CODE.values()) | {"uninstall", "pre_attribution", "push_reaction", "media"}
# What Message has fields of its own for, and so need not lie in ``data`` again.
_TAKEN = frozenset(
    {
        "timestamp_unixtime_ms",
        "source_message_id",
        "session_uuid",
        "session_start_unixtime_ms",
        "session_start_unixtime",
        "event_name",
        "screen_name",
        "application_transition_type",
    }
)
_NAMES = {
    "custom_event": "event_name",
    "screen_view": "screen_name",
    "application_state_transition": "application_transition_type",
}
_WHOLE = ("session_duration_ms", "event_num", "session_id", "event_id", "active_time_on_site_ms")


def read_batch(value: dict[str, Any], at_ms: int, app: str, unread: list[str]) -> Batch:
    """Return the batch of one JSON object; what cannot be read of it is told in ``unread``.

    ``at_ms`` stands in for the time of an event that says none (the server's rule), ``app`` for the app's name
    where the batch names none.
    """
    mpid = text(value.get("mpid"))
    info = table(value.get("application_info"))
    device = table(value.get("device_info"))
    messages: list[Message] = []
    events = value.get("events")
    if events is not None and not isinstance(events, list):
        unread.append(f"events: {shown(events)} is no list")
        events = None
    for number, event in enumerate(events or (), 1):
        message = _message(event, at_ms, mpid, f"event {number}", unread)
        if message is not None:
            messages.append(message)
    return Batch(
        "events_api",
        text(value.get("source_request_id")) or text(value.get("batch_id")),
        messages,
        mpid=mpid,
        device_id=text(value.get("mp_deviceid")).lower(),
        platform=text(device.get("platform")),
        app=text(info.get("package")) or text(info.get("application_name")) or app,
        app_version=text(info.get("application_version")),
        sdk_version=text(value.get("sdk_version")),
        environment=text(value.get("environment")) or "development",
        sent_ms=time_ms(value.get("timestamp_unixtime_ms")),
    )


def _message(event: Any, at_ms: int, mpid: str, where: str, unread: list[str]) -> Message | None:
    if not isinstance(event, dict):
        unread.append(f"{where}: {shown(event)} is no JSON object with event_type and data")
        return None
    kind = event.get("event_type")
    if not isinstance(kind, str) or kind not in _KINDS:
        unread.append(f"{where}: event_type {shown(kind)} is not known")
        return None
    data = event.get("data")
    if not isinstance(data, dict):
        unread.append(f"{where} ({kind}): data {shown(data)} is no JSON object")
        return None
    t_ms = time_ms(data.get("timestamp_unixtime_ms"))
    if t_ms is None:
        said = data.get("timestamp_unixtime_ms")
        if said is not None:
            unread.append(f"{where} ({kind}): timestamp_unixtime_ms {shown(said)} is no time in ms")
            return None
        t_ms = at_ms
    session = session_id(data.get("session_uuid"))
    own = text(data.get("source_message_id"))
    if session is None and kind == "session_start":
        session = session_id(own) or session_id(text(data.get("session_id")))
        if session is None:
            unread.append(f"{where} (session_start): it names no session (session_uuid)")
            return None
    rest = {key: v for key, v in data.items() if key not in _TAKEN and v is not None}
    keep_whole(rest, _WHOLE, f"{where} ({kind})", unread)
    start = data.get("session_start_unixtime_ms", data.get("session_start_unixtime"))
    name = text(data.get(_NAMES[kind])) if kind in _NAMES else ""
    return Message(
        kind,
        own,
        t_ms,
        session,
        (time_ms(start) if session is not None else None),
        name,
        rest,
        text(data.get("mpid")) or mpid,
    )
