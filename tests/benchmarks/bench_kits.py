"""What kits cost beside the engine, on the same history of inputs.

`python tests/benchmarks/bench_kits.py` prints the table.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from inspector.engine.entries import Entry
from inspector.engine.kits.compare import Comparison
from inspector.engine.kits.rule import KitRule
from inspector.engine.kits.sessions import KitSessions
from inspector.scenario.kitfiles import bundled_kits
from tests.benchmarks.bench_engine import by_a_person, of_engine
from tests.benchmarks.engine_peers import What, history
from tests.benchmarks.rows import Row, at_most, interleaved, table

INPUTS = 50_000
KITS = ("braze-ios", "amplitude-mobile", "snowplow-mobile", "sentry-android")


def of_kit(rule: KitRule, inputs: list[tuple[What, int]]) -> KitSessions:
    """Return a kit's sessions of a history."""
    kit = KitSessions(rule)
    for what, t_ms in inputs:
        kit.feed(what, t_ms)
    return kit


def of_comparison(rule: KitRule, entries: list[Entry]) -> Comparison:
    """Return a kit's sessions beside the engine's."""
    comparison = Comparison(rule)
    for entry in entries:
        comparison.feed(entry)
    return comparison


def measure(rounds: int = 7) -> list[Row]:
    """Return what a kit costs an input, and its comparison an entry, against the engine's own deciding."""
    inputs = history(INPUTS)
    ours = by_a_person(inputs)
    entries = of_engine(ours)
    rules = [bundled_kits()[name] for name in KITS]
    seconds = interleaved(
        {
            "engine": lambda: of_engine(ours),
            "kits": lambda: [of_kit(rule, inputs) for rule in rules],
            "compared": lambda: [of_comparison(rule, entries) for rule in rules],
        },
        rounds=rounds,
    )
    one = {name: spent / len(rules) for name, spent in seconds.items() if name != "engine"}
    return [
        at_most("a kit's sessions of a history, against deciding it", one["kits"], seconds["engine"], 1.5),
        at_most("the same compared with the app's, entry by entry", one["compared"], seconds["engine"], 3),
    ]


if __name__ == "__main__":
    print(table(measure()))
