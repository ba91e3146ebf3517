"""What is right about a soak: memory flat, handles and threads constant, frames as fast as before.

Memory grows with the journal, by design: every entry stays at hand. What entries cost is measured apart, in fresh
windows that open the soak's journal and half of it; that share of the growth is taken off, and what is left must
be flat. The warm-up is not judged: until it is over, caches fill that are bounded (the messages kept of each
phone, the widgets of each tab and dialog, the parts of libraries that are read when first used).
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tests.soak.readings import Reading, percentile, slope

MOST_DRIFT = 0.03
FRAME_LIMIT = 1.25  # p99 of a third holds a few hundred frames; that much it differs between two equal thirds
LONGEST_WARM_UP_S = 300.0


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    measured: str
    wanted: str
    holds: bool


def warm_up_s(span_s: float) -> float:
    """Return how long the warm-up of a soak takes: half of it, five minutes at most."""
    return min(span_s / 2, LONGEST_WARM_UP_S)


def judged(readings: Sequence[Reading], entry_bytes: float) -> list[Row]:
    """Return the verdicts on the readings of a soak; ``entry_bytes`` is what an entry costs in a fresh window."""
    warm_s = warm_up_s(readings[-1].at_s)
    warm = [one for one in readings if one.at_s >= warm_s]
    first, last = warm[0], warm[-1]
    times = [one.at_s for one in warm]
    span_s = last.at_s - first.at_s
    entries = last.entries - first.entries
    rows = []
    total = [(one.own_kb + one.children_kb) / 1e3 for one in warm]
    own = [(one.own_kb - one.entries * entry_bytes / 1e3) / 1e3 for one in warm]
    children = [one.children_kb / 1e3 for one in warm]
    grown = slope(times, total) * span_s
    due = entries * entry_bytes / 1e6
    drift = (grown - due) / statistics.fmean(total)
    rows.append(
        Row(
            f"memory of window and children, {statistics.fmean(total):.0f} MB: drift of the fitted line, less "
            f"{entries:,} entries × {entry_bytes:,.0f} bytes",
            f"{drift:+.1%} ({grown:+.1f} MB − {due:.1f} MB)",
            f"≤ {MOST_DRIFT:.0%}",
            drift <= MOST_DRIFT,
        )
    )
    for name, values in (("the window alone, entries off", own), ("its children alone", children)):
        share = slope(times, values) * span_s / statistics.fmean(values)
        rows.append(Row(f"… of {name}", f"{share:+.1%}", "told only", True))
    for name, counts in (("handles", [one.handles for one in warm]), ("threads", [one.threads for one in warm])):
        rows.append(_constant(name, times, counts))
    objects = [one.objects for one in warm]
    rows.append(Row("objects of Qt in the window", f"{min(objects)} … {max(objects)}", "told only", True))
    third = len(warm) // 3
    before = [ms for one in warm[:third] for ms in one.frames_ms]
    after = [ms for one in warm[-third:] for ms in one.frames_ms]
    p99_before, p99_after = percentile(before, 0.99), percentile(after, 0.99)
    rows.append(
        Row(
            f"frame p99 (CPU of a paint of the window; {len(before):,} and {len(after):,} frames), last third : "
            "first",
            f"{p99_after / p99_before:.2f} × ({p99_before:.1f} → {p99_after:.1f} ms)",
            f"≤ {FRAME_LIMIT:g} ×",
            p99_after <= FRAME_LIMIT * p99_before,
        )
    )
    return rows


def _constant(name: str, times: Sequence[float], counts: Sequence[int]) -> Row:
    """Judge a count that goes up and down as work comes and goes, but must not rise: its floor stays."""
    third = max(1, len(counts) // 3)
    before, after = min(counts[:third]), min(counts[-third:])
    ceiling = max(counts[:third]), max(counts[-third:])
    measured = f"{before} … {ceiling[0]} → {after} … {ceiling[1]}, {slope(times, counts) * 3600:+.1f} an hour"
    return Row(f"{name}: least … most, first third → last third", measured, "least is the same", after <= before)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown."""
    lines = ["| what | measured | wanted |", "|---|---|---|"]
    lines += [f"| {row.what} | {row.measured}{'' if row.holds else ' (missed)'} | {row.wanted} |" for row in rows]
    return "\n".join(lines)
