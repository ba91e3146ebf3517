"""The texts that the SDKs write to logs, and what each says.

Sources: mparticle-android-sdk AppStateManager.kt, MessageHandler.java, MParticle.kt; mparticle-apple-sdk
MPBackendController.m, MParticle.m, MPNetworkCommunication.m; mparticle-web-sdk constants.ts, batchUploader.ts.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import msgspec

from inspector.captures.scan import NOT_JSON, mend
from inspector.wire.sighting import What

_UUID = r"([0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12})"
APPLE_PREFIX: Final = "mParticle -> "
MAX_TEXT = 200


class Said(NamedTuple):
    """What a text says; see ``Sighting`` for the fields."""

    what: What
    session_id: str | None = None
    timeout_ms: int | None = None
    name: str = ""


_ANDROID: dict[str, What] = {
    "App foregrounded.": "foreground",
    "App backgrounded.": "background",
    "Started new session": "session_began",
    "Session timed out": "session_timed_out",
    "Ended session": "session_ended",
    "Ending orphaned sessions.": "orphans_ended",
}
_ANDROID_END = re.compile(rf"Creating session end message for session ID: {_UUID}")
_ANDROID_OPT_OUT = re.compile(r"Set opt-out: (true|false)")
_APPLE: dict[str, What] = {
    "Application Did Finish Launching": "launched",
    "Application Did Enter Background": "background",
    "Application Did Become Active": "foreground",
}
_APPLE_IDS: list[tuple[re.Pattern[str], What]] = [
    (re.compile(rf"New Session Has Begun: {_UUID}"), "session_began"),
    (re.compile(rf"Session Ending: {_UUID}"), "session_ending"),
    (re.compile(rf"Session Ended: {_UUID}"), "session_ended"),
]
_APPLE_TIMED_OUT = "Session ended in the background."
_APPLE_TIMEOUT = re.compile(r"Set Session Timeout: (\d{1,9})(?:\.(\d{1,6}))?")
_WEB: dict[str, What] = {
    "Starting to initialize": "launched",
    "Starting new Session": "session_began",
    "Starting to end session": "session_ending",
    "Cannot end session, no active session found": "no_session",
}
_WEB_UPLOADED = re.compile(rf"Upload success for request ID: {_UUID}")
_WEB_FAILED = re.compile(r"HTTP error status (\d{3}) received")
WEB_QUEUING: Final = "Queuing event: "
WEB_UPLOADING: Final = "Uploading batches: "
# The web SDK's own numbers of event types (constants.ts, Types.MessageType), by the Events API's words.
_WEB_KINDS = {
    1: "session_start",
    2: "session_end",
    3: "screen_view",
    4: "custom_event",
    5: "crash_report",
    6: "opt_out",
    10: "application_state_transition",
    16: "commerce_event",
}


def android(text: str) -> Said | None:
    """Return what a text of the Android SDK says about sessions, None if nothing."""
    plain = _ANDROID.get(text)
    if plain:
        return Said(plain)
    if found := _ANDROID_END.fullmatch(text):
        return Said("session_ended", found[1].upper())
    if found := _ANDROID_OPT_OUT.fullmatch(text):
        return Said("opt_out" if found[1] == "true" else "opt_in")
    return None


def apple(text: str) -> Said | None:
    """Return what a text of the Apple SDK (behind its prefix) says about sessions, None if nothing."""
    plain = _APPLE.get(text)
    if plain:
        return Said(plain)
    for pattern, what in _APPLE_IDS:
        if found := pattern.match(text):
            return Said(what, found[1].upper())
    if text.startswith(_APPLE_TIMED_OUT):
        return Said("session_timed_out")
    if found := _APPLE_TIMEOUT.match(text):
        return Said("timeout_set", None, int(found[1]) * 1000 + int(f"{(found[2] or '')[:3]:0<3}"))
    return None


def web(text: str) -> Said | None:
    """Return what a text of the web SDK says about sessions, None if nothing."""
    plain = _WEB.get(text)
    if plain:
        return Said(plain)
    if text.startswith(WEB_QUEUING):
        return _queued(text.removeprefix(WEB_QUEUING))
    if found := _WEB_UPLOADED.match(text):
        return Said("uploaded", None, None, found[1])
    if found := _WEB_FAILED.match(text):
        return Said("upload_failed", None, None, found[1])
    return None


def _queued(json: str) -> Said | None:
    mended = mend(json.encode("utf-8", "replace"))
    try:
        event = msgspec.json.decode(mended.data) if mended else None
    except NOT_JSON:
        return None
    if not isinstance(event, dict):
        return None
    kind, session, name = event.get("EventDataType"), event.get("SessionId"), event.get("EventName")
    told = _WEB_KINDS.get(kind) if isinstance(kind, int) else None
    session_id = session.upper()[:64] if isinstance(session, str) and session else None
    if told == "opt_out":
        return Said("opt_out" if event.get("OptOut") is True else "opt_in", session_id)
    shown = name if told in (None, "custom_event", "screen_view", "commerce_event") else told
    return Said("event", session_id, None, str(shown or "")[:MAX_TEXT])
