"""The window's own collector as the Outgoing tab has it: where it listens, and the offer to switch it on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget

from inspector.desktop.collector.collecting import Collecting
from inspector.desktop.outgoing.courier import Courier

_WORDS = (
    "Batches go to this inspector's own collector, and it is off. It takes what is sent, on this machine only. "
    "Without it they wait in the outbox."
)


class OwnCollector(QObject):
    """Keeps a courier told of where the collector listens. ``moved``: it is on, off or elsewhere now."""

    moved = Signal()

    def __init__(self, parent: QWidget, courier: Courier) -> None:
        super().__init__(parent)
        self._window, self._courier = parent, courier
        self._collecting: Collecting | None = None
        self._switch_on: Callable[[], None] = lambda: None
        self._place: tuple[str, int] = ("off", 0)
        self.offered: QMessageBox | None = None

    def attach(self, collecting: Collecting, switch_on: Callable[[], None]) -> None:
        """Send to this collector wherever it listens; ``switch_on`` switches it on as it is set."""
        self._collecting, self._switch_on = collecting, switch_on
        collecting.changed.connect(self._changed)
        self._changed()

    @property
    def on(self) -> bool:
        """Return whether it is on, as far as is known here."""
        return self._place[0] == "on"

    @property
    def wanting(self) -> bool:
        """Return whether batches go to it and it is off, and can be switched on from here."""
        return self._courier.own and self._collecting is not None and self._collecting.state == "off"

    def offer(self, send: Callable[[], None]) -> None:
        """Ask whether to switch it on; ``send`` sends, whether it is on or is to be waited for."""
        box = self.offered = QMessageBox(
            QMessageBox.Icon.Question, "The collector is off", _WORDS, parent=self._window
        )
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        on = box.addButton("Switch on and send", QMessageBox.ButtonRole.AcceptRole)
        only = box.addButton("Send, it may wait", QMessageBox.ButtonRole.ActionRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(on)

        def chosen(button: QAbstractButton) -> None:
            if button is on:
                self._switch_on()
            if button in (on, only):
                send()

        box.buttonClicked.connect(chosen)
        box.open()

    def _changed(self) -> None:
        collecting = self._collecting
        if collecting is None or self._place == (collecting.state, collecting.http):
            return
        self._place = (collecting.state, collecting.http)
        if collecting.state == "on":
            self._courier.move_own(f"http://127.0.0.1:{collecting.http}")
        self.moved.emit()
