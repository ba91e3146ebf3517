"""The Outgoing tab: message, batch, request, with state, size and answer, and the way back to the cause."""

from inspector.desktop.outgoing.pane import OutgoingPane

__all__ = ["OutgoingPane"]
