"""What happens when the program itself fails: a report on disk, offered at the next start.

A known error (``JournalError``, ``ScenarioError``) is told where it happens and never comes here. What does
come here is a fault of the program: it is written down with its traceback and the program goes on.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import platform
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from inspector import __version__

NATIVE_NAME = "crash-native.txt"
MAX_REPORTS = 20
MAX_REPORT_CHARS = 200_000

log = logging.getLogger("inspector")


class CrashReports:
    """The crash reports of one folder. ``on_report(path, summary)`` is told of each that is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.on_report: Callable[[Path, str], None] | None = None
        self._native: IO[str] | None = None
        self._hooks: tuple[object, object, object] | None = None

    def pending(self) -> list[Path]:
        """Return the reports not shown yet, newest first, a native crash of the last start among them."""
        native = self.folder / NATIVE_NAME
        found = []
        try:
            if native.stat().st_size > 0:
                kept = self.folder / f"crash-{time.strftime('%Y%m%d-%H%M%S')}-native.txt"
                os.replace(native, kept)
            found = sorted(self.folder.glob("crash-2*.txt"), reverse=True)
        except OSError:
            with suppress(OSError):  # a folder that cannot be searched has no reports to show
                found = sorted(self.folder.glob("crash-2*.txt"), reverse=True)
        for old in found[MAX_REPORTS:]:
            old.unlink(missing_ok=True)
        return found[:MAX_REPORTS]

    def seen(self, path: Path) -> None:
        """Mark a report as shown: it stays on disk and is not offered again."""
        try:
            path.rename(path.with_suffix(".seen"))
        except OSError:
            log.info("could not mark %s as seen", path)

    def install(self) -> None:
        """Catch what nobody caught, in every thread, and let native crashes leave a trace."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._native = (self.folder / NATIVE_NAME).open("w", encoding="utf-8")
            faulthandler.enable(self._native)
        except OSError:
            faulthandler.enable()
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._uncaught
        threading.excepthook = lambda args: self._uncaught(args.exc_type, args.exc_value, args.exc_traceback)
        sys.unraisablehook = lambda args: self._uncaught(args.exc_type, args.exc_value, args.exc_traceback)

    def uninstall(self) -> None:
        """Give the hooks back and remove the empty native report."""
        if self._hooks is not None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks  # type: ignore[assignment]
            self._hooks = None
        faulthandler.disable()
        if self._native is not None:
            self._native.close()
            self._native = None
            native = self.folder / NATIVE_NAME
            try:
                if native.stat().st_size == 0:
                    native.unlink()
            except OSError:
                log.info("could not remove %s", native)

    def _uncaught(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error or kind(), trace)
            return
        text = "".join(traceback.format_exception(kind, error, trace))[-MAX_REPORT_CHARS:]
        summary = f"{kind.__name__}: {error}"[:300]
        path = self.write(text)
        log.error("a fault of the program: %s", summary)
        sys.stderr.write(text)
        if self.on_report is not None and path is not None:
            self.on_report(path, summary)

    def write(self, text: str) -> Path | None:
        """Write a report; return where, or None if that was impossible."""
        stamp = time.strftime("%Y%m%d-%H%M%S")
        head = (
            f"session-inspector {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
            f"written {time.strftime('%Y-%m-%d %H:%M:%S %z')}\n\n"
        )
        for turn in range(100):
            path = self.folder / f"crash-{stamp}-{turn:02}.txt"
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                with path.open("x", encoding="utf-8") as file:
                    file.write(head + text)
            except FileExistsError:
                continue
            except OSError:
                return None
            return path
        return None


def route_qt_messages() -> None:
    """Send Qt's own messages into logging."""
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
        QtMsgType.QtCriticalMsg: logging.ERROR,
        QtMsgType.QtFatalMsg: logging.CRITICAL,
    }
    qt_log = logging.getLogger("inspector.qt")

    def handle(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        qt_log.log(levels.get(kind, logging.WARNING), "%s", text)

    qInstallMessageHandler(handle)
