"""The Collector tab: switch and ports, the answers in force, what arrived, and how to point an SDK here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from inspector.desktop.collector.requests import RequestsModel
from inspector.desktop.collector.room import CollectorRoom
from inspector.desktop.flow import FlowLayout
from inspector.desktop.settings import Settings
from inspector.desktop.theme import mono_font
from inspector.desktop.widgets import CommandButton, label
from inspector.server.answers import ANSWERED_TO, AnswersError, answers_of
from inspector.server.pages import Facts, Part, sections
from inspector.server.sockets import HTTP_PORT, HTTPS_PORT

if TYPE_CHECKING:
    from inspector.desktop.menus import ActionSet

_FIELDS = (
    (
        "status",
        "Status",
        "e.g. 503, drop",
        "200 to 599 in place of the usual answer, or drop to cut the connection",
    ),
    ("delay", "Delay, s", "0", "Answer so many seconds later"),
    ("retry_after", "Retry-After", "none", "Seconds, or a date as HTTP writes it, sent with the answer"),
    ("stl", "Session timeout, s", "the app's", "Ordered in the config; the web SDK goes by its page's instead"),
)


class CollectorPane(QWidget):
    """What a person sees and sets of the collector."""

    def __init__(self, room: CollectorRoom, settings: Settings, actions: ActionSet) -> None:
        super().__init__()
        self._room = room
        self._settings = settings
        self.switch = CommandButton(actions["collector.switch"], "Collect")
        self.port = self._spin("collector_port", "Port for http; 0 takes any that is free")
        self.https = QCheckBox("https")
        self.https.setToolTip("The Apple and Android SDKs speak https only; a certificate is made at first use")
        self.https.setChecked(settings["collector_https"])
        self.https.toggled.connect(lambda on: settings.__setitem__("collector_https", on))
        self.https_port = self._spin("collector_https_port", "Port for https; 0 takes any that is free")
        self.state = label("", "muted", wrap=True)
        self.fields: dict[str, QLineEdit] = {}
        self.to = QComboBox()
        self.wrong = label("", "error", wrap=True)
        self.table = QTableView()
        self.platform = QComboBox()
        self.text = QPlainTextEdit()
        self.copy = CommandButton(actions["collector.copy"], "Copy snippet")
        self.page = CommandButton(actions["collector.page"], "Open as a page")
        self._lay_out()
        room.changed.connect(self._show)
        room.grew.connect(self._count)
        self._show()

    def snippet(self) -> str:
        """Return the snippets of the chosen platform, one after the other."""
        return "\n\n".join(part.text for part in self._parts() if part.language)

    def copy_snippet(self) -> None:
        """Copy the snippets of the chosen platform."""
        QGuiApplication.clipboard().setText(self.snippet())

    def usual(self) -> None:
        """Answer as mParticle's servers do again."""
        for field in self.fields.values():
            field.clear()
        self.to.setCurrentIndex(0)
        self._answer()

    def _spin(self, name: str, tip: str) -> QSpinBox:
        spin = QSpinBox()
        spin.setRange(0, 65_535)
        spin.setGroupSeparatorShown(False)
        spin.setValue(self._settings[name])
        spin.setToolTip(tip)
        spin.setAccessibleName(tip)
        spin.valueChanged.connect(lambda value: self._settings.__setitem__(name, value))
        return spin

    def _lay_out(self) -> None:
        top = QWidget()
        flow = FlowLayout(top)
        flow.add(self.switch)
        for widget in (label("http"), self.port, self.https, self.https_port):
            flow.add(widget)
        answers = QWidget()
        row = FlowLayout(answers)
        row.add(label("Answers to", "muted"))
        self.to.addItems(list(ANSWERED_TO))
        self.to.setAccessibleName("Which requests the answers hold for")
        self.to.activated.connect(self._answer)
        row.add(self.to)
        for name, title, empty, tip in _FIELDS:
            field = self.fields[name] = QLineEdit()
            field.setPlaceholderText(empty)
            field.setToolTip(tip)
            field.setAccessibleName(title)
            field.setMaximumWidth(field.fontMetrics().averageCharWidth() * 16)
            field.editingFinished.connect(self._answer)
            row.add(label(title))
            row.add(field)
        usual = QPushButton("As usual")
        usual.setToolTip("Answer as mParticle's servers do again")
        usual.clicked.connect(self.usual)
        row.add(usual)
        self.table.setModel(RequestsModel(self._room))
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setWordWrap(False)
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.setAccessibleName("Requests that arrived, newest first")
        self.text.setReadOnly(True)
        self.text.setFont(mono_font())
        self.text.setAccessibleName("How to point an SDK here")
        for section in sections(Facts(HTTP_PORT, HTTPS_PORT, certificate=True)):
            self.platform.addItem(section.title)
        self.platform.setAccessibleName("Platform")
        self.platform.currentIndexChanged.connect(self._tell)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        heads = QHBoxLayout()
        heads.addWidget(self.platform)
        heads.addWidget(self.copy)
        heads.addWidget(self.page)
        heads.addStretch(1)
        column.addLayout(heads)
        column.addWidget(self.text, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.table)
        split.addWidget(side)
        split.setChildrenCollapsible(False)
        split.setSizes([500, 500])
        box = QVBoxLayout(self)
        box.setContentsMargins(6, 6, 6, 6)
        for part in (top, self.state, answers, self.wrong):
            box.addWidget(part)
        box.addWidget(split, 1)
        self.setFocusProxy(self.switch)

    def _answer(self) -> None:
        asked = {name: field.text().strip() for name, field in self.fields.items()}
        asked["to"] = self.to.currentText()
        try:
            answers_of(**asked)
        except AnswersError as error:
            self.wrong.setText(f"Not taken: {error}")
        else:
            self.wrong.clear()
            if {name: text for name, text in asked.items() if text} != self._room.answers:
                self._room.answer(asked)
        self.wrong.setVisible(bool(self.wrong.text()))

    def _facts(self) -> Facts:
        """Return the ports in force, or those that will be."""
        if self._room.state == "on":
            return self._room.facts
        https = self._settings["collector_https_port"] if self._settings["collector_https"] else 0
        return Facts(self._settings["collector_port"], https, bool(https))

    def _parts(self) -> list[Part]:
        return sections(self._facts())[max(0, self.platform.currentIndex())].parts

    def _tell(self) -> None:
        text = "\n\n".join(part.text for part in self._parts())
        if text != self.text.toPlainText():
            self.text.setPlainText(text)

    def _show(self) -> None:
        off = self._room.state == "off"
        for widget in (self.port, self.https, self.https_port):
            widget.setEnabled(off)
        self.wrong.setVisible(bool(self.wrong.text()))
        self._tell()
        self._count()

    def _count(self) -> None:
        self.state.setText(words(self._room))


def words(room: CollectorRoom) -> str:
    """Return what the collector does, in a sentence."""
    if room.state == "off":
        if room.trouble:
            return f"Off: {room.trouble}"
        return "Off. Switched on, it takes what real SDKs send in place of mParticle's servers, on this machine."
    if room.state != "on":
        return "Starting …" if room.state == "starting" else "Ending …"
    places = f"http://localhost:{room.facts.http}"
    if room.facts.https:
        places += f" and https://localhost:{room.facts.https}"
    said = answers_of(**room.answers).words()
    parts = [f"Collecting on {places}", f"{room.count:,} requests"]
    if room.not_shown:
        parts.append(f"{room.not_shown:,} more came too fast to show; they are kept")
    parts.append(f"answers: {said or 'as usual'}")
    parts.append(f"kept in {room.file}")
    return " · ".join(parts)
