"""The log tail, a foreign log beside it, the stream of notifications, the table of sessions."""

from inspector.desktop.log.log_pane import LogPane
from inspector.desktop.log.notifications import NotificationsPane
from inspector.desktop.log.sessions import SessionsPane
from inspector.desktop.log.tail_pane import TailPane

__all__ = ["LogPane", "NotificationsPane", "SessionsPane", "TailPane"]
