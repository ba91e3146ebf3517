"""A kit's session rule as one value, and what makes such a value unusable.

A rule says, in the field's own words, what starts the kit's idle clock, how long it may run, and what happens
then. What no source says is not asserted: the field's name stands in ``unknown``, its value is a placeholder,
and whoever evaluates the rule does not decide on it.
"""

from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

Platform: TypeAlias = Literal["ios", "android", "web", "any"]
Trigger: TypeAlias = Literal["background", "last_event", "session_start", "foreground_only"]
Operator: TypeAlias = Literal[">=", ">"]
EndRule: TypeAlias = Literal["background", "last_event", "last_event_plus_1", "noticed", "expiry", "none"]
Detection: TypeAlias = Literal["timer", "next_use"]
Reports: TypeAlias = Literal["pair", "start", "end", "id", "none"]
ProcessDeath: TypeAlias = Literal["ends", "continues"]
Use: TypeAlias = Literal[
    "launch",
    "background_launch",
    "foreground",
    "background",
    "event",
    "screen_view",
    "background_event",
    "mparticle_session",
]

PLATFORMS: tuple[Platform, ...] = ("ios", "android", "web", "any")
TRIGGERS: tuple[Trigger, ...] = ("background", "last_event", "session_start", "foreground_only")
OPERATORS: tuple[Operator, ...] = (">=", ">")
END_RULES: tuple[EndRule, ...] = ("background", "last_event", "last_event_plus_1", "noticed", "expiry", "none")
DETECTIONS: tuple[Detection, ...] = ("timer", "next_use")
REPORTS: tuple[Reports, ...] = ("pair", "start", "end", "id", "none")
PROCESS_DEATHS: tuple[ProcessDeath, ...] = ("ends", "continues")
USES: tuple[Use, ...] = (
    *("launch", "background_launch", "foreground", "background"),
    *("event", "screen_view", "background_event", "mparticle_session"),
)
NO_SPAN = -1  # «same as in the background», where a span is meant
MAX_SPAN_MS = 366 * 86_400_000
# Fields that a rule may leave unsaid; without one of the first three there is nothing to evaluate.
DECISIVE = ("trigger", "timeout", "begins_on")
MAY_BE_UNKNOWN: tuple[str, ...] = (
    *("trigger", "timeout", "begins_on", "operator", "debounce", "foreground_idle", "max_length"),
    *("detection", "end", "reports", "min_report", "max_report", "process_death"),
    *("resets_on_login", "listens_to_mparticle", "wall_clock"),
)
_ON_ENTRY: tuple[Use, ...] = ("launch", "foreground")
_IN_FRONT: tuple[Use, ...] = ("launch", "foreground", "event", "screen_view")
_ALL: tuple[Use, ...] = (
    "launch",
    "background_launch",
    "foreground",
    "background",
    "event",
    "screen_view",
    "background_event",
)


class Bounds(msgspec.Struct, frozen=True, gc=False):
    """What a timeout may be set to, in ms; None is «no bound known»."""

    min_ms: int | None = None
    max_ms: int | None = None
    step_ms: int | None = None


class SetBy(msgspec.Struct, frozen=True, gc=False):
    """Who can set the timeout: mParticle's kit, the vendor's own SDK; None where no source says.

    ``setting`` names the setting in the words of its owner.
    """

    mparticle_kit: bool | None = None
    vendor: bool | None = None
    setting: str = ""


class KitRule(msgspec.Struct, frozen=True, kw_only=True):
    """The session rule of one kit on one platform.

    ``trigger`` starts the idle clock: leaving the front (``background``), whatever keeps a session alive
    (``last_event``), the session's own start, looked at after each stay in the background
    (``session_start``), or nothing at all (``foreground_only``: each stay in the front is a session).
    ``timeout_ms`` is how long that clock may run, held against it with ``operator``; None for
    ``foreground_only``.

    ``debounce_ms``: the kit takes the app to be in the background so long after it left the front.
    ``foreground_idle_ms``: how long the app may be idle in the front: None for ever, NO_SPAN as long as in the
    background. ``max_length_ms`` ends a session whatever happens in it, by the same operator.

    ``family`` and ``also`` are names that stand for this rule on its platform, as ``braze`` does.

    ``begins_on``: the uses that begin a session where none is open. ``kept_alive_by``: those that count as
    activity. ``noticed_on``: those at which the kit looks whether its session is over; a ``timer`` looks by
    itself as well, and activity at which the kit does not look keeps the session alive even then.
    ``end``: the moment a session that is over is given as its end.

    ``set_by`` and ``bounds`` tell what the timeout can be changed to; ``embedded`` is false for a vendor that
    runs beside mParticle, not as its kit. ``unknown`` names the fields that no source tells (MAY_BE_UNKNOWN).
    """

    name: str
    title: str
    platform: Platform = "any"
    family: str = ""
    also: tuple[str, ...] = ()
    embedded: bool = True
    trigger: Trigger = "background"
    timeout_ms: int | None = None
    operator: Operator = ">="
    debounce_ms: int = 0
    foreground_idle_ms: int | None = None
    max_length_ms: int | None = None
    begins_on: tuple[Use, ...] = _ON_ENTRY
    kept_alive_by: tuple[Use, ...] = _ALL
    noticed_on: tuple[Use, ...] = _ON_ENTRY
    detection: Detection = "next_use"
    end: EndRule = "background"
    reports: Reports = "pair"
    min_report_ms: int | None = None
    max_report_ms: int | None = None
    process_death: ProcessDeath = "ends"
    resets_on_login: bool = False
    listens_to_mparticle: bool = False
    wall_clock: bool = False
    bounds: Bounds = Bounds()
    set_by: SetBy = SetBy()
    source: tuple[str, ...] = ()
    date: str = ""
    note: str = ""
    unknown: frozenset[str] = frozenset()

    @property
    def undecidable(self) -> str:
        """Return why nothing can be said about this kit's sessions, in words; empty if something can."""
        missing = [name for name in DECISIVE if name in self.unknown]
        if not missing:
            return ""
        return f"{self.title}: no source tells {_listed([UNKNOWN_WORDS[name] for name in missing])}"


UNKNOWN_WORDS: dict[str, str] = {
    "trigger": "what starts its idle clock",
    "timeout": "its timeout",
    "begins_on": "what begins its sessions",
    "operator": "whether a gap of exactly its timeout is over (>= or >)",
    "debounce": "how long after leaving the front it takes the app to be in the background",
    "foreground_idle": "what idleness in the front does",
    "max_length": "whether a session has a longest length",
    "detection": "when it notices that a session is over",
    "end": "which moment it gives a session as its end",
    "reports": "what it reports of a session",
    "min_report": "whether short sessions are left out",
    "max_report": "whether long sessions are left out",
    "process_death": "whether a session outlives the process",
    "resets_on_login": "whether a change of user begins a new session",
    "listens_to_mparticle": "whether it listens to mParticle's session events",
    "wall_clock": "whether a step of the wall clock moves its idle clock",
}


def without_placeholders(rule: KitRule) -> KitRule:
    """Return a rule whose unknown spans are none, so that nothing is decided on what stands in their places."""
    spans: dict[str, int | None] = {
        "debounce": 0,
        "foreground_idle": None,
        "max_length": None,
        "min_report": None,
        "max_report": None,
    }
    return msgspec.structs.replace(
        rule, **{f"{name}_ms": neutral for name, neutral in spans.items() if name in rule.unknown}
    )


def defaults_of(trigger: Trigger, *, ends_in_front: bool) -> tuple[tuple[Use, ...], tuple[Use, ...], EndRule]:
    """Return what a rule of this trigger means where its file is silent: begins_on, noticed_on and end.

    ``ends_in_front``: a session can end while the app is in the front, so what happens there has to count.
    """
    if trigger == "last_event":
        return (*_IN_FRONT, "background_event"), _ALL, "last_event"
    return (_IN_FRONT, _ALL, "background") if ends_in_front else (_ON_ENTRY, _ON_ENTRY, "background")


def problems(rule: KitRule) -> Iterator[tuple[str, str]]:
    """Yield (field, what is wrong and what would be right) for values that are out of range or contradict.

    The field is the one to blame, named as in a kit file.
    """
    yield from _spans(rule)
    yield from _bounds(rule)
    yield from _contradictions(rule)


def _spans(rule: KitRule) -> Iterator[tuple[str, str]]:
    spans = {
        "timeout": rule.timeout_ms,
        "debounce": rule.debounce_ms or None,
        "foreground_idle": None if rule.foreground_idle_ms == NO_SPAN else rule.foreground_idle_ms,
        "max_length": rule.max_length_ms,
        "min_report": rule.min_report_ms,
        "max_report": rule.max_report_ms,
    }
    for field, span in spans.items():
        if span is not None and not 1 <= span <= MAX_SPAN_MS:
            yield field, f"{span} ms is out of range; give a duration from 1ms to a year"


def _bounds(rule: KitRule) -> Iterator[tuple[str, str]]:
    low, high, step = rule.bounds.min_ms, rule.bounds.max_ms, rule.bounds.step_ms
    if any(span is not None and not 1 <= span <= MAX_SPAN_MS for span in (low, high, step)):
        yield "bounds", "out of range; give durations from 1ms to a year"
    if low is not None and high is not None and low > high:
        yield "bounds", "min is above max; swap them"
    elif rule.timeout_ms is not None and "timeout" not in rule.unknown:
        if low is not None and rule.timeout_ms < low:
            yield "timeout", "below the bounds' own min; raise it or lower min"
        if high is not None and rule.timeout_ms > high:
            yield "timeout", "above the bounds' own max; lower it or raise max"
        if step is not None and step > 0 and rule.timeout_ms % step:
            yield "timeout", "not a multiple of the bounds' step; give one, or a finer step"


def _contradictions(rule: KitRule) -> Iterator[tuple[str, str]]:
    known = [name for name in ("trigger",) if name not in rule.unknown]
    if known and rule.trigger == "foreground_only":
        yield from _without_timeout(rule)
    elif known and rule.timeout_ms is None and "timeout" not in rule.unknown:
        yield "timeout", f"missing; trigger {rule.trigger} needs one, for example timeout: 30s"
    if not rule.begins_on and "begins_on" not in rule.unknown:
        yield "begins_on", "empty, so no session would ever begin; name launch, foreground or event"
    if rule.debounce_ms and rule.trigger in ("last_event", "session_start"):
        yield "debounce", f"contradicts trigger {rule.trigger}, whose clock does not start at leaving the front"
    if rule.trigger == "last_event" and not rule.kept_alive_by:
        yield "kept_alive_by", "empty contradicts trigger last_event: nothing would ever set its clock"
    if rule.end == "expiry" and rule.trigger == "foreground_only":
        yield "end", "expiry contradicts trigger foreground_only, under which nothing expires; give background"
    if rule.detection == "next_use" and not rule.noticed_on and rule.trigger != "foreground_only":
        yield "noticed_on", "empty contradicts detection next_use: the end would never be noticed"
    if rule.max_length_ms is not None and rule.timeout_ms is not None and rule.max_length_ms < rule.timeout_ms:
        yield "max_length", "below the timeout, which so could never act; give more, or no max_length"
    if (rule.min_report_ms or 0) > (rule.max_report_ms or MAX_SPAN_MS):
        yield "min_report", "above max_report, so nothing would be reported; swap them"
    if rule.reports in ("none", "id") and (rule.min_report_ms or rule.max_report_ms):
        yield "min_report", f"contradicts reports: {rule.reports}, which reports no session's length"
    if "mparticle_session" in (*rule.begins_on, *rule.noticed_on) and not rule.listens_to_mparticle:
        yield "begins_on", "mparticle_session contradicts listens_to_mparticle: false; make it true"


def _without_timeout(rule: KitRule) -> Iterator[tuple[str, str]]:
    why = "contradicts trigger foreground_only, under which each stay in the front is a session"
    if rule.timeout_ms is not None:
        yield "timeout", f"{why}; remove it, or give trigger background"
    if rule.foreground_idle_ms == NO_SPAN:
        yield "foreground_idle", f"same {why}: there is no timeout to be the same as"
    if rule.process_death == "continues" and "process_death" not in rule.unknown:
        yield "process_death", f"continues {why}; give ends"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
