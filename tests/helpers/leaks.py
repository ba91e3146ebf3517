"""What a test must not leave behind: running timers and threads, top-level widgets, log lines >= WARNING.

Nothing here imports Qt: a test that did not load Qt pays for no Qt check.
"""

from __future__ import annotations

import gc
import logging
import re
import sys
import threading
import time
import weakref
from typing import Any

_timers: weakref.WeakSet[Any] = weakref.WeakSet()
_qthreads: weakref.WeakSet[Any] = weakref.WeakSet()
_watching = False

# Top-level widgets that Qt keeps for itself, for the life of the application.
_OF_QT = {"QTipLabel", "QComboBoxPrivateContainer", "QDesktopWidget", "QShapedPixmapWidget"}

THREAD_END_S = 20.0  # for one that ends; one that does not is told after it


class Leaks:
    """The state before a test; `left_behind()` names what came on top of it."""

    def __init__(self) -> None:
        _watch_qt()
        self._threads = set(threading.enumerate())
        self._widgets = {id(widget) for widget in _top_levels()}
        self._timers = {id(timer) for timer in _running_timers()}

    def left_behind(self) -> list[str]:
        """One line for each thing that still runs or is still open; empty when the test cleaned up."""
        _watch_qt()
        _delete_later()
        found = self._look()
        if found:
            # A reference cycle may hold a thing that nobody owns any more: that is no leak.
            gc.collect()
            _delete_later()
            found = self._look()
        return found

    def _look(self) -> list[str]:
        found = []
        for widget in _top_levels():
            if id(widget) not in self._widgets and type(widget).__name__ not in _OF_QT:
                found.append(f"top-level widget {type(widget).__name__} {widget.objectName()!r}")
        for timer in _running_timers():
            if id(timer) not in self._timers:
                found.append(
                    f"running QTimer {timer.objectName()!r}, {timer.interval()} ms, of {timer.parent()!r}"
                )
        for thread in list(_qthreads):
            if _alive(thread) and thread.isRunning():
                found.append(f"running QThread {thread.objectName()!r}")
        deadline = time.monotonic() + THREAD_END_S
        for thread in threading.enumerate():
            # _DummyThread: a foreign thread that Python merely saw.
            if thread in self._threads or isinstance(thread, threading._DummyThread):
                continue
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                found.append(f"running thread {thread.name!r}")
        return found


def _watch_qt() -> None:
    """Note every QTimer and QThread that is started from Python (once Qt is loaded; Qt has no list of them)."""
    global _watching
    core = sys.modules.get("PySide6.QtCore")
    if _watching or core is None or not hasattr(core, "QThread"):
        return
    _watching = True
    for kind, started in ((core.QTimer, _timers), (core.QThread, _qthreads)):
        kind.start = _noting(kind.start, started)


def _noting(start: Any, started: weakref.WeakSet[Any]) -> Any:
    def noted(self: Any, *args: Any, **kwargs: Any) -> None:
        started.add(self)
        start(self, *args, **kwargs)

    return noted


def _alive(thing: Any) -> bool:
    import shiboken6

    return shiboken6.isValid(thing)


def _running_timers() -> list[Any]:
    return [timer for timer in list(_timers) if _alive(timer) and timer.isActive()]


def _application() -> Any:
    widgets = sys.modules.get("PySide6.QtWidgets")
    return widgets.QApplication.instance() if widgets is not None else None


def _top_levels() -> list[Any]:
    app = _application()
    return list(app.topLevelWidgets()) if hasattr(app, "topLevelWidgets") else []


def _delete_later() -> None:
    """Let deleteLater() take effect: outside an event loop Qt postpones it for ever."""
    if _application() is not None:
        core = sys.modules["PySide6.QtCore"]
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)


class LogWatch(logging.Handler):
    """Collects log records >= WARNING of one test, but for those that the test said it expects."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._lines: list[str] = []
        self._expected: list[re.Pattern[str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Note one record."""
        self._lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    def expect(self, pattern: str) -> None:
        """Allow log lines that match `pattern` (a regular expression) in this test."""
        self._expected.append(re.compile(pattern))

    def take(self) -> list[str]:
        """Return the unexpected lines and forget everything."""
        lines = [line for line in self._lines if not any(p.search(line) for p in self._expected)]
        self._lines.clear()
        self._expected.clear()
        return lines
