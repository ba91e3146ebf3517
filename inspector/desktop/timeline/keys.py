"""What a key means while the timeline has the keyboard; the window's own shortcuts come first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from inspector.desktop.timeline.pane import TimelinePane


def press(pane: TimelinePane, event: QKeyEvent) -> bool:
    """Do what a key means for a pane; return whether it means anything."""
    keys = Qt.Key
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    step = 1.0 if shift else 0.2
    match event.key():
        case keys.Key_Left:
            pane.pan(-step)
        case keys.Key_Right:
            pane.pan(step)
        case keys.Key_Plus | keys.Key_Equal:
            pane.zoom(2.0)
        case keys.Key_Minus:
            pane.zoom(0.5)
        case keys.Key_Home:
            pane.fit()
        case keys.Key_End:
            pane.follow()
        case keys.Key_F:
            pane.fit_selection()
        case keys.Key_Period:
            pane.select_next(1)
        case keys.Key_Comma:
            pane.select_next(-1)
        case keys.Key_Up:
            pane.groups.choose_next(-1)
        case keys.Key_Down:
            pane.groups.choose_next(1)
        case keys.Key_PageUp:
            pane.scene.scroller.by(-pane.scene.scroller.pageStep())
        case keys.Key_PageDown:
            pane.scene.scroller.by(pane.scene.scroller.pageStep())
        case keys.Key_Escape if pane.document.selection.range_ms is not None:
            pane.clear_range()
        case _:
            return False
    return True
