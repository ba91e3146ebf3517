"""The command palette: a few letters find any command; Enter does it, or says why it cannot be done."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from inspector.desktop.actions import ACTIONS, Action, key_text, matches
from inspector.desktop.menus import ActionSet
from inspector.desktop.theme import color
from inspector.desktop.widgets import label

KEY_ROLE = Qt.ItemDataRole.UserRole + 1


def ranked(query: str) -> list[Action]:
    """Return the commands that fit a query, best first; all in menu order for an empty one."""
    scored = [(matches(action, query), -at, action) for at, action in enumerate(ACTIONS)]
    return [action for score, _, action in sorted(scored, key=lambda row: row[:2], reverse=True) if score > 0]


class KeyDelegate(QStyledItemDelegate):
    """Paints a command as any row, with its key at the right end."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the row, then the key."""
        super().paint(painter, option, index)
        keys = index.data(KEY_ROLE)
        if keys:
            painter.save()
            painter.setPen(color("muted"))
            box = option.rect.adjusted(0, 0, -option.fontMetrics.averageCharWidth(), 0)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(keys))
            painter.restore()


class CommandPalette(QDialog):
    """A field and the commands that fit it."""

    def __init__(self, parent: QWidget, actions: ActionSet) -> None:
        super().__init__(parent)
        self._actions = actions
        self.setWindowTitle("Commands")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box = QVBoxLayout(self)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Type a few letters of a command")
        self.field.setAccessibleName("Command")
        self.field.setMaxLength(100)
        self.list = QListWidget()
        self.list.setAccessibleName("Commands")
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(KeyDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.about = label("", "muted", wrap=True)
        for widget in (self.field, self.list, self.about):
            box.addWidget(widget)
        unit = self.fontMetrics()
        self.resize(unit.averageCharWidth() * 70, unit.height() * 24)
        self.field.textChanged.connect(self.look_up)
        self.field.returnPressed.connect(self.do)
        self.list.itemActivated.connect(self.do)
        self.list.itemClicked.connect(self.do)
        self.list.currentItemChanged.connect(self._explain)
        self.field.installEventFilter(self)
        self.look_up("")

    def look_up(self, query: str) -> None:
        """Show the commands that fit."""
        self.list.clear()
        for row in ranked(query):
            item = QListWidgetItem(f"{row.menu}: {row.title}")
            item.setData(Qt.ItemDataRole.UserRole, row.id)
            item.setData(KEY_ROLE, key_text(row.keys[0]) if row.keys else "")
            if not self._actions[row.id].isEnabled():
                item.setForeground(self.palette().placeholderText())
            self.list.addItem(item)
        if self.list.count():
            self.list.setCurrentRow(0)
        else:
            self.about.setText("No command has these letters in this order.")

    def chosen(self) -> Action | None:
        """Return the command chosen now."""
        item = self.list.currentItem()
        if item is None:
            return None
        name = item.data(Qt.ItemDataRole.UserRole)
        return next(row for row in ACTIONS if row.id == name)

    def _explain(self) -> None:
        row = self.chosen()
        if row is not None:
            action = self._actions[row.id]
            self.about.setText(action.statusTip() if not action.isEnabled() else row.description)

    def do(self) -> None:
        """Close and do the command chosen."""
        row = self.chosen()
        if row is None:
            return
        self.accept()
        self._actions.trigger(row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list while the field has the keyboard."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}.get(
                Qt.Key(event.key())
            )
            if step is not None and self.list.count():
                self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
                return True
        return False
