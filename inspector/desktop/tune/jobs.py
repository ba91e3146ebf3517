"""Work off the GUI thread that a person can stop: the newest of each name counts, older ones are told to end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from inspector.desktop.background import Task
from inspector.desktop.tune.work import IsCancelled, Refused, guarded


class Jobs(QObject):
    """Jobs by name. ``busy(name)`` tells whether one runs; ``stop`` makes its thread end soon."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._running: dict[str, tuple[Task, threading.Event]] = {}
        self._ending: list[Task] = []

    def busy(self, name: str) -> bool:
        """Return whether a job of this name runs whose result is still wanted."""
        return name in self._running

    def run(self, name: str, work: Callable[[IsCancelled], object], done: Callable[[object], None]) -> None:
        """Begin a job; ``done`` gets what comes of it (Refused for what a user should know)."""
        self.stop(name)
        ended = threading.Event()
        task = Task(lambda: guarded(lambda: work(ended.is_set)), self)
        task.done.connect(partial(self._done, name, task, done))
        task.failed.connect(partial(self._failed, name, task, done))
        self._running[name] = (task, ended)
        task.start()

    def stop(self, name: str) -> None:
        """Tell a job to end and forget what comes of it."""
        if name in self._running:
            task, ended = self._running.pop(name)
            ended.set()
            task.cancel()
            self._ending = [one for one in self._ending if one.running]
            self._ending.append(task)

    def stop_all(self) -> None:
        """Tell all jobs to end and wait until they have."""
        for name in list(self._running):
            self.stop(name)
        for task in self._ending:
            task.wait()
        self._ending.clear()

    def _done(self, name: str, task: Task, done: Callable[[object], None], result: object) -> None:
        del self._running[name]
        done(result)

    def _failed(self, name: str, task: Task, done: Callable[[object], None], error: Exception) -> None:
        self._done(name, task, done, Refused(str(error) or type(error).__name__))
