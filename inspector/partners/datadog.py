"""Datadog: counters and a gauge as mParticle sends them; and RUM events, which carry a session's id.

Sources: mParticle docs datadog/event:26-28 (metrics); docs.datadoghq.com, Submit metrics v2;
DataDog/rum-events-format, schemas/rum/_common-schema.json (ids are lower case; ``session_precondition``;
``usr.anonymous_id``, «Identifier of the user across sessions»).
"""

from typing import Any

from inspector.engine.entries import AnyEntry, SessionBegan
from inspector.partners import limits
from inspector.partners.parts import App, Fit, Payload, Translator, attributes, lengths, lower
from inspector.wire.message import Message

METRICS = "https://api.datadoghq.com/api/v2/series"
RUM = "https://browser-intake-datadoghq.com/api/v2/rum?ddsource=mparticle"
APPLICATION_ID = "00000000-0000-0000-0000-000000000000"  # form of an id, nobody's: RUM gives each application one
COUNT, GAUGE = 1, 3
_PRECONDITION = {
    "launch": "user_app_launch",
    "foreground": "inactivity_timeout",
    "event": "inactivity_timeout",
    "manual": "explicit_stop",
    "restart": "explicit_stop",
}


class DatadogMetrics(Translator):
    """A counter for starts, a counter and a gauge for ends."""

    def tell(self, message: Message, entry: AnyEntry | None) -> list[Payload] | str:
        """Return the series of one session's start or end."""
        if message.kind == "session_start":
            return [self._series(message, ("mparticle.events.session_start.count", COUNT, 1))]
        if message.kind == "session_end":
            length_ms = lengths(message, entry)[0]
            return [
                self._series(
                    message,
                    ("mparticle.events.session_end.count", COUNT, 1),
                    ("mparticle.events.session_end.length", GAUGE, length_ms / 1000),
                )
            ]
        return (
            "mParticle's metrics are counted from sessions; events go as mparticle.events counters of their own"
        )

    def _series(self, message: Message, *told: tuple[str, int, float]) -> Payload:
        fit = Fit(limits.DATADOG)
        tags = [fit.value(f"platform:{self.app.platform.lower()}"), fit.value(f"app:{self.app.name}")]
        seconds = max(0, message.t_ms) // 1000
        series: list[dict[str, Any]] = []
        for metric, kind, value in told:
            points = [{"timestamp": seconds, "value": value}]
            one: dict[str, Any] = {"metric": metric, "type": kind, "points": points, "tags": tags}
            series.append(one | ({"interval": 1} if kind == COUNT else {}))
        session = lower(message.session_id or "")
        notes = (*fit.notes, f"no id in a metric; this is session {session}")
        return Payload(message.kind, METRICS, {"series": series}, notes=notes)


class DatadogRUM(Translator):
    """Keeps the view under way, which every RUM event has to name."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._view = ("", "")
        self._session = ""
        self._why = ""

    def tell(self, message: Message, entry: AnyEntry | None) -> list[Payload] | str:
        """Return one RUM event."""
        if message.kind == "session_start":
            began = entry.began_by if isinstance(entry, SessionBegan) else ""
            self._session, self._why = lower(message.session_id or ""), _PRECONDITION.get(began, "")
            self._view = (self._session, "")
            return "no session events in RUM: the first event with a new session.id begins it"
        if message.kind == "session_end":
            return "no session events in RUM: a session is over when no event names it any more"
        if message.session_id is None:
            return "every RUM event needs a session, and this one has none"
        more: dict[str, Any]
        if message.kind == "screen_view":
            self._view = (lower(message.id), message.name)
            more = {"type": "view"}
            counts = {key: {"count": 0} for key in ("action", "error", "resource")}
            own: dict[str, Any] = {"time_spent": 0, "is_active": True, **counts}
        elif message.kind == "custom_event":
            own = {}
            action = {"type": "custom", "id": lower(message.id), "target": {"name": message.name}}
            more = {"type": "action", "action": action}
        elif message.kind == "crash_report":
            own = {}
            text = str(message.data.get("message", ""))
            error = {"id": lower(message.id), "message": text, "source": "source", "is_crash": True}
            more = {"type": "error", "error": error}
        else:
            return "RUM takes views, actions and errors"
        session = lower(message.session_id)
        view, name = self._view
        inner: dict[str, Any] = {"format_version": 2}
        if self._why and session == self._session:
            inner["session"] = {"session_precondition": self._why}
        body = {
            **more,
            "date": max(0, message.t_ms),
            "application": {"id": APPLICATION_ID},
            "version": self.app.version,
            "session": {"id": session, "type": "user"},
            "source": {"iOS": "ios", "Android": "android"}.get(self.app.platform, "browser"),
            "view": {"id": view or session, "url": name or self.app.name, "name": name or self.app.name, **own},
            "_dd": {**inner, "document_version": 1} if more["type"] == "view" else inner,
            "context": attributes(message),
        }
        user = {"anonymous_id": lower(self.app.device_id)}
        body["usr"] = {"id": message.mpid, **user} if message.mpid else user
        note = "application.id stands in for the one that Datadog gave your RUM application"
        return [Payload(more["type"], RUM, body, notes=(note,))]
