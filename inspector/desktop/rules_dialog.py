"""The rules of a profile with their sources, two profiles side by side, and the parameters of the device."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from inspector.desktop.theme import color
from inspector.desktop.widgets import label
from inspector.engine.aspects import ASPECTS, Value
from inspector.engine.profile import Profile
from inspector.engine.profiles import PROFILE_NAMES, profile_named

Row = tuple[str, ...]
_ROW_SPACE = 10  # px between the text of two rows


class RulesDialog(QDialog):
    """What a profile does and who says so. ``begin(name, device)`` begins a new run under it."""

    def __init__(
        self, parent: QWidget, name: str, device: dict[str, int], begin: Callable[[str, dict[str, int]], None]
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Profiles and their rules")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box = QVBoxLayout(self)
        box.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(label("Profile"))
        self.profile = _profiles(name)
        head.addWidget(self.profile)
        head.addStretch(1)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find in the rules: a number, a word, a file")
        self.search.setAccessibleName("Find in the rules")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * 40)
        head.addWidget(self.search, 2)
        box.addLayout(head)
        self.tabs = QTabWidget()
        self.rules = Table(("Rule", "What it says", "Source"), (0, 5, 5), pale=(2,))
        self.tabs.addTab(self.rules, "Rules")
        self.sides = SideBySide(name)
        self.tabs.addTab(self.sides, "Side by side")
        self.device = DevicePage(device, self._begin)
        self.tabs.addTab(self.device, "Device")
        box.addWidget(self.tabs, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)
        self._begun = begin
        self.profile.currentTextChanged.connect(lambda _text: self.refresh())
        self.search.textChanged.connect(lambda _text: self.refresh())
        self.refresh()
        size = parent.size()
        metrics = self.fontMetrics()
        self.resize(
            min(metrics.averageCharWidth() * 150, max(480, size.width() - 60)),
            min(metrics.height() * 42, max(320, size.height() - 60)),
        )

    def _begin(self, device: dict[str, int]) -> None:
        self._begun(str(self.profile.currentData()), device)
        self.accept()

    def show_rule(self, number: str) -> None:
        """Go to a rule of the profile by its number."""
        self.tabs.setCurrentWidget(self.rules)
        for found in self.rules.findItems(number, Qt.MatchFlag.MatchExactly):
            if found.column() == 0:
                self.rules.setCurrentItem(found)
                self.rules.scrollToItem(found, QAbstractItemView.ScrollHint.PositionAtCenter)
                self.rules.setFocus()

    def refresh(self) -> None:
        """Show the chosen profile, and of it what the search finds."""
        profile = profile_named(str(self.profile.currentData()))
        words = self.search.text().lower().split()
        self.rules.fill(
            row
            for row in ((rule.number, rule.text, rule.source.replace("; ", "\n")) for rule in profile.rules)
            if all(word in " ".join(row).lower() for word in words)
        )
        self.sides.show_profile(profile, words)
        self.device.show_profile(profile)


class SideBySide(QWidget):
    """What two profiles do, aspect by aspect; where they differ is marked."""

    def __init__(self, name: str) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 10, 0, 0)
        head = QHBoxLayout()
        head.setContentsMargins(4, 0, 0, 0)
        head.addWidget(label("beside"))
        self.other = _profiles("guide" if name != "guide" else "apple")
        head.addWidget(self.other)
        self.count = label("", "muted")
        head.addWidget(self.count)
        head.addStretch(1)
        self.only = QPushButton("Only differences")
        self.only.setCheckable(True)
        self.only.setChecked(True)
        head.addWidget(self.only)
        box.addLayout(head)
        self.table = Table(("", "Aspect", "This", "Other", "Rules"), (0, 2, 4, 4, 2), pale=(4,))
        box.addWidget(self.table, 1)
        self._profile = profile_named(name)
        self._words: list[str] = []
        self.other.currentTextChanged.connect(lambda _text: self.refresh())
        self.only.toggled.connect(lambda _on: self.refresh())

    def show_profile(self, profile: Profile, words: list[str]) -> None:
        """Show a profile on the left, and of its aspects those in which all ``words`` occur."""
        self._profile, self._words = profile, words
        self.refresh()

    def refresh(self) -> None:
        """Hold both profiles side by side."""
        here, other = self._profile, profile_named(str(self.other.currentData()))
        rows: list[Row] = []
        differing = 0
        for aspect in ASPECTS:
            one, two = aspect.values[here.name], aspect.values[other.name]
            differs = one.text != two.text
            differing += differs
            row = ("≠" if differs else "=", aspect.title, one.text, two.text, _rules(one, two))
            shown = (differs or not self.only.isChecked()) and all(
                word in " ".join(row).lower() for word in self._words
            )
            if shown:
                rows.append(row)
        self.table.setHorizontalHeaderLabels(["", "Aspect", here.title, other.title, "Rules"])
        self.table.fill(rows, tips=lambda row: _sources(row[4], here, other))
        self.count.setText(f"{differing} of {len(ASPECTS)} aspects differ")


class DevicePage(QWidget):
    """The parameters of the device that a profile's rules depend on."""

    def __init__(self, device: dict[str, int], begin: Callable[[dict[str, int]], None]) -> None:
        super().__init__()
        self._asked = device
        self._fields: dict[str, QSpinBox] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 12, 0, 0)
        self.about = label("", "muted", wrap=True)
        box.addWidget(self.about)
        self.form = QFormLayout()
        box.addLayout(self.form)
        self.button = QPushButton("Begin a new run with these")
        self.button.clicked.connect(lambda: begin(self.values()))
        line = QHBoxLayout()
        line.addWidget(self.button)
        line.addStretch(1)
        box.addLayout(line)
        box.addStretch(1)

    def show_profile(self, profile: Profile) -> None:
        """Show the parameters of a profile."""
        while self.form.rowCount():
            self.form.removeRow(0)
        self._fields = {}
        span = profile.suspend_after_ms
        freeze = "never freezes the process"
        if span is not None:
            freeze = f"freezes the process after {span // 1000} s in the background"
        self.about.setText(
            f"Unless «Suspend after» says otherwise, the system {freeze}. "
            + (
                "What else the rules depend on belongs to a run from its beginning:"
                if profile.device
                else "The rules of this profile depend on nothing else of the device."
            )
        )
        for name, parameter in profile.device.items():
            field = QSpinBox()
            field.setRange(parameter.min, parameter.max)
            field.setValue(self._asked.get(name, parameter.default))
            field.setSuffix(f" {parameter.unit}" if parameter.unit else "")
            field.setToolTip(f"{parameter.about}\n{parameter.source}")
            field.setAccessibleName(parameter.title)
            self._fields[name] = field
            self.form.addRow(parameter.title, field)
            self.form.addRow("", label(f"{parameter.about} ({parameter.source})", "muted", wrap=True))
        self.button.setVisible(bool(profile.device))

    def values(self) -> dict[str, int]:
        """Return the parameters as set."""
        return {name: field.value() for name, field in self._fields.items()}


class Table(QTableWidget):
    """Rows of plain text that wrap.

    ``weights`` share the width, 0 takes what its text needs; columns in ``pale`` are muted.
    """

    def __init__(self, titles: Row, weights: tuple[int, ...], pale: tuple[int, ...] = ()) -> None:
        super().__init__(0, len(titles))
        self._pale = pale
        self._weights = weights
        self.setHorizontalHeaderLabels(list(titles))
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.verticalHeader().hide()
        self.setWordWrap(True)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        for at, weight in enumerate(weights):
            mode = QHeaderView.ResizeMode
            header.setSectionResizeMode(at, mode.Interactive if weight else mode.ResizeToContents)
        header.setStretchLastSection(True)

    def fill(self, rows: Iterable[Row], tips: Callable[[Row], str] | None = None) -> None:
        """Show these rows."""
        found = list(rows)
        self.setRowCount(len(found))
        for at, row in enumerate(found):
            tip = tips(row) if tips is not None else ""
            for column, text in enumerate(row):
                item = QTableWidgetItem(text)
                item.setToolTip(tip or text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
                if column in self._pale:
                    item.setForeground(color("muted"))
                self.setItem(at, column, item)
        self._fit()

    def resizeEvent(self, event: object) -> None:
        """Share the width anew."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _fit(self) -> None:
        header = self.horizontalHeader()
        fixed = sum(header.sectionSize(at) for at, weight in enumerate(self._weights) if not weight)
        left = max(200, self.viewport().width() - fixed)
        total = sum(self._weights)
        for at, weight in enumerate(self._weights):
            if weight:
                self.setColumnWidth(at, left * weight // total)
        self.resizeRowsToContents()
        for at in range(self.rowCount()):
            self.setRowHeight(at, self.rowHeight(at) + _ROW_SPACE)


def _profiles(name: str) -> QComboBox:
    box = QComboBox()
    for known in PROFILE_NAMES:
        box.addItem(profile_named(known).title, known)
    box.setCurrentIndex(max(0, box.findData(name)))
    box.setAccessibleName("Profile")
    return box


def _rules(one: Value, two: Value) -> str:
    return f"{', '.join(one.rules)} · {', '.join(two.rules)}"


def _sources(numbers: str, here: Profile, other: Profile) -> str:
    one, _, two = numbers.partition(" · ")
    told = []
    for profile, wanted in ((here, one.split(", ")), (other, two.split(", "))):
        told += [f"{rule.number}  {rule.source}" for rule in profile.rules if rule.number in wanted]
    return "\n".join(told)
