from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from inspector.desktop import theme
from inspector.desktop.stylesheet import stylesheet
from inspector.desktop.theme import DARK, LIGHT, Theme, contrast
from tests.desktop.window_support import Bench

# The offscreen plugin of Qt says so of every dialog.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise)")

TEXTS = [
    *("text", "muted", "accent", "foreground", "background", "suspended", "session_a", "session_b", "countdown"),
    *("expired", "force_quit", "manual", "event", "notify_begin", "notify_end", "warn", "error", "now"),
]
THEMES = pytest.mark.parametrize("one", [DARK, LIGHT], ids=["dark", "light"])


@THEMES
@pytest.mark.parametrize("ground", ["window", "panel", "raised", "selection"])
def test_text_can_be_read(one: Theme, ground: str) -> None:
    for name in TEXTS:
        assert contrast(getattr(one, name), getattr(one, ground)) >= 4.5, name


@THEMES
def test_text_on_colour_can_be_read(one: Theme) -> None:
    assert contrast(one.on_accent, one.accent) >= 4.5
    for name in ("foreground", "background", "suspended", "session_a", "session_b"):
        assert contrast(one.on_span, getattr(one, name)) >= 4.5, name


@THEMES
def test_tokens_are_colours(one: Theme) -> None:
    for name in one.__struct_fields__:
        if name != "name":
            assert QColor(getattr(one, name)).name() == getattr(one, name)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@THEMES
@pytest.mark.parametrize("percent", [80, 100, 200])
def test_style_sheet_is_complete(one: Theme, percent: int) -> None:
    assert "$" not in stylesheet(one, percent)


def test_switching_repaints_with_other_colours(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    told: list[Theme] = []
    bench.document.themed.connect(told.append)
    window = bench.show(ready=True)
    for wanted in ("light", "dark"):
        bench.window.commands.set_theme(wanted)
        assert theme.current().name == wanted
        assert told[-1] is theme.current()
        panel = window.grab().toImage().pixelColor(4, window.height() - 60)
        assert panel == theme.color("panel")
        assert window.actions_[f"view.theme_{wanted}"].isChecked()
    bench.key("Ctrl+Shift+D")
    assert theme.current() is LIGHT


@pytest.mark.parametrize("percent", [80, 100, 150, 200])
@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_nothing_is_cut_at_any_text_size(qtbot: QtBot, percent: int, size: tuple[int, int]) -> None:
    bench = Bench(qtbot)
    bench.settings["text_percent"] = percent
    bench.window.dress()
    bench.window.resize(*size)
    bench.away()
    window = bench.show(ready=True)
    bench.document.selection.seq = 2
    bench.window.banners.show_message("The inspector was killed with session 51D8A6 open.", "warn")
    app = QApplication.instance()
    assert app is not None
    for _ in range(3):
        app.processEvents()
    for pane in (window.header, window.controls, window.details, window.banners):
        for widget in pane.findChildren(QWidget):
            if widget.isVisibleTo(window) and type(widget).__name__ in (
                "CommandButton",
                "Switch",
                "QLabel",
                "Clock",
            ):
                needed = widget.minimumSizeHint()
                assert widget.height() >= min(needed.height(), 60), (
                    type(widget).__name__,
                    widget.accessibleName(),
                )
                if not getattr(widget, "wordWrap", lambda: False)():
                    assert widget.width() >= needed.width() - 1, (type(widget).__name__, widget.accessibleName())
    assert window.header.geometry().right() <= window.width()


def test_system_mode_follows_the_system(qapp: QApplication) -> None:
    assert theme.resolve(qapp, "light") is LIGHT
    assert theme.resolve(qapp, "dark") is DARK
    assert theme.resolve(qapp, "system") in (LIGHT, DARK)
