"""Commands about real SDKs, named by the table of commands: the collector, and forgetting what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.desktop.collector.collecting import Collecting
    from inspector.desktop.window import Window


class SdkCommands(QObject):
    """What is done about real SDKs, and the reasons why something cannot be done now."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.window = window
        self.collecting: Collecting | None = None

    def why_not_observed(self) -> str:
        """Return why nothing observed can be forgotten."""
        return "" if self.window.observed.devices else "nothing is observed"

    def collector(self) -> Collecting:
        """Return the window's collector, on or off."""
        from inspector.desktop.collector.collecting import Collecting

        if self.collecting is None:
            self.collecting = Collecting(self)
            self.collecting.full = lambda: self.window.observed.full
            self.collecting.arrived.connect(self.window.observed.take)
            self.collecting.failed.connect(self.window.say)
            self.collecting.strayed.connect(self.window.say)
        return self.collecting

    def own(self) -> tuple[Collecting, Callable[[], None]]:
        """Return the collector that batches go to, and what switches it on."""
        return self.collector(), self.switch_collector_on

    def switch_collector_on(self) -> None:
        """Switch the collector on at the ports that are set."""
        settings = self.window.settings
        http, https = settings["collector_port"] or "0", settings["collector_https_port"]
        self.collector().start(int(http), int(https) if https else None)

    def show_collector(self) -> None:
        """Open the collector's dialog."""
        from inspector.desktop.collector.dialog import CollectorDialog

        CollectorDialog(self.window, self.collector(), self.window.settings).open()

    def forget_observed(self) -> None:
        """Forget everything observed."""
        self.window.observed.clear()

    def close(self) -> None:
        """End the collector, with the window."""
        if self.collecting is not None:
            self.collecting.close()
