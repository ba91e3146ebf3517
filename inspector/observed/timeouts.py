"""Other timeouts that would explain what was observed, to be tried out."""

from collections.abc import Sequence
from typing import Final

from inspector.observed.model import ObservedSession, Received

ROUND_S: Final = (
    1,
    2,
    3,
    5,
    6,
    10,
    12,
    15,
    20,
    30,
    45,
    60,
    90,
    120,
    180,
    240,
    300,
    600,
    900,
    1200,
    1800,
    3600,
    7200,
)
_MOST: Final = 6


def bounds_ms(messages: Sequence[Received], sessions: Sequence[ObservedSession], profile: str) -> tuple[int, int]:
    """Return (a silence that a session outlived, the shortest after which one ended); 0 where there is none.

    On the native platforms only silence in the background counts.
    """
    outlived, shortest = 0, 0
    away = profile == "web"
    before: Received | None = None
    ended = {session.id: session for session in sessions}
    for one in messages:
        message = one.message
        if message.kind in ("session_start", "session_end", "first_run") or message.session_id is None:
            continue
        if before is not None and away:
            gap = message.t_ms - before.message.t_ms
            old = ended.get(before.message.session_id or "")
            if message.session_id == before.message.session_id:
                outlived = max(outlived, gap)
            elif (
                (profile == "web" or message.name == "application_foreground")
                and old is not None
                and old.end_ms is not None
                and (not shortest or gap < shortest)
            ):
                shortest = gap
        if message.kind == "application_state_transition" and profile != "web":
            away = message.name == "application_background"
        before = one
    for session in sessions:
        if session.end_ms is not None and session.noticed_ms is not None and not session.after_end:
            gap = session.noticed_ms - session.end_ms
            if gap > 0 and (not shortest or gap < shortest):
                shortest = gap
    return outlived, shortest


def candidates(
    profile: str, own_ms: int, messages: Sequence[Received], sessions: Sequence[ObservedSession]
) -> list[int]:
    """Return a few timeouts in ms to try instead of ``own_ms``: round ones within bounds, and the bounds."""
    outlived, shortest = bounds_ms(messages, sessions, profile)
    found: list[int] = []
    if shortest and outlived >= shortest:
        return found  # no one timeout fits both
    fitting = [s * 1000 for s in ROUND_S if s * 1000 > outlived and (not shortest or s * 1000 <= shortest)]
    # The longest that fits is the likeliest: an end is noticed soon after its time.
    found += fitting[-3:] if shortest else fitting[:3]
    if shortest:
        found.append(shortest)
    claimed = {round(one.timeout_s * 1000) for one in messages if one.timeout_s is not None}
    found += sorted(claimed)[:2]
    return [one for one in dict.fromkeys(found) if one != own_ms and one >= 1_000][:_MOST]
