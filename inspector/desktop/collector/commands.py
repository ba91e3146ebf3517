"""Commands about real SDKs, named by the table of commands: the collector and captures from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from inspector.desktop.collector.collecting import Collecting
    from inspector.desktop.collector.opening import Opening
    from inspector.desktop.window import Window

CAPTURES = (
    "Captures (*.har *.flows *.flow *.mitm *.log *.logcat *.txt *.ndjson *.jsonl *.json *.captures *.gz)"
    ";;All files (*)"
)
# What is neither a run nor a scenario, so that a drop on the window means a capture.
_ONLY_CAPTURES = (".har", ".flows", ".flow", ".mitm", ".logcat", ".log", ".captures")


class SdkCommands(QObject):
    """What is done about real SDKs, and the reasons why something cannot be done now."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.window = window
        self.collecting: Collecting | None = None
        self.opening: Opening | None = None

    def why_not_capture(self) -> str:
        """Return why no reading can be stopped."""
        return "" if self.opening is not None else "no capture is being read"

    def why_not_observed(self) -> str:
        """Return why nothing observed can be forgotten."""
        return "" if self.window.observed.devices else "nothing is observed"

    def show_collector(self) -> None:
        """Open the collector's dialog."""
        from inspector.desktop.collector.collecting import Collecting
        from inspector.desktop.collector.dialog import CollectorDialog

        if self.collecting is None:
            self.collecting = Collecting(self)
            self.collecting.arrived.connect(self.window.observed.take)
            self.collecting.failed.connect(self.window.say)
        CollectorDialog(self.window, self.collecting, self.window.settings).open()

    def open_capture(self) -> None:
        """Ask for a capture and open it."""
        path, _ = QFileDialog.getOpenFileName(self.window, "Open a capture", "", CAPTURES)
        if path:
            self.read_capture(path)

    def take_dropped(self, path: str) -> bool:
        """Open a file dropped, if it can be nothing but a capture; return whether."""
        if not path.lower().removesuffix(".gz").endswith(_ONLY_CAPTURES):
            return False
        self.read_capture(path)
        return True

    def read_capture(self, path: str) -> None:
        """Read a capture beside the run; its devices get lanes and rows as they are found."""
        from inspector.desktop.collector.opening import Opening

        self.stop_capture()
        opening = self.opening = Opening(path, self)
        opening.arrived.connect(self._take)
        opening.told.connect(self.window.say)
        opening.ended.connect(self._through)
        opening.start()
        self.window.focus_pane("observed")

    def stop_capture(self) -> None:
        """Stop reading; what was read stays."""
        if self.opening is not None:
            self.opening.cancel()

    def forget_observed(self) -> None:
        """Forget everything observed."""
        self.window.observed.clear()

    def _take(self, items: object) -> None:
        self.window.observed.take(items)  # type: ignore[arg-type]
        opening = self.sender()
        opening.taken()  # type: ignore[attr-defined]

    def _through(self, text: str, failed: bool) -> None:
        if self.sender() is self.opening:
            self.opening = None
        if failed:
            self.window.document.failed.emit(text)
        else:
            self.window.say(text)

    def close(self) -> None:
        """End the collector and the reading, with the window."""
        if self.opening is not None:
            self.opening.cancel()
            self.opening.wait()
        if self.collecting is not None:
            self.collecting.close()
