"""The rules of the Android profile in words, each with its source."""

from inspector.engine.profile import Rule

_REPO = "mParticle/mparticle-android-sdk android-core/src/main"
_INTERNAL = f"{_REPO}/java/com/mparticle/internal"
_PLACES = {
    "ASM": f"{_REPO}/kotlin/com/mparticle/internal/AppStateManager.kt",
    "IS": f"{_INTERNAL}/InternalSession.java",
    "MM": f"{_INTERNAL}/MessageManager.java",
    "MH": f"{_INTERNAL}/MessageHandler.java",
    "DBM": f"{_INTERNAL}/database/services/MParticleDBManager.java",
    "SS": f"{_INTERNAL}/database/services/SessionService.java",
    "CM": f"{_INTERNAL}/ConfigManager.java",
    "AMP": f"{_REPO}/java/com/mparticle/MParticle.java",
    "AOP": f"{_REPO}/java/com/mparticle/MParticleOptions.java",
    "MEDIA": f"{_REPO}/java/com/mparticle/media/MPMediaAPI.java",
}


def source(*places: str) -> str:
    """Return places, each ``ALIAS:lines``, written out."""
    written = []
    for place in places:
        alias, _, lines = place.partition(":")
        written.append(f"{_PLACES[alias]}:{lines}")
    return "; ".join(written)


def _rule(number: str, text: str, *places: str) -> Rule:
    return Rule(number, text, source(*places))


ANDROID_RULES: tuple[Rule, ...] = (
    _rule(
        "N1",
        "A launch to the front is at once a foreground; one into the background begins and logs nothing until a "
        "call needs a session or the app comes to the front.",
        "AMP:233-239",
    ),
    _rule(
        "N2",
        "Every call and transition first ensures a session: it initialises the SDK, then begins a session or "
        "prolongs the open one, however late; the timeout is not tested.",
        "ASM:227-237",
        "ASM:313-330",
    ),
    _rule(
        "N3",
        "A transition carries the session open after it ensured one; opted out it is nothing.",
        "ASM:239-262",
    ),
    _rule(
        "N4",
        "Coming to the front adds the span to background time and logs application_initialized, or "
        "application_foreground if the app was backgrounded; the timeout is not tested.",
        "ASM:106-193",
    ),
    _rule(
        "N5",
        "A begin arms a check, and for 1000 ms from it the app counts as in front.",
        "ASM:271-278",
        "ASM:392-398",
        "IS:49-57",
    ),
    _rule(
        "N6",
        "1000 ms after leaving the front, if still backgrounded, a check is armed and then "
        "application_background logged; a return before that leaves no trace.",
        "ASM:195-216",
        "ASM:347-356",
        "ASM:367",
    ),
    _rule(
        "N7",
        "A check runs once, the timeout of its arming later: backgrounded, no media playing and idle > timeout, "
        "it ends the session; otherwise it does nothing and is not armed again.",
        "ASM:292-311",
        "IS:59-61",
    ),
    _rule(
        "N8",
        "The row in the store ends with the last activity or message and keeps its foreground length where that "
        "would not be positive.",
        "MM:305-313",
        "MH:102",
        "MH:139-146",
        "SS:79-87",
    ),
    _rule(
        "N9",
        "A session ends as of its row, with the app's counter of events, which begins again at 0.",
        "ASM:371-379",
        "MH:147-179",
        "DBM:401-458",
    ),
    _rule(
        "N10",
        "An event begins or prolongs a session and counts; opted out it is dropped.",
        "AMP:489-496",
        "MM:334-356",
    ),
    _rule(
        "N11",
        "A screen view begins or prolongs a session even while opted out, when the view itself is dropped; "
        "it does not count.",
        "AMP:574-592",
    ),
    _rule(
        "N12",
        "A session attribute begins or prolongs a session and is kept as text; its key is case-sensitive.",
        "AMP:823-839",
    ),
    _rule(
        "N13",
        "A check that meets playing media is spent: nothing ends the session until the app was in front and left "
        "again; playing begins or prolongs one even while opted out.",
        "AMP:1064-1083",
        "MEDIA:36-45",
    ),
    _rule("N14", "Opting out ends the session; opting in begins one at once.", "AMP:877-894", "AMP:421-426"),
    _rule("N15", "A crash logs application_exit and ends the session in the dying process.", "AMP:1567-1575"),
    _rule(
        "N16",
        "Any other death logs nothing and leaves the session open; the next begin of any process closes it as "
        "its row says, after that begin.",
        "MM:282-295",
        "MH:180-195",
        "SS:112-132",
    ),
    _rule(
        "N17",
        "The timeout is 60 s by default, whole seconds without a maximum; 0 or less is disregarded. A change "
        "arms and moves no check; one that runs later compares with it.",
        "AOP:112-118",
        "CM:679-689",
    ),
    _rule(
        "N18",
        "There is no manual API, no switch of automatic tracking and none of begin on launch.",
        "AMP:421-426",
    ),
    _rule(
        "N19",
        "In a frozen process the uptime stands still and its jobs run that much later.",
        "ASM:98-104",
    ),
    _rule("N20", "Only a check's comparison reads the wall clock.", "IS:60"),
    _rule("N21", "A login begins, prolongs and ends nothing.", "ASM:77-81"),
)
