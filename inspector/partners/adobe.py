"""Adobe: context data of Analytics, and lifecycle events in XDM.

Context data: a launch for each initialisation and return to the front; no end. The length of a session arrives
with the next launch, in seconds, in front only. Sources: mParticle docs amc/event:172-178 and adobe/event:70-76;
developer.adobe.com, Mobile Core, Lifecycle data.

XDM: ``application.launch`` and ``application.close``. Source: adobe/xdm, aep-mobile-lifecycle-details and
context/application; time-series behaviour for ``eventType``.
"""

import re
from typing import Any

from inspector.engine.entries import AnyEntry
from inspector.partners import limits
from inspector.partners.parts import (
    App,
    Payload,
    Translator,
    attributes,
    bare,
    day,
    ended_by,
    iso,
    lengths,
    lower,
)
from inspector.wire.message import Message

ANALYTICS = "https://NAMESPACE.sc.omtrdc.net/b/ss/REPORT_SUITE/6"
EDGE = "https://edge.adobedc.net/ee/v2/collect?datastreamId=DATASTREAM_ID"
_LAUNCHES = ("application_initialized", "application_foreground")
_KEY = re.compile(r"[A-Za-z0-9_.]+")
_NO_PAUSE = ("force_quit", "crash")  # no pause was heard of before the session ended


class AdobeContextData(Translator):
    """Remembers the last session's length for the next launch, and which day and month were engaged."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._previous_s: int | None = None
        self._day = ""
        self._crashed = False

    def tell(self, message: Message, entry: AnyEntry | None) -> list[Payload] | str:
        """Return a hit with context data, or why there is none."""
        if message.kind == "session_end":
            self._previous_s = lengths(message, entry)[1] // 1000
            return "no end in Adobe's context data: the length goes with the next launch as a.PrevSessionLength"
        if message.kind == "session_start":
            return "Adobe counts launches (initialisations, returns to the front), not session starts"
        if message.kind == "crash_report":
            return [self._hit("crash", {"a.CrashEvent": "CrashEvent"}, message)]
        if message.kind == "custom_event":
            data, notes = _context(attributes(message))
            return [self._hit(message.name, {"a.action": message.name, **data}, message, notes=notes)]
        if message.kind == "screen_view":
            return [self._hit(message.name, {}, message, page=message.name)]
        if message.kind != "application_state_transition" or message.name not in _LAUNCHES:
            return "Adobe takes launches, events, screens and crashes"
        return [self._hit("launch", self._launch(message), message)]

    def _launch(self, message: Message) -> dict[str, Any]:
        data: dict[str, Any] = {}
        if message.data.get("is_first_run"):
            data["a.InstallEvent"] = "InstallEvent"
        elif message.data.get("is_upgrade"):
            data["a.UpgradeEvent"] = "UpgradeEvent"
        else:
            data["a.LaunchEvent"] = "LaunchEvent"
        today = day(message.t_ms)
        if today != self._day:
            data["a.DailyEngUserEvent"] = "DailyEngUserEvent"
            if today[:7] != self._day[:7]:
                data["a.MonthlyEngUserEvent"] = "MonthlyEngUserEvent"
            self._day = today
        if self._previous_s is not None:
            data["a.PrevSessionLength"] = str(self._previous_s)
            self._previous_s = None
        return data

    def _hit(
        self,
        name: str,
        data: dict[str, Any],
        message: Message,
        page: str = "",
        notes: tuple[str, ...] = (),
    ) -> Payload:
        told = list(notes)
        shown = page or self.app.name
        short = shown.encode("utf-8", "replace")[: limits.ADOBE_PAGE_BYTES].decode("utf-8", "ignore")
        if short != shown and len(shown.encode("utf-8", "replace")) > limits.ADOBE_PAGE_BYTES:
            told.append(f"pageName cut to {limits.ADOBE_PAGE_BYTES} bytes")
        context = {"a.AppID": f"{self.app.name} {self.app.version}", **data}
        size = sum(len(f"{key}{value}".encode("utf-8", "replace")) for key, value in context.items())
        if size > limits.ADOBE_CONTEXT_BYTES:
            most = limits.ADOBE_CONTEXT_BYTES
            told.append(f"context data of {size:,} bytes: Adobe takes {most:,} at most")
        body: dict[str, Any] = {
            "reportSuiteID": "REPORT_SUITE",
            "visitorID": message.mpid or bare(self.app.device_id),
            "timestamp": iso(message.t_ms),
            "pageName": short,
            "contextData": context,
        }
        told.append("Adobe has no session id: nothing in this hit names the session")
        return Payload(name, ANALYTICS, body, notes=tuple(told))


def _context(given: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return attributes as context data: one that would pass for Adobe's own is left out, odd names are told."""
    kept: dict[str, Any] = {}
    notes: list[str] = []
    taken: set[str] = set()
    for key, value in given.items():
        name = str(key)
        if name.lower().startswith(limits.ADOBE.reserved_prefixes):
            notes.append(f"attribute {name[:40]!r} left out: names that begin with a. are Adobe's own")
            continue
        if not _KEY.fullmatch(name):
            notes.append(f"attribute {name[:40]!r}: Adobe guarantees letters, digits, _ and . only")
        if name.lower() in taken:
            notes.append(f"attribute {name[:40]!r}: to Adobe the same as one in other letters' case")
        taken.add(name.lower())
        kept[name] = value
    return kept, tuple(notes)


class AdobeXDM(Translator):
    """A launch for each session and a close for its end, the length in whole seconds in front."""

    def tell(self, message: Message, entry: AnyEntry | None) -> list[Payload] | str:
        """Return one experience event, or why there is none."""
        if message.kind == "session_start":
            application: dict[str, Any] = {
                "xdm:id": self.app.name,
                "xdm:name": self.app.name,
                "xdm:version": self.app.version,
                "xdm:isLaunch": True,
            }
            return [self._event("application.launch", application, message)]
        if message.kind == "session_end":
            pause = ended_by(entry) not in _NO_PAUSE
            application = {
                "xdm:isClose": True,
                "xdm:closeType": "close" if pause else "unknown",
                "xdm:sessionLength": lengths(message, entry)[1] // 1000,
            }
            note = "closeType unknown: no pause was heard of before the end" if not pause else ""
            return [self._event("application.close", application, message, note)]
        if message.kind == "application_state_transition" and message.name == "application_initialized":
            if message.data.get("is_first_run"):
                return [self._event("application.launch", {"xdm:isInstall": True}, message)]
            if message.data.get("is_upgrade"):
                return [self._event("application.launch", {"xdm:isUpgrade": True}, message)]
        return "only the lifecycle is written in XDM: launches and closes"

    def _event(self, kind: str, application: dict[str, Any], message: Message, note: str = "") -> Payload:
        xdm: dict[str, Any] = {
            "xdm:eventType": kind,
            "xdm:timestamp": iso(message.t_ms),
            "@id": lower(message.id),
            "xdm:application": application,
        }
        if kind == "application.launch":
            xdm["xdm:environment"] = {
                "xdm:type": "browser" if self.app.web else "application",
                "xdm:operatingSystem": self.app.platform,
            }
        xdm["xdm:identityMap"] = {"mpSession": [{"xdm:id": message.session_id or ""}]}
        body = {"events": [{"xdm": xdm}]}
        return Payload(kind, EDGE, body, notes=(note,) if note else ())
