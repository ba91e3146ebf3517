"""Changes that have a size: an input earlier or later, another timeout; the smallest that turns it."""

from __future__ import annotations

from collections.abc import Callable

from inspector.engine.entries import TimeoutArmed
from inspector.engine.settings import SettingError, seconds, take
from inspector.why.asking import Asking, Flip
from inspector.why.changes import Change
from inspector.why.search import smallest

# How much later at most: some two years.
_LATEST_MS = 1 << 36
# How many inputs at either end of what matters are looked at for instants that may decide.
_INSTANTS = 12
_TICK_MS = 1000  # platforms that look once a second, or wait for one


# --- other times -------------------------------------------------------------------------------------


def other_times(asking: Asking) -> list[Flip]:
    """Return the smallest moves of the inputs whose times matter. Raises Spent."""
    question = asking.question
    if question.kind == "fate" and question.target < 0:
        return []  # nobody came back: another time would only put it off beyond the end of the run
    found: list[Flip] = []
    instants = _instants(asking)
    for index in _movable(asking):
        for sign in (1, -1):
            room_ms = _room_ms(asking, index, sign)
            if room_ms < 1:
                continue
            own_ms, seq = asking.inputs.times[index], asking.inputs.seqs[index]
            near = {abs(t_ms - own_ms) for t_ms in instants if 0 < (t_ms - own_ms) * sign <= room_ms}
            n = smallest(_mover(asking, seq, sign), room_ms, near, _hunch_ms(asking, index, sign))
            if n is not None:
                found += asking.flip(Change("move", seq, by_ms=sign * n), size_ms=n, smallest=True)
    return found


def _mover(asking: Asking, seq: int, sign: int) -> Callable[[int], bool]:
    return lambda n: asking.turned(Change("move", seq, by_ms=sign * n)) is not None


def _movable(asking: Asking) -> list[int]:
    """Return the indices of the inputs whose times matter: the target, what set the clock, what came last."""
    found = [asking.question.target]
    if asking.clock is not None:
        found.append(asking.inputs.index(asking.clock.set_by))
    found += [asking.anchor, asking.inputs.life_before(asking.end)]
    last = asking.question.target if asking.question.target >= 0 else asking.end - 1
    return [index for index in dict.fromkeys(found) if 0 <= index <= last]


def _room_ms(asking: Asking, index: int, sign: int) -> int:
    """Return by how many ms an input may move: not past a lifecycle input, not past where it is asked."""
    inputs, question = asking.inputs, asking.question
    own_ms = inputs.times[index]
    if sign < 0:
        before = inputs.life_before(index)
        return own_ms - (inputs.times[before] if before >= 0 else 0)
    if index == question.target:
        return _LATEST_MS
    after = min(inputs.life_after(index), asking.end)
    latest = inputs.times[after] if after < len(inputs) else question.t_ms
    return min(latest, question.t_ms) - own_ms


def _hunch_ms(asking: Asking, index: int, sign: int) -> int:
    """Return the move that would just make, or just undo, the expiry if nothing else came of it."""
    if asking.clock is None:
        return 0
    left_ms = asking.clock.due_ms - asking.question.t_ms
    forward = sign if index == asking.question.target else -sign
    return max(0, forward * left_ms + (0 if left_ms > 0 else 1))


def _instants(asking: Asking) -> set[int]:
    """Return the instants at which a moved input may meet something: inputs, deadlines, those a span away."""
    times, clock = asking.inputs.times, asking.clock
    low = max(0, min(asking.anchor, asking.end - _INSTANTS))
    base = {asking.question.t_ms, *times[low : low + _INSTANTS]}
    base |= set(times[max(0, asking.end - _INSTANTS) : asking.end + 1]) | _deadlines(asking, low)
    spans = {0, asking.settings.session_timeout_ms, asking.settings.suspend_after_ms or 0, _TICK_MS}
    if clock is not None:
        base |= {clock.due_ms, clock.set_ms}
        spans.add(clock.timeout_ms)
    spans |= {one + other for one in spans for other in spans}
    return {t_ms + sign * span for t_ms in base for span in spans for sign in (1, -1)}


def _deadlines(asking: Asking, low: int) -> set[int]:
    source, seqs = asking.history.source, asking.inputs.seqs
    if low >= len(seqs):
        return set()
    entries = source.entries(seqs[low], seqs[low] + 200)
    return {entry.deadline_ms for entry in entries if isinstance(entry, TimeoutArmed)}


# --- another timeout ---------------------------------------------------------------------------------


def other_timeouts(asking: Asking) -> list[Flip]:
    """Return the largest shorter and the smallest longer timeout that turn it. Raises Spent."""
    if asking.anchor < 0:
        return []
    rule = asking.history.profile.timeout
    in_force_ms = asking.history.before(asking.setting_place()).settings.session_timeout_ms
    unit_ms = 1000 if rule.whole_seconds else 1
    near = {abs(span_ms - in_force_ms) // unit_ms for span_ms in _spans(asking)}
    found: list[Flip] = []
    for sign, bound in ((-1, "≤"), (1, "≥")):
        room_ms = in_force_ms - rule.min_ms if sign < 0 else (rule.max_ms or _LATEST_MS) - in_force_ms
        room = room_ms // unit_ms
        if room < 1:
            continue
        turns = _setter(asking, in_force_ms, sign * unit_ms)
        n = smallest(turns, room, near)
        change = None if n is None else _timeout(asking, in_force_ms + sign * n * unit_ms)
        if n is None or change is None:
            continue
        far = {n + (1 << power) for power in range(0, 40, 3)} | {room, n + 1, 2 * n}
        all_turn = all(turns(m) for m in far if n < m <= room)
        found += asking.flip(change, size_ms=n * unit_ms, smallest=True, bound=bound if all_turn else "=")
    return found


def _setter(asking: Asking, in_force_ms: int, step_ms: int) -> Callable[[int], bool]:
    def turns(n: int) -> bool:
        change = _timeout(asking, in_force_ms + n * step_ms)
        return change is not None and asking.turned(change) is not None

    return turns


def _timeout(asking: Asking, timeout_ms: int) -> Change | None:
    """Return the change to a timeout; None if the profile does not take that value as it is."""
    value = seconds(timeout_ms)
    try:
        if take("session_timeout", value, asking.history.profile.timeout) != timeout_ms:
            return None
    except SettingError:
        return None
    return Change("setting", asking.inputs.seqs[asking.setting_place()], key="session_timeout", value=value)


def _spans(asking: Asking) -> set[int]:
    """Return the spans between what set the clock and what happened then, where a timeout may just do."""
    times, low = asking.inputs.times, asking.setting_place()
    ends = {asking.question.t_ms, *times[max(low, asking.end - _INSTANTS) : asking.end + 1]}
    begins = set(times[low : low + _INSTANTS])
    if asking.clock is not None:
        begins.add(asking.clock.set_ms)
    return {end - begin + odd for end in ends for begin in begins for odd in (0, _TICK_MS)}
