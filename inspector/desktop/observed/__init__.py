"""What real SDKs did, beside the run: lanes in the timeline, a table, and the way in for requests and logs."""

from inspector.desktop.observed.room import ObservedRoom, Seen

__all__ = ["ObservedRoom", "Seen"]
