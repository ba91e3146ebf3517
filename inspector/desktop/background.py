"""Long work off the GUI thread: a thread a task, its result handed back there."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

import shiboken6
from PySide6.QtCore import QObject

from inspector.desktop import sweeps
from inspector.desktop.give_way import Stopped
from inspector.desktop.mailbox import in_gui_thread, prepare
from inspector.journal.errors import JournalError
from inspector.scenario.errors import ScenarioError

log = logging.getLogger("inspector")


class Told:
    """Who is told, as a signal of Qt has it."""

    def __init__(self) -> None:
        self._acts: list[Callable[[Any], object]] = []

    def connect(self, act: Callable[[Any], object]) -> None:
        """Have an act called with the value that is told."""
        self._acts.append(act)

    def emit(self, value: object) -> None:
        """Tell a value to all, in order."""
        for act in list(self._acts):
            act(value)

    def forget(self) -> None:
        """Tell nobody any more, and keep nobody alive."""
        self._acts.clear()


class Task:
    """A function run in a thread. ``done`` tells its result or ``failed`` the error; neither once cancelled.

    Known errors reach ``failed``; a fault of the program goes to the thread's excepthook too. ``cancelled``:
    nobody waits for the result any more; so it is, too, when the ``owner`` is gone or the task let go of. It is
    no object of Qt: one that is deleted while it tells its result takes the process with it.
    """

    def __init__(self, work: Callable[[], object], owner: QObject | None = None) -> None:
        prepare()
        self.done, self.failed = Told(), Told()
        self.cancelled = False
        self._owner = owner
        self._thread = threading.Thread(
            target=_run, args=(work, weakref.ref(self)), name="inspector task", daemon=True
        )

    @property
    def wanted(self) -> bool:
        """Return whether anybody waits for the result."""
        return not self.cancelled and (self._owner is None or shiboken6.isValid(self._owner))

    def start(self) -> Task:
        """Begin; return this task."""
        sweeps.hold()
        self._thread.start()
        return self

    def cancel(self) -> None:
        """Forget the task: its result is dropped when it comes."""
        self.cancelled = True
        self._forget()

    @property
    def running(self) -> bool:
        """Return whether the thread is at work."""
        return self._thread.is_alive()

    def wait(self) -> None:
        """Wait until the thread is through, at the program's end."""
        if self._thread.ident is not None:
            self._thread.join()

    def tell(self, result: object, error: Exception | None) -> None:
        """Tell what came of it, once."""
        done, failed = self.done, self.failed
        if error is not None:
            failed.emit(error)
        else:
            done.emit(result)
        self._forget()

    def _forget(self) -> None:
        self.done.forget()
        self.failed.forget()


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
    if task is None or not task.wanted or isinstance(error, Stopped):
        close = getattr(result, "close", None)
        if close is not None:
            close()
        log.debug("a task ended that nobody waited for")
    else:
        task.tell(result, error)
