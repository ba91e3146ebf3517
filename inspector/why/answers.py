"""An answer: what was asked, why it was decided so, what would have turned it; a value, or one JSON object."""

from __future__ import annotations

from typing import Any

import msgspec

from inspector.why.flips import Flip, Flips, find_flips
from inspector.why.history import History
from inspector.why.questions import Question
from inspector.why.reasons import Reason, reason_at, reason_of
from inspector.why.subjects import question_of, time_question


class Answer(msgspec.Struct, frozen=True):
    """The answer for an entry (``seq``) or a time (``seq`` 0): what is asked, the reason, the flips.

    ``app``, ``session`` and ``deadline_ms`` say how things stand, for a time only.
    """

    seq: int
    t_ms: int
    question: Question
    reason: Reason
    flips: Flips
    app: str = ""
    session: int | None = None
    deadline_ms: int | None = None


def explain(history: History, seq: int) -> Answer:
    """Return why the entry ``seq`` is as it is and what would turn it. Raises IndexError if there is none."""
    history.update()
    history.complete(seq)
    entry = history.source.entry(seq)
    question = question_of(history, seq)
    return Answer(seq, entry.t_ms, question, reason_of(history, entry), find_flips(history, question))


def explain_at(history: History, t_ms: int) -> Answer:
    """Return what holds at a time of the run, what would end it, and what would have made it otherwise."""
    history.update()
    if history.inputs.until(t_ms) == len(history.inputs):
        history.complete()
    question = time_question(history, t_ms)
    reason, standing = reason_at(history, t_ms)
    return Answer(
        0,
        t_ms,
        question,
        reason,
        find_flips(history, question),
        standing.app,
        standing.session,
        standing.deadline_ms,
    )


def answer_object(answer: Answer, history: History, file: str) -> dict[str, Any]:
    """Return an answer as plain values for JSON."""
    reason, question = answer.reason, answer.question
    found: dict[str, Any] = {"file": file, "profile": history.profile.name, "t_ms": answer.t_ms}
    if answer.seq:
        found["entry"] = msgspec.to_builtins(history.source.entry(answer.seq))
    else:
        found |= {"app": answer.app, "session": answer.session, "deadline_ms": answer.deadline_ms}
    inequality = reason.inequality
    found["reason"] = {
        "sentence": reason.sentence,
        "rules": msgspec.to_builtins(reason.rules),
        "inequality": None
        if inequality is None
        else {**msgspec.to_builtins(inequality), "text": inequality.text},
        "clock_set_by": reason.clock_set_by or None,
        "due_ms": reason.due_ms,
    }
    target = question.target
    found["question"] = {
        "kind": question.kind,
        "about": question.about,
        "asked_at_entry": history.inputs.seqs[target] if target >= 0 else None,
        "asked_at_ms": question.t_ms,
        "outcome": answer.flips.was,
    }
    found["flips"] = [_flip_object(flip) for flip in answer.flips.found]
    found["note"] = answer.flips.note
    return found


def _flip_object(flip: Flip) -> dict[str, Any]:
    found: dict[str, Any] = {
        "text": flip.text,
        "then": flip.then,
        "outcome": flip.outcome,
        "smallest": flip.smallest,
        "change": msgspec.to_builtins(flip.change),
    }
    if flip.bound:
        found["bound"] = flip.bound
    if flip.size_ms:
        found["size_ms"] = flip.size_ms
    if flip.profiles:
        found["profiles"] = list(flip.profiles)
    return found
