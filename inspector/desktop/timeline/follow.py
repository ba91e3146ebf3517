"""Which part of time to show while following now: pure arithmetic, no Qt.

The view goes on by whole pixels, so between two of them nothing is drawn anew but the cursor.
"""

from math import ceil

from inspector.desktop.timeline.frame import Frame

REST = 0.8
"""Where now rests while the view goes along: a fifth of the picture is kept for what comes."""
FARTHEST = 0.97
MARGIN = 0.02
FIRST_SPAN_MS = 180_000.0


def whole_frame(width: int, end_ms: float) -> Frame:
    """Return the frame of everything up to ``end_ms`` with a little air on both sides."""
    span_ms = max(end_ms, 1000.0)
    return Frame(-MARGIN * span_ms, span_ms * (1 + 2 * MARGIN), width)


def roomy_frame(width: int, end_ms: float) -> Frame:
    """Return the frame of everything up to ``end_ms`` with room for the next third."""
    span_ms = max(end_ms * 1.34, FIRST_SPAN_MS)
    return Frame(-MARGIN * span_ms, span_ms, width)


def along(frame: Frame, now_ms: float, rest: float) -> Frame:
    """Return ``frame`` moved so that now lies at ``rest`` of the width or left of it, and is seen.

    Moves by whole pixels; returns the same frame where nothing needs to move.
    """
    share = (now_ms - frame.t0_ms) / frame.span_ms
    if 0.0 <= share <= rest:
        return frame
    target = rest if share > rest else min(rest, 0.5)
    pixels = ceil((share - target) * frame.width)
    return frame.moved(pixels * frame.ms_per_px)
