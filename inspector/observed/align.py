"""Which predicted session is which observed one, and so which boundary is held against which.

Sessions belong together that have messages in common; one of them may be several of the other side. Of such a
group the first begins and the last ends face each other, what lies between them is paired in order of time.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from inspector.observed.model import ObservedSession, PredictedSession, Received
from inspector.observed.predict import Prediction

TOLERANCE_MS: Final = 250
"""So much time may pass between two lines of an SDK's code, and from a start to what brought it about."""


class Pair(msgspec.Struct, frozen=True, gc=False):
    """One boundary of each side; None where a side has none."""

    what: str
    observed: ObservedSession | None
    predicted: PredictedSession | None


class _Group:
    def __init__(self) -> None:
        self.observed: list[ObservedSession] = []
        self.predicted: list[PredictedSession] = []


def align(
    messages: Sequence[Received],
    sessions: Sequence[ObservedSession],
    prediction: Prediction,
) -> list[Pair]:
    """Return the boundaries of both sides, paired."""
    groups = _groups(messages, sessions, prediction)
    pairs: list[Pair] = []
    for group in groups:
        pairs += _paired("begin", group.observed, group.predicted, first=True)
        pairs += _paired("end", group.observed, group.predicted, first=False)
    return pairs


def _groups(
    messages: Sequence[Received],
    sessions: Sequence[ObservedSession],
    prediction: Prediction,
) -> list[_Group]:
    """Join what has messages in common; then what is left over by nearness of its begin."""
    parent: dict[str, str] = {session.id: session.id for session in sessions}
    parent |= {f"#{one.ordinal}": f"#{one.ordinal}" for one in prediction.sessions}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    joined: set[str] = set()
    for received in messages:
        ordinal, session_id = prediction.belongs.get(received.order), received.message.session_id
        if ordinal is None or session_id is None:
            continue
        parent[root(session_id)] = root(f"#{ordinal}")
        joined |= {session_id, f"#{ordinal}"}
    alone = [one for one in prediction.sessions if f"#{one.ordinal}" not in joined]
    for session in sessions:
        if session.id in joined or not alone:
            continue
        at_ms = session.began_ms if session.began_ms is not None else session.start_ms
        near = min(alone, key=lambda one: abs(one.began_ms - at_ms))
        if abs(near.began_ms - at_ms) <= TOLERANCE_MS:
            parent[root(session.id)] = root(f"#{near.ordinal}")
            alone.remove(near)
    groups: dict[str, _Group] = {}
    for session in sessions:
        groups.setdefault(root(session.id), _Group()).observed.append(session)
    for one in prediction.sessions:
        groups.setdefault(root(f"#{one.ordinal}"), _Group()).predicted.append(one)
    return list(groups.values())


def _paired(
    what: str, observed: list[ObservedSession], predicted: list[PredictedSession], *, first: bool
) -> list[Pair]:
    """Pair one kind of boundary within a group."""
    if not observed or not predicted:
        return [Pair(what, one, None) for one in observed] + [Pair(what, None, other) for other in predicted]
    if len(observed) == len(predicted):
        return [Pair(what, one, other) for one, other in zip(observed, predicted, strict=True)]
    pairs: list[Pair] = []
    rest_observed, rest_predicted = list(observed), list(predicted)
    one, other = (
        (rest_observed.pop(0), rest_predicted.pop(0)) if first else (rest_observed.pop(), rest_predicted.pop())
    )
    pairs.append(Pair(what, one, other))
    for one in rest_observed:
        near = min(rest_predicted, key=lambda p: abs(_time(what, p) - _seen(what, one)), default=None)
        if near is not None and abs(_time(what, near) - _seen(what, one)) <= TOLERANCE_MS:
            rest_predicted.remove(near)
        else:
            near = None
        pairs.append(Pair(what, one, near))
    pairs += [Pair(what, None, other) for other in rest_predicted]
    return pairs


def _time(what: str, one: PredictedSession) -> int:
    return one.start_ms if what == "begin" else (one.end_ms or 0)


def _seen(what: str, one: ObservedSession) -> int:
    return one.start_ms if what == "begin" else (one.end_ms or 0)
