"""Which of the SDKs' requests a path is: config, identity, events, alias, audience, with or without a prefix.

The prefixes are those of a company's own domain (a CNAME or ``domain``/``customBaseURL``). Sources:
mparticle-web-sdk constants.ts and configAPIClient.ts, mparticle-apple-sdk MPNetworkCommunication.m,
mparticle-android-sdk MParticleBaseClientImpl.java, the Events API's page for server to server.
"""

import re
from typing import Final, Literal, TypeAlias

import msgspec

RouteKind: TypeAlias = Literal[
    "config_web",
    "config_native",
    "identify",
    "login",
    "logout",
    "search",
    "modify",
    "alias",
    "audience",
    "events_web",
    "events_native",
    "events_server",
    "events_bulk",
]
Concern: TypeAlias = Literal["config", "identity", "events"]

MAX_PATH = 2_000
"""Characters of a path that are looked at: no SDK's comes near it."""


class Route(msgspec.Struct, frozen=True):
    """A request of an SDK: what it is, the API key and user in its path, the method it wants."""

    kind: RouteKind
    method: str
    key: str = ""
    mpid: str = ""

    @property
    def concern(self) -> Concern:
        """Return what the request is about, as the settable answers tell them apart."""
        return _CONCERNS[self.kind]


_CONCERNS: Final[dict[str, Concern]] = {
    "config_web": "config",
    "config_native": "config",
    "audience": "config",
    "identify": "identity",
    "login": "identity",
    "logout": "identity",
    "search": "identity",
    "modify": "identity",
    "alias": "identity",
    "events_web": "events",
    "events_native": "events",
    "events_server": "events",
    "events_bulk": "events",
}
_KEY = r"(?P<key>[\w.~%-]{1,200})"
_MPID = r"(?P<mpid>-?[0-9]{1,20})"
_TABLE: Final[tuple[tuple[RouteKind, str, str], ...]] = (
    ("config_web", "GET", rf"(?:/tags|/config)?/JS/v2/{_KEY}/config"),
    ("config_native", "GET", rf"(?:/config)?/v4/{_KEY}/config"),
    ("identify", "POST", r"(?:/identity)?/v1/identify"),
    ("login", "POST", r"(?:/identity)?/v1/login"),
    ("logout", "POST", r"(?:/identity)?/v1/logout"),
    ("search", "POST", r"(?:/identity)?/v1/search"),
    ("modify", "POST", rf"(?:/identity)?/v1/{_MPID}/modify"),
    ("alias", "POST", rf"(?:/nativeevents|/webevents|/identity)?/v1/identity/{_KEY}/alias"),
    ("audience", "GET", rf"(?:/nativeevents|/webevents)?/v1/{_KEY}/audience"),
    ("events_web", "POST", rf"(?:/webevents)?/v[123]/JS/{_KEY}/events"),
    ("events_native", "POST", rf"(?:/nativeevents)?/v[12]/{_KEY}/events"),
    ("events_server", "POST", r"/v2/events"),
    ("events_bulk", "POST", r"/v2/bulkevents(?:/historical)?"),
)
_PATTERNS = [(kind, method, re.compile(pattern)) for kind, method, pattern in _TABLE]


def route_of(path: str) -> Route | None:
    """Return which request a path (without its query) is, or None if no SDK asks for it."""
    if len(path) > MAX_PATH:
        return None
    for kind, method, pattern in _PATTERNS:
        found = pattern.fullmatch(path)
        if found is not None:
            parts = found.groupdict()
            return Route(kind, method, parts.get("key") or "", parts.get("mpid") or "")
    return None
