"""The left pane's WHAT IF: the list with its counts, what the chosen one comes to, what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from inspector.desktop.flow import FlowLayout
from inspector.desktop.menus import ActionSet, first_key, short_text
from inspector.desktop.theme import color, mono_font
from inspector.desktop.what_if import WhatIf, WhatIfs
from inspector.desktop.what_if_words import count_line, details, name_of
from inspector.desktop.widgets import follow, label
from inspector.views.harmless import format_span
from inspector.views.text import counted

_COUNT = Qt.ItemDataRole.UserRole
_OWN = Qt.ItemDataRole.UserRole + 1
LINKS = ("whatif.timeout", "whatif.profile", "whatif.adopt", "whatif.remove", "whatif.clear")


class _Rows(QStyledItemDelegate):
    """Paints a row: its name left, its count right; the chosen one with a bar, so not by colour alone."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a row."""
        state = option.state
        rect: QRect = option.rect
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, color("selection"))
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), color("accent"))
        box = rect.adjusted(7, 0, -3, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        own = bool(index.data(_OWN))
        count = str(index.data(_COUNT))
        painter.setFont(option.font)
        painter.setPen(color("muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | middle, count)
        metrics: QFontMetrics = option.fontMetrics
        mono = mono_font(0.95)
        mono.setBold(own)
        room = box.width() - metrics.horizontalAdvance(count) - metrics.averageCharWidth()
        painter.setFont(mono)
        painter.setPen(color("text"))
        name = QFontMetrics(mono).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | middle, name)

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return one line with a little air."""
        metrics: QFontMetrics = option.fontMetrics
        return QSize(60, round(metrics.height() * 1.4))


class WhatIfList(QListWidget):
    """The rows; the run's own setting stands among them, marked «(now)», and cannot be chosen."""

    def __init__(self, what_ifs: WhatIfs, actions: ActionSet) -> None:
        super().__init__()
        self._what_ifs = what_ifs
        self._actions = actions
        self._quiet = False
        self._rows: list[WhatIf | None] = []  # as shown; None is the run itself
        self.setAccessibleName("What if")
        self.setItemDelegate(_Rows(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListWidget { background: transparent; border: none; }")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.itemSelectionChanged.connect(self._selected)

    def fill(self) -> None:
        """Show the rows there are."""
        self._quiet = True
        document = self._what_ifs.document
        own_ms = document.settings.session_timeout_ms
        rows = self._rows = list[WhatIf | None](self._what_ifs.rows)
        timeouts = [row.wanted_ms for row in self._what_ifs.rows if not row.aim.profile]
        rows.insert(sum(1 for timeout_ms in timeouts if timeout_ms is not None and timeout_ms < own_ms), None)
        while self.count() > len(rows):  # items stay, as those of kits do
            self.takeItem(self.count() - 1)
        while self.count() < len(rows):
            self.addItem("")
        enabled = Qt.ItemFlag.ItemIsEnabled
        for at, row in enumerate(rows):
            item = self.item(at)
            item.setFlags(enabled if row is None else enabled | Qt.ItemFlag.ItemIsSelectable)
            item.setData(_OWN, row is None)
            what = f"What the run does now, by the rules of {document.journal.header.profile}"
            item.setToolTip(what if row is None else "")
        chosen = self._what_ifs.chosen
        self.setCurrentRow(rows.index(chosen) if chosen is not None and chosen in rows else -1)
        self._quiet = False
        self.updateGeometry()
        self.setFixedHeight(self.sizeHint().height())
        self.tell()

    def tell(self) -> None:
        """Show names and counts as of now."""
        what_ifs = self._what_ifs
        document = what_ifs.document
        header = document.journal.header
        for at, row in enumerate(self._rows):
            item = self.item(at)
            if row is None:
                name = f"{format_span(document.settings.session_timeout_ms)} (now)"
                count = counted(len(document.fold.sessions), "session")
            else:
                name, count = name_of(row, header), count_line(what_ifs, row)
            if item.text() != name:
                item.setText(name)
            if item.data(_COUNT) != count:
                item.setData(_COUNT, count)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}: {count}")

    def _selected(self) -> None:
        if not self._quiet:
            self._what_ifs.choose(self._rows[self.currentRow()] if self.selectedIndexes() else None)

    def sizeHint(self) -> QSize:
        """Return the height of all rows: the pane scrolls, not the list."""
        high = sum(self.sizeHintForRow(at) for at in range(self.count()))
        return QSize(60, high + 2)

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Change, adopt or remove the chosen one; other keys are the list's."""
        names = {
            Qt.Key.Key_Right: "whatif.longer",
            Qt.Key.Key_Left: "whatif.shorter",
            Qt.Key.Key_Delete: "whatif.remove",
            Qt.Key.Key_Backspace: "whatif.remove",
        }
        name = names.get(Qt.Key(event.key()))
        if name is None:
            super().keyPressEvent(event)
        else:
            self._actions[name].trigger()


class WhatIfPanel(QWidget):
    """The section of the left pane."""

    def __init__(self, what_ifs: WhatIfs, actions: ActionSet) -> None:
        super().__init__()
        self._what_ifs = what_ifs
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(3)
        self.list = WhatIfList(what_ifs, actions)
        box.addWidget(self.list)
        self.about = label("", "muted", wrap=True)
        self.about.hide()
        box.addWidget(self.about)
        links = QWidget()
        flow = FlowLayout(links, gap=2)
        flow.setContentsMargins(0, 0, 0, 0)
        self.links: dict[str, QPushButton] = {}
        for name in LINKS:
            button = QPushButton(short_text(name))
            button.setProperty("link", "true")
            follow(button, actions[name])
            key = first_key(name)
            button.setAccessibleDescription(f"{actions[name].statusTip()} ({key})" if key else "")
            self.links[name] = button
            flow.add(button)
        box.addWidget(links)
        what_ifs.changed.connect(self.fill)
        what_ifs.moved.connect(self.tell)
        document = what_ifs.document
        document.ticked.connect(self._ticked)  # comes after everything that grew, too
        document.themed.connect(self.fill)
        self._own_ms = -1
        self.fill()

    def fill(self) -> None:
        """Show the what-ifs there are, and the chosen one."""
        self._own_ms = self._what_ifs.document.settings.session_timeout_ms
        self.list.fill()
        self.tell()

    def _ticked(self) -> None:
        if self._own_ms != self._what_ifs.document.settings.session_timeout_ms:
            self.fill()  # the run's own setting has moved among the others
        else:
            self.tell()

    def tell(self) -> None:
        """Show the numbers as of now."""
        self.list.tell()
        row = self._what_ifs.chosen
        lines = [] if row is None else details(self._what_ifs, row)[1:]
        text = "\n".join(lines)
        if text != self.about.text():
            self.about.setText(text)
        if self.about.isHidden() == bool(text):
            self.about.setVisible(bool(text))
