"""The table of commands made into Qt actions and menus."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from inspector.desktop.actions import ACTIONS, BY_ID, MENUS, REPEATING, Action, key_text

if TYPE_CHECKING:
    from PySide6.QtGui import QKeySequence

    from inspector.desktop.commands import Commands


class ActionSet(QObject):
    """All actions of a window. ``refresh`` asks again what can be done and why not.

    Until ``complete()`` there are only those that a button on view asked for, and none has its keys.
    """

    def __init__(self, window: QWidget, commands: Commands) -> None:
        super().__init__(window)
        self._window = window
        self._commands = commands
        self.by_id: dict[str, QAction] = {}
        self._changing: list[tuple[Action, QAction]] = []
        self._said: dict[str, str | None] = {}  # why not, as each action says it now

    def complete(self) -> None:
        """Make what the first paint can do without: the actions not on view, and the keys of all."""
        from PySide6.QtGui import QKeySequence

        for row in ACTIONS:
            action = self[row.id]
            if row.keys:
                action.setShortcuts([QKeySequence(keys) for keys in row.keys])
                action.setAutoRepeat(row.callback in REPEATING)

    def _make(self, row: Action) -> QAction:
        action = QAction(self._window)  # with a title here, Qt would load all of QIcon
        action.setText(row.title)
        action.setObjectName(row.id)
        if row.checked:
            action.setCheckable(True)
        action.triggered.connect(self._doer(row))
        self._window.addAction(action)
        self.by_id[row.id] = action
        self._said[row.id] = None
        self._refresh(row, action, self._commands.why_not(row))
        if row.when or row.checked:
            self._changing.append((row, action))
        return action

    def _doer(self, row: Action) -> Callable[[], None]:
        def do() -> None:
            self.trigger(row)

        return do

    def __getitem__(self, name: str) -> QAction:
        """Return the action of an id; raises KeyError for none."""
        found = self.by_id.get(name)
        return self._make(BY_ID[name]) if found is None else found

    def trigger(self, row: Action) -> None:
        """Do a command, or say why it cannot be done."""
        why = self._commands.why_not(row)
        if why:
            self._commands.say(f"{row.title}: {why}")
        else:
            method = self._commands.method(row.callback)
            method() if row.argument is None else method(row.argument)
        self.refresh()

    def refresh(self) -> None:
        """Enable what can be done now; the others say why not in tool tip and status tip."""
        if self._commands.document.opening:
            return  # ``played`` comes once all panes know of the run
        reasons: dict[str, str] = {}
        for row, action in self._changing:
            if row.when not in reasons:
                reasons[row.when] = self._commands.why_not(row)
            self._refresh(row, action, reasons[row.when])

    def _refresh(self, row: Action, action: QAction, why: str) -> None:
        """Say why not, and whether it is on; Qt is only told what changed, for this comes with every entry."""
        if self._said[row.id] != why:
            self._said[row.id] = why
            tip = f"{row.description}{f' ({key_text(row.keys[0])})' if row.keys else ''}"
            if why:
                tip = f"Not now: {why}"
            action.setToolTip(tip)
            action.setStatusTip(tip)
            action.setEnabled(not why)
        if row.checked:
            on = self._commands.is_on(row)
            if action.isChecked() != on:  # asked of the action: Qt itself switches it when it is clicked
                action.setChecked(on)

    def dress(self) -> None:
        """Draw the icons in the colours in force; not before the first paint, they are read from files."""
        from inspector.desktop.icons import icon

        for row in ACTIONS:
            if row.icon:
                self.by_id[row.id].setIcon(icon(row.icon))

    def row_of_key(self, keys: QKeySequence) -> Action | None:
        """Return the command of a key, also of one that cannot be done now."""
        from PySide6.QtGui import QKeySequence

        for row in ACTIONS:
            if any(QKeySequence(text) == keys for text in row.keys):
                return row
        return None


def fill(bar: QMenuBar, actions: ActionSet, extra: dict[str, Callable[[QMenu], None]]) -> None:
    """Fill the menus of a bar; ``extra`` puts further entries after the action of that id."""
    for name, entry in zip(MENUS, bar.actions(), strict=True):
        menu = entry.menu()
        assert isinstance(menu, QMenu)
        menu.setToolTipsVisible(True)
        group = 0
        for row in ACTIONS:
            if row.menu != name:
                continue
            if row.group != group:
                menu.addSeparator()
                group = row.group
            menu.addAction(actions[row.id])
            if row.id in extra:
                extra[row.id](menu)


def short_text(name: str) -> str:
    """Return the text of a command on a button."""
    row = BY_ID[name]
    return row.short or row.title


def first_key(name: str) -> str:
    """Return the first key of a command as people read it, or nothing."""
    keys = BY_ID[name].keys
    return key_text(keys[0]) if keys else ""
