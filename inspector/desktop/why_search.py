"""Questions about the open run, answered one at a time in a thread, from a history kept between them.

The thread reads the entries up to the last one there was when it began: the run may grow meanwhile. Every few
inputs it looks whether it is still wanted, and gives way to the GUI thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from inspector.desktop.background import Task
from inspector.desktop.give_way import GiveWay, Stopped
from inspector.desktop.letting_go import let_go

if TYPE_CHECKING:
    from inspector.desktop.document import Document
    from inspector.engine.entries import AnyEntry
    from inspector.journal.journal import Journal, Prefix
    from inspector.why.history import History


class Asked:
    """A question: ``work`` is done with the history in the thread, ``told`` gets what it returns, or an error."""

    def __init__(self, work: Callable[[History], Any], told: Callable[[Any], None]) -> None:
        self.work = work
        self.told = told
        self.stopped = False

    def stop(self) -> None:
        """Want no answer any more; a search under way ends within a few inputs."""
        self.stopped = True


class Search(QObject):
    """Answers questions about a document's run. The history grows with the run and is dropped with it."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._waiting: deque[Asked] = deque()
        self._running: Asked | None = None
        self._task: Task | None = None
        self._journal: Journal | None = None
        self._kept: Prefix | None = None
        self._last: AnyEntry | None = None
        self._history: History | None = None
        self._give_way = GiveWay()
        document.replaced.connect(self.forget)

    def ask(self, work: Callable[[History], Any], told: Callable[[Any], None]) -> Asked:
        """Have ``work`` done once those asked before are; ``told`` is called on this thread unless stopped.

        A known error (JournalError, NothingToProbe) is handed to ``told`` as it is.
        """
        asked = Asked(work, told)
        self._waiting.append(asked)
        self._begin()
        return asked

    @property
    def busy(self) -> bool:
        """Return whether the thread works."""
        return self._running is not None

    def forget(self) -> None:
        """Drop all questions, and the history: another run is open."""
        for asked in (*self._waiting, *((self._running,) if self._running is not None else ())):
            asked.stop()
        self._waiting.clear()
        if self._history is not None:
            let_go(*self._history.lists())
        self._journal = self._kept = self._last = self._history = None

    def close(self) -> None:
        """Stop and wait for the thread, at the window's end."""
        self.forget()
        if self._task is not None:
            self._task.cancel()
            self._task.wait()

    # --- one after the other -------------------------------------------------------------------------

    def _begin(self) -> None:
        while self._running is None and self._waiting:
            asked = self._waiting.popleft()
            if not asked.stopped:
                self._running = asked
                work = partial(self._answer, asked, self._take_up(), self._document.now_ms())
                task = self._task = Task(work, self)
                task.done.connect(self._ended)
                task.failed.connect(self._ended)
                task.start()

    def _ended(self, result: object) -> None:
        asked, self._running = self._running, None
        self._task = None
        if asked is not None and not asked.stopped:
            asked.told(result)
        self._begin()

    def _take_up(self) -> Prefix:
        """Return the run as it stands: the part read before, grown, where the run has only grown."""
        journal, kept = self._document.journal, self._kept
        length = 0 if kept is None else len(kept)
        grown = length <= len(journal) and (not length or self._last is journal.entry(length))
        if kept is None or journal is not self._journal or not grown:
            kept = self._kept = journal.prefix(0)
            self._journal, self._history = journal, None
        kept.length = len(journal)
        self._last = journal.entry(kept.length) if kept.length else None
        return kept

    # --- in the thread -------------------------------------------------------------------------------

    def _answer(self, asked: Asked, kept: Prefix, end_ms: int) -> object:
        from inspector.why.history import History
        from inspector.why.probe import NothingToProbe

        try:
            history = self._history
            if history is None or history.given is not kept:
                history = History(kept, end_ms, pause=self._pause)
                if self._kept is kept:
                    self._history = history
            else:
                history.update(end_ms)
            return asked.work(history)
        except Stopped:
            return None
        except NothingToProbe as error:
            return error

    def _pause(self) -> None:
        asked = self._running
        if asked is None or asked.stopped:
            raise Stopped
        self._give_way()
