"""Dialogs about kits: the list to add from, and what still differs at the same seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from inspector.desktop.kit_words import name_of, rule_line, sources, timeout_words
from inspector.desktop.palette import KEY_ROLE, KeyDelegate
from inspector.desktop.prose import Prose
from inspector.desktop.theme import mono_font
from inspector.engine.kits.causes import CAUSE_WORDS
from inspector.engine.kits.choose import PLATFORM_WORDS
from inspector.engine.kits.compare import KIND_WORDS
from inspector.engine.kits.rule import UNKNOWN_WORDS, KitRule, Platform
from inspector.engine.kits.words import span
from inspector.views.harmless import harmless

if TYPE_CHECKING:
    from inspector.desktop.kits import KitRow
    from inspector.desktop.window import Window
    from inspector.views.kit_compare import Lint, Remaining

_NAME = Qt.ItemDataRole.UserRole
_DETAILS = {
    "begins_on": "what begins a session",
    "manual": "begun and ended by hand",
    "login": "a change of user",
    "every_return": "every return",
    "foreground_idle": "idle in the front",
    "max_length": "the longest length",
    "background": "from leaving the front",
    "last_event": "from the last activity",
    "session_start": "from the session's start",
    "wall_clock": "steps of the wall clock",
}


def found_kits(query: str, rules: Mapping[str, KitRule], platform: Platform) -> list[KitRule]:
    """Return the kits in which all words of a query occur; those of the run's platform come first."""
    words = query.lower().split()

    def text(rule: KitRule) -> str:
        where = PLATFORM_WORDS[rule.platform]
        return " ".join((rule.name, rule.title, rule.family, *rule.also, where, timeout_words(rule))).lower()

    fitting = [rule for rule in rules.values() if all(word in text(rule) for word in words)]
    return sorted(fitting, key=lambda rule: (rule.platform not in (platform, "any"), rule.title.lower()))


def name_to_add(rule: KitRule, rules: Mapping[str, KitRule], platform: Platform) -> str:
    """Return the name to choose a kit by: its family's where it stands for it and follows the profile."""
    from inspector.engine.kits.choose import choose

    try:
        stands = choose(rule.family, platform, rules) if rule.family else None
    except LookupError:
        stands = None
    return rule.family if stands is rule else rule.name


def _size(dialog: QDialog, parent: QWidget, chars: int, lines: int) -> None:
    unit, room = dialog.fontMetrics(), parent.size()
    dialog.resize(
        min(unit.averageCharWidth() * chars, room.width() - 40), min(unit.height() * lines, room.height() - 60)
    )


class AddKit(QDialog):
    """A field, the kits that fit it, and what the current one's rule is; several can be chosen."""

    def __init__(
        self,
        parent: QWidget,
        rules: Mapping[str, KitRule],
        platform: Platform,
        there: set[str],
        done: Callable[[list[str]], None],
    ) -> None:
        super().__init__(parent)
        self._rules, self._platform, self._there, self._done = rules, platform, there, done
        self.setWindowTitle("Add kit")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box = QVBoxLayout(self)
        box.setSpacing(10)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find a kit: a name, a platform, a timeout")
        self.field.setAccessibleName("Find a kit")
        self.field.setMaxLength(100)
        self.field.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName("Kits")
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(KeyDelegate(self.list))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.about = Prose(token="muted")
        self.about.setMinimumHeight(self.fontMetrics().height() * 7)  # so that the list stands still
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.add_button = self.buttons.addButton("Add", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        for widget in (self.field, self.list, self.about, self.buttons):
            box.addWidget(widget, 1 if widget is self.list else 0)
        _size(self, parent, 84, 34)
        self.field.textChanged.connect(self.look_up)
        self.field.returnPressed.connect(self.accept)
        self.list.itemDoubleClicked.connect(lambda _item: self.accept())
        self.list.currentItemChanged.connect(self._explain)
        self.field.installEventFilter(self)
        self.look_up("")
        self.field.setFocus()

    def look_up(self, query: str) -> None:
        """Show the kits that fit."""
        self.list.clear()
        for rule in found_kits(query, self._rules, self._platform):
            item = QListWidgetItem(harmless(rule.title, 60))
            item.setData(_NAME, rule.name)
            there = "shown · " if rule.name in self._there else ""
            item.setData(KEY_ROLE, there + ("not known" if rule.undecidable else timeout_words(rule)))
            item.setSizeHint(QSize(0, round(self.fontMetrics().height() * 1.6)))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.add_button.setEnabled(self.list.count() > 0)
        self._explain()

    def _explain(self) -> None:
        item = self.list.currentItem()
        if item is None:
            self.about.setText("No kit is called so. File > Kit file… reads kits of your own.")
            return
        rule = self._rules[item.data(_NAME)]
        kind = "a kit of mParticle" if rule.embedded else "a vendor's SDK beside mParticle"
        lines = [f"{rule.title}, {kind}: {rule.undecidable or rule_line(rule)}", rule.note, *sources(rule)]
        self.about.setText("\n".join(harmless(line, 400) for line in lines if line))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move through the list while a person types."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
                return True
        return super().eventFilter(watched, event)

    def accept(self) -> None:
        """Add what is chosen."""
        items = self.list.selectedItems() or ([self.list.currentItem()] if self.list.count() else [])
        names = [name_to_add(self._rules[item.data(_NAME)], self._rules, self._platform) for item in items]
        super().accept()
        if names:
            self._done(names)


def remaining_title(one: Remaining) -> str:
    """Return a way in which a kit still differs as one line."""
    if one.kind == "not_decided":
        return f"no source tells {UNKNOWN_WORDS.get(one.detail, 'what the kit does')}"
    if one.kind == "end":
        return KIND_WORDS["end"]
    detail = f", {_DETAILS[one.detail]}" if one.detail in _DETAILS else ""
    cause = "" if one.cause == "not_decided" else CAUSE_WORDS[one.cause]
    return f"{KIND_WORDS[one.kind]}: {cause}{detail}"


class StillDiffers(QDialog):
    """Same seconds, different rule: every way in which a kit still differs, each with its smallest story."""

    def __init__(
        self,
        window: Window,
        row: KitRow,
        timeout_ms: int,
        found: Lint,
        play: Callable[[Remaining], None],
    ) -> None:
        super().__init__(window)
        self._window, self._row, self._found, self._play = window, row, found, play
        self.setWindowTitle(f"What still differs: {name_of(row)} beside {span(timeout_ms)}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box = QVBoxLayout(self)
        box.setSpacing(10)
        matched = found.match.rule is not None
        how = "" if matched else "It is compared as it is. "
        here = (
            f"{len(found.on_journal):,} of this run's boundaries differ{'s' * (len(found.on_journal) == 1)} then."
        )
        self.head = Prose(harmless(f"{found.match.why[:1].upper()}{found.match.why[1:]}. {how}{here}", 500))
        box.addWidget(self.head)
        self.list = QListWidget()
        self.list.setAccessibleName("What still differs")
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(KeyDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for one in found.in_general:
            item = QListWidgetItem(remaining_title(one))
            item.setData(KEY_ROLE, f"{len(one.example)} step{'s' * (len(one.example) != 1)}")
            item.setSizeHint(QSize(0, round(self.fontMetrics().height() * 1.6)))
            self.list.addItem(item)
        box.addWidget(self.list, 1)
        self.about = Prose(token="muted")
        self.about.setMinimumHeight(self.fontMetrics().height() * 3)
        box.addWidget(self.about)
        self.story = QPlainTextEdit()
        self.story.setReadOnly(True)
        self.story.setFont(mono_font(0.95))
        self.story.setAccessibleName("The smallest story that shows it, as a scenario")
        self.story.setTabChangesFocus(True)
        box.addWidget(self.story, 1)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.open_button = self.buttons.addButton("Open as a scenario", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button = self.buttons.addButton("Copy the scenario", QDialogButtonBox.ButtonRole.ActionRole)
        self.open_button.clicked.connect(self.open_story)
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.story.toPlainText()))
        self.buttons.rejected.connect(self.reject)
        box.addWidget(self.buttons)
        self.list.currentItemChanged.connect(self._explain)
        self.list.itemDoubleClicked.connect(lambda _item: self.open_story())
        self.list.setCurrentRow(0)
        _size(self, window, 96, 40)
        self._explain()
        self.list.setFocus()

    def chosen(self) -> Remaining | None:
        """Return the way chosen now."""
        at = self.list.currentRow()
        return self._found.in_general[at] if 0 <= at < len(self._found.in_general) else None

    def _explain(self) -> None:
        one = self.chosen()
        text = "" if one is None else self._window.commands.kits.story_text(self._row, one)
        nothing = "Nothing: in every story that was played, both begin and end the same sessions."
        self.about.setText(nothing if one is None else harmless(one.text, 400))
        self.story.setPlainText(text)
        for button in (self.open_button, self.copy_button):
            button.setEnabled(bool(text))
            button.setToolTip("" if text else "The rule is written in the scenario: give it a name in a kit file")

    def open_story(self) -> None:
        """Play the story in a new run, in which the kit's lane shows it."""
        one = self.chosen()
        if one is not None and self.open_button.isEnabled():
            self.accept()
            self._play(one)
