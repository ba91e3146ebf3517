"""All commands and their keys on one page, made of the table of commands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from inspector.desktop.actions import ACTIONS, MENUS, key_text
from inspector.desktop.theme import mono_font
from inspector.desktop.widgets import heading, label


class CheatSheet(QDialog):
    """The keys, a group a menu."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        outer = QVBoxLayout(self)
        hint = label(
            "Single letters act while no text field has the keyboard. Esc closes this page.", "muted", wrap=True
        )
        outer.addWidget(hint)
        area = QScrollArea()
        area.setWidgetResizable(True)
        body = QWidget()
        columns = QHBoxLayout(body)
        columns.setSpacing(28)
        for menus in (
            ("App", "Session", "Timeline"),
            ("Time", "What if", "File", "Log"),
            ("View", "Profile", "Kits", "Tune", "Help"),
        ):
            column = QVBoxLayout()
            column.setSpacing(4)
            for menu in menus:
                title = heading(menu)
                title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
                column.addWidget(title)
                column.addLayout(_keys(menu))
                column.addSpacing(10)
            column.addStretch(1)
            columns.addLayout(column)
        area.setWidget(body)
        outer.addWidget(area)
        unit = self.fontMetrics()
        wanted = body.sizeHint()
        screen = parent.size()
        self.resize(
            min(wanted.width() + 60, max(400, screen.width() - 60)),
            min(wanted.height() + unit.height() * 5, max(300, screen.height() - 60)),
        )
        assert set(MENUS) == {
            "App",
            "Session",
            "Profile",
            "What if",
            "Kits",
            "Tune",
            "Timeline",
            "Time",
            "File",
            "Log",
            "View",
            "Help",
        }


def _keys(menu: str) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(3)
    rows = [row for row in ACTIONS if row.menu == menu and row.keys]
    for at, row in enumerate(rows):
        keys = label("  ".join(key_text(keys) for keys in row.keys))
        keys.setFont(mono_font(0.95))
        words = label(row.title)
        words.setToolTip(row.description)
        grid.addWidget(words, at, 0)
        grid.addWidget(keys, at, 1, Qt.AlignmentFlag.AlignRight)
    return grid
