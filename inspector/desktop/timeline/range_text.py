"""The numbers of a selected range on one line."""

from inspector.desktop.timeline.ruler import length_text
from inspector.views.stats import RangeStats


def range_line(stats: RangeStats) -> str:
    """Return length, sessions, total and median length, foreground share and events of a range."""
    share = "–" if stats.foreground_share is None else f"{100 * stats.foreground_share:.0f} %"
    median = "–" if stats.median_ms is None else length_text(stats.median_ms)
    events = sum(stats.events.get(kind, 0) for kind in ("event", "screen_view"))
    return "   ".join(
        (
            f"Range {length_text(stats.t1_ms - stats.t0_ms)}",
            f"Sessions {stats.sessions:,}",
            f"Total {length_text(stats.total_ms)}",
            f"Median {median}",
            f"Foreground {share}",
            f"Events {events:,}",
        )
    )
