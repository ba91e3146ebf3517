"""Questions about the open run, answered one at a time in a thread, from a history kept between them.

The thread works on a copy of the list of entries, taken on the GUI thread before it starts: the run may grow, or
a step be rolled back, meanwhile. Every few inputs it looks whether it is still wanted, and holds still while the
GUI thread has events to handle: Python runs one thread at a time, and a frame comes first.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractEventDispatcher, QObject

from inspector.desktop.background import Task
from inspector.journal.journal import Journal

if TYPE_CHECKING:
    from inspector.desktop.document import Document
    from inspector.engine.entries import AnyEntry
    from inspector.why.history import History

# Without it the GUI thread would wait up to 5 ms, Python's switch interval, at each call that comes back to it.
_GIVE_WAY_S = 0.000_05
_QUIET_S = 0.008  # since the last event, before the thread goes on
_LONGEST_HELD_S = 0.05  # however busy the window is: then a few inputs are decided
_LOOK_S = 0.001


class Stopped(Exception):  # noqa: N818 - read as what happened
    """Nobody waits for the answer any more."""


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
        self._entries: list[AnyEntry] = []
        self._kept: Journal | None = None
        self._history: History | None = None
        self._event_s = 0.0  # when the GUI thread last had something to do, noted only while the thread works
        self._listening = False
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
        self._entries, self._journal, self._kept, self._history = [], None, None, None

    def close(self) -> None:
        """Stop and wait for the thread, at the window's end."""
        self.forget()
        self._listen(False)
        if self._task is not None:
            self._task.cancel()
            self._task.wait()

    def _listen(self, on: bool) -> None:
        """Be told when the GUI thread wakes up, or no more.

        Not by a filter of all the application's events: such a filter sees objects that are only being made.
        """
        dispatcher = QAbstractEventDispatcher.instance()
        if on == self._listening or dispatcher is None:
            return
        self._listening = on
        if on:
            dispatcher.awake.connect(self._awoke)
        else:
            dispatcher.awake.disconnect(self._awoke)

    def _awoke(self) -> None:
        """Note that the GUI thread has something to do."""
        self._event_s = time.monotonic()

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
                self._listen(True)
                task.start()

    def _ended(self, result: object) -> None:
        asked, self._running = self._running, None
        self._listen(False)
        if self._task is not None:
            self._task.deleteLater()
            self._task = None
        if asked is not None and not asked.stopped:
            asked.told(result)
        self._begin()

    def _take_up(self) -> Journal:
        """Return a copy of the run as it stands: the one there is, grown, where the run has only grown."""
        journal, entries = self._document.journal, self._entries
        length = len(entries)
        grown = length <= len(journal) and (not length or entries[-1] is journal.entry(length))
        if self._kept is None or journal is not self._journal or not grown:
            self._entries = entries = []
            self._journal, self._history = journal, None
            self._kept = Journal(journal.header, entries)
        entries.extend(journal.entries(len(entries) + 1))
        return self._kept

    # --- in the thread -------------------------------------------------------------------------------

    def _answer(self, asked: Asked, kept: Journal, end_ms: int) -> object:
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
        time.sleep(_GIVE_WAY_S)
        held_s = now_s = time.monotonic()
        while now_s - self._event_s < _QUIET_S and now_s - held_s < _LONGEST_HELD_S:
            if asked.stopped:
                raise Stopped
            time.sleep(_LOOK_S)
            now_s = time.monotonic()
