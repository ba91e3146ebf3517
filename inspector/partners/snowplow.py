"""Snowplow: no session events; client_session goes with every event, and the lifecycle has events of its own.

Sources: snowplow/iglu-central client_session 1-0-2, application_foreground and application_background 1-0-0,
application_lifecycle 1-0-0; snowplow-android-tracker (what is attached to what). Ids are lower case: ``userId``'s
pattern refuses any other.
"""

from typing import Any

from inspector.engine.entries import AnyEntry
from inspector.partners.parts import App, Payload, Translator, attributes, compact, iso, lower
from inspector.wire.message import Message

URL = "https://COLLECTOR/com.snowplowanalytics.snowplow/tp2"
_VENDOR = "iglu:com.snowplowanalytics.snowplow"
CLIENT_SESSION = f"{_VENDOR}/client_session/jsonschema/1-0-2"
FOREGROUND = f"{_VENDOR}/application_foreground/jsonschema/1-0-0"
BACKGROUND = f"{_VENDOR}/application_background/jsonschema/1-0-0"
LIFECYCLE = "iglu:com.snowplowanalytics.mobile/application_lifecycle/jsonschema/1-0-0"
SCREEN = "iglu:com.snowplowanalytics.mobile/screen_view/jsonschema/1-0-0"
_UNSTRUCT = f"{_VENDOR}/unstruct_event/jsonschema/1-0-0"
_CONTEXTS = f"{_VENDOR}/contexts/jsonschema/1-0-1"
_PAYLOAD = f"{_VENDOR}/payload_data/jsonschema/1-0-4"
MOST = 2_147_483_647  # of every index


class Snowplow(Translator):
    """Numbers sessions, events in a session, and comings to and goings from the front."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._session = ""
        self._previous: str | None = None
        self._index = 0
        self._event = 0
        self._first: tuple[str, str] | None = None
        self._foreground = 0
        self._background = 0
        self._visible = True

    def tell(self, message: Message, entry: AnyEntry | None) -> list[Payload] | str:
        """Return one event with its entities."""
        if message.session_id is not None and lower(message.session_id) != self._session:
            self._previous = self._session or None
            self._session, self._event, self._first = lower(message.session_id), 0, None
            self._index = min(self._index + 1, MOST)
        if message.kind == "session_start":
            return "no session events in Snowplow: sessionIndex of the next event says that a session began"
        if message.kind == "session_end":
            return "no session events in Snowplow: a session ends with the last event that names it"
        data = self._said(message)
        if data is None:
            return "Snowplow takes events, screens, and comings to and goings from the front"
        name, event = data
        row: dict[str, Any] = {
            "eid": lower(message.id),
            "dtm": str(message.t_ms),
            "tv": "mparticle-1.0",
            "aid": self.app.name,
            "p": "web" if self.app.web else "mob",
            "duid": lower(self.app.device_id),
            **({"uid": message.mpid} if message.mpid else {}),
            **event,
        }
        contexts = self._contexts(message)
        if contexts:
            row["co"] = compact({"schema": _CONTEXTS, "data": contexts})
        note = "ids in lower case: the schema refuses upper case"
        return [Payload(name, URL, {"schema": _PAYLOAD, "data": [row]}, notes=(note,))]

    def _said(self, message: Message) -> tuple[str, dict[str, Any]] | None:
        if message.kind == "custom_event":
            kind = str(message.data.get("custom_event_type", "other"))
            more = attributes(message)
            label = {"se_la": compact(more)} if more else {}
            return message.name, {"e": "se", "se_ca": kind, "se_ac": message.name, **label}
        if message.kind == "screen_view":
            data: dict[str, Any] = {"name": message.name, "id": lower(message.id)}
            return "screen_view", _unstruct(SCREEN, data)
        if message.kind == "application_state_transition" and not self.app.web:
            if message.name == "application_foreground":
                self._visible, self._foreground = True, min(self._foreground + 1, MOST)
                return "application_foreground", _unstruct(FOREGROUND, {"foregroundIndex": self._foreground})
            if message.name == "application_background":
                self._visible, self._background = False, min(self._background + 1, MOST)
                return "application_background", _unstruct(BACKGROUND, {"backgroundIndex": self._background})
        return None

    def _contexts(self, message: Message) -> list[dict[str, Any]]:
        found = []
        if message.session_id is not None:
            if self._first is None:
                self._first = (lower(message.id), iso(message.t_ms))
            self._event = min(self._event + 1, MOST)
            session = {
                "userId": lower(self.app.device_id),
                "sessionId": self._session,
                "sessionIndex": self._index,
                "eventIndex": self._event,
                "previousSessionId": self._previous,
                "storageMechanism": "LOCAL_STORAGE" if self.app.web else "SQLITE",
                "firstEventId": self._first[0],
                "firstEventTimestamp": self._first[1],
            }
            found.append({"schema": CLIENT_SESSION, "data": session})
        if not self.app.web:
            index = self._foreground if self._visible else self._background
            found.append({"schema": LIFECYCLE, "data": {"isVisible": self._visible, "index": index}})
        return found


def _unstruct(schema: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"e": "ue", "ue_pr": compact({"schema": _UNSTRUCT, "data": {"schema": schema, "data": data}})}
