"""Small forms: what to log, whom to log in, how fast. Each remembers what was entered last."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from inspector.desktop.prose import Prose
from inspector.desktop.widgets import label

MAX_NAME = 4096
MAX_VALUE_CHARS = 1_000_000


FieldT = TypeVar("FieldT", QLineEdit, QPlainTextEdit, QComboBox)


class FormError(ValueError):
    """What is wrong with an entry of a form, in words."""


class Form(QDialog):
    """Labelled fields; OK hands their values over, and stays open with a message if one is wrong."""

    def __init__(self, parent: QWidget, title: str, about: str, done: Callable[[Form], None]) -> None:
        super().__init__(parent)
        self._done = done
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box = QVBoxLayout(self)
        box.setSpacing(10)
        box.addWidget(label(about, "muted", wrap=True))
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        box.addLayout(self.form)
        self.message = Prose(token="error")
        self.message.hide()
        box.addWidget(self.message)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        box.addWidget(self.buttons)
        self.fields: dict[str, QLineEdit | QPlainTextEdit | QComboBox] = {}
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 52)

    def line(self, key: str, title: str, value: str) -> QLineEdit:
        """Add a field of one line."""
        field = QLineEdit(value)
        field.setMaxLength(MAX_NAME)
        field.selectAll()
        return self._add(key, title, field)

    def text(self, key: str, title: str, value: str, example: str = "") -> QPlainTextEdit:
        """Add a field of several lines; ``example`` is shown in it while it is empty."""
        field = QPlainTextEdit(value)
        field.setPlaceholderText(example)
        field.setTabChangesFocus(True)
        field.setFixedHeight(field.fontMetrics().lineSpacing() * 5)
        return self._add(key, title, field)

    def choice(self, key: str, title: str, values: tuple[str, ...], value: str) -> QComboBox:
        """Add a field with proposals, in which anything else may be typed."""
        field = QComboBox()
        field.setEditable(True)
        field.addItems(list(values))
        field.setCurrentText(value)
        return self._add(key, title, field)

    def _add(self, key: str, title: str, field: FieldT) -> FieldT:
        field.setAccessibleName(title)
        self.form.addRow(title, field)
        self.fields[key] = field
        return field

    def _make_room(self) -> None:
        """Grow so far that nothing lies over the message."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    def value(self, key: str) -> str:
        """Return what a field holds."""
        field = self.fields[key]
        if isinstance(field, QComboBox):
            return field.currentText()
        return field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()

    def accept(self) -> None:
        """Hand the values over; a wrong one is named and the form stays."""
        try:
            self._done(self)
        except FormError as error:
            self.message.setText(str(error))
            self.message.show()
            self._make_room()
            return
        super().accept()


def attributes_of(text: str) -> dict[str, Any]:
    """Return attributes from JSON, or from lines of ``key = value``. Raises FormError with what is wrong."""
    text = text.strip()
    if not text:
        return {}
    if len(text) > MAX_VALUE_CHARS:
        raise FormError(
            f"The attributes are {len(text):,} characters long; at most {MAX_VALUE_CHARS:,} can be used"
        )
    if text.startswith("{"):
        try:
            found = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise FormError(f"The attributes are not JSON: {error}") from error
        return dict(found)
    made: dict[str, Any] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            key, sign, value = line.partition("=")
            if not sign or not key.strip():
                raise FormError(f'Line {number}: write key = value, or all of it as JSON: {{"key": "value"}}')
            made[key.strip()] = value_of(value)
    return made


def value_of(text: str) -> Any:
    """Return a value from JSON; what is none is taken as text."""
    text = text.strip()[:MAX_VALUE_CHARS]
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return text


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a value of JSON")


def speed_of(text: str, low: float, high: float) -> float:
    """Return a speed from text like ``×30``. Raises FormError if it is none within bounds."""
    try:
        speed = float(text.strip().lstrip("×x").replace(",", "."))
    except ValueError as error:
        raise FormError("Type a number, for example 30") from error
    if not low <= speed <= high:
        raise FormError(f"The speed can be {low:g} to {high:g}")
    return speed
