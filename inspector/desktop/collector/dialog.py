"""The collector's dialog: the switch, where it listens, how to point an SDK there, and what it answers."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from inspector.desktop.collector.collecting import Collecting
from inspector.desktop.prose import Prose
from inspector.desktop.settings import Settings
from inspector.desktop.widgets import heading, label
from inspector.views.harmless import harmless

ABOUT = (
    "Real SDKs send here in place of mParticle's servers, from this machine, an emulator or a phone on USB. What "
    "arrives is kept on disk before it is answered, and held against what the engine predicts."
)
STATUSES = ("", "200", "400", "401", "403", "413", "429", "500", "503", "drop")
CONCERNS = ("", "events", "identity", "config", "all")
_STRAYS = 5
_STATES = {"off": "Off", "starting": "Starting …", "on": "On", "stopping": "Stopping …"}


class CollectorDialog(QDialog):
    """Switch and settings of a ``Collecting``; it goes on when the dialog is closed."""

    def __init__(self, parent: QWidget, collecting: Collecting, settings: Settings) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Collect from SDKs")
        self.collecting = collecting
        self._settings = settings
        box = QVBoxLayout(self)
        box.setSpacing(10)
        box.addWidget(label(ABOUT, "muted", wrap=True))
        form = self._form(box)
        self.port = self._field(form, "Port for http", settings["collector_port"], "0 takes any that is free")
        self.https = self._field(
            form, "Port for https", settings["collector_https_port"], "empty for none; Apple and Android want it"
        )
        self.switch = QPushButton("Switch on")
        self.switch.setDefault(True)
        self.switch.clicked.connect(self.toggle)
        self.guide = QPushButton("How to point an SDK here…")
        self.guide.clicked.connect(self.show_guide)
        row = QHBoxLayout()
        row.addWidget(self.switch)
        row.addWidget(self.guide)
        row.addStretch(1)
        box.addLayout(row)
        self.state = Prose()
        box.addWidget(self.state)
        box.addSpacing(6)
        box.addWidget(heading("Answers"))
        box.addWidget(
            label("Let the app meet a server at fault; empty answers as mParticle does.", "muted", wrap=True)
        )
        form = self._form(box)
        self.status = self._choice(form, "Status", STATUSES, "as mParticle answers")
        self.to = self._choice(form, "For requests about", CONCERNS, "events")
        self.delay = self._field(form, "Delay in seconds", "", "at most 600")
        self.retry_after = self._field(form, "Retry-After", "", "seconds, or a date as HTTP writes it")
        self.stl = self._field(
            form, "Session timeout to order (s)", "", "in the config of Apple and Android SDKs"
        )
        self.apply = QPushButton("Answer so")
        self.apply.setAutoDefault(False)
        self.apply.clicked.connect(self.answer)
        row = QHBoxLayout()
        row.addWidget(self.apply)
        row.addStretch(1)
        box.addLayout(row)
        self.message = Prose(token="error")
        self.message.hide()
        box.addWidget(self.message)
        box.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 84)
        collecting.changed.connect(self.refresh)
        collecting.failed.connect(self.complain)
        self.refresh()

    def _form(self, box: QVBoxLayout) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        box.addLayout(form)
        return form

    def _field(self, form: QFormLayout, title: str, value: str, hint: str) -> QLineEdit:
        field = QLineEdit(value)
        field.setMaxLength(64)
        field.setPlaceholderText(hint)
        field.setAccessibleName(title)
        form.addRow(title, field)
        return field

    def _choice(self, form: QFormLayout, title: str, values: tuple[str, ...], hint: str) -> QComboBox:
        field = QComboBox()
        field.setEditable(True)
        edit = field.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(hint)
        field.addItems(list(values))
        field.setAccessibleName(title)
        form.addRow(title, field)
        return field

    def toggle(self) -> None:
        """Switch on or off."""
        self.message.hide()
        if self.collecting.state != "off":
            self.collecting.stop()
            return
        try:
            http, https = _port(self.port.text() or "0"), self.https.text().strip()
            https_port = _port(https) if https else None
        except ValueError as error:
            self.complain(str(error))
            return
        self._settings["collector_port"], self._settings["collector_https_port"] = str(http), https
        self.collecting.start(http, https_port, self._answers())

    def answer(self) -> None:
        """Answer with what the fields say from now on."""
        self.message.hide()
        self.collecting.answer(self._answers())

    def _answers(self) -> dict[str, str]:
        return {
            "status": self.status.currentText().strip(),
            "to": self.to.currentText().strip(),
            "delay": self.delay.text().strip(),
            "retry_after": self.retry_after.text().strip(),
            "stl": self.stl.text().strip(),
        }

    def show_guide(self) -> None:
        """Open the collector's own page of instructions, with its port in every snippet."""
        QDesktopServices.openUrl(QUrl(f"http://localhost:{self.collecting.http}/"))

    def complain(self, text: str) -> None:
        """Show what is wrong."""
        self.message.setText(text)
        self.message.show()
        self._make_room()

    def _make_room(self) -> None:
        """Grow with what is said: lines that wrap would otherwise press the fields together."""
        box = self.layout()
        if box is not None and box.hasHeightForWidth():
            needed = box.totalHeightForWidth(max(self.width(), self.minimumWidth()))
            self.setMinimumHeight(needed)

    def refresh(self) -> None:
        """Show state and counts."""
        collecting = self.collecting
        on = collecting.state == "on"
        self.switch.setText("Switch on" if collecting.state == "off" else "Switch off")
        self.switch.setEnabled(collecting.state in ("off", "on"))
        self.guide.setEnabled(on)
        self.guide.setToolTip("" if on else "switch it on first: the page has its port in every snippet")
        self.apply.setEnabled(on)
        self.apply.setToolTip("" if on else "the collector is off; these answers hold when it is switched on")
        for field in (self.port, self.https):
            field.setEnabled(collecting.state == "off")
        self.state.setText(state_words(collecting))
        self._make_room()


def state_words(collecting: Collecting) -> str:
    """Return what a collector does, in words of several lines."""
    lines = [_STATES[collecting.state]]
    if collecting.state == "on":
        places = [f"http://localhost:{collecting.http}/"]
        if collecting.https:
            places.append(f"https://localhost:{collecting.https}/")
        lines[0] = f"On: {' and '.join(places)}, this machine only"
        if collecting.certificate:
            lines.append(f"Certificate to trust: {collecting.certificate}")
        if collecting.answers and collecting.answers != "as mParticle's":
            lines.append(f"Answers: {collecting.answers}")
    if collecting.kept:
        lines.append(f"{collecting.kept:,} request{'s' * (collecting.kept != 1)} kept in {collecting.file}")
    if collecting.not_shown:
        lines.append(f"{collecting.not_shown:,} of them came too fast to be shown; open the file to see them")
    if collecting.strays:
        lines.append("Answered 404, for no SDK of mParticle's asks for it; is one pointed here wrongly?")
        told = sorted(collecting.strays.items(), key=lambda item: -item[1])
        lines += [f"    {harmless(name, 100)}  × {count:,}" for name, count in told[:_STRAYS]]
        if len(told) > _STRAYS:
            lines.append(f"    and {len(told) - _STRAYS:,} other paths")
    return "\n".join(lines)


def _port(text: str) -> int:
    text = text.strip()
    if text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) <= 65_535:
        return int(text)
    raise ValueError(f"“{text[:20]}” is no port: write a number of 1 to 65535, or 0 for any that is free")
