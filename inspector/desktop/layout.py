"""Where the window and its panes were, kept in the settings."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QApplication

from inspector.desktop.menus import first_key, short_text
from inspector.desktop.widgets import CommandButton

if TYPE_CHECKING:
    from PySide6.QtCore import QByteArray

    from inspector.desktop.timeline import TimelinePane
    from inspector.desktop.window import Window

_MOVED = "movedByHand"
_FRAME = QSize(16, 48)  # what the system may put around a window; how much it is, it tells only afterwards
VERSION = 1  # of the set of panes; another one makes Qt forget what it knew


def remember(window: Window) -> str:
    """Write size and layout into the settings and save them; return what went wrong, and log it."""
    settings = window.settings
    settings["geometry"] = _text(window.saveGeometry())
    settings["layout"] = _text(window.saveState(VERSION))
    if window.middle.property(_MOVED):
        settings["split"] = _text(window.middle.saveState())
    if problem := settings.save():
        logging.getLogger("inspector").info("%s", problem)
    return problem


def restore(window: Window) -> None:
    """Give a new window the size and layout of the last one."""
    settings = window.settings
    room = window.screen().availableSize() - _FRAME
    window.resize(QSize(1280, 800).boundedTo(room))
    if settings["geometry"]:
        window.restoreGeometry(_bytes(settings["geometry"]))
    if settings["layout"]:
        window.restoreState(_bytes(settings["layout"]), VERSION)
    if settings["split"]:
        window.middle.restoreState(_bytes(settings["split"]))
        window.middle.setProperty(_MOVED, True)
    window.middle.splitterMoved.connect(lambda *_at: window.middle.setProperty(_MOVED, True))


def furnish(window: Window, timeline: TimelinePane) -> None:
    """Give a timeline just built what the window has for it: ways to begin, what-ifs, its share of the height."""
    from inspector.desktop.timeline.ghost_lanes import GhostLanes
    from inspector.desktop.timeline.kit_lanes import KitLanes

    timeline.chip.hide()  # the log's chip speaks for both
    GhostLanes(window.what_ifs, timeline)
    KitLanes(window.kits, timeline)
    for name in ("app.launch", "file.samples"):
        timeline.empty.offer(CommandButton(window.actions_[name], short_text(name), first_key(name)))
    timeline.lanes_changed.connect(lambda: share_height(window, timeline))
    window.document.themed.connect(lambda _theme: share_height(window, timeline))
    window.middle.setStretchFactor(0, 0)  # what a larger window brings goes to the log
    share_height(window, timeline)


def share_height(window: Window, timeline: TimelinePane) -> None:
    """Give the timeline the height its lanes can use, at most half; once a person moved the split, it stays."""
    whole = sum(window.middle.sizes())
    if not window.middle.property(_MOVED) and whole:
        lanes = round(timeline.scene.most_height()) + timeline.overview.sizeHint().height()
        wanted = min(lanes, whole // 2)
        window.middle.setSizes([wanted, whole - wanted])


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")


def _bytes(text: str) -> QByteArray:
    from PySide6.QtCore import QByteArray

    return QByteArray.fromBase64(QByteArray(text.encode("ascii", "replace")))


def fit_panes(window: Window) -> None:
    """Give the side panes the width they need, and the rest to the timeline."""
    controls, details = window.controls, window.details
    for pane in (controls, details):
        pane.updateGeometry()  # a scroll area does not tell by itself that what it holds needs other room
    QApplication.sendPostedEvents(window, QEvent.Type.LayoutRequest.value)
    least = max(details.minimumSizeHint().width(), round(window.width() * 0.24))
    widths = [controls.sizeHint().width(), min(least, details.sizeHint().width())]
    docks = [window.panes["controls"], window.panes["details"]]
    window.resizeDocks(docks, widths, Qt.Orientation.Horizontal)
