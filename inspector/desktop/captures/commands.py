"""Commands about captures from elsewhere: open them, read one after the other, stop."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from inspector.desktop.captures.kinds import CAPTURE_SUFFIXES, KINDS
from inspector.views.harmless import harmless

if TYPE_CHECKING:
    from inspector.captures.account import Account
    from inspector.desktop.captures.intake import CaptureIntake
    from inspector.desktop.window import Window
    from inspector.wire.exchange import Exchange
    from inspector.wire.sighting import Sighting

MOST_WAITING = 4_000
"""So many requests and lines may wait in the room before the reading waits: it would let go of some at 20,000."""
_LOOK_MS = 50


class CaptureCommands(QObject):
    """Reads captures into the room of what is observed, one at a time, with progress in the status bar."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.window = window
        self._queue: list[Path] = []
        self._intake: CaptureIntake | None = None
        self._taken = 0
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._let_go_on)

    @property
    def reading(self) -> bool:
        """Return whether a capture is being read."""
        return self._intake is not None

    def why_not_capture(self) -> str:
        """Return why no reading can be stopped."""
        return "" if self.reading else "no capture is being read"

    def open_capture(self) -> None:
        """Ask for captures to read."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self.window, "Open captures", self.window.settings["folder"], KINDS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._selected)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def take_dropped(self, paths: Sequence[Path]) -> bool:
        """Read several files one of which can only be a capture; return False for any other."""
        if len(paths) < 2 or not any(path.suffix.lower() in CAPTURE_SUFFIXES for path in paths):
            return False
        self.read(paths)
        return True

    def read(self, paths: Sequence[Path]) -> None:
        """Read captures, after those being read; what is observed is shown."""
        self._queue.extend(paths)
        self.window.focus_pane("observed")
        if self._intake is None:
            self._next()

    def stop_capture(self) -> None:
        """Stop reading; what came so far stays."""
        self._queue.clear()
        if self._intake is not None:
            self._intake.cancel()
            name, _ = self._end()
            self.window.say(f"Stopped reading {name}; what came of it so far stays")

    def wait(self) -> None:
        """Stop for good, at the window's end."""
        self._queue.clear()
        if self._intake is not None:
            self._intake.cancel()
            self._intake.wait()
            self._end()

    # --- one capture -----------------------------------------------------------------------------------

    def _selected(self, names: list[str]) -> None:
        if names:
            self.window.settings["folder"] = str(Path(names[0]).parent)
            self.read([Path(name) for name in names])

    def _next(self) -> None:
        from inspector.captures.errors import CaptureError
        from inspector.desktop.captures.intake import CaptureIntake

        while self._queue:
            path = self._queue.pop(0)
            try:
                intake = CaptureIntake(str(path), self._came, self._ended, self._failed)
            except CaptureError as error:
                self.window.banners.show_message(str(error), "error")
                continue
            self._intake = intake
            self._show_progress()
            intake.start()
            return

    def _came(self, items: list[Exchange | Sighting]) -> None:
        self.window.observed.take(items)
        self._taken += 1
        self._show_progress()
        self._let_go_on()

    def _let_go_on(self) -> None:
        """Ask for more once the room has looked at most of what it has."""
        intake = self._intake
        if intake is None or not self._taken:
            self._look.stop()
        elif self.window.observed.waiting < MOST_WAITING and not self.window.observed.full:
            for _ in range(self._taken):
                intake.go_on()
            self._taken = 0
            self._look.stop()
        elif not self._look.isActive():
            self._look.start()

    def _ended(self) -> None:
        from inspector.desktop.captures.telling import done_words

        name, account = self._end()
        self.window.say(harmless(done_words(name, account), 300))
        self._tell_unread(name, account)
        self._next()

    def _failed(self, text: str) -> None:
        name, account = self._end()
        self.window.banners.show_message(text, "error")
        self._tell_unread(name, account)
        self._next()

    def _tell_unread(self, name: str, account: Account) -> None:
        from inspector.desktop.captures.telling import unread_words

        words = unread_words(name, account)
        if words:
            self.window.banners.show_message(words, "warn", (("Copy the list", lambda: _copy(account)),))

    def _end(self) -> tuple[str, Account]:
        """Let go of the capture being read; return its name and what came of it."""
        intake, self._intake = self._intake, None
        assert intake is not None
        self._taken = 0
        self._look.stop()
        self.window.status.progress.hide()
        return harmless(Path(intake.path).name, 60), intake.account

    def _show_progress(self) -> None:
        intake = self._intake
        if intake is None:
            return
        account, size = intake.account, intake.account.size_bytes
        part = f" {100 * account.bytes_read // size} %" if size else ""
        count = account.exchanges + account.sightings
        self.window.status.show_progress(
            f"Reading {harmless(Path(intake.path).name, 60)} …{part}{f', {count:,} found' if count else ''}"
        )


def _copy(account: Account) -> None:
    from PySide6.QtGui import QGuiApplication

    from inspector.desktop.captures.telling import unread_list

    QGuiApplication.clipboard().setText(unread_list(account))
