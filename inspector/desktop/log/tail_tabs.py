"""Tabs of foreign log files beside the log's own tab: opened once a file, closed by their own button."""

from pathlib import Path

from PySide6.QtWidgets import QTabBar, QTabWidget, QToolButton, QWidget

from inspector.desktop.document import Document
from inspector.desktop.log.painting import plain_tip
from inspector.desktop.log.tail_pane import TailPane
from inspector.views.text import harmless

TITLE_CHARS = 24


def tail_beside(pane: QWidget, document: Document, path: Path) -> TailPane:
    """Return the pane that follows ``path``: a tab of the tabs that ``pane`` is in, if it is in any.

    A file that has a tab already gets no second one.
    """
    tabs = _tabs_of(pane)
    if tabs is None:
        return TailPane(document, path)
    for at in range(tabs.count()):
        known = tabs.widget(at)
        if isinstance(known, TailPane) and known.path == Path(path):
            tabs.setCurrentWidget(known)
            return known
    tail = TailPane(document, path, tabs)
    # An ampersand would make a shortcut of the letter after it.
    at = tabs.addTab(tail, harmless(tail.path.name, TITLE_CHARS).replace("&", "&&"))
    tabs.setTabToolTip(at, plain_tip(harmless(str(path), 500)))
    button = QToolButton(tabs)
    button.setText("×")
    button.setAutoRaise(True)
    button.setToolTip("Close this log file")
    button.setAccessibleName(f"Close {harmless(tail.path.name, 80)}")
    button.clicked.connect(lambda: _close(tabs, tail))
    tabs.tabBar().setTabButton(at, QTabBar.ButtonPosition.RightSide, button)
    tabs.setCurrentWidget(tail)
    return tail


def _tabs_of(pane: QWidget) -> QTabWidget | None:
    parent = pane.parentWidget()
    while parent is not None and not isinstance(parent, QTabWidget):
        parent = parent.parentWidget()
    return parent if isinstance(parent, QTabWidget) and parent.indexOf(pane) >= 0 else None


def _close(tabs: QTabWidget, tail: TailPane) -> None:
    at = tabs.indexOf(tail)
    if at >= 0:
        tabs.removeTab(at)
        tail.close_file()
        tail.deleteLater()
