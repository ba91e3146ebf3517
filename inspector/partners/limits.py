"""The partners' documented limits and reserved names, as tables."""

from typing import Final

from inspector.partners.parts import Limits

GA4: Final = Limits(
    source="developers.google.com, GA4 Measurement Protocol, «Limitations»; ga-dev-tools, formatCheckLib.ts",
    name_chars=40,
    key_chars=40,
    value_chars=100,
    properties=25,
    reserved=frozenset(
        (
            *("ad_activeview", "ad_click", "ad_exposure", "ad_impression", "ad_query", "ad_reward"),
            *("adunit_exposure", "app_clear_data", "app_exception", "app_install", "app_remove"),
            *("app_store_refund", "app_update", "app_upgrade", "dynamic_link_app_open"),
            *("dynamic_link_app_update", "dynamic_link_first_open", "error", "first_open", "first_visit"),
            *("in_app_purchase", "notification_dismiss", "notification_foreground", "notification_open"),
            *("notification_receive", "notification_send", "os_update", "screen_view", "session_start"),
            "user_engagement",
        )
    ),
    reserved_prefixes=("_", "firebase_", "ga_", "google_", "gtag."),
)
GA4_EVENTS: Final = 25  # a request

AMPLITUDE: Final = Limits(
    source="amplitude.com/docs, HTTP V2 API and «Limits»",
    name_chars=1024,
    key_chars=1024,
    value_chars=1024,
)
AMPLITUDE_ID_CHARS: Final = 5  # shorter user and device ids are dropped, unless options.min_id_length says less

MIXPANEL: Final = Limits(
    source="developer.mixpanel.com, Import Events",
    name_chars=255,
    key_chars=255,
    value_chars=255,
    properties=254,  # fewer than 255
)
MIXPANEL_INSERT_ID_CHARS: Final = 36
MIXPANEL_OLDEST_MS: Final = 31_536_000_000  # 1971-01-01; what is older is rejected

BRAZE: Final = Limits(
    source="braze.com/docs, event object and custom event properties",
    name_chars=255,
    key_chars=255,
    value_chars=255,
    reserved=frozenset(("time", "event_name")),
    reserved_prefixes=("$",),
)
BRAZE_EVENTS: Final = 75  # a request

SEGMENT: Final = Limits(
    source="segment.com/docs, HTTP API «Max request size» and «Errors»; Spec, «Common fields»"
)
SEGMENT_BYTES: Final = 32_768  # a call; what is larger is answered 400
SEGMENT_ID_CHARS: Final = 100  # a messageId
# What a call must have beside a userId or an anonymousId; one without is answered 200 and not accepted.
SEGMENT_REQUIRED: Final = {"track": ("event",), "screen": ("name",), "page": ()}

DATADOG: Final = Limits(
    source="docs.datadoghq.com, Submit metrics v2; Metrics, «Custom metrics»: names and tags of 200 characters",
    name_chars=200,
    value_chars=200,
)
DATADOG_PAST_MS: Final = 3_600_000  # a point more than an hour old is dropped
DATADOG_FUTURE_MS: Final = 600_000

SENTRY_RELEASE_CHARS: Final = 250  # docs.sentry.io, Releases: and no newline, tab, slash or backslash
SENTRY_ENVIRONMENT_CHARS: Final = 64
SENTRY_UPDATE_MS: Final = 432_000_000  # a session can be updated for five days

LEANPLUM: Final = Limits(
    source="docs.leanplum.com/reference, its OpenAPI document: track and advance, «params»: flat, 50 at most",
    properties=50,
)
# The arguments that each call must have (docs.leanplum.com/reference/post_api-action-start, -stop, -pausesession,
# -resumesession, -track, -advance). userId is among them, and may be left blank where a deviceId is given.
LEANPLUM_COMMON: Final = ("appId", "clientKey", "apiVersion")
LEANPLUM_REQUIRED: Final = {
    "start": (),
    "stop": (),
    "pauseSession": (),
    "resumeSession": (),
    "track": ("event",),
    "advance": ("state",),
}

SINGULAR: Final = Limits(
    source="support.singular.net, «Tracking In-App Events» (35353603419803, 36197245353627), custom event limits",
    name_chars=32,  # of ASCII; what is not ASCII has to be under 32 bytes of UTF-8
    key_chars=500,
    value_chars=500,
)
# support.singular.net, «Server-to-Server (S2S) API Endpoint Reference» (360048588672), required session
# parameters. Those of an event were not found there in full: its name and the same five, as others send them
# (rudder-transformer, SINGULARAndroidEventConfig.json).
SINGULAR_REQUIRED: Final = {"launch": ("a", "p", "i", "ip", "ve"), "evt": ("a", "p", "i", "ip", "ve", "n")}

ADOBE: Final = Limits(
    source="experienceleague.adobe.com, Analytics implementation, contextData and pageName",
    reserved_prefixes=("a.",),
)
ADOBE_CONTEXT_BYTES: Final = 32_768  # all keys and values of a hit together
ADOBE_PAGE_BYTES: Final = 100  # what is longer is cut

# What carries on at the partner by itself: the session timeout of the partner's own rule, in ms.
MIXPANEL_VIRTUAL_MS: Final = 1_800_000
ADOBE_TIMEOUT_MS: Final = 300_000
SENTRY_TIMEOUT_MS: Final = 30_000
DATADOG_IDLE_MS: Final = 900_000
DATADOG_MAX_MS: Final = 14_400_000
