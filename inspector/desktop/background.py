"""Long work off the GUI thread: a thread a task, its result handed back as a signal."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from inspector.journal.errors import JournalError
from inspector.scenario.errors import ScenarioError

log = logging.getLogger("inspector")


class Task(QObject):
    """A function run in a thread. ``done(result)`` or ``failed(error)``, never both, neither once cancelled.

    Known errors reach ``failed``; a fault of the program goes to the thread's excepthook too.
    """

    done = Signal(object)
    failed = Signal(object)
    _ended = Signal(object, object)

    def __init__(self, work: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._cancelled = False
        self._thread = threading.Thread(target=self._run, name="inspector task", daemon=True)
        self._ended.connect(self._deliver)

    def start(self) -> Task:
        """Begin; return this task."""
        self._thread.start()
        return self

    def cancel(self) -> None:
        """Forget the task: its result is dropped when it comes."""
        self._cancelled = True

    @property
    def running(self) -> bool:
        """Return whether the thread is at work."""
        return self._thread.is_alive()

    def wait(self) -> None:
        """Wait until the thread is through, at the program's end."""
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        result: object = None
        error: Exception | None = None
        try:
            result = self._work()
        except (JournalError, ScenarioError, OSError, MemoryError) as known:
            error = known
        except Exception as fault:
            error = fault
            self._emit(None, error)
            raise
        self._emit(result, error)

    def _emit(self, result: object, error: Exception | None) -> None:
        try:
            self._ended.emit(result, error)
        except RuntimeError:  # the window was closed meanwhile
            log.info("a task ended after its window")

    def _deliver(self, result: object, error: Exception | None) -> None:
        self._thread.join()
        if self._cancelled:
            close = getattr(result, "close", None)
            if close is not None:
                close()
        elif error is not None:
            self.failed.emit(error)
        else:
            self.done.emit(result)
