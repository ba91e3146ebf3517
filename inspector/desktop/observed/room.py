"""The way in for what is observed: requests and lines of logs by the batch, compared in a process of its own.

``take`` only puts things in a queue. A process of its own reads them, holds the devices they tell of against the
engine and hands back values; one look at a time, a pause between: a flood costs a bounded share, idle nothing.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from inspector.desktop.document import Document
from inspector.desktop.observed.judge import JudgeProcess, size_of

if TYPE_CHECKING:
    from inspector.desktop.observed.rows import Row
    from inspector.observed.devices import DeviceKey
    from inspector.observed.judging import Answer, Done, Judged
    from inspector.observed.model import Boundary, Comparison
    from inspector.views.observed_lanes import ObservedLane
    from inspector.wire.exchange import Exchange
    from inspector.wire.sighting import Sighting

MAX_WAITING = 20_000
"""So many requests and lines wait at most; what comes on top is let go, and counted."""
MAX_BYTES = 16 << 20
"""So many bytes may wait: while there are more, ``full`` asks those who can to hold back."""
PAUSE_MS = 250
AT_ONCE = 2_000
_BYTES_AT_ONCE = 8 << 20
SLICE_S = 0.006  # so long a turn may make what is shown of the answers
_REST = 1  # after a look, so many times what it took: the machine is for other things too
_FLOOD = 100  # requests in one look: more are shown more rarely, for others want the machine too
_FLOOD_PAUSE_MS = 500


class Seen(NamedTuple):
    """One device as of the last look: its key, what to call it, its sessions held against the engine.

    ``rows`` and ``lane`` are what table and timeline show of it, ``counts`` how many boundaries have each
    verdict, those that are late and those that are early apart.
    """

    key: DeviceKey
    name: str
    short_name: str
    number: int
    found: Comparison
    duplicates: int
    trimmed: int
    rows: list[Row]
    lane: ObservedLane
    counts: dict[str, int]


class ObservedRoom(QObject):
    """Everything observed in this window.

    ``changed``: devices were looked at anew. ``chosen_changed``: another boundary is chosen. ``zero_ms`` is the
    Unix time that lies at 0 on the run's axis (None before anything arrived), ``timeout_s`` a timeout that a
    person gave because the SDK does not say its own (None: as the SDK says).
    ``failed(text)``: what was observed is lost, in words for a user.
    """

    changed = Signal()
    chosen_changed = Signal()
    failed = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.devices: dict[DeviceKey, Seen] = {}
        self.zero_ms: int | None = None
        self.timeout_s: float | None = None
        self.chosen: tuple[DeviceKey, Boundary] | None = None
        self.let_go = 0
        self.unread = 0
        self.last_unread = ""
        self._waiting: deque[Exchange | Sighting] = deque()
        self._waiting_bytes = 0
        self._all_again = False
        self._looking = False
        self._asked = self._left = 0
        self._came: list[Seen] = []
        self._answers: deque[Answer] = deque()
        self._work: Iterator[None] | None = None
        self._turn = QTimer(self)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._take_some)
        self._now_ms = 0
        self._judge = JudgeProcess(self)
        self._judge.answered.connect(self._answered)
        self._judge.lost.connect(self._lost)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(PAUSE_MS)
        self._again.timeout.connect(self._look)

    # --- what others call ------------------------------------------------------------------------------

    def take(self, items: Iterable[Exchange | Sighting]) -> None:
        """Take requests with their answers, and lines of logs; ``changed`` tells when they have been read."""
        waiting = self._waiting
        for item in items:
            waiting.append(item)
            self._waiting_bytes += size_of(item)
        while len(waiting) > MAX_WAITING:
            self._next()
            self.let_go += 1
        if waiting:
            self._look_soon()

    def set_timeout(self, timeout_s: float | None) -> None:
        """Hold everything against another timeout; None: as each SDK says."""
        if timeout_s != self.timeout_s:
            self.timeout_s = timeout_s
            self._all_again = True
            self._look_soon()

    def clear(self) -> None:
        """Forget everything observed."""
        self._end()
        self.devices = {}
        self.zero_ms, self.chosen = None, None
        self.let_go = self.unread = 0
        self.last_unread = ""
        self.changed.emit()
        self.chosen_changed.emit()

    def choose(self, key: DeviceKey, boundary: Boundary) -> None:
        """Choose a boundary; lanes and table show it."""
        if self.chosen != (key, boundary):
            self.chosen = (key, boundary)
            self.chosen_changed.emit()

    def place_ms(self, unix_ms: int) -> int:
        """Return where an instant lies on the run's axis."""
        return unix_ms - (self.zero_ms or 0)

    @property
    def waiting(self) -> int:
        """Return how many requests and lines wait to be looked at."""
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Return whether so much waits that nothing should come on top if it can wait elsewhere."""
        return self._waiting_bytes >= MAX_BYTES

    @property
    def busy(self) -> bool:
        """Return whether anything waits or is being looked at."""
        return self._looking or bool(self._waiting) or self._again.isActive()

    def stop(self) -> None:
        """Stop for good, at the window's end."""
        self._end()

    # --- looking ---------------------------------------------------------------------------------------

    def _look_soon(self) -> None:
        if not self._looking and not self._again.isActive():
            # What arrives alone is shown at once, what comes in a flood by the pause.
            self._look()

    def _next(self) -> Exchange | Sighting:
        item = self._waiting.popleft()
        self._waiting_bytes -= size_of(item)
        return item

    def _some(self) -> list[Exchange | Sighting]:
        """Return what is looked at next, of those that came first."""
        items: list[Exchange | Sighting] = []
        size = 0
        while self._waiting and len(items) < AT_ONCE and size < _BYTES_AT_ONCE:
            items.append(self._next())
            size += size_of(items[-1])
        return items

    def _look(self) -> None:
        if self._looking:
            return
        items = self._some()
        again, self._all_again = self._all_again, False
        if not items and not again and not self._left:
            return
        self._looking = True
        self._asked = len(items)
        # An empty run lends its axis; beside a run that goes on, what is observed begins now.
        self._now_ms = self.document.now_ms()
        self._judge.ask(items, self.timeout_s, again=again)

    def _end(self) -> None:
        """Let go of whatever waits or is being looked at."""
        self._judge.forget()
        self._again.stop()
        self._waiting.clear()
        self._waiting_bytes = 0
        self._looking = False
        self._left = 0
        self._drop_answers()

    def _drop_answers(self) -> None:
        self._work = None
        self._turn.stop()
        self._answers.clear()
        self._came.clear()

    def _lost(self, text: str) -> None:
        self._looking = False
        self._left = 0
        self._drop_answers()
        self._again.start()
        self.failed.emit(text)

    def _answered(self, answer: Answer) -> None:
        self._answers.append(answer)
        self._turn.start()

    def _take_some(self) -> None:
        until_s = time.perf_counter() + SLICE_S
        work = self._work = self._work or self._taking_in()
        for _ in work:
            if time.perf_counter() >= until_s:
                return
        self._work = None
        self._turn.stop()

    def _taking_in(self) -> Iterator[None]:
        """Make what is shown of the answers that came: one device may have thousands of sessions."""
        from inspector.observed.judging import Judged

        while self._answers:
            answer = self._answers.popleft()
            if isinstance(answer, Judged):
                yield from self._seeing(answer)
            else:
                self._looked(answer)
            yield

    def _seeing(self, judged: Judged) -> Iterator[None]:
        """Make what table and timeline show of a device."""
        from inspector.desktop.observed.rows import making_rows
        from inspector.observed.report import counts_of
        from inspector.views.observed_lanes import ObservedLane

        if self.zero_ms is None and judged.first_ms is not None:
            self.zero_ms = judged.first_ms - self._now_ms
        key, found = judged.key, judged.found
        rows: list[Row] = []
        yield from making_rows(rows, key, judged.name, judged.short_name, found)
        lane = ObservedLane(found, self.zero_ms or 0, fill=False)
        yield
        yield from lane.filling()
        yield
        self._came.append(
            Seen(
                key,
                judged.name,
                judged.short_name,
                judged.number,
                found,
                judged.duplicates,
                judged.trimmed,
                rows,
                lane,
                counts_of(found),
            )
        )

    def _looked(self, done: Done) -> None:
        self._looking = False
        self.unread, self.last_unread = done.unread, done.last_unread
        self._left = done.left
        came, self._came = self._came, []
        for key in done.gone:
            self.devices.pop(key, None)
        for seen in came:
            self.devices[seen.key] = seen
        pause_ms = _FLOOD_PAUSE_MS if self._asked >= _FLOOD else PAUSE_MS
        self._again.setInterval(round(max(pause_ms, done.took_ms * _REST)))
        if self.chosen is not None:
            self._keep_chosen()
        if came or done.gone:
            self.changed.emit()
        if self._waiting or self._all_again or self._left:
            self._again.start()

    def _keep_chosen(self) -> None:
        """Let the choice be the same boundary as it is now."""
        assert self.chosen is not None
        key, old = self.chosen
        seen = self.devices.get(key)
        same = [
            one
            for one in (() if seen is None else seen.found.boundaries)
            if (one.what, one.session_id) == (old.what, old.session_id)
            and (one.session_id or one.predicted_ms == old.predicted_ms)
        ]
        self.chosen = (key, same[0]) if same else None
        self.chosen_changed.emit()
