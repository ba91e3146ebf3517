"""The rules of the two Apple profiles in words, each with its source."""

from inspector.engine.profile import Rule

_REPO = "mParticle/mparticle-apple-sdk"
_PLACES = {
    "BC": f"{_REPO} mParticle-Apple-SDK/MPBackendController.m",
    "MP": f"{_REPO} mParticle-Apple-SDK/mParticle.m",
    "H": f"{_REPO} mParticle-Apple-SDK/Include/mParticle.h",
    "SES": f"{_REPO} mParticle-Apple-SDK/Data Model/MPSession.m",
    "SM": f"{_REPO} mParticle-Apple-SDK/MPStateMachine.m",
    "IA": f"{_REPO} mParticle-Apple-SDK/Identity/MPIdentityApi.m",
    "L816": f"{_REPO}@v8.16.0 mParticle-Apple-SDK/MPBackendController.mm",
}


def _rule(number: str, text: str, *sources: str) -> Rule:
    """Return a rule; a source is ``ALIAS:lines``."""
    places = []
    for source in sources:
        alias, _, lines = source.partition(":")
        places.append(f"{_PLACES[alias]}:{lines}")
    return Rule(number, text, "; ".join(places))


APPLE_RULES: tuple[Rule, ...] = (
    _rule(
        "A1",
        "Saving a message moves the session's end to now and writes its row; in the background it also moves the "
        "clock that the timeout counts from.",
        "BC:1463-1496",
        "SES:139-148",
    ),
    _rule("A2", "A session begins only where none is open and the user has not opted out.", "BC:777-846"),
    _rule(
        "A3",
        "A launch begins its session first and ends one left open after that; on an install it begins even with "
        "begin on launch off.",
        "BC:1369-1461",
        "BC:323-372",
        "SM:381-402",
    ),
    _rule(
        "A4",
        "Launched into the background, a session cannot expire before the app has been in front and left it.",
        "BC:1391",
        "BC:1898-1900",
    ),
    _rule(
        "A5",
        "Going to the background starts the clock and the loop that tests it.",
        "BC:1957-1981",
        "SES:172-181",
    ),
    _rule(
        "A6",
        "Coming to the front tests for expiry, counts the background span, then begins a session if none is.",
        "BC:2057-2103",
        "BC:1886-1893",
    ),
    _rule(
        "A7",
        "The loop ticks every second; the tick that finds at most 10 s of background time left is the last.",
        "BC:42",
        "BC:1987-2055",
    ),
    _rule(
        "A8",
        "Expired: by the wall clock, at least the timeout (≥) since the last thing done in background; only a "
        "tick or a foreground asks.",
        "BC:1895-1910",
    ),
    _rule(
        "A9",
        "An expired session ends as of the last thing done in the background; none begins in its place.",
        "BC:1906-1936",
        "BC:374-397",
    ),
    _rule(
        "A10",
        "The background allowance is 30 s unless given, from going to the background, a resume or media that "
        "stopped; then the process freezes.",
        "BC:2021-2047",
    ),
    _rule(
        "A11", "A freeze ends the loop for good; the expiry is then seen at the next foreground.", "BC:1855-1869"
    ),
    _rule("A12", "Playing media holds off the freeze and nothing else.", "BC:1895-1904"),
    _rule(
        "A13",
        "A process that dies loses its live record; the next launch closes the session from its row, after its "
        "own begin.",
        "BC:374-397",
        "BC:1427",
        "SM:257-259",
    ),
    _rule(
        "A14",
        "An event begins a session where none is open, automatic or not; it counts after the row was written.",
        "BC:1223-1247",
    ),
    _rule(
        "A15",
        "A screen view never begins a session; while opted out both are dropped, yet counted.",
        "BC:1289-1321",
    ),
    _rule(
        "A16",
        "A session attribute moves no end; a key that differs in case only is reused, an equal value refused.",
        "BC:1341-1367",
    ),
    _rule(
        "A17", "The timeout is at least 1 s and has no maximum; it is read at each test.", "BC:708-715", "BC:1903"
    ),
    _rule(
        "A18",
        "Automatic off: a foreground begins nothing and nothing expires, but a launch and an event still begin.",
        "BC:779",
        "BC:1907",
        "H:268-286",
    ),
    _rule("A19", "A manual end is the last message, not now.", "MP:1408-1428", "BC:848-873"),
    _rule(
        "A20",
        "Opting out leaves the session open and drops its messages; opting in begins nothing.",
        "MP:277-302",
        "BC:1323-1339",
        "BC:785",
    ),
    _rule("A21", "A login changes no session.", "IA:151-186"),
    _rule(
        "A22",
        "The wall clock decides: a step forward in the background expires, a step back delays.",
        "BC:1896",
        "SES:139-148",
    ),
)

_REPLACED = {"A5", "A6", "A7", "A8", "A9", "A11", "A17"}
LEGACY_RULES: tuple[Rule, ...] = (
    _rule(
        "L1",
        "The timeout counts from going to the background only; nothing done there moves it.",
        "L816:848-897",
        "L816:1869-1905",
    ),
    _rule(
        "L2",
        "Going to the background starts a one-shot timer of the timeout's whole seconds, if automatic then.",
        "L816:267-280",
        "L816:1020-1055",
        "L816:1087-1101",
    ),
    _rule(
        "L3", "The timer asks nothing: it ends the open session as of going to the background.", "L816:1026-1045"
    ),
    _rule(
        "L4",
        "A foreground after at least the timeout (≥, wall clock) ends the session too; then a new one begins.",
        "L816:910-951",
        "L816:968-1013",
    ),
    _rule(
        "L5",
        "A session begun by a foreground takes the whole background span before it as its own, so its foreground "
        "time may be negative.",
        "L816:978-986",
    ),
    _rule(
        "L6",
        "A launch to the front begins a session even with begin on launch off, if automatic.",
        "L816:1785-1867",
        "L816:452-503",
        "L816:992-994",
    ),
    _rule(
        "L7", "A freeze cancels the timer for good; the expiry is seen at the next foreground.", "L816:282-294"
    ),
    _rule("L8", "The timeout is 1 to 120 s; a running timer keeps its instant.", "L816:1117-1124"),
    *(rule for rule in APPLE_RULES if rule.number not in _REPLACED),
)
