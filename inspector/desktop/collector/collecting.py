"""The collector in a process of its own: however much arrives, the window's own loop has nothing to wait for.

The process is the headless ``collect --json --control``: it says where each request was kept, and the bytes are
read from there, a bounded share a turn.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from inspector.desktop.own_process import environment
from inspector.server.routes import route_of
from inspector.wire import kept
from inspector.wire.exchange import Exchange

State: TypeAlias = Literal["off", "starting", "on", "stopping"]
AT_ONCE: Final = 50
"""Requests read from the file in one turn of the event loop."""
BYTES_AT_ONCE: Final = 1 << 20
MAX_WAITING: Final = 20_000
"""Requests told of and not read yet; more stay in the file and are counted in ``not_shown``."""
MAX_STRAYS: Final = 50
_PATIENCE_MS: Final = 3_000
_LATER_MS: Final = 50


class Collecting(QObject):
    """A collector, on or off.

    ``changed``: state, places, answers or counts are others. ``arrived(list[Exchange])``: requests with their
    answers, in order. ``failed(text)``: it cannot go on, in words for a user.
    ``strayed(words)``: for the first time something was asked for that no SDK of mParticle's asks for;
    ``strays`` has all of that, by method and path, with how often.
    ``full()`` says whether whoever is handed them has too many: then they stay in the file for now.
    ``kept`` counts the requests that were kept, ``not_shown`` those of them that came too fast to be shown.
    """

    changed = Signal()
    arrived = Signal(object)
    failed = Signal(str)
    strayed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state: State = "off"
        self.http = 0
        self.https: int | None = None
        self.file = ""
        self.certificate = ""
        self.answers = ""
        self.kept = 0
        self.not_shown = 0
        self.strays: dict[str, int] = {}
        self.full: Callable[[], bool] = lambda: False
        self._process: QProcess | None = None
        self._rest = b""
        self._waiting: deque[tuple[str, int, int]] = deque()
        self._open: tuple[str, BinaryIO] | None = None
        self._turn = QTimer(self)
        self._turn.setInterval(0)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._read_some)

    # --- on, off, answers ------------------------------------------------------------------------------

    def start(self, http: int, https: int | None = None, answers: dict[str, str] | None = None) -> None:
        """Switch on at these ports (0: any that is free); ``answers`` as ``answer`` takes them."""
        if self.state != "off":
            return
        self._say("starting")
        self.kept = self.not_shown = 0
        self.strays = {}
        self._rest = b""
        arguments = ["-m", "inspector", "collect", "--json", "--control", "--port", str(http)]
        if https is not None:
            arguments += ["--https", str(https)]
        for name, value in (answers or {}).items():
            if value:
                arguments += [f"--{name.replace('_', '-')}", value]
        process = self._process = QProcess(self)
        process.setProcessEnvironment(environment())
        process.readyReadStandardOutput.connect(self._read_lines)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._did_not_start)
        process.start(sys.executable, arguments)

    def answer(self, answers: dict[str, str]) -> None:
        """Answer with these from now on: ``status``, ``delay``, ``retry_after``, ``stl``, ``to``, or empty."""
        if self._process is not None:
            self._process.write(msgspec.json.encode(answers) + b"\n")

    def stop(self) -> None:
        """Switch off; what arrived until then is kept and still handed on."""
        if self._process is not None and self.state in ("on", "starting"):
            self._say("stopping")
            self._process.closeWriteChannel()

    def close(self) -> None:
        """Switch off and wait for it, at the window's end."""
        process, self._process = self._process, None
        self._turn.stop()
        self._waiting.clear()
        self._let_go()
        if process is not None:
            process.blockSignals(True)
            process.closeWriteChannel()
            if not process.waitForFinished(_PATIENCE_MS):
                process.kill()
                process.waitForFinished(_PATIENCE_MS)
        self.state = "off"

    # --- what the process says -------------------------------------------------------------------------

    def _read_lines(self) -> None:
        if self._process is None:
            return
        *lines, self._rest = (self._rest + self._process.readAllStandardOutput().data()).split(b"\n")
        for line in lines:
            with suppress(msgspec.DecodeError):
                self._take(msgspec.json.decode(line, type=dict[str, Any]))
        self.changed.emit()

    def _take(self, said: dict[str, Any]) -> None:
        kind = said["kind"]
        if kind == "exchange":
            self.kept += 1
            self._look_for_stray(said["method"], said["url"])
            if len(self._waiting) >= MAX_WAITING:
                self.not_shown += 1
            else:
                self._waiting.append((said["file"], said["offset"], said["length"]))
                if not self._turn.isActive():
                    self._turn.start(0)
        elif kind == "listening":
            self.http, self.https, self.file = said["http"], said["https"], said["file"]
            self.certificate, self.answers = said["certificate"], said["answers"]
            self._say("on")
        elif kind == "not_shown":
            self.kept += said["count"]
            self.not_shown += said["count"]
        elif kind == "answers":
            self.answers = said["words"]
        elif kind == "refused":
            self.failed.emit(said["message"])

    def _look_for_stray(self, method: str, url: str) -> None:
        """Count what no SDK asks for: an SDK that is pointed here wrongly has to be seen."""
        path = urlsplit(url[:4_096]).path
        if route_of(path) is not None:
            return
        name = f"{method[:8]} {path[:120]}"
        if name not in self.strays and len(self.strays) >= MAX_STRAYS:
            name = "others"
        before = self.strays.get(name, 0)
        self.strays[name] = before + 1
        if not before:
            self.strayed.emit(f"{name}: no SDK of mParticle's asks for this path; is it pointed here rightly?")

    def _ended(self, status: int, how: QProcess.ExitStatus) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        wanted = self.state == "stopping"
        words = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip()
        process.deleteLater()
        self._say("off")
        if status or how != QProcess.ExitStatus.NormalExit or not wanted:
            reason = words.splitlines()[-1].removeprefix("session-inspector collect: ") if words else ""
            self.failed.emit(reason or "The collector ended by itself; switch it on again")

    def _did_not_start(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            process, self._process = self._process, None
            words = process.errorString()
            process.deleteLater()
            self._say("off")
            self.failed.emit(f"The collector cannot be started: {words}")

    def _say(self, state: State) -> None:
        self.state = state
        self.changed.emit()

    # --- what was kept ---------------------------------------------------------------------------------

    def _read_some(self) -> None:
        """Read a share of what was told of: it was kept before it was answered, so it is there."""
        if self.full():
            self._turn.start(_LATER_MS)
            return
        found: list[Exchange] = []
        size = 0
        while self._waiting and len(found) < AT_ONCE and size < BYTES_AT_ONCE:
            path, at, length = self._waiting.popleft()
            size += length
            try:
                file = self._file(path)
                file.seek(at)
                found.append(kept.decode(file.read(length)))
            except (OSError, kept.KeptError) as error:
                self.not_shown += 1
                self.failed.emit(f"{path}: a request that was kept there cannot be read: {error}")
        if found:
            self.arrived.emit(found)
        if self._waiting:
            self._turn.start(0)
        else:
            self.changed.emit()

    def _file(self, path: str) -> BinaryIO:
        if self._open is None or self._open[0] != path:
            self._let_go()
            self._open = (path, Path(path).open("rb"))  # noqa: SIM115 - kept open while it is read from
        return self._open[1]

    def _let_go(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None
