"""What the thread finds out for the panel: the reason at once, then the answer with its texts. Knows no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.views.harmless import format_time

if TYPE_CHECKING:
    from inspector.why.answers import Answer
    from inspector.why.history import History
    from inspector.why.reasons import Reason


class About(msgspec.Struct, frozen=True):
    """What is asked about: the entry ``seq``, or (0) the instant ``t_ms``."""

    seq: int
    t_ms: int


class Found(msgspec.Struct, frozen=True):
    """An answer with its texts as the headless command prints them."""

    answer: Answer
    text: str
    json: str


def reason_for(history: History, about: About) -> tuple[Reason, str]:
    """Return the reason, and of an instant how things stood."""
    from inspector.why.reasons import reason_at, reason_of

    if about.seq:
        history.complete(about.seq)
        return reason_of(history, history.source.entry(about.seq)), ""
    reason, standing = reason_at(history, about.t_ms)
    return reason, _standing(about.t_ms, standing.app, standing.session)


def answer_for(history: History, about: About, name: str) -> Found:
    """Return the answer for a run of that ``name``."""
    from inspector.why.answers import answer_object, explain, explain_at
    from inspector.why.commands import answer_text, printed

    answer = explain(history, about.seq) if about.seq else explain_at(history, about.t_ms)
    plain = msgspec.json.encode(answer_object(answer, history, name)).decode()
    return Found(answer, printed(answer_text(answer, history, name)), plain)


def state_of(answer: Answer) -> str:
    """Return how things stood, of an instant; nothing of an entry."""
    return "" if answer.seq else _standing(answer.t_ms, answer.app, answer.session)


def _standing(t_ms: int, app: str, session: int | None) -> str:
    where = "no session" if session is None else f"session {session}"
    return f"{format_time(t_ms)} · {app.replace('_', ' ')} · {where}"
