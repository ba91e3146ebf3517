"""Sentry: one session envelope for the start and one for the end, which replaces it.

Sources: getsentry/sentry-docs, SDK development, telemetry/sessions (statuses, envelope, what may be updated);
getsentry/relay, protocol/session.rs (``started`` and ``attrs.release`` required).
"""

import re
from typing import Any

from inspector.engine.entries import AnyEntry
from inspector.partners import limits
from inspector.partners.parts import App, Payload, Translator, ended_by, iso, lengths, lower
from inspector.wire.message import Message

URL = "https://oORG.ingest.sentry.io/api/PROJECT/envelope/"
STATUSES = ("ok", "exited", "crashed", "abnormal", "errored", "unhandled")
# The fate of a force-quit app is unknown and told at the next launch.
_STATUS = {"crash": "crashed", "force_quit": "abnormal"}
_RELEASE = re.compile(r"[\n\t/\\]")


class Sentry(Translator):
    """Remembers which session crashed, and which was told of."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._crashed: str | None = None
        self._told: str | None = None

    def tell(self, message: Message, entry: AnyEntry | None) -> list[Payload] | str:
        """Return one session envelope."""
        session = message.session_id
        if message.kind == "crash_report":
            self._crashed = session
            return "a crash changes the status its session ends with; the report itself is another item"
        if message.kind == "session_start" and session is not None:
            self._told = session
            return [self._envelope("session ok", message, message.t_ms, {"init": True, "status": "ok", "seq": 0})]
        if message.kind != "session_end" or session is None:
            return "Sentry's sessions know a start and an end only"
        status = _STATUS.get(ended_by(entry), "exited")
        if self._crashed == session:
            status = "crashed"
        length_ms = lengths(message, entry)[0]
        start_ms = message.t_ms - length_ms if message.session_start_ms is None else message.session_start_ms
        more: dict[str, Any] = {"init": False, "status": status, "duration": length_ms / 1000, "seq": 1}
        if status == "abnormal":
            more["abnormal_mechanism"] = "force_quit"
        return [self._envelope(f"session {status}", message, start_ms, more)]

    def _envelope(self, name: str, message: Message, start_ms: int, more: dict[str, Any]) -> Payload:
        release = _RELEASE.sub("-", f"{self.app.name}@{self.app.version}")[: limits.SENTRY_RELEASE_CHARS]
        session = {
            "sid": lower(message.session_id or ""),
            "did": message.mpid or lower(self.app.device_id),
            "started": iso(start_ms),
            "timestamp": iso(message.t_ms),
            "errors": 1 if more["status"] == "crashed" else 0,
            **more,
            "attrs": {
                "release": release,
                "environment": self.app.environment[: limits.SENTRY_ENVIRONMENT_CHARS],
            },
        }
        return Payload(name, URL, [{}, {"type": "session"}, session], "envelope")
