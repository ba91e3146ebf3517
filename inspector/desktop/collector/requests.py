"""The table of requests that arrived, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from inspector.desktop.collector.process import Arrived
from inspector.desktop.collector.room import CollectorRoom

COLUMNS = ("Time", "Request", "Answer", "Bytes")
_Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()


class RequestsModel(QAbstractTableModel):
    """Shows a room's newest requests; holds none of them."""

    def __init__(self, room: CollectorRoom) -> None:
        super().__init__()
        self._room = room
        room.grew.connect(self._grew)

    def _grew(self) -> None:
        self.beginResetModel()
        self.endResetModel()

    def rowCount(self, parent: _Index = _NONE) -> int:
        """Return how many are shown (for Qt)."""
        return 0 if parent.isValid() else len(self._room.latest)

    def columnCount(self, parent: _Index = _NONE) -> int:
        """Return how many columns there are (for Qt)."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return a column's title (for Qt)."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        """Return a cell's text (for Qt)."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        latest = self._room.latest
        return cell(latest[len(latest) - 1 - index.row()], index.column())


def cell(arrived: Arrived, column: int) -> str:
    """Return what a column says of a request; what came from outside is made plain text."""
    if column == 0:
        return datetime.fromtimestamp(arrived.at_ms / 1000).strftime("%H:%M:%S.%f")[:-3]
    if column == 1:
        text = f"{arrived.method} {urlsplit(arrived.url).path if len(arrived.url) < 4000 else arrived.url[:400]}"
        return "".join(char if char.isprintable() else "?" for char in text[:400])
    if column == 2:
        return "none" if arrived.status is None else str(arrived.status)
    return f"{arrived.bytes:,}"
