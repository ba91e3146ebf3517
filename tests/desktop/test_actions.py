from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from inspector.desktop.actions import ACTIONS, BY_ID, MENUS, key_table_markdown, key_text, matches
from inspector.desktop.cheatsheet import CheatSheet
from inspector.desktop.palette import CommandPalette, ranked
from tests.desktop.window_support import Bench

# The offscreen plugin of Qt says so of every dialog.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise)")


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_every_row_is_whole() -> None:
    assert len(BY_ID) == len(ACTIONS)
    for row in ACTIONS:
        assert row.menu in MENUS
        assert row.title
        assert row.description
        assert re.fullmatch(r"[a-z]+\.[a-z_0-9]+", row.id)
        assert (row.short or row.title).strip()


def test_no_two_commands_share_a_key() -> None:
    keys = [QKeySequence(text).toString() for row in ACTIONS for text in row.keys]
    assert "" not in keys
    assert len(keys) == len(set(keys))


def test_every_command_has_its_method(bench: Bench) -> None:
    for row in ACTIONS:
        assert callable(bench.window.commands.method(row.callback))
        assert isinstance(bench.window.commands.why_not(row), str)
        if row.checked:
            assert isinstance(bench.window.commands.is_on(row), bool)


def test_menus_hold_every_command(bench: Bench) -> None:
    window = bench.show(ready=True)
    held = {
        action.objectName()
        for entry in window.menu_bar.actions()
        for action in entry.menu().actions()  # type: ignore[union-attr]
        if action.objectName()
    }
    assert held == set(BY_ID)


def test_key_table_is_made_of_the_table() -> None:
    table = key_table_markdown()
    for row in ACTIONS:
        if row.keys:
            assert f"| {row.menu} | {row.title} | `{key_text(row.keys[0])}`" in table
    assert key_text("Ctrl++") == "Ctrl++"
    assert key_text("Alt+Left") == "Alt+←"


def test_few_letters_find_a_command() -> None:
    assert ranked("fq")[0].id == "app.force_quit"
    assert ranked("verify")[0].id == "file.verify"
    assert ranked("zzzz") == []
    assert len(ranked("")) == len(ACTIONS)
    assert matches(BY_ID["app.crash"], "crsh") > 0


def test_palette_finds_does_and_explains(bench: Bench) -> None:
    bench.show()
    bench.key("Ctrl+Shift+P")
    palette = bench.dialog()
    assert isinstance(palette, CommandPalette)
    bench.qtbot.keyClicks(palette.field, "foreg")
    assert palette.about.text() == "Not now: the app is not running"
    palette.field.setText("launch")
    bench.qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    bench.qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    bench.qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert bench.verbs() == ["launch"]


def test_cheat_sheet_opens_with_every_command(bench: Bench) -> None:
    from PySide6.QtWidgets import QLabel

    bench.show()
    bench.key("F1")
    sheet = bench.dialog()
    assert isinstance(sheet, CheatSheet)
    words = {label.text() for label in sheet.findChildren(QLabel)}
    assert {row.title for row in ACTIONS if row.keys} <= words
    sheet.close()
