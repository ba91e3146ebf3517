"""The end a kit's session is given, and whether its length is reported."""

from inspector.engine.kits.records import EndedBy
from inspector.engine.kits.rule import KitRule


def given_end_ms(
    rule: KitRule, by: EndedBy, noticed_ms: int | None, due_ms: int | None, active_ms: int, left_ms: int | None
) -> int | None:
    """Return the end of a session that ended ``by``; None where the kit gives none or no source tells which.

    ``active_ms`` is its last activity, ``left_ms`` since when the kit takes the app to be in the background.
    Nothing can be given the moment it was noticed or expired by a process that was dead: what is stored then
    is the last leave of the front, or else the last activity.
    """
    if rule.end == "none" or "end" in rule.unknown:
        return None
    if by == "login":
        return noticed_ms
    if rule.end == "last_event":
        return active_ms
    if rule.end == "last_event_plus_1":
        return active_ms + 1
    if by != "process_death" and rule.end == "noticed":
        return noticed_ms
    if by != "process_death" and rule.end == "expiry":
        return due_ms
    return active_ms if left_ms is None else left_ms


def is_reported(rule: KitRule, start_ms: int, end_ms: int | None) -> bool | None:
    """Return whether a session's length is reported; None where the kit reports none or no source tells."""
    if rule.reports in ("id", "none") or rule.unknown & {"reports", "min_report", "max_report"}:
        return None
    low, high = rule.min_report_ms, rule.max_report_ms
    if low is None and high is None:
        return True
    if end_ms is None:
        return None
    length_ms = end_ms - start_ms
    return (low is None or length_ms >= low) and (high is None or length_ms <= high)
