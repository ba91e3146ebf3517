"""The window: controls left, timeline above log, countdown and details right. No rules of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDockWidget,
    QMainWindow,
    QMenuBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from inspector.desktop import layout, theme
from inspector.desktop.actions import MENUS
from inspector.desktop.background import Task
from inspector.desktop.banner import Banners
from inspector.desktop.commands import Commands
from inspector.desktop.controls import Controls
from inspector.desktop.details import Details
from inspector.desktop.document import Document
from inspector.desktop.header import HeaderBar
from inspector.desktop.kits import Kits
from inspector.desktop.menus import ActionSet, fill
from inspector.desktop.middle import Middle
from inspector.desktop.observed.room import ObservedRoom
from inspector.desktop.preparing import Panes, Steps, import_plots, prepare_views
from inspector.desktop.settings import Settings
from inspector.desktop.status import StatusBar
from inspector.desktop.what_if import WhatIfs
from inspector.engine.profiles import PROFILE_NAMES
from inspector.views.harmless import harmless

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QCloseEvent,
        QDragEnterEvent,
        QDropEvent,
        QEnterEvent,
        QHideEvent,
        QKeyEvent,
        QPaintEvent,
        QResizeEvent,
        QShowEvent,
    )

    from inspector.desktop.log import LogPane, NotificationsPane
    from inspector.desktop.timeline import TimelinePane
    from inspector.views.picture import Picture

SAY_MS = 8000
AFTER_PAINT_MS = 5  # long enough for the frame to be on screen


class Window(QMainWindow):
    """The main window of a document. ``timeline``, ``log`` and ``notifications`` exist once ``ready`` is true."""

    def __init__(self, document: Document, settings: Settings) -> None:
        super().__init__()
        self.document = document
        self.settings = settings
        self.what_ifs = WhatIfs(document, settings)  # before all that is told of the document after it
        self.kits = Kits(document, settings)
        self.middle = Middle(document)
        self.observed = ObservedRoom(document, self)
        self.middle.observe(self.observed)
        self.observed.failed.connect(self.say)
        self.on_painted: list[Callable[[], None]] = []
        self.on_ready: list[Callable[[], None]] = []
        self._heavy: Task | None = None
        self._steps: Steps | Panes | None = None
        self._painted = False
        self._fitted = bool(settings["layout"])
        self._completed = False
        self.panes: dict[str, QDockWidget] = {}
        self.setWindowTitle("Session Inspector")
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self.setMinimumSize(480, 320)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()
        self.setDockNestingEnabled(False)
        self.banners = Banners()
        self.commands = Commands(self)
        self.files = self.commands.files
        self.actions_ = ActionSet(self, self.commands)
        self._build_top()
        self.setCentralWidget(self.middle)
        self.controls = Controls(document, self.actions_)
        self.details = Details(document)
        self._dock("controls", "Controls", self.controls, Qt.DockWidgetArea.LeftDockWidgetArea)
        self._dock("details", "Details", self.details, Qt.DockWidgetArea.RightDockWidgetArea)
        self.status = StatusBar(document, self.files.cancel)
        self.setStatusBar(self.status)
        document.grew.connect(self._grew)
        document.replaced.connect(self._replaced)
        document.played.connect(self.actions_.refresh)
        document.failed.connect(lambda text: self.banners.show_message(text, "error"))
        document.selection.seq_changed.connect(self.actions_.refresh)
        document.selection.follow_changed.connect(self.actions_.refresh)
        self.what_ifs.changed.connect(self.actions_.refresh)
        self.kits.changed.connect(self.actions_.refresh)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        layout.restore(self)
        self._replaced()

    # --- parts ---------------------------------------------------------------------------------------

    def _build_top(self) -> None:
        top = QWidget()
        top.setProperty("role", "pane")
        box = QVBoxLayout(top)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        bar = QMenuBar()
        for name in MENUS:
            bar.addMenu(f"&{name}")
        self.menu_bar = bar
        box.addWidget(bar)
        self.header = HeaderBar(self.document, self.actions_)
        box.addWidget(self.header)
        box.addWidget(self.banners)
        self.setMenuWidget(top)

    def _dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> None:
        dock = QDockWidget(title)
        dock.setObjectName(name)
        dock.setTitleBarWidget(QWidget())
        dock.setWidget(widget)
        dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        self.addDockWidget(area, dock)
        self.panes[name] = dock

    # --- after the first paint -----------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to prepare timeline and log once the window has been painted."""
        super().showEvent(event)
        self.document.set_visible(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Go on once the window has been painted for the first time."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(AFTER_PAINT_MS, self, self._after_paint)

    def _after_paint(self) -> None:
        for callback in self.on_painted:
            callback()
        self.on_painted.clear()
        self._complete()
        if not self.ready and self._heavy is None:
            run = self.document.run
            upto = len(run.journal)
            self._heavy = Task(lambda: prepare_views(run, upto), self)
            self._heavy.done.connect(self._import_plots)
            self._heavy.failed.connect(self._no_panes)
            self._heavy.start()

    def _complete(self) -> None:
        """Build what the first paint can do without: lower controls, menus, session, entry."""
        if not self._completed:
            from inspector.desktop.icons import program_icon
            from inspector.desktop.kit_panel import KitPanel
            from inspector.desktop.watch import watch
            from inspector.desktop.what_if_panel import WhatIfPanel

            self._completed = True
            self.controls.add_section("What if", WhatIfPanel(self.what_ifs, self.actions_))
            self.controls.add_section("Kits", KitPanel(self.kits, self.actions_))
            self.actions_.complete()
            self.details.complete()
            self.details.entry.why.what_if = self.commands.what_ifs.show_flip
            self.details.entry.why.rule_asked.connect(self.commands.show_rule)
            self.details.entry.why.noted.connect(self.say)
            watch(self)
            self.commands.kits.complete()
            self.actions_.dress()
            self.setWindowIcon(program_icon())
            fill(self.menu_bar, self.actions_, {"file.open": self.files.add_open_menus})
            menu = self.header.profile.menu()
            menu.addActions([self.actions_[f"profile.new_{name.replace('-', '_')}"] for name in PROFILE_NAMES])
            menu.addSeparator()
            menu.addActions([self.actions_[f"profile.{page}"] for page in ("rules", "differences", "device")])

    def hideEvent(self, event: QHideEvent) -> None:
        """Wake up for what is due only."""
        super().hideEvent(event)
        self.document.set_visible(False)

    @property
    def timeline(self) -> TimelinePane | None:
        """Return the timeline, once ``ready``."""
        return self.middle.timeline

    @property
    def log(self) -> LogPane | None:
        """Return the log, once ``ready``."""
        return self.middle.log

    @property
    def notifications(self) -> NotificationsPane | None:
        """Return the notifications, once ``ready``."""
        return self.middle.notifications

    @property
    def ready(self) -> bool:
        """Return whether timeline, log and notifications are built."""
        return self.middle.timeline is not None

    def make_ready(self) -> None:
        """Build what is left to build now, on this thread (for pictures and tests)."""
        self._complete()
        self._stop_preparing()
        if not self.ready:
            self._build_panes()

    def _import_plots(self, picture: Picture) -> None:
        self._steps = Steps(self, import_plots(), partial(self._build_panes, picture))

    def _stop_preparing(self) -> None:
        if self._heavy is not None:
            self._heavy.cancel()
            self._heavy.wait()
        if self._steps is not None:
            self._steps.stop()

    def _build_panes(self, picture: Picture | None = None) -> None:
        """Build timeline, log, notifications and sessions in the places kept for them."""
        self.document.build_views(picture)
        self.what_ifs.start()
        self.kits.start()
        layout.furnish(self, self.middle.build(self.say))
        self._order_focus()
        self.actions_.refresh()
        self._count()
        for callback in self.on_ready:
            callback()
        self.on_ready.clear()
        self._steps = Panes(self)

    def _no_panes(self, error: Exception) -> None:
        self.banners.show_message(
            f"Timeline and log cannot be shown: {error}. Install numpy and pyqtgraph.", "error"
        )

    def add_tail(self, path: Path) -> None:
        """Follow a log file beside the journal's own."""
        self.middle.add_tail(path)

    def _order_focus(self) -> None:
        """Tab goes as the eye does: bar, controls, timeline, log, details."""
        if self.timeline is not None:
            order = (self.header, self.controls, self.timeline, self.middle.tabs, self.details)
            for before, after in itertools.pairwise(order):
                self.setTabOrder(before, after)

    # --- what changes --------------------------------------------------------------------------------

    def _grew(self) -> None:
        self.actions_.refresh()
        self._count()

    def _replaced(self) -> None:
        header = self.document.journal.header
        path = self.document.journal.path
        name = harmless(header.title, 80) or (path.stem if path else "not saved")
        self.setWindowTitle(f"{name} – Session Inspector")
        self.actions_.refresh()
        self._count()

    def _count(self) -> None:
        self.status.refresh()
        self.middle.count_rows()

    def dress(self) -> None:
        """Take theme and text size from the settings."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            made = theme.apply(app, self.settings["theme"], self.settings["text_percent"])
            self.document.themed.emit(made)
            if self._completed:
                self.actions_.dress()
            self.controls.fit(self.width())
            layout.fit_panes(self)
            self.actions_.refresh()
            for widget in self.findChildren(QWidget):
                widget.update()

    def _system_changed(self) -> None:
        if self.settings["theme"] == "system":
            self.dress()

    def say(self, text: str) -> None:
        """Show a line in the status bar for a while."""
        self.statusBar().showMessage(text, SAY_MS)

    # --- panes ---------------------------------------------------------------------------------------

    def is_pane_shown(self, name: str) -> bool:
        """Return whether a side pane is shown."""
        return name not in self.panes or not self.panes[name].isHidden()

    def show_pane(self, name: str, shown: bool = True) -> None:
        """Show or hide a side pane."""
        self.panes[name].setVisible(shown)

    def show_frame_times(self, shown: bool) -> None:
        """Show or hide how long the window's last turns took; the strip is made when first shown."""
        if "frame_times" not in self.panes:
            from inspector.desktop.frame_times import FrameTimes

            self._dock("frame_times", "Frame times", FrameTimes(), Qt.DockWidgetArea.BottomDockWidgetArea)
        self.show_pane("frame_times", shown)
        self.actions_.refresh()

    def focus_pane(self, name: str) -> None:
        """Move the keyboard to a pane, showing it first."""
        if name in self.panes:
            self.show_pane(name)
            pane: QWidget = self.controls if name == "controls" else self.details
            first = next((w for w in pane.findChildren(QPushButton) if w.isEnabled()), pane)
            (first if name == "controls" else pane).setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.middle.focus_pane(name)

    # --- events --------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self.controls.fit(self.width())
        if not self._fitted:  # later a person's own widths stay
            self._fitted = True
            QTimer.singleShot(0, self, partial(layout.fit_panes, self))  # once the panes are laid out

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the button that has the keyboard, or say why a command cannot be done whose key was pressed."""
        from PySide6.QtCore import QKeyCombination
        from PySide6.QtGui import QKeySequence

        button = QApplication.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(button, QAbstractButton):
            button.click()
            return
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        row = self.actions_.row_of_key(QKeySequence(QKeyCombination(modifiers, Qt.Key(event.key()))))
        if row is None:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.actions_.trigger(row)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show time moving while a person looks."""
        super().enterEvent(event)
        self.document.wake()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a file."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the file dropped; several are captures to read, or make a history to tune on."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            commands = self.commands
            if not commands.captures.take_dropped(paths) and not commands.tune.take_dropped(paths):
                self.files.open_path(paths[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close the run in order and remember the layout."""
        layout.remember(self)
        if self._completed:
            self.details.entry.why.close_down()
        self.files.wait()
        self.commands.kits.wait()
        self.commands.tune.close()
        self.commands.captures.wait()
        self.commands.sdks.close()
        if self.middle.outgoing is not None:
            self.middle.outgoing.close_down()
        self.what_ifs.stop()
        self.kits.stop()
        self.observed.stop()
        self._stop_preparing()
        self.document.close()
        super().closeEvent(event)
