"""The whole window with a million entries: opening, memory, a press; what the countdown costs, and idling."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication

from inspector.desktop import theme
from inspector.desktop.document import Document
from inspector.desktop.pacing import FRAME_MS
from inspector.desktop.settings import Settings
from inspector.desktop.window import Window
from inspector.engine.inputs import Background, Foreground, Input, Launch, LogEvent
from inspector.engine.replay import replay
from inspector.journal.codec import decode_lines
from inspector.journal.run import Run, new_header
from inspector.views.picture import picture
from tests.benchmarks.bench_whatif import Ticks
from tests.benchmarks.engine_peers import SEED, history
from tests.benchmarks.rows import Row, at_most, interleaved

ENTRIES = 1_000_000
PRESSES = 200
FRAMES = 240
COUNTDOWN_S = 59
IDLE_S = 10
ROOT = Path(__file__).resolve().parents[2]
# A window with a session in the foreground, left alone; it says when it has come to rest.
_IDLE = """
from PySide6.QtCore import QTimer
from inspector import cli
from inspector.desktop import window as module
from inspector.engine.inputs import Launch
class Told(module.Window):
    def __init__(self, *args):
        super().__init__(*args)
        self.on_ready.append(self.begin)
    def begin(self):
        self.document.submit(Launch())
        QTimer.singleShot(8000, self, lambda: print("rests", flush=True))
module.Window = Told
cli.main([])
"""
_MEMORY = """
import json, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from inspector.desktop import theme
from inspector.desktop.document import Document
from inspector.desktop.settings import Settings
from inspector.desktop.window import Window
from inspector.journal.run import Run, new_header
from inspector.views.picture import picture
from tests.soak.readings import memory_kb
import os
app = theme.application()
theme.apply(app, "dark")
window = Window(Document(Run.in_memory(new_header())), Settings(Path(sys.argv[2])))
window.resize(1280, 800)
window.show()
window.make_ready()
app.processEvents()
before = memory_kb(os.getpid())
run = Run.open(Path(sys.argv[1]))
made = picture(run.journal)
window.document.open(run, picture=made)
del made
for _ in range(5):
    app.processEvents()
print(json.dumps({"kb": memory_kb(os.getpid()) - before, "entries": len(window.document.journal)}))
"""


def long_run() -> Run:
    """Return a run in memory of a million entries, the app in front."""
    run = Run.in_memory(new_header(seed=SEED))
    replay(run.engine, [(what, t_ms, "person") for what, t_ms in history(ENTRIES * 9 // 10)])
    return run


def window_on(run: Run, folder: Path, clock: Callable[[], int]) -> Window:
    """Return a window on a run, everything in it built and painted."""
    window = Window(Document(run, clock=clock), Settings(folder))
    window.resize(1280, 800)
    window.show()
    window.make_ready()
    QApplication.processEvents()
    return window


def opening(path: Path, folder: Path) -> list[Row]:
    """Compare a file read, folded and painted with its lines decoded once; and memory with its size."""
    body = path.read_bytes().split(b"\n", 1)[1].rsplit(b"\n", 2)[0] + b"\n"
    window = window_on(Run.in_memory(new_header()), folder / "open", time.monotonic_ns)

    def opened() -> None:
        run = Run.open(path)
        window.document.open(run, picture=picture(run.journal))
        QApplication.processEvents()

    seconds = interleaved({"decode": lambda: decode_lines(body), "open": opened}, rounds=3)
    window.close()
    program = [sys.executable, "-c", _MEMORY, str(path), str(folder / "memory")]
    told = subprocess.run(program, check=True, capture_output=True, env=_environment(folder), cwd=ROOT)
    kb = json.loads(told.stdout)["kb"]
    what = f"a journal of {ENTRIES // 1_000_000} M entries"
    return [
        at_most(f"{what} read, folded and painted ÷ decoded once", seconds["open"], seconds["decode"], 1.6),
        at_most(f"{what} open, memory ÷ its file", kb * 1024, path.stat().st_size, 1.2),
    ]


def presses(run: Run, folder: Path) -> Row:
    """Return how long a press takes until it is painted, the slowest of a hundred."""
    ticks = Ticks()
    window = window_on(run, folder / "press", ticks)
    document = window.document
    visit: list[Input] = [LogEvent("Tap"), Background(), Foreground(), LogEvent("Tap")]
    times = []
    for turn in range(PRESSES):
        ticks.ns += 5_000_000_000
        document.run_to(document.now_ms() + 5_000)
        QApplication.processEvents()
        began = time.perf_counter()
        document.submit(visit[turn % len(visit)])
        QApplication.sendPostedEvents()
        times.append((time.perf_counter() - began) * 1000)
    window.close()
    p99 = statistics.quantiles(times, n=100)[98]
    return at_most(f"press to painted at {ENTRIES // 1_000_000} M entries, p99 ÷ a frame", p99, FRAME_MS, 2)


def counting(folder: Path) -> Row:
    """Compare what a frame of a live countdown costs with a frame of a pyqtgraph plot that is panned."""
    ticks = Ticks()
    window = window_on(Run.in_memory(new_header()), folder / "count", ticks)
    document = window.document
    document.submit(Launch())
    document.play(1.0)
    plot = pg.PlotWidget()
    plot.resize(window.timeline.size() if window.timeline is not None else window.size())
    plot.plot(np.arange(1_000), np.sin(np.arange(1_000) / 20))
    plot.show()
    QApplication.processEvents()
    ticks.ns += 2_000_000_000
    document.submit(Background())
    count_s, frames, end_ns = 0.0, 0, ticks.ns + COUNTDOWN_S * 1_000_000_000
    while ticks.ns < end_ns:
        ticks.ns += document._timer.interval() * 1_000_000
        began = time.thread_time()
        document.frame()
        QApplication.sendPostedEvents()
        count_s += time.thread_time() - began
        frames += 1
    assert document.deadline_ms is not None
    pan_s = 0.0
    for at in range(FRAMES):
        began = time.thread_time()
        plot.setXRange(at, at + 500, padding=0)
        QApplication.sendPostedEvents()
        pan_s += time.thread_time() - began
    plot.close()
    window.close()
    what = f"a countdown of {COUNTDOWN_S} s live, CPU ({frames / COUNTDOWN_S:.0f} frames a second)"
    panned_s = pan_s / FRAMES * 1000 / FRAME_MS * COUNTDOWN_S
    return at_most(f"{what} ÷ panning a pyqtgraph plot at every frame", count_s, panned_s, 0.15)


def idling(folder: Path) -> Row:
    """Return what an idle window costs: wake-ups of all its threads and CPU over ten seconds."""
    program = [sys.executable, "-c", _IDLE]
    with subprocess.Popen(program, stdout=subprocess.PIPE, env=_environment(folder), cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"rests"
        before = _used(process.pid)
        with suppress(subprocess.TimeoutExpired):  # it is to run on
            process.wait(IDLE_S)
        wakes, ticks = (after - at for after, at in zip(_used(process.pid), before, strict=True))
        process.terminate()
    percent = ticks / os.sysconf("SC_CLK_TCK") / IDLE_S * 100
    what = f"idle with a session in the foreground, {IDLE_S} s: wake-ups, CPU"
    return Row(what, f"{wakes}, {percent:.1f} %", "0, 0.0 %", wakes == 0 and ticks == 0)


def _used(pid: int) -> tuple[int, int]:
    """Return how often a process's threads have gone to sleep of themselves, and the ticks of CPU it has used."""
    wakes = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        status = (task / "status").read_text()
        wakes += int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return wakes, int(fields[11]) + int(fields[12])


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
        "SESSION_INSPECTOR_DATA": str(folder / "data"),
        "SESSION_INSPECTOR_CONFIG": str(folder / "config"),
    }


def measure() -> list[Row]:
    """Return the rows of the benchmark table."""
    app = QApplication.instance() or theme.application()
    assert isinstance(app, QApplication)
    theme.apply(app, "dark")
    with tempfile.TemporaryDirectory(prefix="inspector-bench-") as name:
        folder = Path(name)
        run = long_run()
        path = folder / "long.session"
        run.save(path)
        press = presses(run, folder)
        return [*opening(path, folder), press, counting(folder), idling(folder)]


if __name__ == "__main__":
    from tests.benchmarks.rows import table

    print(table(measure()))
