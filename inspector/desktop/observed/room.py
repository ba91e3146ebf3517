"""The way in for what is observed: requests and lines of logs by the batch, compared off the GUI thread.

``take`` only puts things in a queue. A thread reads them, holds the devices they tell of against the engine
and hands back values; one at a time, with a pause between, so that a flood costs a bounded share, idle nothing.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from inspector.desktop.background import Task
from inspector.desktop.document import Document

if TYPE_CHECKING:
    from inspector.desktop.observed.rows import Row
    from inspector.observed.devices import DeviceKey, Observations
    from inspector.observed.model import Boundary, Comparison
    from inspector.views.observed_lanes import ObservedLane
    from inspector.wire.exchange import Exchange
    from inspector.wire.sighting import Sighting

MAX_WAITING = 20_000
"""So many requests and lines wait at most; what comes on top is let go, and counted."""
PAUSE_MS = 250
AT_ONCE = 2_000
_WORK_S, _REST_S = 0.001, 0.001
_REST = 3  # after a look, so many times what it took: the machine is for other things too


class Seen(NamedTuple):
    """One device as of the last look: its key, what to call it, its sessions held against the engine.

    ``rows`` and ``lane`` are what table and timeline show of it, made where it was compared.
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


class _Look(NamedTuple):
    seen: list[Seen]
    unread: int
    last_unread: str
    gone: frozenset[DeviceKey]


class _Result(NamedTuple):
    observations: Observations
    look: _Look
    zero_ms: int | None
    took_ms: float


class ObservedRoom(QObject):
    """Everything observed in this window.

    ``changed``: devices were looked at anew. ``chosen_changed``: another boundary is chosen. ``zero_ms`` is the
    Unix time that lies at 0 on the run's axis (None before anything arrived), ``timeout_s`` a timeout that a
    person gave because the SDK does not say its own (None: as the SDK says).
    """

    changed = Signal()
    chosen_changed = Signal()

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
        self._observations: Observations | None = None
        self._all_again = False
        self._task: Task | None = None
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(PAUSE_MS)
        self._again.timeout.connect(self._look)

    # --- what others call ------------------------------------------------------------------------------

    def take(self, items: Iterable[Exchange | Sighting]) -> None:
        """Take requests with their answers, and lines of logs; ``changed`` tells when they have been read."""
        waiting = self._waiting
        waiting.extend(items)
        while len(waiting) > MAX_WAITING:
            waiting.popleft()
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
        if self._task is not None:
            self._task.cancel()
            self._task.wait()
            self._task = None
        self._again.stop()
        self._waiting.clear()
        self._observations = None
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
    def busy(self) -> bool:
        """Return whether anything waits or is being looked at."""
        return self._task is not None or bool(self._waiting) or self._again.isActive()

    def stop(self) -> None:
        """Stop for good, at the window's end."""
        self._again.stop()
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()
            self._task.wait()
            self._task = None

    # --- looking ---------------------------------------------------------------------------------------

    def _look_soon(self) -> None:
        if self._task is None and not self._again.isActive():
            # What arrives alone is shown at once, what comes in a flood by the pause.
            self._look()

    def _look(self) -> None:
        if self._task is not None:
            return
        items = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
        again, self._all_again = self._all_again, False
        if not items and not again:
            return
        seen, timeout_s = self._observations, self.timeout_s
        # An empty run lends its axis; beside a run that goes on, what is observed begins now.
        zero_ms, now_ms = self.zero_ms, self.document.now_ms()

        def work() -> object:
            return _look_at(seen, items, timeout_s, again, zero_ms, now_ms)

        task = self._task = Task(work, self)
        task.done.connect(self._looked)
        task.failed.connect(self._failed)
        task.start()

    def _failed(self, _error: object) -> None:
        self._task = None
        self._again.start()

    def _looked(self, result: object) -> None:
        self._task = None
        assert isinstance(result, _Result)
        look = result.look
        self._observations = result.observations
        self.unread, self.last_unread = look.unread, look.last_unread
        for key in look.gone:
            self.devices.pop(key, None)
        for seen in look.seen:
            self.devices[seen.key] = seen
        self.zero_ms = result.zero_ms
        self._again.setInterval(round(max(PAUSE_MS, result.took_ms * _REST)))
        if self.chosen is not None:
            self._keep_chosen()
        if look.seen or look.gone:
            self.changed.emit()
        if self._waiting or self._all_again:
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


class _Breath:
    """Lets the window have its turn: a thread that computes gives way only every 5 ms by itself.

    Called often; every millisecond of work it sleeps for a moment, whereby a waiting thread comes at once.
    """

    def __init__(self) -> None:
        self._last_s = time.perf_counter()

    def __call__(self) -> None:
        if time.perf_counter() - self._last_s > _WORK_S:
            time.sleep(_REST_S)
            self._last_s = time.perf_counter()


def _look_at(
    seen: Observations | None,
    items: list[Exchange | Sighting],
    timeout_s: float | None,
    again: bool,
    zero_ms: int | None,
    now_ms: int,
) -> _Result:
    """Read what arrived and compare the devices it tells of. Runs in a thread; nobody else has ``seen`` then."""
    from inspector.desktop.observed import lanes  # noqa: F401 - imported here for its cost
    from inspector.desktop.observed.rows import rows_of
    from inspector.observed.compare import compare
    from inspector.observed.devices import Observations
    from inspector.views.observed_lanes import ObservedLane

    began_s = time.perf_counter()
    if seen is None:
        seen = Observations()
    before = set(seen.devices)
    breathe = _Breath()
    touched = set()
    for item in items:
        device = seen.take(item)
        breathe()
        if device is not None:
            touched.add(device.key)
    if again:
        touched |= set(seen.devices)
    devices = [device for key in touched if (device := seen.devices.get(key)) is not None and device.messages]
    compared = [(device, compare(device, timeout_s, breathe=breathe)) for device in devices]
    if zero_ms is None:
        starts = [one.start_ms for _, found in compared for one in found.sessions]
        zero_ms = min(starts) - now_ms if starts else None
    breathe()
    looked = [
        Seen(
            device.key,
            device.name,
            device.short_name,
            device.number,
            found,
            device.duplicate_count,
            device.trimmed,
            rows_of(device.key, device.name, device.short_name, found),
            ObservedLane(found, zero_ms or 0),
        )
        for device, found in compared
    ]
    last = f"{seen.unread[-1].source}: {seen.unread[-1].said}" if seen.unread else ""
    look = _Look(looked, seen.unread_count, last, frozenset(before - set(seen.devices)))
    return _Result(seen, look, zero_ms, (time.perf_counter() - began_s) * 1000)
