"""Named colours, light and dark, and how they become a Qt palette and one style sheet.

Everything drawn asks for a name (``color("countdown")``), never for a value. Colours that carry meaning
come from a set that colour-blind people can tell apart, and are always doubled by a shape or a word.
"""

from typing import Literal, TypeAlias

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

Mode: TypeAlias = Literal["system", "light", "dark"]
_FUSION = "inspectorFusion"
MIN_TEXT_PERCENT, MAX_TEXT_PERCENT = 80, 200


class Theme(msgspec.Struct, frozen=True):
    """One set of tokens, ``#rrggbb`` each. ``on_*`` is text upon that colour."""

    name: str
    window: str
    panel: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    foreground: str
    background: str
    suspended: str
    session_a: str
    session_b: str
    ghost_a: str
    ghost_b: str
    kit_a: str
    kit_b: str
    differs: str
    on_span: str
    countdown: str
    expired: str
    force_quit: str
    manual: str
    event: str
    notify_begin: str
    notify_end: str
    warn: str
    error: str
    selection: str
    now: str
    grid: str


DARK = Theme(
    name="dark",
    window="#14171b",
    panel="#1b1f25",
    raised="#242932",
    border="#323843",
    text="#e3e7ee",
    muted="#99a2b1",
    accent="#62a0fb",
    on_accent="#0b1220",
    foreground="#4fb584",
    background="#d0993f",
    suspended="#98a4b8",
    session_a="#67a3f8",
    session_b="#a391ff",
    ghost_a="#3d4d66",
    ghost_b="#4b4670",
    kit_a="#6e4660",
    kit_b="#5c3f55",
    differs="#ff7b7b",
    on_span="#0b1220",
    countdown="#ffcb66",
    expired="#f2935c",
    force_quit="#ff7b7b",
    manual="#e0cf4d",
    event="#c9d0db",
    notify_begin="#47c38a",
    notify_end="#ff7b7b",
    warn="#ffcb66",
    error="#ff8585",
    selection="#1f3050",
    now="#ffffff",
    grid="#262b33",
)
LIGHT = Theme(
    name="light",
    window="#f4f6f9",
    panel="#ffffff",
    raised="#eceff4",
    border="#cdd4de",
    text="#1a1f27",
    muted="#555e6c",
    accent="#0a5cc4",
    on_accent="#ffffff",
    foreground="#0a6b4b",
    background="#925300",
    suspended="#565f6e",
    session_a="#1a5fbd",
    session_b="#6547d1",
    ghost_a="#c2d3ec",
    ghost_b="#d2caf1",
    kit_a="#efc9dc",
    kit_b="#e4b9d3",
    differs="#b8214f",
    on_span="#ffffff",
    countdown="#855300",
    expired="#a84000",
    force_quit="#b8214f",
    manual="#6b5c00",
    event="#3b4454",
    notify_begin="#0a6b4b",
    notify_end="#b8214f",
    warn="#855300",
    error="#b3201f",
    selection="#d3e3fb",
    now="#11161d",
    grid="#e1e6ed",
)
_state: dict[str, Theme] = {"current": DARK}
_colors: dict[tuple[str, str], QColor] = {}


def current() -> Theme:
    """Return the theme in force."""
    return _state["current"]


def color(name: str) -> QColor:
    """Return the colour of a token in the theme in force; raises AttributeError for no such token."""
    theme = _state["current"]
    key = (theme.name, name)
    found = _colors.get(key)
    if found is None:
        found = _colors[key] = QColor(getattr(theme, name))
    return found


def application() -> QApplication:
    """Return the application, made in the style that the themes are drawn for."""
    # By argument: a call of setStyle would load all of QStyle, which the first paint can do without.
    app = QApplication(["session-inspector", "-style", "fusion"])
    app.setProperty(_FUSION, True)
    return app


def resolve(app: QApplication, mode: Mode) -> Theme:
    """Return the theme that a mode means now: the system's where it tells one, else dark."""
    if mode == "light":
        return LIGHT
    if mode == "dark":
        return DARK
    return LIGHT if app.styleHints().colorScheme() == Qt.ColorScheme.Light else DARK


def apply(app: QApplication, mode: Mode, text_percent: int = 100) -> Theme:
    """Dress the application in the theme of ``mode`` at a text size in percent; return the theme."""
    theme = prepare(app, mode, text_percent)
    finish(app, text_percent)
    return theme


def finish(app: QApplication, text_percent: int = 100) -> None:
    """Apply the style sheet: last, as every widget built under one is measured against it again and again."""
    from inspector.desktop.stylesheet import stylesheet

    percent = min(max(text_percent, MIN_TEXT_PERCENT), MAX_TEXT_PERCENT)
    app.setStyleSheet(stylesheet(current(), percent))


def prepare(app: QApplication, mode: Mode, text_percent: int = 100) -> Theme:
    """Set all of a theme but the style sheet: colours, palette, font."""
    theme = resolve(app, mode)
    _state["current"] = theme
    if not app.property(_FUSION):
        app.setStyle("Fusion")
        app.setProperty(_FUSION, True)
    app.setPalette(palette(theme))
    percent = min(max(text_percent, MIN_TEXT_PERCENT), MAX_TEXT_PERCENT)
    app.setFont(text_font(percent))
    return theme


def base_point_size() -> float:
    """Return the system's own text size in points, within what a dense window can use."""
    size = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).pointSizeF()
    return min(max(size, 9.0), 12.0) if size > 0 else 9.5


def text_font(percent: int = 100) -> QFont:
    """Return the window's text font at a size in percent."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPointSizeF(base_point_size() * percent / 100)
    return font


def mono_font(scale: float = 1.0) -> QFont:
    """Return the font of times, ids and JSON: digits of one width, ``scale`` of the text size in force."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPointSizeF(QApplication.font().pointSizeF() * scale)
    return font


def palette(theme: Theme) -> QPalette:
    """Return the Qt palette of a theme (the platform's own is not dark everywhere)."""
    made = QPalette()
    roles = QPalette.ColorRole
    for role, token in (
        (roles.Window, theme.panel),
        (roles.WindowText, theme.text),
        (roles.Base, theme.window),
        (roles.AlternateBase, theme.panel),
        (roles.Text, theme.text),
        (roles.Button, theme.raised),
        (roles.ButtonText, theme.text),
        (roles.BrightText, theme.error),
        (roles.ToolTipBase, theme.raised),
        (roles.ToolTipText, theme.text),
        (roles.PlaceholderText, theme.muted),
        (roles.Highlight, theme.accent),
        (roles.HighlightedText, theme.on_accent),
        (roles.Link, theme.accent),
        (roles.LinkVisited, theme.accent),
        (roles.Light, theme.raised),
        (roles.Midlight, theme.border),
        (roles.Mid, theme.border),
        (roles.Dark, theme.border),
        (roles.Shadow, theme.window),
        (roles.Accent, theme.accent),
    ):
        made.setColor(role, QColor(token))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.muted))
    return made


def contrast(one: str, other: str) -> float:
    """Return the contrast of two ``#rrggbb`` colours after WCAG, 1 to 21."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(value: str) -> float:
    parts = [int(value[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
