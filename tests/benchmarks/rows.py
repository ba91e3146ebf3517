"""One row of the benchmark table, and how two things are compared on a busy machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One comparison. `measured` and `wanted` are text for a reader, `holds` says whether the aim is met."""

    what: str
    measured: str
    wanted: str
    holds: bool


def at_most(what: str, ours: float, peer: float, limit: float) -> Row:
    """Ours costs at most `limit` times the peer (both in the same unit, smaller is better)."""
    return Row(what, f"{_number(ours / peer)} ×", f"≤ {limit:g} ×", ours <= limit * peer)


def at_least(what: str, ours: float, peer: float, limit: float) -> Row:
    """Ours does at least `limit` times the peer's rate (both in the same unit, greater is better)."""
    return Row(what, f"{_number(ours / peer)} ×", f"≥ {limit:g} ×", ours >= limit * peer)


def interleaved(variants: Mapping[str, Callable[[], object]], *, rounds: int = 7) -> dict[str, float]:
    """Run all variants in turn, `rounds` times, and return each one's median seconds.

    In turn, so that other work on the machine slows all of them alike; the median, so that one stall counts
    for nothing. The order changes with the round: nobody always runs first.
    """
    names = list(variants)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            began = time.perf_counter()
            variants[name]()
            seconds[name].append(time.perf_counter() - began)
    return {name: statistics.median(values) for name, values in seconds.items()}


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| what | measured | wanted |", "|---|---|---|"]
    lines += [f"| {row.what} | {row.measured}{'' if row.holds else ' (missed)'} | {row.wanted} |" for row in rows]
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 20 else f"{value:.2g}"
