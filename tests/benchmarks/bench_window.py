"""How soon the window is painted and everything in it is live, held against bare windows in the same run.

Each start is a process of its own that prints the monotonic clock when it is painted and when it is live; the
parent's clock just before the start is the zero. The variants take turns, medians are compared.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.rows import Row, at_most

ROUNDS = 7
ROOT = Path(__file__).resolve().parents[2]
_TAIL = """
import time, os
from PySide6.QtCore import QEvent, QObject, QTimer
class Painted(QObject):
    def __init__(self, widget, then):
        super().__init__()
        self.then, self.widget = then, widget
        widget.installEventFilter(self)
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            self.widget.removeEventFilter(self)
            QTimer.singleShot(0, self.then)
        return False
def say(word):
    print(word, time.monotonic_ns(), flush=True)
"""
_EMPTY = (
    """
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget
app = QApplication([])
window = QMainWindow()
window.setCentralWidget(QWidget())
window.resize(1280, 800)
"""
    + _TAIL
    + """
def done():
    say("painted"); os._exit(0)
painted = Painted(window.centralWidget(), done)
window.show()
app.exec()
"""
)
_PLOT = (
    """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
import os
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
import numpy, pyqtgraph
window = QMainWindow()
plot = pyqtgraph.PlotWidget()
window.setCentralWidget(plot)
window.resize(1280, 800)
"""
    + _TAIL
    + """
def done():
    say("live"); os._exit(0)
painted = Painted(plot.viewport(), done)
window.show()
app.exec()
"""
)
# The empty window is watched by a widget that the program made itself, so ours is, too: asked for one that Qt
# made, PySide would load every class of widget. No sweep of the collector until the first paint, as in ``app``.
_OURS = (
    """
from inspector import cli
with cli._quick_imports():
    import msgspec
"""
    + """
import gc
gc.disable()
from inspector.desktop.quick import spare_reading_sources
spare_reading_sources()
from inspector.desktop import window as module
"""
    + _TAIL
    + """
def live():
    say("live"); os._exit(0)
class Timed(module.Window):
    def __init__(self, *args):
        super().__init__(*args)
        self.painted = Painted(self.controls.widget(), lambda: say("painted"))
        self.on_ready.append(lambda: setattr(self, "lived", Painted(self.log, live)))
module.Window = Timed
cli.main([])
"""
)


def start(code: str, cache: Path) -> dict[str, float]:
    """Run a program until it has said its instants; return ms since just before its start."""
    with tempfile.TemporaryDirectory() as home:
        env = os.environ | {
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(ROOT),
            "SESSION_INSPECTOR_DATA": f"{home}/data",
            "SESSION_INSPECTOR_CONFIG": f"{home}/config",
            "PYTHONPYCACHEPREFIX": str(cache),
        }
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: compiled once, at the first start
        began = time.monotonic_ns()
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True, timeout=60
        )
    said = (line.split() for line in done.stdout.splitlines())
    return {word: (int(instant) - began) / 1e6 for word, instant in said}


def medians(rounds: int = ROUNDS) -> dict[str, float]:
    """Return the median ms of every instant, the variants taking turns."""
    variants = {"empty": _EMPTY, "plot": _PLOT, "ours": _OURS}
    with tempfile.TemporaryDirectory() as cache:
        for code in variants.values():
            start(code, Path(cache))
        return _medians(variants, rounds, Path(cache))


def _medians(variants: dict[str, str], rounds: int, cache: Path) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for turn in range(rounds):
        names = list(variants)
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            for word, ms in start(variants[name], cache).items():
                found.setdefault(f"{name} {word}", []).append(ms)
    return {name: statistics.median(values) for name, values in found.items()}


def measure() -> list[Row]:
    """Return the rows of the benchmark table."""
    ms = medians()
    return [
        at_most("First paint of the window : an empty QMainWindow", ms["ours painted"], ms["empty painted"], 2.0),
        at_most(
            "Everything live : a window with numpy and an empty pyqtgraph plot",
            ms["ours live"],
            ms["plot live"],
            1.4,
        ),
    ]
