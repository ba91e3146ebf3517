"""A kit beside the app: compared, matched to the app's timeout, and what still differs then.

The lint «same seconds, different rule»: setting a kit's timeout to mParticle's does not make its sessions
mParticle's. ``lint`` says what a match leaves, on the journal at hand and in general, each with a smallest story
that shows it.
"""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from inspector.engine.entries import Entry
from inspector.engine.kits.compare import Comparison, Disagreement
from inspector.engine.kits.rule import KitRule, problems
from inspector.engine.kits.words import span
from inspector.views.kit_examples import Example, Remaining, still_differs

__all__ = ["Example", "Lint", "Match", "Remaining", "compare", "lint", "match", "still_differs"]


class Match(NamedTuple):
    """A kit with its timeout set, or None; ``why`` says by which setting, or why that cannot be."""

    rule: KitRule | None
    why: str


class Lint(NamedTuple):
    """What is left after matching: on the journal at hand, and by the rules in general."""

    match: Match
    on_journal: tuple[Disagreement, ...]
    in_general: tuple[Remaining, ...]


def compare(rule: KitRule, entries: Iterable[Entry], now_ms: int) -> Comparison:
    """Return a kit's sessions beside those of a journal's entries, told as of ``now_ms``."""
    comparison = Comparison(rule)
    for entry in entries:
        comparison.feed(entry)
    comparison.advance(now_ms)
    return comparison


def match(rule: KitRule, timeout_ms: int) -> Match:
    """Return a kit with its timeout set to ``timeout_ms``, where mParticle's kit or the vendor can set it so."""
    if rule.trigger == "foreground_only" and "trigger" not in rule.unknown:
        return Match(None, f"{rule.title} has no timeout: each stay in the front is a session")
    who = rule.set_by
    named = f" ({who.setting})" if who.setting else ""
    if not who.mparticle_kit and not who.vendor:
        if who.mparticle_kit is None or who.vendor is None:
            return Match(None, f"no source tells whether the timeout of {rule.title} can be set{named}")
        return Match(None, f"neither mParticle's kit nor the vendor can set the timeout of {rule.title}{named}")
    wrong = _out_of_bounds(rule, timeout_ms)
    if wrong:
        return Match(None, f"the timeout of {rule.title} cannot be {span(timeout_ms)}: {wrong}")
    title = f"{rule.title} at {span(timeout_ms)}"
    set_to = msgspec.structs.replace(rule, timeout_ms=timeout_ms, title=title, unknown=rule.unknown - {"timeout"})
    for field, wrong in problems(set_to):
        return Match(None, f"the timeout of {rule.title} cannot be {span(timeout_ms)}: {field} {wrong}")
    if who.mparticle_kit:
        return Match(set_to, f"set by mParticle's kit{named}")
    cannot = "mParticle's kit cannot set it" if who.mparticle_kit is False else "mParticle's kit: no source tells"
    return Match(set_to, f"set by the vendor's own SDK{named}; {cannot}")


def _out_of_bounds(rule: KitRule, timeout_ms: int) -> str:
    low, high, step = rule.bounds.min_ms, rule.bounds.max_ms, rule.bounds.step_ms
    if low is not None and timeout_ms < low:
        return f"the least is {span(low)}"
    if high is not None and timeout_ms > high:
        return f"the most is {span(high)}"
    if step is not None and timeout_ms % step:
        return f"it is set in steps of {span(step)}"
    return ""


def lint(
    rule: KitRule, timeout_ms: int, entries: Iterable[Entry] = (), now_ms: int = 0, profile: str = "guide"
) -> Lint:
    """Return what still differs once a kit is matched to the app's timeout.

    A kit that cannot be matched is compared as it is. ``entries`` are those of the journal at hand.
    """
    found = match(rule, timeout_ms)
    at_hand = found.rule or rule
    on_journal = tuple(compare(at_hand, entries, now_ms).disagreements)
    return Lint(found, on_journal, still_differs(at_hand, timeout_ms, profile))
