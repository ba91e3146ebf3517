"""The timeline: lanes, ruler, now-cursor, deadline, overview. Imports pyqtgraph and numpy: built late."""

from inspector.desktop.timeline.pane import TimelinePane

__all__ = ["TimelinePane"]
