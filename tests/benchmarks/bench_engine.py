"""Inputs a second: the engine against state machine libraries that do the same, and against doing nothing.

`python tests/benchmarks/bench_engine.py` prints the table.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec

from inspector.engine.engine import Engine
from inspector.engine.entries import Entry
from inspector.engine.guide import GUIDE
from inspector.engine.replay import replay
from tests.benchmarks.engine_peers import QUIET, SEED, Model, What, history, with_statemachine, with_transitions
from tests.benchmarks.rows import Row, at_least, interleaved, table

# The engine and `transitions` on the very same inputs; the slowest peer on fewer, which only spares it memory.
INPUTS = {"engine": 20_000, "transitions": 20_000, "python-statemachine": 1_500, "bare loop": 300_000}


def by_a_person(inputs: list[tuple[What, int]]) -> list[tuple[What, int, str]]:
    """Return a history as the engine's replay takes it."""
    return [(what, t_ms, "person") for what, t_ms in inputs]


def of_engine(inputs: list[tuple[What, int, str]]) -> list[Entry]:
    """Return the entries that the engine makes of a history."""
    entries: list[Entry] = []
    replay(Engine(GUIDE, seed=SEED, append=entries.append), inputs)
    return entries


def of_peer(make: Callable[[], tuple[Model, Callable[..., None]]], inputs: list[tuple[What, int]]) -> list[Entry]:
    """Return the entries that a peer makes of a history."""
    model, submit = make()
    for what, t_ms in inputs:
        submit(what, t_ms)
    return model.entries


def of_bare_loop(inputs: list[tuple[What, int]]) -> list[tuple[int, What]]:
    """Append one tuple an input and do nothing else, with the cyclic garbage collector off."""
    rows: list[tuple[int, What]] = []
    append = rows.append
    gc.disable()
    for what, t_ms in inputs:
        append((t_ms, what))
    gc.enable()
    return rows


def check_peers(inputs: list[tuple[What, int]]) -> None:
    """Raise AssertionError unless both peers make the very entries that the engine makes."""
    ours = [msgspec.json.encode(entry) for entry in of_engine(by_a_person(inputs))]
    for make in (with_transitions, with_statemachine):
        theirs = [msgspec.json.encode(entry) for entry in of_peer(make, inputs)]
        for one, two in zip(ours, theirs, strict=False):
            assert one == two, f"{make.__name__}: {two!r} instead of {one!r}"
        assert len(ours) == len(theirs), make.__name__


def measure(rounds: int = 7) -> list[Row]:
    """Return the three comparisons, in inputs a second."""
    check_peers(history(1_500))
    check_peers(history(1_500, QUIET))
    full = history(INPUTS["bare loop"])
    inputs = {name: full[:length] for name, length in INPUTS.items()}
    quiet = history(INPUTS["engine"], QUIET)
    ours, quiet_ours = by_a_person(inputs["engine"]), by_a_person(quiet)
    few = quiet[: INPUTS["transitions"]]
    seconds = interleaved(
        {
            "engine": lambda: of_engine(ours),
            "transitions": lambda: of_peer(with_transitions, inputs["transitions"]),
            "python-statemachine": lambda: of_peer(with_statemachine, inputs["python-statemachine"]),
            "bare loop": lambda: of_bare_loop(inputs["bare loop"]),
            "quiet engine": lambda: of_engine(quiet_ours),
            "quiet transitions": lambda: of_peer(with_transitions, few),
        },
        rounds=rounds,
    )
    rate = {name: length / seconds[name] for name, length in INPUTS.items()}
    engine = rate["engine"]
    quiet_rate, quiet_theirs = len(quiet) / seconds["quiet engine"], len(few) / seconds["quiet transitions"]
    what = "engine, inputs a second, against"
    return [
        at_least(f"{what} the same rules on `transitions`", engine, rate["transitions"], 20),
        at_least(f"{what} the same rules on `python-statemachine`", engine, rate["python-statemachine"], 250),
        at_least("the same on visits of 3 to 12 events only, `transitions`", quiet_rate, quiet_theirs, 5),
        at_least(f"{what} a bare loop that appends one tuple an input, GC off", engine, rate["bare loop"], 0.2),
    ]


if __name__ == "__main__":
    print(table(measure()))
