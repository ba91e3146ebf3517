"""Long work for the window, each in a thread: how far it is in the status bar, cancelled by its button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from inspector.desktop.background import Task
from inspector.desktop.give_way import Work
from inspector.desktop.status import StatusBar


class Jobs(QObject):
    """The long work under way. The newest is shown; a job that ``keeps`` something is finished at the end."""

    def __init__(self, status: Callable[[], StatusBar], parent: QObject) -> None:
        super().__init__(parent)
        self._status = status
        self._jobs: list[tuple[Task, Work, str, bool]] = []

    @property
    def busy(self) -> bool:
        """Return whether any is under way."""
        return bool(self._jobs)

    def start(
        self,
        text: str,
        work: Callable[[Work], object],
        done: Callable[[Any], None],
        failed: Callable[[Exception], object],
        *,
        keeps: bool = False,
    ) -> None:
        """Do ``work`` in a thread, ``text`` in the status bar; ``done`` gets its result, ``failed`` the error."""
        pace = Work()
        task = Task(lambda: work(pace), self)

        def ended(tell: Callable[[Any], object], result: object) -> None:
            self._forget(task)
            tell(result)

        task.done.connect(lambda result: ended(done, result))
        task.failed.connect(lambda error: ended(failed, error))
        self._jobs.append((task, pace, text, keeps))
        self._show()
        task.start()

    def cancel(self) -> bool:
        """Cancel the job that is shown; return whether there was one."""
        if self._jobs:
            self._cancel(self._jobs[-1][0])
            return True
        return False

    def cancel_looking(self) -> None:
        """Cancel all that keep nothing: something else is asked for."""
        for task, _, _, keeps in list(self._jobs):
            if not keeps:
                self._cancel(task)

    def wait(self) -> None:
        """Finish what keeps something, end the rest, at the window's end."""
        for task, pace, _, keeps in self._jobs:
            if not keeps:
                task.cancel()
                pace.stop()
            task.wait()
        self._jobs.clear()

    def _cancel(self, task: Task) -> None:
        for one, pace, _, _ in self._jobs:
            if one is task:
                pace.stop()
        task.cancel()
        self._forget(task)

    def _forget(self, task: Task) -> None:
        self._jobs = [job for job in self._jobs if job[0] is not task]
        self._show()

    def _show(self) -> None:
        status = self._status()
        if not self._jobs:
            status.progress.hide()
            return
        _, pace, text, _ = self._jobs[-1]
        status.show_progress(text, lambda: pace.share)
