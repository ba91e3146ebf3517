"""What was observed of one installation of an app, and what comes of holding it against the engine.

All times are Unix milliseconds of the device's own clock, but ``at_ms``, which is the clock of whoever received.
"""

from typing import Literal, TypeAlias

import msgspec

from inspector.wire.message import Message

Verdict: TypeAlias = Literal["agrees", "late", "missing", "extra", "unknown"]
VERDICTS: tuple[Verdict, ...] = ("agrees", "late", "missing", "extra", "unknown")
Cause: TypeAlias = Literal[
    "",
    "profile rule",
    "timeout differs",
    "clock skew",
    "lost batch",
    "duplicate",
    "zombie id after end",
    "multi-tab",
    "timer race",
    "unexplained",
]
What: TypeAlias = Literal["begin", "end"]


class BatchSeen(msgspec.Struct, frozen=True, gc=False):
    """One batch that arrived: when, when the SDK made it, how it was answered; ``repeated``: all was known.

    ``logged``: it was not met on the wire, a log shows it. ``hidden``: ids in it were replaced and left out.
    """

    number: int
    at_ms: int
    sent_ms: int | None
    status: int | None
    messages: int
    repeated: bool
    source: str
    id: str = ""
    logged: bool = False
    hidden: bool = False

    @property
    def made_ms(self) -> int:
        """Return when it was made as far as is known: what it carries had happened by then."""
        return self.at_ms if self.sent_ms is None else self.sent_ms


class Upload(msgspec.Struct, frozen=True, gc=False):
    """What a line says of an upload: taken (``fine``; ``name`` is its request id), or failed (its status)."""

    at_ms: int
    fine: bool
    name: str
    source: str


class Received(msgspec.Struct, frozen=True, gc=False):
    """One message with the batch that brought it first; ``order`` is its place among all that arrived."""

    message: Message
    batch: BatchSeen
    order: int
    timeout_s: float | None = None


class ObservedSession(msgspec.Struct, gc=False):
    """A session as its messages tell it.

    ``start_ms`` is the start it is given, ``began_ms`` its start message's time (None: none was seen), ``end_ms``
    the end it is given, ``noticed_ms`` when its end was made at the latest.
    ``after_end`` counts messages that lie after its end and were made before that was noticed, ``zombies`` those
    made after that. ``ends`` has every distinct end that arrived.
    """

    id: str
    start_ms: int
    began_ms: int | None = None
    end_ms: int | None = None
    noticed_ms: int | None = None
    end_at_ms: int | None = None
    duration_ms: int | None = None
    last_ms: int = 0
    messages: int = 0
    events: int = 0
    transitions: int = 0
    previous_id: str = ""
    after_end: int = 0
    zombies: list[int] = []
    ends: list[int] = []
    lost_events: int = 0
    same_start_as: str = ""


class Anomaly(msgspec.Struct, frozen=True, gc=False):
    """Something odd that is no boundary: at ``t_ms``, what (a cause's name or ``late batch``), in words."""

    t_ms: int
    what: str
    text: str
    session_id: str = ""


class PredictedSession(msgspec.Struct, gc=False):
    """A session that the engine has: the ends are None while it is open, ``ended_by`` is empty then."""

    ordinal: int
    start_ms: int
    began_ms: int
    began_by: str
    end_ms: int | None = None
    detected_ms: int | None = None
    ended_by: str = ""


class Boundary(msgspec.Struct, frozen=True, gc=False):
    """A begin or an end, observed, predicted, or both. ``late_ms`` is negative where it came early.

    ``session_id`` is the observed session's (empty: only predicted), ``text`` the verdict's grounds in words,
    ``noticed_late_ms`` by how much the end was noticed later than predicted (0: not, or not known).
    """

    what: What
    session_id: str
    observed_ms: int | None
    predicted_ms: int | None
    verdict: Verdict
    late_ms: int = 0
    cause: Cause = ""
    text: str = ""
    noticed_late_ms: int = 0

    @property
    def t_ms(self) -> int:
        """Return where it is drawn: where it was observed, else where it was expected."""
        t_ms = self.observed_ms if self.observed_ms is not None else self.predicted_ms
        return t_ms if t_ms is not None else 0


class Comparison(msgspec.Struct, frozen=True, gc=False):
    """A device's sessions held against the engine's. ``profile`` is empty where no profile fits: then ``why``.

    ``timeout_from`` says where the timeout comes from, ``assumed`` what was taken for granted, in words.
    """

    profile: str
    timeout_s: float | None
    timeout_from: str
    sessions: list[ObservedSession]
    predicted: list[PredictedSession]
    boundaries: list[Boundary]
    anomalies: list[Anomaly]
    assumed: list[str]
    why: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """Return how many boundaries have each verdict."""
        found: dict[str, int] = dict.fromkeys(VERDICTS, 0)
        for one in self.boundaries:
            found[one.verdict] += 1
        return found


def short_name(session_id: str) -> str:
    """Return what a session is called in a narrow place: its id's beginning, or its line if it has none."""
    name, at, _ = session_id.partition("@")
    return name if at else session_id[:8]
