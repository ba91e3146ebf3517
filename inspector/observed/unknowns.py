"""Boundaries that nobody can judge by what there is: not known, with the cause, and no fault of the SDK's."""

from collections.abc import Sequence
from typing import Final

from inspector.observed.causes import Case
from inspector.observed.drive import BESIDE_MS
from inspector.observed.model import Received
from inspector.observed.predict import Prediction

HIDDEN: Final = "ids are placeholders in this recording: which session its messages belong to is not known"
NO_LAUNCH: Final = "no launch is told before it: what began it is not known"
_NATIVE: Final = ("android", "apple", "apple-legacy")


def hide(cases: Sequence[Case], messages: Sequence[Received], prediction: Prediction) -> None:
    """Let what only the engine has be unknown where the ids of the messages in it were replaced."""
    hidden = {one.order for one in messages if one.batch.hidden}
    if not hidden:
        return
    own: dict[int, list[int]] = {}
    for order, ordinal in prediction.belongs.items():
        own.setdefault(ordinal, []).append(order)
    for case in cases:
        other = case.pair.predicted
        if case.verdict != "missing" or case.pair.observed is not None or other is None:
            continue
        orders = own.get(other.ordinal, [one.order for one in messages])
        if all(order in hidden for order in orders):
            case.verdict, case.text = "unknown", HIDDEN


def launch(cases: Sequence[Case], messages: Sequence[Received], prediction: Prediction) -> None:
    """Let a begin be unknown that came before anything that could have begun it, where no launch is told.

    A log may not have the launch's line, an export may not have its message: the engine then learns of the app
    from what came later, and would call the begin early, or one too many.
    """
    if prediction.profile not in _NATIVE:
        return
    beside_ms = BESIDE_MS[prediction.profile]
    launches = [one.message.t_ms for one in messages if one.message.name == "application_initialized"]
    for case in cases:
        one = case.pair.observed
        early = case.verdict == "extra" or (case.verdict == "late" and case.late_ms < 0)
        if case.what != "begin" or one is None or one.began_ms is None or not early:
            continue
        if not any(t_ms <= one.began_ms + beside_ms for t_ms in launches):
            case.verdict, case.text, case.late_ms = "unknown", NO_LAUNCH, 0
