"""A random hand at the window: real events of mouse, wheel and keyboard, seeded; it never leaves the program.

What it does: types filters and clears them, zooms, pans and clicks in the timeline, scrolls, clicks and hovers in
rows, changes tabs, uses commands of the table by their keys or actions, opens dialogs and closes them, changes
theme, text size and the window's size.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QDialog, QLineEdit, QWidget

from inspector.desktop.window import Window

FILTERS = (
    "level:warn",
    "kind:timer",
    "session:3",
    "-kit event",
    "is:rejected",
    "cause:31",
    "/Ev.*1/",
    "basket | home",
    "session:2 -kind:event",
    "kind:",
    '"two words',
)
# Commands that neither leave the program nor ask for a file, nor hold time. Lanes are added and taken by none.
COMMANDS = (
    *("timeline.in", "timeline.out", "timeline.left", "timeline.right", "timeline.fit", "timeline.previous"),
    *("timeline.next", "timeline.clear", "timeline.fit_selection", "timeline.follow", "timeline.follow"),
    *("log.pause", "log.cause", "log.effect", "log.trouble", "log.trouble_before", "log.times"),
    *("view.controls", "view.timeline", "view.log", "view.notifications", "view.sessions", "view.outgoing"),
    *("view.partners", "view.observed", "view.details", "view.show_controls", "view.show_details"),
    *("view.larger", "view.smaller", "view.normal", "view.normal", "view.theme_next"),
    *("session.explain", "session.repeat_event", "whatif.next", "whatif.previous", "whatif.longer"),
    *("whatif.shorter", "kit.next", "kit.previous", "kit.next_disagreement", "kit.previous_disagreement"),
    *("kit.match", "kit.ship"),
)
DIALOGS = (
    *("view.palette", "help.keys", "profile.rules", "profile.differences", "profile.device", "kit.differs"),
    *("time.probe_table", "file.collect", "file.samples", "session.event", "session.screen", "kit.add"),
    *("whatif.timeout", "session.login", "session.attribute"),
)
SIZES = ((1280, 800), (1100, 700), (1400, 880), (900, 640))
_LEFT = Qt.MouseButton.LeftButton


class Hand:
    """Does one thing after the other until ``stop``; ``acts`` counts what it did."""

    def __init__(self, window: Window, seed: int, *, least_ms: int = 80, most_ms: int = 400) -> None:
        self.window = window
        self.acts: Counter[str] = Counter()
        self._dice = random.Random(seed)
        self._pace = least_ms, most_ms
        self._typing = ""
        self._timer = QTimer(window)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._act)
        self._weights: dict[Callable[[], None], int] = {
            self._filter: 3,
            self._unfilter: 2,
            self._wheel_timeline: 6,
            self._drag_timeline: 2,
            self._click_timeline: 2,
            self._wheel_rows: 4,
            self._click_row: 3,
            self._scroll_bar: 2,
            self._hover: 3,
            self._tab: 3,
            self._command: 8,
            self._dialog: 1,
            self._resize: 1,
        }

    def start(self) -> None:
        """Begin."""
        self._timer.start(self._dice.randrange(*self._pace))

    def stop(self) -> None:
        """Leave off."""
        self._timer.stop()

    def _act(self) -> None:
        if self._typing:
            self._type_on()
        elif self._close_dialogs():
            self.acts["close a dialog"] += 1
        else:
            (act,) = self._dice.choices(list(self._weights), list(self._weights.values()))
            self.acts[act.__name__.strip("_").replace("_", " ")] += 1
            act()
        self.start()

    # --- filters -----------------------------------------------------------------------------------------

    def _filter(self) -> None:
        self.window.actions_["log.filter"].trigger()
        self._typing = self._dice.choice(FILTERS)

    def _type_on(self) -> None:
        field = QApplication.focusWidget()
        if not isinstance(field, QLineEdit) or field.window() is not self.window:
            self._typing = ""
            return
        letter, self._typing = self._typing[0], self._typing[1:]
        QTest.keyClick(field, letter)
        if not self._typing:
            QTest.keyClick(field, Qt.Key.Key_Escape if self._dice.random() < 0.3 else Qt.Key.Key_Return)

    def _unfilter(self) -> None:
        log = self.window.log
        if log is not None and log.filter.text():
            log.filter.set_text("")

    # --- timeline ----------------------------------------------------------------------------------------

    def _view(self) -> QWidget:
        timeline = self.window.timeline
        assert timeline is not None
        return timeline.scene.viewport()

    def _wheel_timeline(self) -> None:
        self._wheel(self._view(), self._dice.choice((-240, -120, 120, 240)), shift=self._dice.random() < 0.2)

    def _drag_timeline(self) -> None:
        view = self._view()
        at, to = self._point(view), self._point(view)
        keys = Qt.KeyboardModifier.ShiftModifier if self._dice.random() < 0.3 else Qt.KeyboardModifier.NoModifier
        QTest.mousePress(view, _LEFT, keys, at)
        for part in (0.3, 0.6, 1.0):
            QTest.mouseMove(view, QPoint(round(at.x() + (to.x() - at.x()) * part), at.y()))
        QTest.mouseRelease(view, _LEFT, keys, to)

    def _click_timeline(self) -> None:
        click = QTest.mouseDClick if self._dice.random() < 0.3 else QTest.mouseClick
        view = self._view()
        click(view, _LEFT, Qt.KeyboardModifier.NoModifier, self._point(view))

    # --- rows --------------------------------------------------------------------------------------------

    def _areas(self) -> list[QAbstractScrollArea]:
        """Return what scrolls in the tab on view, and the panes at the sides."""
        pane = self.window.middle.tabs.currentWidget()
        places: list[QWidget] = [self.window.controls, self.window.details]
        places += [pane] if pane is not None else []
        found = [area for place in places for area in place.findChildren(QAbstractScrollArea)]
        found += [place for place in places if isinstance(place, QAbstractScrollArea)]
        return [area for area in found if area.isVisible() and area.viewport().width() > 4]

    def _wheel_rows(self) -> None:
        areas = self._areas()
        if areas:
            self._wheel(self._dice.choice(areas).viewport(), self._dice.choice((-360, -120, 120, 360)))

    def _scroll_bar(self) -> None:
        areas = self._areas()
        if areas:
            bar = self._dice.choice(areas).verticalScrollBar()
            bar.setValue(self._dice.randint(bar.minimum(), max(bar.minimum(), bar.maximum())))

    def _click_row(self) -> None:
        pane = self.window.middle.tabs.currentWidget()
        areas = [] if pane is None else [a for a in self._areas() if pane.isAncestorOf(a)]
        if areas:
            view = self._dice.choice(areas).viewport()
            QTest.mouseClick(view, _LEFT, Qt.KeyboardModifier.NoModifier, self._point(view))

    def _hover(self) -> None:
        areas = [area.viewport() for area in self._areas()]
        view = self._dice.choice([*areas, self._view()])
        for _ in range(3):
            QTest.mouseMove(view, self._point(view))

    # --- the rest ----------------------------------------------------------------------------------------

    def _tab(self) -> None:
        bar = self.window.middle.tabs.tabBar()
        at = bar.tabRect(self._dice.randrange(bar.count())).center()
        QTest.mouseClick(bar, _LEFT, Qt.KeyboardModifier.NoModifier, at)

    def _command(self) -> None:
        action = self.window.actions_[self._dice.choice(COMMANDS)]
        if action.isEnabled():
            action.trigger()

    def _dialog(self) -> None:
        action = self.window.actions_[self._dice.choice(DIALOGS)]
        if action.isEnabled():
            action.trigger()

    def _close_dialogs(self) -> bool:
        """Close what is open, with Esc; return whether anything was."""
        found = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
        for dialog in found:
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            if dialog.isVisible():
                dialog.reject()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        return bool(found) or popup is not None

    def _resize(self) -> None:
        self.window.resize(*self._dice.choice(SIZES))

    def _point(self, widget: QWidget) -> QPoint:
        return QPoint(self._dice.randrange(max(1, widget.width())), self._dice.randrange(max(1, widget.height())))

    def _wheel(self, widget: QWidget, by: int, *, shift: bool = False) -> None:
        at = QPointF(self._point(widget))
        event = QWheelEvent(
            at,
            QPointF(widget.mapToGlobal(at.toPoint())),
            QPoint(),
            QPoint(0, by),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)
