"""What a run says of kits: their sessions beside the app's, for a program and for a person."""

from collections.abc import Mapping, Sequence
from typing import Any

from inspector.engine.kits.causes import CAUSE_WORDS
from inspector.engine.kits.compare import Comparison
from inspector.engine.kits.records import KitSession
from inspector.engine.kits.rule import KitRule
from inspector.engine.kits.words import began_words, ended_words, undecided_words
from inspector.printable import printable
from inspector.scenario.durations import format_duration
from inspector.scenario.kitfiles import bundled_kits, read_kits, resolve
from inspector.scenario.model import Scenario
from inspector.scenario.runner import RunOutcome

_SHOWN = 20


def read_kit_files(files: Sequence[str]) -> tuple[dict[str, KitRule], list[str]]:
    """Return the rules in a person's kit files, and what is wrong with those that cannot be used.

    Raises ScenarioError for a file in which nothing can be used.
    """
    rules: dict[str, KitRule] = {}
    said: list[str] = []
    for file in files:
        found = read_kits(file, {**bundled_kits(), **rules})
        if found.errors and not found.rules:
            raise found.errors[0]
        rules.update(found.rules)
        said += [f"{error}; this kit is left out" for error in found.errors]
    return rules, said


def kits_of(scenario: Scenario, profile: str, extra: Mapping[str, KitRule] | None = None) -> list[KitRule]:
    """Return the rules that a scenario's ``kits:`` stand for under a profile. Raises ScenarioError."""
    return [resolve(node, profile or scenario.profile, extra) for node in scenario.kit_nodes]


def compare_kits(outcome: RunOutcome, rules: Sequence[KitRule]) -> list[Comparison]:
    """Return each kit's sessions beside those of a run."""
    comparisons = [Comparison(rule) for rule in rules]
    for comparison in comparisons:
        for entry in outcome.entries:
            comparison.feed(entry)
        comparison.advance(outcome.engine.now_ms)
    return comparisons


def kits_object(comparisons: Sequence[Comparison]) -> list[dict[str, Any]]:
    """Return the value of the result's key ``kits``, ready for JSON."""
    return [_kit_object(comparison) for comparison in comparisons]


def _kit_object(comparison: Comparison) -> dict[str, Any]:
    rule, kit = comparison.kit.rule, comparison.kit
    return {
        "name": rule.name,
        "title": rule.title,
        "platform": rule.platform,
        "timeout_ms": None if "timeout" in rule.unknown else rule.timeout_ms,
        "unknown": sorted(rule.unknown),
        "why_none": kit.why_none,
        "sessions": [_session_object(session, rule) for session in kit.all()],
        "disagreements": [
            {
                "t_ms": one.t_ms,
                "kind": one.kind,
                "cause": one.cause,
                "detail": one.detail,
                "app_session": one.app_session,
                "kit_session": one.kit_session,
                "text": one.text,
            }
            for one in comparison.disagreements
        ],
        "not_decided": [
            {"t_ms": one.t_ms, "field": one.field, "text": undecided_words(one, rule)} for one in kit.undecided
        ],
    }


def _session_object(session: KitSession, rule: KitRule) -> dict[str, Any]:
    return {
        "ordinal": session.ordinal,
        "start_ms": session.start_ms,
        "end_ms": session.end_ms,
        "detected_ms": session.detected_ms,
        "began_by": session.began_by,
        "ended_by": session.ended_by,
        "reported": session.reported,
        "why": f"{began_words(session)}; {ended_words(session, rule)}",
    }


def kits_account(comparisons: Sequence[Comparison], app_sessions: int) -> str:
    """Return the lines about a run's kits, each ended by a newline."""
    lines: list[str] = []
    for comparison in comparisons:
        lines += _kit_lines(comparison, app_sessions)
    return "".join(f"{line}\n" for line in lines)


def _kit_lines(comparison: Comparison, app_sessions: int) -> list[str]:
    kit = comparison.kit
    title = printable(kit.rule.title)
    if kit.why_none:
        return [f"  kit   {printable(kit.why_none)}, so it has no sessions here"]
    differ = len(comparison.disagreements)
    counted: dict[str, int] = {}
    for one in comparison.disagreements:
        words = "another end" if one.kind == "end" else CAUSE_WORDS[one.cause]
        counted[words] = counted.get(words, 0) + 1
    causes = ", ".join(f"{count} × {words}" for words, count in counted.items())
    verdict = f"{differ} disagree{'s' if differ == 1 else ''} ({causes})" if differ else "nothing disagrees"
    if kit.undecided:
        verdict += f", {len(kit.undecided)} not decided"
    lines = [f"  kit   {title}: {_count(kit.begun)}, mParticle {app_sessions}; {verdict}"]
    shown = kit.all()
    lines += [f"        {one.ordinal}: {_session_words(one, kit.rule)}" for one in shown[:_SHOWN]]
    lines += _more(len(shown), "sessions")
    differing = comparison.disagreements[:_SHOWN]
    lines += [f"        differs at {format_duration(one.t_ms)}: {printable(one.text)}" for one in differing]
    lines += _more(differ, "differ")
    dark = kit.undecided[:_SHOWN]
    lines += [
        f"        at {format_duration(one.t_ms)}: {printable(undecided_words(one, kit.rule))}" for one in dark
    ]
    lines += _more(len(kit.undecided), "are not decided")
    return lines


def _more(count: int, what: str) -> list[str]:
    return [f"        {count - _SHOWN} more {what}"] if count > _SHOWN else []


def _session_words(session: KitSession, rule: KitRule) -> str:
    start = format_duration(session.start_ms)
    if session.ended_by is None:
        return f"{start} … open; {began_words(session)}"
    end = "?" if session.end_ms is None else format_duration(session.end_ms)
    noticed = "" if session.detected_ms is None else f", noticed {format_duration(session.detected_ms)}"
    hidden = ", not reported" if session.reported is False else ""
    return f"{start} … {end}{noticed}{hidden}; {began_words(session)}, {ended_words(session, rule)}"


def _count(sessions: int) -> str:
    return f"{sessions} session{'' if sessions == 1 else 's'}"
