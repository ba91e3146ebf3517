"""The collector as the window knows it: on or off, its answers, what arrived; drained by frame ticks."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from inspector.desktop.collector.process import Arrived, CollectorProcess, Reader
from inspector.desktop.settings import Settings
from inspector.server.pages import Facts
from inspector.wire.exchange import Exchange
from inspector.wire.kept import KeptError

State: TypeAlias = Literal["off", "starting", "on", "ending"]
FRAME_MS = 16
BUDGET_S = 0.004
"""Of each frame at most so much goes into reading what arrived."""
AT_ONCE = 20
TOLD_MS = 200
"""What is shown of arrivals changes so often at most: a table laid out in every frame would cost the frames."""
SHOWN = 1_000


class CollectorRoom(QObject):
    """Switches the collector and hands on what arrives.

    ``changed()`` when state, ports or answers change, ``grew()`` after arrivals. ``on_exchanges`` are called
    with lists of ``Exchange``, in order of arrival; bodies are read from the file only where somebody listens.
    ``latest`` are the newest requests, ``count`` all of them, ``not_shown`` those that came too fast and are in
    the file only. ``trouble`` says why the collector is off though it was switched on.
    """

    changed = Signal()
    grew = Signal()
    noted = Signal(str)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state: State = "off"
        self.on_exchanges: list[Callable[[list[Exchange]], None]] = []
        self.latest: deque[Arrived] = deque(maxlen=SHOWN)
        self.count = 0
        self.trouble = ""
        self.facts = Facts(0)
        self.file = ""
        self.answers: dict[str, str] = {}
        self._settings = settings
        self._not_shown = 0
        self._process: CollectorProcess | None = None
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(FRAME_MS)
        self._frame.timeout.connect(self._drain)
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(TOLD_MS)
        self._telling.timeout.connect(self.grew)
        self._reader = Reader()

    @property
    def not_shown(self) -> int:
        """Return how many requests are in the file only."""
        return self._not_shown + (self._process.not_shown if self._process is not None else 0)

    def switch(self) -> None:
        """Switch it on, or off."""
        if self.state == "off":
            self._start()
        elif self.state in ("on", "starting") and self._process is not None:
            self.state = "ending"
            self._process.end()
            self.changed.emit()

    def answer(self, asked: dict[str, str]) -> None:
        """Answer so from now on, also when it is switched on later; texts as the options of ``collect``."""
        self.answers = {name: text for name, text in asked.items() if text}
        if self._process is not None:
            self._process.answer(self.answers)
        self.changed.emit()

    def close_down(self) -> None:
        """End the process and wait for it, at the window's end."""
        self._frame.stop()
        self._telling.stop()
        self._reader.close()
        if self._process is not None:
            self._process.wait()
            self._process = None

    def _start(self) -> None:
        settings, arguments = self._settings, []
        arguments += ["--port", str(settings["collector_port"])]
        if settings["collector_https"]:
            arguments += ["--https", str(settings["collector_https_port"])]
        for name, text in self.answers.items():
            arguments += [f"--{name.replace('_', '-')}", text]
        process = CollectorProcess(arguments, self)
        process.began.connect(self._began)
        process.arrived.connect(self._wake)
        process.said.connect(lambda text: self.noted.emit(f"The collector answers: {text}"))
        process.ended.connect(self._ended)
        self.trouble = ""
        try:
            process.start()
        except OSError as error:
            self.trouble = f"the collector cannot be started: {error.strerror or error}"
            process.deleteLater()
        else:
            self._process = process
            self.state = "starting"
        self.changed.emit()

    def _began(self, said: dict[str, Any]) -> None:
        root = str(said["certificate"])
        self.facts = (
            Facts(int(said["http"]), int(said["https"]), bool(root), root) if root else Facts(said["http"])
        )
        self.file = str(said["file"])
        if self.state == "starting":
            self.state = "on"
        self.changed.emit()

    def _ended(self, why: str) -> None:
        while self._drain_some():
            continue
        process, self._process = self._process, None
        if process is not None:
            self._not_shown += process.not_shown
            process.wait()
            process.deleteLater()
        self.trouble = why
        self.state = "off"
        self._telling.stop()
        self._reader.close()
        self.grew.emit()
        self.changed.emit()

    def _wake(self) -> None:
        if not self._frame.isActive():
            self._frame.start()

    def _drain(self) -> None:
        until = time.perf_counter() + BUDGET_S
        more = self._drain_some()
        while more and time.perf_counter() < until:
            more = self._drain_some()
        if not self._telling.isActive():
            self._telling.start()
        if more:
            self._frame.start()

    def _drain_some(self) -> bool:
        """Take some arrivals; return whether there may be more."""
        found = self._process.take(AT_ONCE) if self._process is not None else []
        self.latest.extend(found)
        self.count += len(found)
        if self.on_exchanges and found:
            exchanges = []
            for arrived in found:
                try:
                    exchanges.append(self._reader.read(arrived))
                except (OSError, KeptError) as error:
                    self.noted.emit(f"What arrived cannot be read from {arrived.file}: {error}")
            for take in self.on_exchanges:
                take(exchanges)
        return bool(found)
