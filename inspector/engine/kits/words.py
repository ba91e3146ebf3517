"""What a kit did, in words with the numbers."""

from inspector.engine.kits.records import Clock, KitSession, Undecided
from inspector.engine.kits.rule import NO_SPAN, UNKNOWN_WORDS, KitRule

_BEGAN = {
    "launch": "began with the launch",
    "background_launch": "began with the launch in the background",
    "foreground": "began when the app came to the front",
    "background": "began when the app left the front",
    "event": "began with an event",
    "screen_view": "began with a screen view",
    "background_event": "began with an event in the background",
    "mparticle_session": "began because mParticle began one",
    "login": "began with another user",
}
_SINCE: dict[Clock, str] = {
    "background": "in the background",
    "last_event": "without activity",
    "session_start": "since its start",
    "": "idle",
}
_LIMIT = {"max_length": "longest length", "foreground_idle": "limit in the front"}


def span(ms: int) -> str:
    """Return a span in ms exactly and short: ``9.999 s``, ``30 min``, ``4 h``."""
    if ms < 0:
        return f"−{span(-ms)}"
    for unit, scale in (("h", 3_600_000), ("min", 60_000)):
        if ms >= 2 * 60_000 and ms % scale == 0:
            return f"{ms // scale} {unit}"
    whole, rest = divmod(ms, 1000)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".") + " s" if rest else f"{whole} s"


def began_words(session: KitSession) -> str:
    """Return what began a session: ``began with the launch``."""
    return _BEGAN[session.began_by]


def ended_words(session: KitSession, rule: KitRule) -> str:
    """Return what ended a session, with the inequality; of an open one, that it has not."""
    by = session.ended_by
    if by is None:
        return "still open"
    if by == "login":
        return "ended by a change of user, which begins a new session"
    if by == "process_death":
        return "ended with its process, noticed at the next launch"
    if by == "background":
        late = f", {span(rule.debounce_ms)} after" if rule.debounce_ms else ""
        return f"ended when the app left the front{late}: each stay in the front is a session"
    return f"ended by its {_limit(session, rule)}: {inequality(session, rule)}"


def inequality(session: KitSession, rule: KitRule) -> str:
    """Return what was held against what: ``in the background 12 s ≥ timeout 10 s``."""
    idle_ms, limit_ms = session.idle_ms or 0, session.limit_ms or 0
    held = f"{_SINCE[session.clock]} {span(idle_ms)} {sign(rule, idle_ms, limit_ms)}"
    return f"{held} {_limit(session, rule)} {span(limit_ms)}"


def _limit(session: KitSession, rule: KitRule) -> str:
    if session.ended_by == "foreground_idle" and rule.foreground_idle_ms == NO_SPAN:
        return "timeout"  # the same in the front as in the background
    return _LIMIT.get(session.ended_by or "", "timeout")


def sign(rule: KitRule, idle_ms: int, limit_ms: int) -> str:
    """Return the sign between a span that is over and its limit, as far as the operator is known."""
    if "operator" in rule.unknown:
        return ">" if idle_ms > limit_ms else "="
    return "≥" if rule.operator == ">=" else ">"


def since(clock: Clock) -> str:
    """Return what a clock counts, in words: ``in the background``."""
    return _SINCE[clock]


def undecided_words(one: Undecided, rule: KitRule) -> str:
    """Return what was not decided at a moment, and why."""
    told = f"not decided: no source tells {UNKNOWN_WORDS[one.field]}"
    if one.idle_ms is None or one.limit_ms is None:
        return f"{rule.title}: {told}"
    return f"{rule.title}: {told} ({span(one.idle_ms)} held against {span(one.limit_ms)})"
