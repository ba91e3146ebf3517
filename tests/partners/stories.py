"""Journals to make messages of: told by hand, and random ones."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

from inspector.engine.engine import Engine
from inspector.engine.entries import AnyEntry, Entry
from inspector.engine.inputs import Input
from inspector.engine.profiles import profile_named
from inspector.journal.codec import Header
from inspector.journal.run import Run, new_header
from inspector.scenario.reader import read_text
from tests.reference.generate import random_scenario

EPOCH_MS = 1_700_000_000_000


def told(
    steps: Sequence[tuple[int, Input]],
    profile: str = "guide",
    *,
    seed: int = 7,
    until_ms: int = 0,
    device: dict[str, int] | None = None,
) -> tuple[Header, list[AnyEntry]]:
    """Return header and entries of a run of these inputs at these times (ms)."""
    run = Run.in_memory(new_header(profile, seed=seed, epoch_ms=EPOCH_MS, device=device))
    for t_ms, what in steps:
        run.submit(what, t_ms)
    run.advance(max(until_ms, run.end_ms))
    return run.journal.header, list(run.journal.entries())


def random_story(number: int, profile: str) -> tuple[Header, list[AnyEntry]]:
    """Return header and entries of a random scenario."""
    text = json.dumps(random_scenario(random.Random(f"{profile} {number}"), profile))
    scenario = read_text("random.json", text)
    entries: list[Entry] = []
    rules = profile_named(profile)
    engine = Engine(rules, scenario.settings, seed=scenario.seed, append=entries.append)
    for step in scenario.steps:
        if step.input is None:
            engine.advance(step.t_ms)
        else:
            engine.submit(step.input, step.t_ms, scenario.by)
    header = new_header(profile, scenario.settings, seed=scenario.seed, epoch_ms=EPOCH_MS)
    return header, entries  # type: ignore[return-value]
