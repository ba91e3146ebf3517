"""The soak itself: the real window lives scripted days at ×1000 while phones talk to its collector."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.helpers.display import Display
from tests.helpers.wait import until
from tests.soak import readings
from tests.soak.readings import Reading
from tests.soak.soaked import LANES, Soaked, feed
from tests.soak.verdict import warm_up_s

EVENTS_A_S = 50
LOOK_S = 5.0
RUSH = 0.7  # of the warm-up


@dataclass
class Outcome:
    """What came of a soak. ``faults`` is empty when nothing went wrong by itself."""

    screen: str
    readings: list[Reading] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    acts: int = 0
    kept: int = 0
    not_shown: int = 0
    days: float = 0.0
    entry_bytes: float = 0.0
    journal: Path | None = None


@contextmanager
def screen() -> Iterator[tuple[Display | None, str]]:
    """Give a display and its name: Xvfb where it is installed, else Qt's offscreen."""
    if shutil.which("Xvfb"):
        with Display() as display:
            yield display, "Xvfb"
    else:
        yield None, "offscreen"


def soak(home: Path, minutes: float, seed: int, progress: Callable[[Reading], None] = lambda _: None) -> Outcome:
    """Let the window live for so long; return what was measured. It ends early if the window dies."""
    with screen() as (display, name):
        outcome = Outcome(name)
        with Soaked(display, home, "--seed", str(seed), "--live", "--collect", "--hand") as window:
            phones = feed(window.wait_for("port"), EVENTS_A_S, seed, RUSH * warm_up_s(minutes * 60))
            try:
                _watch(window, minutes * 60, outcome, progress)
            finally:
                said = phones.communicate()[0].split("\n")
            outcome.journal = window.run
            if window.process.poll() is None:
                status = window.quit()
                if status:
                    outcome.faults.append(f"the window's status was {status}")
            else:
                outcome.faults.append(
                    f"the window died, status {window.process.returncode}: {window.errors[-6000:]}"
                )
            outcome.faults += window.faults()
            outcome.faults += _answers(said, outcome)
            kits, what_ifs = window.told.get("lanes") or (0, 0)
            if kits != LANES[0] or not LANES[1] / 2 <= what_ifs <= LANES[1]:  # of two made the same one goes
                outcome.faults.append(f"lanes of kits and what-ifs: {[kits, what_ifs]}, not {LANES}")
            if "Traceback" in window.errors:
                outcome.faults.append(window.errors[-6000:])
        if outcome.journal is not None:
            outcome.entry_bytes = entry_bytes(display, home, outcome.journal)
    return outcome


def _watch(window: Soaked, span_s: float, outcome: Outcome, progress: Callable[[Reading], None]) -> None:
    began_s = time.monotonic()
    began_ms = window.wait_for("now_ms")
    window.frames()
    pid = window.process.pid
    due_s = LOOK_S
    while window.process.poll() is None:
        try:
            window.process.wait(max(0.01, due_s - (time.monotonic() - began_s)))
        except subprocess.TimeoutExpired:
            told = window.told
            at_s = time.monotonic() - began_s
            entries, objects = told.get("entries", 0), told.get("objects", 0)
            reading = readings.read(pid, at_s, entries=entries, objects=objects, frames_ms=window.frames())
            outcome.readings.append(reading)
            progress(reading)
            due_s += LOOK_S
            if due_s > span_s + LOOK_S / 2:
                break
    told = window.told
    outcome.acts, outcome.kept = told.get("acts", 0), told.get("kept", 0)
    outcome.not_shown = told.get("not_shown", 0)
    outcome.days = (told.get("now_ms", began_ms) - began_ms) / 86_400_000


def _answers(said: list[str], outcome: Outcome) -> list[str]:
    """Return what is wrong with how the phones were answered."""
    whole = [line.split() for line in said if len(line.split()) == 3]
    if not whole:
        return ["no phone was answered"]
    sent, other, lost = map(int, whole[-1])
    wrong = []
    if other or lost:
        wrong.append(f"of {sent} batches {other} were answered otherwise than 202, {lost} got no answer")
    if outcome.not_shown:
        wrong.append(f"{outcome.not_shown} requests came too fast to be shown")
    return wrong


def _opened(window: Soaked) -> dict[str, Any]:
    """Return the state of a window once it has opened what it was asked to, and has nothing left to decide."""
    state = window.do("state")
    return {} if state["busy"] or not state["entries"] else state


def entry_bytes(display: Display | None, home: Path, journal: Path) -> float:
    """Return what an entry costs a fresh window with the same lanes: it opens the journal, and half of it."""
    lines = journal.read_bytes().splitlines(keepends=True)
    half = journal.with_name("half.session")
    half.write_bytes(b"".join(lines[: len(lines) // 2]))
    costs = []
    for path in (half, journal):
        with Soaked(display, home, "--", str(path), data=home / "fresh") as window:
            window.wait_for("lanes")
            state = until(lambda: _opened(window), "the journal is open and every lane through", every_s=0.2)
            window.do("trim")
            costs.append((state["entries"], readings.memory_kb(window.process.pid) * 1000))
            window.quit()
    half.unlink()
    (few, low), (many, high) = costs
    return max(0.0, (high - low) / max(1, many - few))
