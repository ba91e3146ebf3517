"""Words and tokens for what is observed: never a colour without its word or sign."""

from __future__ import annotations

from inspector.desktop.observed.room import Seen
from inspector.desktop.timeline.lane import Shape
from inspector.observed.model import Boundary, Verdict
from inspector.observed.report import MARKS, summary, verdict_words

INKS: dict[Verdict, str] = {
    "agrees": "foreground",
    "late": "differs",
    "missing": "differs",
    "extra": "differs",
    "unknown": "muted",
}
SHAPES: dict[Verdict, Shape] = {
    "agrees": "tick",
    "late": "square",
    "missing": "gone",
    "extra": "circle",
    "unknown": "hollow",
}
EMPTY = (
    "Nothing observed yet\n"
    "Point a real SDK at the inspector's collector, or open or drop a capture (HAR, logcat, Apple log, mParticle "
    "export): each device gets a lane below the sessions and its rows here, every begin and end held against "
    "what the engine predicts."
)


def mark_words(one: Boundary) -> str:
    """Return a verdict with its sign: ✓ agrees, ± late by 1.2 s, − missing, + extra, ? not known."""
    said = "noticed late" if one.verdict == "agrees" and one.noticed_late_ms else verdict_words(one)
    return f"{MARKS[one.verdict]} {said}"


def boundary_line(one: Boundary) -> str:
    """Return all of a boundary in one line."""
    parts = [f"{one.what}: {mark_words(one)}", one.cause, one.text]
    return " · ".join(part for part in parts if part)


def lane_line(seen: Seen) -> str:
    """Return the line below a lane's name."""
    return summary(seen.found, seen.counts)


def lane_brief(seen: Seen) -> str:
    """Return the same in a few signs."""
    counts = seen.counts
    wrong = counts["late"] + counts["early"] + counts["missing"] + counts["extra"]
    return f"✓{counts['agrees']} ≠{wrong}" if wrong else f"✓{counts['agrees']}"


def details(seen: Seen) -> str:
    """Return what a device's name says when the mouse rests on it."""
    found = seen.found
    lines = [seen.name]
    if found.profile:
        timeout = f"{found.timeout_s:g} s" if found.timeout_s is not None else "none"
        lines.append(f"held against the profile {found.profile}, timeout {timeout} ({found.timeout_from})")
    lines.append(summary(found, seen.counts))
    lines += [f"assumed: {said}" for said in found.assumed[:8]]
    lines += [f"{one.what}: {one.text}" for one in found.anomalies[:8]]
    if seen.duplicates:
        lines.append(f"{seen.duplicates:,} messages came more than once")
    if seen.trimmed:
        lines.append(f"{seen.trimmed:,} older messages were let go")
    return "\n".join(lines)
