"""The smallest changes that would turn a decision, each decided again before it is offered.

See ``inspector.why.questions`` for what turning means and ``inspector.why.changes`` for what each change does.
"""

from __future__ import annotations

import msgspec

from inspector.why.asking import Asking, Flip
from inspector.why.history import History
from inspector.why.others import one_less, one_more, other_profiles, other_settings
from inspector.why.questions import Question
from inspector.why.sizes import other_timeouts, other_times

MOST = 6
# Kinds without a size, the most useful first.
_KINDS = ("with", "profile", "setting", "without")


class Flips(msgspec.Struct, frozen=True):
    """What would turn a decision, smallest first; ``note`` says so in words if nothing simple does.

    ``was`` is the outcome as recorded, None if the question does not arise.
    """

    was: str | None
    found: list[Flip]
    note: str = ""


def find_flips(history: History, question: Question, most: int = MOST) -> Flips:
    """Return at most ``most`` changes that would turn a decision, smallest and most useful first."""
    asking = Asking(history, question)
    if asking.was is None:
        return Flips(None, [], "The question does not arise, so there is nothing that would turn it.")
    found: list[Flip] = []
    for find in (other_times, other_timeouts, other_profiles, one_more, one_less, other_settings):
        found += find(asking)
    note = ""
    if asking.spent:
        note = "So much happened in between that not every change was tried."
    if not found:
        note = (
            note
            or "Nothing simple turns it. Tried: another time, timeout, setting, profile, an input more or less."
        )
    return Flips(asking.was, _ranked(found, most), note)


def _ranked(found: list[Flip], most: int) -> list[Flip]:
    """Return the smallest changes of a time or timeout, the best of every other kind, then others."""
    sized = sorted(
        (flip for flip in found if flip.size_ms), key=lambda flip: (flip.size_ms, flip.change.kind != "move")
    )
    others = sorted((flip for flip in found if not flip.size_ms), key=lambda flip: _KINDS.index(flip.change.kind))
    chosen = sized[:3]
    for kind in _KINDS:
        chosen += [flip for flip in others if flip.change.kind == kind][:1]
    del chosen[most:]
    chosen += [flip for flip in (*sized, *others) if flip not in chosen][: most - len(chosen)]
    return sorted(chosen, key=[*sized, *others].index)


__all__ = ["MOST", "Flip", "Flips", "find_flips"]
