"""Messages to sessions: both ends of each, what belongs to it, and what is odd about it."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from inspector.observed.device import Device
from inspector.observed.model import Anomaly, BatchSeen, ObservedSession, Received

_STEP_MS = 5_000  # networks delay less than that from one batch to the next, as a rule
_FAR_MS = 60_000
_COUNTED_ON_APPLE = ("custom_event", "screen_view", "commerce_event")


def sessions_of(messages: Sequence[Received]) -> list[ObservedSession]:
    """Return the sessions that messages (in order) name, in order of their start."""
    found: dict[str, ObservedSession] = {}
    numbers: dict[str, list[int]] = {}
    for one in messages:
        message = one.message
        if message.session_id is None:
            continue
        session = found.get(message.session_id)
        if session is None:
            start_ms = message.session_start_ms or message.t_ms
            session = found[message.session_id] = ObservedSession(message.session_id, start_ms)
            session.last_ms = message.t_ms
        session.messages += 1
        if message.kind == "session_start":
            session.began_ms = message.t_ms
            session.previous_id = str(message.data.get("pid", "")).upper()
            if message.session_start_ms is not None:
                session.start_ms = message.session_start_ms
        elif message.kind == "session_end":
            noticed_ms = max(int(message.data.get("noticed_ms", one.batch.made_ms)), message.t_ms)
            if message.t_ms not in session.ends:
                session.ends.append(message.t_ms)
            if session.end_ms is None or noticed_ms < (session.noticed_ms or 0):
                session.end_ms, session.noticed_ms, session.end_at_ms = message.t_ms, noticed_ms, one.batch.at_ms
                duration = message.data.get("session_duration_ms")
                session.duration_ms = duration if isinstance(duration, int) else message.t_ms - session.start_ms
            counted = message.data.get("event_num")
            if isinstance(counted, int):
                session.lost_events = counted  # settled below
            continue
        elif message.kind == "application_state_transition":
            session.transitions += 1
        elif message.kind == "custom_event":
            session.events += 1
            number = message.data.get("event_num")
            if isinstance(number, int):
                numbers.setdefault(session.id, []).append(number)
        session.last_ms = max(session.last_ms, message.t_ms)
    sessions = sorted(found.values(), key=lambda one: (one.began_ms or one.start_ms, one.start_ms))
    _count_lost(sessions, messages, numbers)
    _mark_after_end(sessions, found, messages)
    for before, session in pairwise(sessions):
        if before.start_ms == session.start_ms and before.end_ms is None:
            session.same_start_as = before.id  # W8: startNewSession keeps the start
    return sessions


def _count_lost(
    sessions: Sequence[ObservedSession], messages: Sequence[Received], numbers: dict[str, list[int]]
) -> None:
    """Count events that were numbered and never arrived: gaps, and an end that counted more than came."""
    seen: dict[str, int] = {}
    for one in messages:
        if one.message.kind in _COUNTED_ON_APPLE and one.message.session_id is not None:
            seen[one.message.session_id] = seen.get(one.message.session_id, 0) + 1
    for session in sessions:
        told = session.lost_events
        session.lost_events = max(0, told - seen.get(session.id, 0)) if told else 0
        own = sorted(set(numbers.get(session.id, ())))
        if own:
            session.lost_events = max(session.lost_events, own[-1] - own[0] + 1 - len(own))


def _mark_after_end(
    sessions: Sequence[ObservedSession], found: dict[str, ObservedSession], messages: Sequence[Received]
) -> None:
    for one in messages:
        message = one.message
        session = found.get(message.session_id or "")
        if session is None or session.end_ms is None or message.kind in ("session_end", "session_start"):
            continue
        if session.noticed_ms is not None and message.t_ms > session.noticed_ms:
            session.zombies.append(message.t_ms)
        elif message.t_ms > session.end_ms:
            session.after_end += 1


def clock_steps(batches: Sequence[BatchSeen]) -> list[tuple[int, int]]:
    """Return (device time, step in ms) where the device's clock seems to have been set.

    Sent time against received time: one late batch moves one difference, a step moves all that follow.
    """
    own = [batch for batch in batches if batch.sent_ms is not None and not batch.repeated and not batch.logged]
    own.sort(key=lambda batch: (batch.at_ms, batch.number))
    skews = [batch.at_ms - batch.made_ms for batch in own]
    steps: list[tuple[int, int]] = []
    for at in range(1, len(own)):
        before, after = skews[max(0, at - 3) : at], skews[at : at + 3]
        change = median(after) - median(before)
        single_late = len(after) == 1 and change > 0  # it may only have waited
        if abs(change) <= _STEP_MS or single_late or abs(skews[at] - skews[at - 1]) <= _STEP_MS:
            continue
        steps.append((own[at].made_ms, -int(change)))
    return steps


def anomalies_of(
    device: Device, sessions: Sequence[ObservedSession], steps: Sequence[tuple[int, int]]
) -> list[Anomaly]:
    """Return what is odd beside the boundaries, in order of time."""
    found: list[Anomaly] = []
    known = {session.id for session in sessions}
    counted: dict[str, list[int]] = {}
    for t_ms, _kind, session_id in device.duplicates:
        counted.setdefault(session_id, []).append(t_ms)
    for session_id, times in counted.items():
        said = "1 message arrived" if len(times) == 1 else f"{len(times)} messages arrived"
        found.append(Anomaly(times[0], "duplicate", f"{said} again under the same id; counted once", session_id))
    for session in sessions:
        if session.zombies:
            said = "1 message" if len(session.zombies) == 1 else f"{len(session.zombies)} messages"
            text = f"{said} under the id of a session that had ended: another page went on with it"
            found.append(Anomaly(session.zombies[0], "zombie id after end", text, session.id))
        if session.lost_events:
            text = f"{session.lost_events} numbered events of this session never arrived"
            found.append(Anomaly(session.last_ms, "lost batch", text, session.id))
        if session.previous_id and session.previous_id not in known and session is not sessions[0]:
            text = f"its start names {session.previous_id[:8]} as the session before, of which nothing arrived"
            found.append(Anomaly(session.start_ms, "lost batch", text, session.id))
        if len(session.ends) > 1:
            text = f"{len(session.ends)} different ends of one session arrived"
            found.append(Anomaly(session.ends[-1], "duplicate", text, session.id))
    for t_ms, step_ms in steps:
        words = "forward" if step_ms > 0 else "back"
        found.append(
            Anomaly(t_ms, "clock skew", f"the device's clock went {words} by {abs(step_ms) / 1000:.1f} s")
        )
    arrived = [batch for batch in device.batches if not batch.logged]
    skews = [batch.at_ms - batch.sent_ms for batch in arrived if batch.sent_ms is not None]
    if skews and abs(middle := median(skews)) > _FAR_MS:
        words = "behind" if middle > 0 else "ahead of"
        text = f"the device's clock is {abs(middle) / 1000:,.0f} s {words} the receiver's"
        found.append(Anomaly(arrived[0].made_ms, "clock skew", text))
    newest_ms = 0
    for batch in arrived:
        if batch.made_ms < newest_ms - 1 and not batch.repeated and batch.messages:
            text = f"a batch arrived after one made {(newest_ms - batch.made_ms) / 1000:.1f} s later"
            found.append(Anomaly(batch.made_ms, "late batch", text))
        newest_ms = max(newest_ms, batch.made_ms)
    return sorted(found, key=lambda one: one.t_ms)[:500]
