"""The left pane's KITS: the list with its counts, what the chosen one comes to, what can be done with it.

In the right pane ``KitsHere`` tells what the kits disagree about at the selected entry.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPolygonF
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
from inspector.desktop.kit_words import details, name_of, short_name, timeout_words, verdict_brief
from inspector.desktop.kits import KitRow, Kits
from inspector.desktop.menus import ActionSet, first_key, short_text
from inspector.desktop.prose import Prose
from inspector.desktop.theme import color, mono_font
from inspector.desktop.widgets import follow, heading, label
from inspector.views.harmless import format_span, harmless

_COUNT = Qt.ItemDataRole.UserRole
_STATE = Qt.ItemDataRole.UserRole + 2
LINKS = ("kit.add", "kit.match", "kit.ship", "kit.differs", "kit.remove", "kit.clear")
EMPTY = "No kit. Add one to see the sessions it keeps of its own."


def state_of(row: KitRow) -> str:
    """Return how a kit stands beside the run: ``differs``, ``agrees``, ``unsure`` or ``none``."""
    if row.lane is None or not row.complete:
        return "none"
    if row.lane.differ:
        return "differs"
    return "unsure" if row.lane.not_decided else "agrees"


class _Rows(QStyledItemDelegate):
    """Paints a row: a sign of its state, its name, timeout and count; the chosen one with a bar."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a row."""
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, color("selection"))
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), color("accent"))
        metrics: QFontMetrics = option.fontMetrics
        box = rect.adjusted(7, 0, -3, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        size = metrics.height() * 0.5
        _draw_sign(painter, QPointF(box.left() + size / 2, box.center().y() + 0.5), size, str(index.data(_STATE)))
        box.setLeft(round(box.left() + size + metrics.averageCharWidth()))
        count, mono = str(index.data(_COUNT)), mono_font(0.9)
        wide = QFontMetrics(mono)
        painter.setFont(mono)
        painter.setPen(color("muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | middle, count)
        room = box.width() - wide.horizontalAdvance(count) - metrics.averageCharWidth()
        painter.setFont(option.font)
        painter.setPen(color("text"))
        name = metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | middle, name)

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return one line with a little air."""
        metrics: QFontMetrics = option.fontMetrics
        return QSize(60, round(metrics.height() * 1.4))


def _draw_sign(painter: QPainter, at: QPointF, size: float, state: str) -> None:
    """Draw a ring (differs), a dot (agrees), a hollow diamond (unsure) or a stroke (no lane)."""
    r = size / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color({"differs": "differs", "agrees": "foreground"}.get(state, "muted")))
    if state == "none":
        painter.drawRect(QRectF(at.x() - r, at.y() - 1, size, 2))
    elif state == "unsure":
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(color("muted"))
        tips = ((0.0, -r), (r, 0.0), (0.0, r), (-r, 0.0))
        painter.drawPolygon(QPolygonF([QPointF(at.x() + x, at.y() + y) for x, y in tips]))
    else:
        painter.drawEllipse(at, r, r)
        if state == "differs":
            painter.setBrush(color("panel"))
            painter.drawEllipse(at, r * 0.45, r * 0.45)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


class KitList(QListWidget):
    """The rows."""

    def __init__(self, kits: Kits, actions: ActionSet) -> None:
        super().__init__()
        self._kits = kits
        self._actions = actions
        self._quiet = False
        self.setAccessibleName("Kits")
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
        # Items stay as long as there are as many rows, and hold text only: in a soak the program died by
        # a segmentation fault here, when this list was cleared at each change and its items held Python objects.
        while self.count() > len(self._kits.rows):
            self.takeItem(self.count() - 1)
        while self.count() < len(self._kits.rows):
            self.addItem("")
        chosen = self._kits.chosen
        self.setCurrentRow(self._kits.rows.index(chosen) if chosen in self._kits.rows else -1)
        self._quiet = False
        self.tell()
        self.setFixedHeight(self.sizeHint().height())

    def tell(self) -> None:
        """Show names and counts as of now."""
        for at, row in enumerate(self._kits.rows[: self.count()]):
            item = self.item(at)
            count = f"{timeout_words(row.rule)} {verdict_brief(row)}".strip()
            values = ((Qt.ItemDataRole.DisplayRole, short_name(row)), (_COUNT, count), (_STATE, state_of(row)))
            for role, value in values:
                if item.data(role) != value:
                    item.setData(role, value)
                    told = f"{name_of(row)}: {timeout_words(row.rule)}, {state_of(row)} {verdict_brief(row)}"
                    item.setData(Qt.ItemDataRole.AccessibleTextRole, told)
                    item.setToolTip("\n".join(details(row)))

    def _selected(self) -> None:
        if not self._quiet:
            at = self.currentRow() if self.selectedIndexes() else -1
            self._kits.choose(self._kits.rows[at] if at >= 0 else None)

    def sizeHint(self) -> QSize:
        """Return the height of all rows: the pane scrolls, not the list."""
        return QSize(60, sum(self.sizeHintForRow(at) for at in range(self.count())) + 2)

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go through its disagreements, match or remove the chosen one; other keys are the list's."""
        names = {
            Qt.Key.Key_Right: "kit.next_disagreement",
            Qt.Key.Key_Left: "kit.previous_disagreement",
            Qt.Key.Key_Delete: "kit.remove",
            Qt.Key.Key_Backspace: "kit.remove",
        }
        name = names.get(Qt.Key(event.key()))
        if name is None:
            super().keyPressEvent(event)
        else:
            self._actions[name].trigger()


class KitPanel(QWidget):
    """The section of the left pane."""

    def __init__(self, kits: Kits, actions: ActionSet) -> None:
        super().__init__()
        self._kits = kits
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(3)
        self.list = KitList(kits, actions)
        box.addWidget(self.list)
        self.about = label("", "muted", wrap=True)
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
        kits.changed.connect(self.fill)
        kits.moved.connect(self.tell)
        kits.document.grew.connect(self._name_match)
        kits.document.themed.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Show the kits there are, and the chosen one."""
        self.list.setVisible(bool(self._kits.rows))
        self.list.fill()
        self._name_match()
        self.tell()

    def _name_match(self) -> None:
        """Say on the button which kit would be set to what."""
        row, timeout_ms = self._kits.chosen, self._kits.document.settings.session_timeout_ms
        text = f"Match {'' if row is None else f'{short_name(row)} '}to {format_span(timeout_ms)}"
        if self.links["kit.match"].text() != text:
            self.links["kit.match"].setText(text)
        self.links["kit.ship"].setVisible(row is not None and row.choice.timeout_ms is not None)

    def tell(self) -> None:
        """Show the numbers as of now."""
        self.list.tell()
        row = self._kits.chosen
        lines = [] if row is None else details(row)[1:]
        text = "\n".join(lines) if self._kits.rows else EMPTY
        if text != self.about.text():
            self.about.setText(text)
        if self.about.isHidden() == bool(text):
            self.about.setVisible(bool(text))


class KitsHere(QWidget):
    """In the right pane: what each kit does otherwise at the instant of the selected entry, and why."""

    def __init__(self, kits: Kits) -> None:
        super().__init__()
        self._kits = kits
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(heading("Kits here"))
        self.text = Prose()
        box.addWidget(self.text)
        self.hide()
        kits.changed.connect(self.tell)
        kits.moved.connect(self.tell)
        kits.document.selection.seq_changed.connect(lambda _seq: self.tell())

    def tell(self) -> None:
        """Show what the kits disagree about at the selected entry."""
        from inspector.desktop.kit_told import told_at

        lines = [harmless(line, 400) for line in told_at(self._kits)]
        text = "\n".join(lines)
        if text != self.text.text():
            self.text.setText(text)
        if self.isHidden() == bool(text):
            self.setVisible(bool(text))
