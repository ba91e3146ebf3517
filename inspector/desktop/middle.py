"""The middle of the window: the timeline above, the tabs of log, notifications and sessions below."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QTabWidget, QWidget

from inspector.desktop.document import Document
from inspector.desktop.placeholder import Placeholder

if TYPE_CHECKING:
    from inspector.desktop.collector.collecting import Collecting
    from inspector.desktop.log import LogPane, NotificationsPane, SessionsPane
    from inspector.desktop.observed.lanes import ObservedLanes
    from inspector.desktop.observed.pane import ObservedPane
    from inspector.desktop.observed.room import ObservedRoom
    from inspector.desktop.outgoing import OutgoingPane
    from inspector.desktop.partners import PartnersPane
    from inspector.desktop.timeline import TimelinePane
    from inspector.observed.devices import DeviceKey

TABS = (
    "log",
    "notifications",
    "sessions",
    "outgoing",
    "partners",
    "observed",
)  # in order of display; the keyboard reaches them by these names


class Middle(QSplitter):
    """Timeline and tabs. The panes exist once ``build`` was called, after the first paint."""

    def __init__(self, document: Document) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._document = document
        self._tails: list[Path] = []
        self.timeline: TimelinePane | None = None
        self.log: LogPane | None = None
        self.notifications: NotificationsPane | None = None
        self.sessions: SessionsPane | None = None
        self.outgoing: OutgoingPane | None = None
        self.partners: PartnersPane | None = None
        self.room: ObservedRoom | None = None
        self.observed: ObservedPane | None = None
        self.observed_lanes: ObservedLanes | None = None
        self.collector: Callable[[], tuple[Collecting, Callable[[], None]]] | None = None
        self._say: Callable[[str], None] = lambda _text: None
        self.setObjectName("split")
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        self.addWidget(Placeholder("The timeline is being prepared …"))
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for name in TABS:
            self.tabs.addTab(Placeholder("This is being prepared …"), name.capitalize())
        self.addWidget(self.tabs)
        self.setSizes([400, 400])
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 1)

    def build(self, say: Callable[[str], None]) -> TimelinePane:
        """Build the panes in the places kept for them; ``say`` shows what they note. Return the timeline."""
        from inspector.desktop.log import LogPane, NotificationsPane, SessionsPane
        from inspector.desktop.timeline import TimelinePane

        document = self._document
        sizes = self.sizes()
        timeline = self.timeline = TimelinePane(document)
        old = self.replaceWidget(0, timeline)
        if old is not None:
            old.deleteLater()
        self.setSizes(sizes)
        log = self.log = LogPane(document)
        self.notifications = NotificationsPane(document)
        self.sessions = SessionsPane(document)
        self._say = say
        shown = self.tabs.currentIndex()
        for at, pane in enumerate((log, self.notifications, self.sessions)):
            self._put(at, pane)
            pane.noted.connect(say)
        self.tabs.setCurrentIndex(shown)
        self.tabs.currentChanged.connect(self._shown)
        self._shown(shown)
        for path in self._tails:
            log.add_tail(path)
        log.shown_on_timeline.connect(timeline.show_seq)
        log.time_format_changed.connect(timeline.set_time_format)
        if self.room is not None and self.room.devices:
            self._observed()
        return timeline

    def _put(self, at: int, pane: QWidget) -> None:
        before = self.tabs.widget(at)
        title = self.tabs.tabText(at)
        self.tabs.removeTab(at)
        self.tabs.insertTab(at, pane, title)
        if before is not None:
            before.deleteLater()

    def _shown(self, at: int) -> None:
        """Build what is only built when it is first shown."""
        if self.outgoing is None and at == TABS.index("outgoing"):
            from inspector.desktop.outgoing import OutgoingPane

            pane = self.outgoing = OutgoingPane(self._document)
            pane.noted.connect(self._say)
            if self.collector is not None:
                pane.own.attach(*self.collector())
            self._swap(at, pane)
        elif self.partners is None and at == TABS.index("partners"):
            from inspector.desktop.partners import PartnersPane

            self.partners = PartnersPane(self._document)
            self.partners.noted.connect(self._say)
            self._swap(at, self.partners)
        elif self.observed is None and self.room is not None and at == TABS.index("observed"):
            from inspector.desktop.observed.pane import ObservedPane

            self.observed = ObservedPane(self.room)
            self.observed.noted.connect(self._say)
            self.observed.fit_asked.connect(self._fit_session)
            self._swap(at, self.observed)

    def _swap(self, at: int, pane: QWidget) -> None:
        self.tabs.blockSignals(True)
        self._put(at, pane)
        self.tabs.setCurrentIndex(at)
        self.tabs.blockSignals(False)

    def observe(self, room: ObservedRoom) -> None:
        """Show what a room holds: its lanes from its first device on, its table once it is looked at."""
        self.room = room
        room.changed.connect(self._observed)

    def _observed(self) -> None:
        if self.timeline is not None and self.observed_lanes is None and self.room is not None:
            from inspector.desktop.observed.lanes import ObservedLanes

            self.observed_lanes = ObservedLanes(self.room, self.timeline)
        self.count_rows()

    def _fit_session(self, key: DeviceKey, session_id: str) -> None:
        if self.observed_lanes is not None:
            self.observed_lanes.fit_session(key, session_id)

    def add_tail(self, path: Path) -> None:
        """Follow a log file beside the journal's own, now or as soon as there is a log."""
        if self.log is None:
            self._tails.append(path)
        else:
            self.log.add_tail(path)
            self.focus_pane("log")

    def count_rows(self) -> None:
        """Write behind each tab's title how much it holds."""
        fold = self._document.fold
        counts = {
            "log": len(self._document.journal),
            "notifications": len(fold.notifications),
            "sessions": len(fold.sessions),
            "observed": 0 if self.room is None else len(self.room.devices),
        }
        for name, count in counts.items():
            at = TABS.index(name)
            title = name.capitalize()
            text = f"{title}  {count:,}" if count else title
            if text != self.tabs.tabText(at):  # Qt would lay out all tabs again
                self.tabs.setTabText(at, text)

    def focus_pane(self, name: str) -> None:
        """Move the keyboard to a pane: ``timeline`` or one of ``TABS``."""
        pane: QWidget | None = self.timeline
        if name in TABS:
            self.tabs.setCurrentIndex(TABS.index(name))
            pane = self.tabs.currentWidget()
        if pane is not None:
            pane.setFocus(Qt.FocusReason.ShortcutFocusReason)
