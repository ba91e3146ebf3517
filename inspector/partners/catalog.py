"""All output partners, in one table."""

from collections.abc import Callable
from typing import Final

import msgspec

from inspector.partners import raw
from inspector.partners.adobe import AdobeContextData, AdobeXDM
from inspector.partners.amplitude import Amplitude
from inspector.partners.braze import Braze
from inspector.partners.datadog import DatadogMetrics, DatadogRUM
from inspector.partners.ga4 import GA4
from inspector.partners.leanplum import Leanplum
from inspector.partners.mixpanel import Mixpanel
from inspector.partners.opentelemetry import OpenTelemetry
from inspector.partners.parts import App, Translator
from inspector.partners.segment import Segment
from inspector.partners.sentry import Sentry
from inspector.partners.singular import Singular
from inspector.partners.snowplow import Snowplow
from inspector.printable import quoted


class Partner(msgspec.Struct, frozen=True):
    """A partner: its name on the command line, how sessions travel to it, and what translates for it.

    Exactly one of ``translator`` (message by message) and ``whole`` (batches) is there.
    """

    name: str
    title: str
    family: str
    about: str
    translator: Callable[[App], Translator] | None = None
    whole: raw.Raw | None = None


_PAIR, _ID = "renamed pair", "id on each event"
_RAW, _CALLS = "raw batch", "start, stop, pause, resume"

PARTNERS: Final[tuple[Partner, ...]] = (
    Partner(
        "mparticle", "mParticle", _RAW, "the batch as the SDK sends it to the Events API", whole=raw.mparticle
    ),
    Partner("ga4", "Google Analytics 4", _ID, "a new session_id starts a session; no start or end is sent", GA4),
    Partner(
        "amplitude", "Amplitude", _PAIR, "session_start, session_end; session_id is the start in ms", Amplitude
    ),
    Partner("mixpanel", "Mixpanel", _PAIR, "ordinary events, beside virtual sessions of its own", Mixpanel),
    Partner("braze", "Braze", _PAIR, "custom events, session_id as a property; off by default", Braze),
    Partner(
        "adobe",
        "Adobe Analytics",
        "start, length with the next",
        "launches; a session's length arrives with the next launch",
        AdobeContextData,
    ),
    Partner(
        "adobe-xdm", "Adobe Edge (XDM)", _PAIR, "application.launch and application.close, in seconds", AdobeXDM
    ),
    Partner("snowplow", "Snowplow", _ID, "client_session with each event; no session events", Snowplow),
    Partner("segment", "Segment", "no session", "application events; no session in its spec", Segment),
    Partner("opentelemetry", "OpenTelemetry", _PAIR, "log events session.start and session.end", OpenTelemetry),
    Partner("sentry", "Sentry", _PAIR, "one envelope at the start, one with status at the end", Sentry),
    Partner(
        "datadog",
        "Datadog metrics",
        "counters",
        "counters of starts and ends, a gauge of lengths",
        DatadogMetrics,
    ),
    Partner("datadog-rum", "Datadog RUM", _ID, "session.id on each view, action and error", DatadogRUM),
    Partner("leanplum", "Leanplum", _CALLS, "start, stop, pauseSession, resumeSession", Leanplum),
    Partner("singular", "Singular", "start only", "a launch call for each start, nothing for an end", Singular),
    Partner(
        "webhook", "Webhook", _RAW, "the batch as mParticle hands it on, one request each", whole=raw.webhook
    ),
    Partner("kafka", "Kafka", _RAW, "the batch as the value of a record", whole=raw.kafka),
    Partner("s3", "Amazon S3", _RAW, "one batch a line", whole=raw.s3),
)
NAMES: Final = tuple(partner.name for partner in PARTNERS)


class UnknownPartner(ValueError):  # noqa: N818 - named after what is wrong
    """A partner that is not there. Its text names those that are."""


def partner_named(name: str) -> Partner:
    """Return the partner of this name (case aside). Raises UnknownPartner."""
    wanted = name.strip().lower()
    for partner in PARTNERS:
        if partner.name == wanted:
            return partner
    raise UnknownPartner(f"--partner {quoted(name, 40)}: there is no such partner; there are {', '.join(NAMES)}")
