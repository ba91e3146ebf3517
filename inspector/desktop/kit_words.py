"""What is said of a kit: name, timeout, counts, its rule and where it disagrees, in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from inspector.engine.kits.words import span
from inspector.views.harmless import harmless
from inspector.views.text import counted

if TYPE_CHECKING:
    from inspector.desktop.kits import KitRow
    from inspector.engine.kits.rule import KitRule
    from inspector.views.kit_lanes import KitLane

_TRIGGERS = {
    "background": "counts from leaving the front",
    "last_event": "counts from the last activity",
    "session_start": "counts from the session's start",
    "foreground_only": "each stay in the front is a session",
}


def name_of(row: KitRow) -> str:
    """Return a kit's name: ``Braze (iOS)``, or what it was chosen by where there is no rule."""
    return row.choice.name if row.base is None else harmless(row.base.title, 60)


def short_name(row: KitRow) -> str:
    """Return a kit's name without its platform, where that is the run's: ``Braze``."""
    name = name_of(row)
    one_of_its_family = row.base is not None and row.choice.name == row.base.family
    return (name.partition(" (")[0] or name) if one_of_its_family else name


def timeout_words(rule: KitRule | None) -> str:
    """Return a rule's timeout: ``10 s``, ``none``, or a question mark where no source tells."""
    if rule is None:
        return ""
    if "timeout" in rule.unknown or "trigger" in rule.unknown:
        return "?"
    return "no timeout" if rule.timeout_ms is None else span(rule.timeout_ms)


def lane_name(row: KitRow) -> str:
    """Return the name of its lane."""
    return f"Kit: {short_name(row)}"


def lane_line(row: KitRow) -> str:
    """Return the line below the name of its lane: ``10 s · 2 differ``."""
    return f"{timeout_words(row.rule)} · {_verdict(row)}"


def lane_brief(row: KitRow) -> str:
    """Return the same in a few signs: ``10 s · ≠2``."""
    return f"{timeout_words(row.rule)} · {verdict_brief(row)}"


def _verdict(row: KitRow) -> str:
    if row.lane is None or not row.complete:
        return progress(row)
    lane = row.lane
    if lane.differ:
        return f"{lane.differ:,} differ{'s' if lane.differ == 1 else ''}"
    return f"{lane.not_decided:,} not decided" if lane.not_decided else "as the run"


def verdict_brief(row: KitRow) -> str:
    """Return how a kit stands beside the run in a few signs: ``≠2``, ``=``, ``?1``."""
    if row.lane is None:
        return "–"
    if not row.complete:
        return f"{row.lane.share:.0%} …"
    lane = row.lane
    if lane.differ:
        return f"≠{lane.differ:,}"
    return f"?{lane.not_decided:,}" if lane.not_decided else "="


def progress(row: KitRow) -> str:
    """Return how far its history has been taken."""
    return row.why if row.lane is None else f"counting … {row.lane.share:.0%}"


def rule_line(rule: KitRule) -> str:
    """Return what a rule does in short: ``10 s, counts from leaving the front, noticed at the next use``."""
    parts = [timeout_words(rule)]
    if rule.trigger == "foreground_only" and "trigger" not in rule.unknown:
        parts = []
    if "trigger" not in rule.unknown:
        parts.append(_TRIGGERS[rule.trigger])
    if "operator" not in rule.unknown and rule.timeout_ms is not None:
        parts.append("over at exactly the timeout" if rule.operator == ">=" else "over after the timeout")
    if "detection" not in rule.unknown:
        parts.append("ends by a timer" if rule.detection == "timer" else "noticed at the next use")
    if "process_death" not in rule.unknown:
        parts.append("ends with the process" if rule.process_death == "ends" else "outlives the process")
    return ", ".join(parts)


def comparison(lane: KitLane) -> list[str]:
    """Return how a kit compares with the run, a sentence a line."""
    from inspector.engine.kits.causes import CAUSE_WORDS

    lines = [f"{counted(lane.begun, 'session')}; {lane.comparison.matched:,} begin as in the run"]
    causes = Counter(
        "another end" if one.kind == "end" else CAUSE_WORDS[one.cause] for one in lane.comparison.disagreements
    )
    lines += [f"≠ {count:,} × {words}" for words, count in causes.most_common()]
    if lane.not_decided:
        lines.append(f"? {counted(lane.not_decided, 'moment')} no source decides")
    return lines


def details(row: KitRow) -> list[str]:
    """Return all there is to say of a kit, a line each."""
    lines = [name_of(row)]
    if row.rule is not None:
        lines.append(harmless(rule_line(row.rule), 300))
    if row.base is not None and row.choice.timeout_ms is not None and row.rule is not None:
        lines.append(f"set to {timeout_words(row.rule)}; as shipped {timeout_words(row.base)}")
    if row.lane is None:
        return [*lines, harmless(row.why, 300)]
    return lines + (comparison(row.lane) if row.complete else [progress(row)])


def sources(rule: KitRule) -> list[str]:
    """Return where a rule comes from, a line each."""
    dated = [f"as of {rule.date}"] if rule.date else []
    return [harmless(line, 300) for line in (*rule.source, *dated)]
