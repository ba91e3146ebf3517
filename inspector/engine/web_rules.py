"""The rules of the web profile in words, each with its source: mParticle web SDK 2.71.2."""

from inspector.engine.profile import Rule

_REPO = "mParticle/mparticle-web-sdk"
_PLACES = {
    "WSM": f"{_REPO} src/sessionManager.ts",
    "WSV": f"{_REPO} src/serverModel.ts",
    "WI": f"{_REPO} src/mp-instance.ts",
    "WST": f"{_REPO} src/store.ts",
    "WP": f"{_REPO} src/persistence.js",
    "WID": f"{_REPO} src/identity.js",
    "WIC": f"{_REPO} src/identityApiClient.ts",
    "WB": f"{_REPO} src/batchUploader.ts",
    "WU": f"{_REPO} src/utils.ts",
    "WV": f"{_REPO} src/validators.ts",
    "WE": f"{_REPO} src/events.js",
}


def sources(*places: str) -> str:
    """Return places in the SDK, given as ``ALIAS:lines``, written out."""
    told = []
    for place in places:
        alias, _, lines = place.partition(":")
        told.append(f"{_PLACES[alias]}:{lines}")
    return "; ".join(told)


def _rule(number: str, text: str, *places: str) -> Rule:
    return Rule(number, text, sources(*places))


WEB_RULES: tuple[Rule, ...] = (
    _rule(
        "W1",
        "A begin takes a new id and the start date held, else now; it arms a timer of the timeout (default 30 "
        "min); not while opted out.",
        "WSM:90-137",
    ),
    _rule(
        "W2",
        "An event, a screen view and opt_out begin a session if none is open, arm the timer anew and are the "
        "last activity; how long ago the one before was, is not asked.",
        "WSM:198-207",
        "WI:514-533",
        "WSV:326-328",
    ),
    _rule("W3", "At one instant timers that are due come before inputs.", "WSM:189-196"),
    _rule(
        "W4",
        "Arming remembers the new timer; the former is forgotten, not cancelled, and fires all the same.",
        "WSM:189-211",
    ),
    _rule(
        "W5",
        "A timer ends the session if the timeout has passed since the last activity (≥, wall clock), else it is "
        "armed for a whole timeout more; opted out or with no session it dies.",
        "WSM:139-187",
        "WSM:233-242",
    ),
    _rule(
        "W6",
        "A session ends as of its last activity, with its attributes; start date and attributes are then "
        "cleared, no timer is.",
        "WSM:250-256",
        "WSV:364-383",
        "WST:701-708",
    ),
    _rule(
        "W7",
        "A login moves no timer and begins no session; an identity new to the device is logged: activity.",
        "WID:1427-1640",
        "WID:1667-1700",
    ),
    _rule(
        "W8",
        "startNewSession with a session open replaces it: no end for the old one, its start date and "
        "attributes go on.",
        "WSM:90-137",
        "WI:464-466",
    ),
    _rule(
        "W9",
        "A page load ends a stored session whose timeout has passed and begins one, else it resumes it and arms "
        "no timer.",
        "WSM:35-68",
    ),
    _rule(
        "W10", "A page load logs application_initialized in the session: activity.", "WI:1575-1576", "WE:98-100"
    ),
    _rule(
        "W11",
        "The answer to a login with no session open holds now as the next start date, in memory until something "
        "saves it.",
        "WP:192-196",
        "WID:1554-1583",
    ),
    _rule(
        "W12",
        "A page load with no start date stored, except the very first, holds now as the next start date.",
        "WP:192-196",
    ),
    _rule(
        "W13",
        "Opting out or in is logged first; opted out, calls are dropped (events still arm the timer), endSession "
        "drops the session without an end, opting in goes on with it.",
        "WI:1257-1268",
        "WSM:145-157",
        "WSV:262-275",
    ),
    _rule(
        "W14",
        "Session attributes are no activity and wait for the next session if none is open; a key that differs in "
        "case only is reused, a list or an object refused.",
        "WI:1201-1251",
        "WU:43-56",
        "WU:263-265",
        "WV:33-40",
    ),
    _rule(
        "W15",
        "Hiding, showing and closing a page do nothing to the session; its timers are gone with the page.",
        "WB:237-275",
    ),
    _rule(
        "W16",
        "The first begin of a page sends its one identify, for the user of the page load; the answer sets the "
        "user again. Assumed of the identity server: it knows the user of a login, anybody else is user 1000.",
        "WSM:119-131",
        "WIC:212-219",
    ),
)
