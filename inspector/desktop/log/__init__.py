"""The log tail, a foreign log beside it, and the stream of notifications."""

from inspector.desktop.log.log_pane import LogPane
from inspector.desktop.log.notifications import NotificationsPane
from inspector.desktop.log.tail_pane import TailPane

__all__ = ["LogPane", "NotificationsPane", "TailPane"]
