"""What-ifs and kits: how soon a press is on the screen with many live, and the pace of a history decided again.

Two windows on the same run of 100,000 entries, one bare, one with four profiles, eight timeouts and twelve kits.
A press is an input through the document until what it does to the run has been painted everywhere; what-ifs and
kits follow in the next turns of the event loop, which is measured, too.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QApplication

from inspector.desktop import theme
from inspector.desktop.document import Document
from inspector.desktop.pacing import FRAME_MS
from inspector.desktop.settings import Settings
from inspector.desktop.window import Window
from inspector.engine.inputs import Background, Foreground, Input, LogEvent
from inspector.engine.profiles import PROFILE_NAMES
from inspector.engine.replay import replay
from inspector.journal.run import Run, new_header
from inspector.views.columns import Columns
from inspector.views.ghost_settings import GhostSetting
from inspector.views.ghosts import Ghost
from tests.benchmarks.engine_peers import SEED, history, with_transitions
from tests.benchmarks.rows import Row, at_least, at_most, interleaved

ENTRIES = 100_000
VISITS = 12
INPUTS = 1_000_000
OTHERS = [*(name for name in PROFILE_NAMES if name != "guide"), *("apple 30 s", "apple 90 s")][:4]
WHAT_IFS = ", ".join(["5 s", "10 s", "15 s", "30 s", "45 s", "75 s", "90 s", "120 s", *OTHERS])
KITS = (
    "braze, firebase, amplitude, adobe, appsflyer, localytics, "
    "leanplum, clevertap, singular, branch, sentry, snowplow"
)
LONGEST_BLOCK_MS = 50.0


class Ticks:
    """A monotonic clock in ns that stands still between presses."""

    def __init__(self) -> None:
        self.ns = 1_000_000_000_000

    def __call__(self) -> int:
        return self.ns


def long_run() -> Run:
    """Return a run in memory of at least ENTRIES entries, the app in front."""
    run = Run.in_memory(new_header(seed=SEED))
    replay(run.engine, [(what, t_ms, "person") for what, t_ms in history(ENTRIES)])
    return run


def window_with(what_ifs: str, kits: str, folder: Path) -> tuple[Window, Ticks]:
    """Return a window on the long run with these what-ifs and kits, all of them decided."""
    ticks = Ticks()
    settings = Settings(folder)
    settings["what_if"] = what_ifs
    settings["kits"] = kits
    document = Document(long_run(), clock=ticks)
    window = Window(document, settings)
    window.resize(1280, 800)
    window.show()
    window.make_ready()
    document.open(document.run, play=False)
    settle(window)
    return window, ticks


def settle(window: Window) -> None:
    """Let what-ifs and kits be decided and everything be painted."""
    while any(not row.complete or row.regrouping for row in window.what_ifs.live) or not all(
        row.complete for row in window.kits.live
    ):
        QApplication.processEvents()
    for _ in range(3):
        QApplication.processEvents()


# Seconds to wait and what to press then: a person who comes and goes, back in time and too late.
VISIT: tuple[tuple[float, Input], ...] = (
    *((20.0, LogEvent("Tap")), (5.0, Background()), (12.0, Foreground()), (5.0, LogEvent("Tap"))),
    *((5.0, Background()), (100.0, Foreground())),
)


def press(window: Window, ticks: Ticks, wait_s: float, what: Input) -> tuple[float, float]:
    """Wait and press; return the ms until what it does to the run is painted, and until what-ifs and kits are."""
    ticks.ns += int(wait_s * 1e9)
    window.document.run_to(window.document.now_ms() + int(wait_s * 1000))
    settle(window)
    began = time.perf_counter()
    window.document.submit(what)
    QApplication.sendPostedEvents()  # what is to be painted is
    painted = time.perf_counter()
    while window.what_ifs.busy or window.kits.busy:
        QApplication.processEvents()
    QApplication.processEvents()
    return (painted - began) * 1000, (time.perf_counter() - began) * 1000


def typical(times: list[list[tuple[float, float]]], which: int) -> float:
    """Return the ms of the middle step of the visit, each at its quickest: other work only makes it slower."""
    return statistics.median(min(both[which] for both in step) for step in times)


def longest_block(window: Window) -> float:
    """Drag a timeout over the whole history; return the longest turn of the event loop in ms."""
    row = next(row for row in window.what_ifs.live if row.aim.timeout_ms == 15_000)
    window.what_ifs.choose(row)
    longest = 0.0
    for timeout_ms in range(16_000, 26_000, 1000):
        window.what_ifs.retime(row, timeout_ms)
        for _ in range(3):
            began = time.perf_counter()
            QApplication.processEvents()
            longest = max(longest, (time.perf_counter() - began) * 1000)
    settle(window)
    return longest


def pace() -> tuple[float, float]:
    """Return the seconds to decide a history again, slowest profile, and those of `transitions` on the same ones.

    As in a window: which of its entries are inputs is known of a journal on view.
    """
    inputs = history(INPUTS)
    run = Run.in_memory(new_header(seed=SEED))
    replay(run.engine, [(what, t_ms, "person") for what, t_ms in inputs])
    columns = Columns()
    columns.update(run.journal)

    def again(profile: str) -> None:
        Ghost(GhostSetting(profile), run.journal, columns.inputs).update(run.engine.now_ms)

    def peer() -> None:
        _, submit = with_transitions()
        for what, t_ms in inputs:
            submit(what, t_ms)

    variants: dict[str, Callable[[], object]] = {name: partial(again, name) for name in PROFILE_NAMES}
    seconds = interleaved({**variants, "peer": peer}, rounds=3)
    return max(seconds[name] for name in PROFILE_NAMES), seconds["peer"]


def measure() -> list[Row]:
    """Return the rows of the benchmark table."""
    app = QApplication.instance() or theme.application()
    assert isinstance(app, QApplication)
    theme.apply(app, "dark")
    with tempfile.TemporaryDirectory() as folder:
        bare, bare_ticks = window_with("", "", Path(folder) / "bare")
        full, full_ticks = window_with(WHAT_IFS, KITS, Path(folder) / "full")
        windows = [("bare", bare, bare_ticks), ("full", full, full_ticks)]
        times: dict[str, list[list[tuple[float, float]]]] = {name: [[] for _ in VISIT] for name, _, _ in windows}
        for turn in range(VISITS):
            for at, (wait_s, what) in enumerate(VISIT):
                for name, window, ticks in windows if turn % 2 else reversed(windows):
                    times[name][at].append(press(window, ticks, wait_s, what))
        block = longest_block(full)
        bare.close()
        full.close()
    again_s, peer_s = pace()
    painted = {name: typical(steps, 0) for name, steps in times.items()}
    followed = typical(times["full"], 1)
    lanes = f"{WHAT_IFS.count(',') + 1} what-ifs and {KITS.count(',') + 1} kits"
    what = f"press to screen at {ENTRIES:,} entries, {lanes} live"
    return [
        at_most(f"{what}, ÷ a frame", painted["full"], FRAME_MS, 1.0),
        at_most(f"{what}, ÷ none", painted["full"], painted["bare"], 1.5),
        at_most("the same until what-ifs and kits have followed, ÷ three frames", followed, 3 * FRAME_MS, 1.0),
        at_most(
            f"longest block while a what-if is dragged at {ENTRIES:,} entries, ÷ 50 ms",
            block,
            LONGEST_BLOCK_MS,
            1.0,
        ),
        at_least(
            f"{INPUTS:,} inputs decided again under another profile (the slowest), against `transitions`",
            INPUTS / again_s,
            INPUTS / peer_s,
            20,
        ),
    ]


if __name__ == "__main__":
    from tests.benchmarks.rows import table

    print(table(measure()))
