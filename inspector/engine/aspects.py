"""The rules of all profiles aspect by aspect, so that two of them can be held side by side.

A value is one short phrase and the numbers of the rules that say so; each rule names its source
(``Profile.rules``).
"""

from typing import NamedTuple


class Value(NamedTuple):
    """What a profile does in one respect: a phrase, and the numbers of its rules that say so."""

    text: str
    rules: tuple[str, ...]


class Aspect(NamedTuple):
    """One respect in which platforms differ, and what each profile does, by its name."""

    key: str
    title: str
    values: dict[str, Value]


def _aspect(key: str, title: str, **values: str) -> Aspect:
    """Return an aspect; a value is ``phrase | rule, rule``, profiles are spelled with an underscore."""
    told = {}
    for name, text in values.items():
        phrase, _, rules = text.rpartition(" | ")
        told[name.replace("_", "-")] = Value(phrase, tuple(rules.split(", ")))
    return Aspect(key, title, told)


ASPECTS: tuple[Aspect, ...] = (
    _aspect(
        "boundary",
        "Expired when",
        guide="idle ≥ timeout | G5",
        apple="idle ≥ timeout, by the wall clock | A8, A22",
        apple_legacy="at the timer; at a foreground: idle ≥ timeout, by the wall clock | L3, L4",
        android="idle > timeout, by the wall clock | N7, N20",
        web="idle ≥ timeout, by the wall clock | W5, W9",
    ),
    _aspect(
        "idle_since",
        "Idle since",
        guide="going to the background | G3, G6",
        apple="the last thing done in the background | A1, A5",
        apple_legacy="going to the background | L1",
        android="the last call or transition; application_background comes 1 s after the pause | N2, N6",
        web="the last thing logged, in front or hidden | W2, W10",
    ),
    _aspect(
        "in_front",
        "Idle in the foreground",
        guide="never expires | G2",
        apple="never expires | A8",
        apple_legacy="never expires | L2",
        android="never expires | N7",
        web="expires | W5, W15",
    ),
    _aspect(
        "detection",
        "Noticed by",
        guide="a timer, at the deadline | G5",
        apple="a tick every second while over 10 s of the allowance are left, or the next foreground | A6, A7",
        apple_legacy="a one-shot timer (whole seconds), or the next foreground | L2, L3, L4",
        android="one check, armed at a begin and 1 s after a pause; if it declines, none follows | N5, N6, N7",
        web="a timer of the page, put off by each call, or the next page load | W4, W5, W9",
    ),
    _aspect(
        "end",
        "End it is given",
        guide="going to the background | G5",
        apple="the last thing done in the background | A9",
        apple_legacy="going to the background | L3, L4",
        android="the last activity stored | N8, N9",
        web="the last thing logged | W6",
    ),
    _aspect(
        "return",
        "A return in time",
        guide="continues; the span counts as background | G4",
        apple="continues; the span counts as background | A6",
        apple_legacy="continues; its last message becomes the return | L4",
        android="continues, however late if no check found it idle; within 1 s no transition at all | N4, N6",
        web="showing the page changes nothing; a page load in time continues the session | W9, W15",
    ),
    _aspect(
        "late_return",
        "A late return",
        guide="begins a new session | G7",
        apple="ends the session if no tick did, then begins a new one | A6",
        apple_legacy="ends the session if the timer did not, then begins a new one | L4",
        android="begins one if the check ended the session, else goes on with it | N2, N4",
        web="showing the page begins none; a page load ends the old one, then begins one | W9, W15",
    ),
    _aspect(
        "timeout",
        "Timeout",
        guide="default 60 s, 1 to 120 s, clamped | G11",
        apple="default 60 s, at least 1 s, no maximum | A17",
        apple_legacy="default 60 s, 1 to 120 s, clamped | L8",
        android="default 60 s, whole seconds, no maximum; 0 or less is disregarded | N17",
        web="default 30 min, unchecked in the SDK | W1",
    ),
    _aspect(
        "change",
        "Timeout changed while counting",
        guide="moves the deadline at once | G12",
        apple="counts at the next tick or foreground | A17",
        apple_legacy="a running timer keeps its instant; a foreground reads the new value | L4, L8",
        android="arms and moves no check; a check that runs later compares with it | N17",
        web="no such call in the SDK; read when a timer is armed and when it fires | W4, W5",
    ),
    _aspect(
        "launch",
        "Launch",
        guide="ends a session left open, then begins | G1, G9",
        apple="begins, then ends a session left open | A3, A13",
        apple_legacy="begins, then ends a session left open | A13, L6",
        android="begins; a session left open is ended by the next begin | N1, N16",
        web="continues a stored session in time, else ends it and begins | W9",
    ),
    _aspect(
        "background_launch",
        "Launch into the background",
        guide="begins none; the first foreground does | G1",
        apple="begins one, which cannot expire before the app has left the front | A3, A4",
        apple_legacy="begins one | A3, A4, L6",
        android="begins none until a call needs one | N1, N2",
        web="a hidden page is a page load like any other | W9, W15",
    ),
    _aspect(
        "event",
        "Event with no session open",
        guide="has no session; the log warns | G7",
        apple="an event begins one, a screen view does not | A14, A15",
        apple_legacy="an event begins one, a screen view does not | A14, A15",
        android="begins one | N2, N10, N11",
        web="begins one | W2",
    ),
    _aspect(
        "background_event",
        "Event in the background",
        guide="keeps its session, moves nothing | G6",
        apple="puts the timeout off and moves the end | A1, A8",
        apple_legacy="moves nothing | L1, L3",
        android="puts the end off; from 1 ms after the transition on it keeps the session open for good | N2, N7",
        web="puts the timeout off | W2",
    ),
    _aspect(
        "manual",
        "begin_session, end_session",
        guide="work in either mode; a manual end is now | G8a",
        apple="work in either mode; a manual end is the last message | A19",
        apple_legacy="work in either mode; a manual end is the last message | A19",
        android="there are none | N18",
        web="a second begin replaces the session, which gets no end; an end is the last thing logged | W6, W8",
    ),
    _aspect(
        "automatic_off",
        "Automatic tracking off",
        guide="only the manual calls begin and end | G8",
        apple="nothing expires; a launch and an event still begin | A18",
        apple_legacy="a running timer still ends; a launch and an event still begin | A18, L2, L3",
        android="no such switch | N18",
        web="no such switch | W1",
    ),
    _aspect(
        "opt_out",
        "Opting out",
        guide="ends the session; the next launch or foreground after opting in begins one | G16",
        apple="leaves the session open, drops its messages | A20",
        apple_legacy="leaves the session open, drops its messages | A20",
        android="ends the session; opting in begins one at once | N14",
        web="holds the session; opting in continues it, however old | W13",
    ),
    _aspect(
        "media",
        "Playing media",
        guide="holds off nothing | G6",
        apple="holds off the freeze, not the timeout | A12",
        apple_legacy="holds off the freeze, not the timeout | A12, L7",
        android="spends a check: nothing ends the session until it was in front and left again | N13",
        web="no such thing | W15",
    ),
    _aspect(
        "death",
        "Process dies",
        guide="the next launch ends it at the last thing recorded | G9",
        apple="the next launch ends it as its row says; an event that came last is not counted | A13, A14",
        apple_legacy="the next launch ends it as its row says; an event that came last is not counted | A13, A14",
        android="the next begin ends it as its row says; a crash ends it at once | N15, N16",
        web="stays stored; a page load in time continues it | W9, W15",
    ),
    _aspect(
        "frozen",
        "Process frozen",
        guide="an expiry is noticed at the next resume, foreground or event | G17",
        apple="after 30 s in the background; the loop ends, the next foreground notices | A10, A11",
        apple_legacy="after 30 s in the background; the timer is lost, the next foreground notices | L7",
        android="checks run that much later | N19",
        web="timers run when the page thaws | W5",
    ),
    _aspect(
        "clock",
        "Wall clock stepped",
        guide="changes nothing | G18",
        apple="forward in the background expires, back delays | A22",
        apple_legacy="counts where a foreground compares | L4",
        android="forward lets a check end it early, back makes it decline for good | N20",
        web="forward ends early, back sends the check round again | W5",
    ),
)


def differences(one: str, other: str) -> list[tuple[Aspect, Value, Value]]:
    """Return the aspects in which two profiles differ, with both values. Raises KeyError for an unknown one."""
    pairs = ((aspect, aspect.values[one], aspect.values[other]) for aspect in ASPECTS)
    return [(aspect, here, there) for aspect, here, there in pairs if here.text != there.text]
