"""Long work off the GUI thread: a thread a task, its result handed back as a signal."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable
from functools import partial

import shiboken6
from PySide6.QtCore import QObject, Signal

from inspector.desktop import sweeps
from inspector.desktop.give_way import Stopped
from inspector.desktop.mailbox import in_gui_thread, prepare
from inspector.journal.errors import JournalError
from inspector.scenario.errors import ScenarioError

log = logging.getLogger("inspector")


class Task(QObject):
    """A function run in a thread. ``done(result)`` or ``failed(error)``, never both, neither once cancelled.

    Known errors reach ``failed``; a fault of the program goes to the thread's excepthook too. The thread holds no
    reference to the task, which may be deleted at any time. ``cancelled``: nobody waits for the result any more.
    """

    done = Signal(object)
    failed = Signal(object)

    def __init__(self, work: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        prepare()
        self.cancelled = False
        self._thread = threading.Thread(
            target=_run, args=(work, weakref.ref(self)), name="inspector task", daemon=True
        )

    def start(self) -> Task:
        """Begin; return this task."""
        sweeps.hold()
        self._thread.start()
        return self

    def cancel(self) -> None:
        """Forget the task: its result is dropped when it comes."""
        self.cancelled = True

    @property
    def running(self) -> bool:
        """Return whether the thread is at work."""
        return self._thread.is_alive()

    def wait(self) -> None:
        """Wait until the thread is through, at the program's end."""
        if self._thread.ident is not None:
            self._thread.join()


def _run(work: Callable[[], object], whose: weakref.ref[Task]) -> None:
    tell = partial(_deliver, whose, threading.current_thread())
    try:
        result = work()
    except (JournalError, ScenarioError, OSError, MemoryError) as known:
        in_gui_thread(partial(tell, None, known))
    except Stopped as stopped:
        in_gui_thread(partial(tell, None, stopped))
    except Exception as fault:
        in_gui_thread(partial(tell, None, fault))
        raise
    else:
        in_gui_thread(partial(tell, result, None))


def _deliver(whose: weakref.ref[Task], thread: threading.Thread, result: object, error: Exception | None) -> None:
    """Hand over what came of a task, in the GUI thread."""
    thread.join()
    sweeps.release()
    task = whose()
    if task is None or not shiboken6.isValid(task) or task.cancelled or isinstance(error, Stopped):
        close = getattr(result, "close", None)
        if close is not None:
            close()
        log.debug("a task ended that nobody waited for")
    elif error is not None:
        task.failed.emit(error)
    else:
        task.done.emit(result)
