"""Why a session begins on one side only: number, operator, clock, process death, or another part of the rule."""

from typing import Literal, TypeAlias

from inspector.engine.entries import SessionBegan, SessionEnded, SessionLost
from inspector.engine.kits.records import Held, KitSession
from inspector.engine.kits.rule import KitRule
from inspector.engine.kits.words import began_words, ended_words, since, span

Cause: TypeAlias = Literal["number", "operator", "clock", "process_death", "rule"]
Told: TypeAlias = tuple[Cause, str, str]
CAUSE_WORDS: dict[Cause, str] = {
    "number": "another timeout",
    "operator": "another test at exactly the timeout",
    "clock": "another idle clock",
    "process_death": "the death of the process",
    "rule": "another rule",
}
_BY_HAND = {"manual": "ended by hand", "opt_out": "ended by opting out", "restart": "replaced by a new one"}
_DEATHS = {"force_quit": "force quit", "terminate": "terminated", "crash": "crashed"}


def only_kit(
    rule: KitRule,
    session: KitSession,
    before: KitSession | None,
    app_is_open: bool,
    app_idle_ms: int | None,
    app_timeout_ms: int | None,
) -> Told:
    """Return cause, detail and words of a session that only the kit begins.

    ``before`` is the kit's session before it, ``app_is_open`` whether the app has one that goes on,
    ``app_idle_ms`` what its countdown had counted at this instant against ``app_timeout_ms``, both None where
    none was running.
    """
    kit = rule.title
    if before is None or before.ended_by is None:
        return "rule", "begins_on", f"{kit}: {began_words(session)}; mParticle begins none here"
    ended = f"{kit}: {ended_words(before, rule)}"
    if before.ended_by == "process_death":
        return "process_death", "ends", f"{ended}; mParticle begins none here"
    if not app_is_open:
        return "rule", "begins_on", f"{ended} and {began_words(session)}; mParticle has none and begins none here"
    counting = app_idle_ms is not None and app_timeout_ms is not None
    if before.ended_by != "timeout" and not (before.ended_by == "foreground_idle" and counting):
        detail = "every_return" if before.ended_by == "background" else before.ended_by
        return "rule", detail, f"{ended}; that of mParticle goes on"
    idle_ms, limit_ms = session.start_ms - (before.clock_ms or 0), before.limit_ms or 0
    if app_idle_ms is None or app_timeout_ms is None:
        return "clock", before.clock, f"{ended}; mParticle was not counting"
    held = f"{ended}; that of mParticle goes on: {span(app_idle_ms)} of its {span(app_timeout_ms)}"
    if (before.idle_ms or 0) - ((before.detected_ms or session.start_ms) - (before.clock_ms or 0)):
        return "clock", "wall_clock", f"{held}; the step of the wall clock counts for {kit} only"
    if idle_ms == app_idle_ms == limit_ms == app_timeout_ms:
        return "operator", "", held
    if not _over(rule, idle_ms, app_timeout_ms):
        return "number", "", held
    return "clock", before.clock, held


def only_app(
    rule: KitRule, began: SessionBegan, ended: SessionEnded | SessionLost | None, held: Held | None
) -> Told:
    """Return cause, detail and words of a session that only the app begins.

    ``ended`` is the end of the app's session before it, ``held`` how the kit's session was held at this
    instant, None where the kit has none or did not look.
    """
    kit = rule.title
    if ended is None:
        return "rule", "begins_on", f"mParticle begins its first session here; {kit} does not"
    if began.began_by == "manual" or ended.ended_by in _BY_HAND:
        how = _BY_HAND.get(ended.ended_by, "begun by hand")
        return "rule", "manual", f"mParticle's session was {how}; {kit} does not hear of that"
    if held is None:
        return "rule", "begins_on", f"mParticle begins a session here; {kit} has none or does not look"
    kept = _kept(rule, held)
    if ended.ended_by in _DEATHS:
        died = f"mParticle's session ended with its process ({_DEATHS[ended.ended_by]})"
        return "process_death", "continues", f"{died}; that of {kit} outlives it{kept}"
    timeout_ms = (ended.timeout_ms if isinstance(ended, SessionEnded) else None) or 0
    due_ms = ended.due_ms if isinstance(ended, SessionEnded) else None
    idle_ms = began.t_ms - ((began.t_ms if due_ms is None else due_ms) - timeout_ms)
    out = f"mParticle's session timed out after {span(timeout_ms)}, back after {span(idle_ms)}"
    words = f"{out}; that of {kit} goes on{kept}"
    if held.idle_ms is None or held.limit_ms is None:
        return "clock", held.clock, words
    if held.clock_ms is not None and held.idle_ms != held.t_ms - held.clock_ms:
        return "clock", "wall_clock", f"{words}, the step of the wall clock counted in"
    if held.idle_ms == idle_ms == held.limit_ms == timeout_ms:
        return "operator", "", words
    if _over(rule, idle_ms, held.limit_ms):
        return "clock", held.clock, words
    return "number", "", words


def _kept(rule: KitRule, held: Held) -> str:
    if held.idle_ms is None or held.limit_ms is None:
        return ": nothing counts there"
    sign = "<" if held.idle_ms < held.limit_ms else "="
    return f": {since(held.clock)} {span(held.idle_ms)} {sign} {span(held.limit_ms)}"


def _over(rule: KitRule, idle_ms: int, limit_ms: int) -> bool:
    return idle_ms >= limit_ms if rule.operator == ">=" and "operator" not in rule.unknown else idle_ms > limit_ms
