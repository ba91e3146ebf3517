"""What a window needs after its first paint, made ready without holding it up.

What is plain Python is imported, and a long run folded, in a thread. Whatever makes classes of Qt is imported in
the GUI thread, some milliseconds a turn: Qt's Python classes come to be when they are first named, and the tables
behind them are changed without a lock, so a thread that names one takes the process down if the GUI thread
delivers an event meanwhile.
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from inspector.desktop.background import Task
from inspector.desktop.give_way import GiveWay, Work

if TYPE_CHECKING:
    from inspector.journal.run import Run
    from inspector.views.picture import Picture

SLICE_S = 0.008  # half a frame
QT_MODULES = ("PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets")
PANES = (
    "inspector.desktop.observed.pane",
    "inspector.desktop.observed.lanes",
    "inspector.desktop.outgoing",
    "inspector.desktop.partners",
)
BELOW_PANES = (
    "inspector.observed.devices",
    "inspector.observed.judging",
    "inspector.observed.report",
    "inspector.partners.bodies",
    "inspector.partners.catalog",
    "inspector.partners.commands",
    "inspector.partners.differences",
    "inspector.partners.journey",
    "inspector.partners.tally",
    "inspector.server.endpoint",
    "inspector.server.outflow",
    "inspector.server.sender",
    "inspector.tuning.report",
    "inspector.tuning.sources",
    "inspector.tuning.tuned",
    "inspector.views.observed_lanes",
)  # what the panes stand on, without a class of Qt: 0.1 s of imports


def import_plain() -> None:
    """Import what timeline and log need and what makes no class of Qt."""
    import ctypes  # noqa: F401 - long lists are left out of sweeps with it

    import numpy as np  # noqa: F401 - imported for its cost

    from inspector.scenario.kitfiles import bundled_kits

    bundled_kits()  # read once, kept


def prepare_views(run: Run, upto: int) -> Picture:
    """Import what timeline and log need, and fold for them a run that may be long; in a thread."""
    import_plain()
    from inspector.views.picture import picture

    return picture(run.journal, upto, pace=Work())


def import_plots() -> Iterator[None]:
    """Import pyqtgraph, in the GUI thread: first Qt's classes are named a few at a time, it copies them all."""
    os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
    for name in QT_MODULES:
        module = importlib.import_module(name)
        for member in dir(module):
            getattr(module, member, None)
            yield
    importlib.import_module("pyqtgraph")
    yield


def import_below_panes() -> None:
    """Import what the panes shown later stand on; in a thread."""
    give_way = GiveWay()
    for name in BELOW_PANES:
        importlib.import_module(name)
        give_way()


def import_panes() -> Iterator[None]:
    """Import what is only shown later, a module at a time."""
    for name in PANES:
        importlib.import_module(name)
        yield


class Steps:
    """Steps of work that the GUI thread takes beside its events, ``SLICE_S`` a turn; then ``done``.

    Ends with ``stop()`` or with its owner.
    """

    def __init__(self, owner: QObject, steps: Iterator[object], done: Callable[[], object] | None = None) -> None:
        self._timer = QTimer(owner)
        self._timer.setInterval(0)
        self._timer.timeout.connect(partial(_take, self._timer, steps, done))
        self._timer.start()

    def stop(self) -> None:
        """Take no further step."""
        self._timer.stop()


class Panes:
    """Imports the panes that are shown later: what is plain in a thread, then the rest in ``Steps``."""

    def __init__(self, owner: QObject) -> None:
        self._owner = owner
        self._steps: Steps | None = None
        self._task = Task(import_below_panes, owner)
        self._task.done.connect(self._go_on)
        self._task.start()

    def _go_on(self, _result: object) -> None:
        self._steps = Steps(self._owner, import_panes())

    def stop(self) -> None:
        """Import no more once the thread is through."""
        self._task.cancel()
        self._task.wait()
        if self._steps is not None:
            self._steps.stop()


def _take(timer: QTimer, steps: Iterator[object], done: Callable[[], object] | None) -> None:
    until_s = time.perf_counter() + SLICE_S
    for _ in steps:
        if time.perf_counter() >= until_s:
            return
    timer.stop()
    if done is not None:
        done()
