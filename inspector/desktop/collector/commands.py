"""Commands about the collector: switch it, copy what to paste, open the page; named by the table of commands."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from inspector.desktop.collector.room import CollectorRoom

if TYPE_CHECKING:
    from inspector.desktop.collector.pane import CollectorPane
    from inspector.desktop.window import Window


class CollectorCommands(QObject):
    """What is done with the collector, and the reasons why something cannot be done now."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.window = window

    @cached_property
    def room(self) -> CollectorRoom:
        """Return the collector of this window."""
        room = CollectorRoom(self.window.settings, self)
        room.changed.connect(self.window.actions_.refresh)
        room.changed.connect(self._tell)
        room.noted.connect(self.window.say)
        return room

    @cached_property
    def pane(self) -> CollectorPane:
        """Return the tab; made when it is first shown."""
        from inspector.desktop.collector.pane import CollectorPane

        return CollectorPane(self.room, self.window.settings, self.window.actions_)

    def is_collecting(self) -> bool:
        """Return whether the collector is on; asked at every change, so the room is not made for it."""
        return "room" in self.__dict__ and self.room.state in ("starting", "on")

    def why_not_collecting(self) -> str:
        """Return why there is no page to open."""
        on = "room" in self.__dict__ and self.room.state == "on"
        return "" if on else "the collector is off; switch it on (Ctrl+Shift+8)"

    def switch_collector(self) -> None:
        """Switch the collector on, or off."""
        self.room.switch()

    def copy_collector_snippet(self) -> None:
        """Copy what points the chosen platform's SDK here."""
        self.pane.copy_snippet()
        self.window.say("Copied; paste it where the SDK is configured")

    def open_collector_page(self) -> None:
        """Open the collector's own page in the browser."""
        facts = self.room.facts
        url = f"http://localhost:{facts.http}/" if facts.http else f"https://localhost:{facts.https}/"
        QDesktopServices.openUrl(QUrl(url))

    def close_down(self) -> None:
        """End the collector, at the window's end."""
        if "room" in self.__dict__:
            self.room.close_down()

    def _tell(self) -> None:
        if self.room.trouble and self.room.state == "off":
            self.window.banners.show_message(f"The collector is off: {self.room.trouble}", "error")
