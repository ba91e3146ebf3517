"""What an answer to a batch means: sent, refused, try again later, or stop until a person has looked.

| answer | meaning |
|---|---|
| 2xx | sent |
| 400, 413, other 4xx | this batch is refused: it stays, to be retried or dropped by a person; the next go on |
| 401, 403, 404, 405, 3xx | the endpoint or its key is wrong: sending stops, nothing is lost |
| 408, 425, 429, 5xx, time-out, no network | later: as ``Retry-After`` says, else back-off with jitter |

Sources: mParticle's documentation of the Events API (responses, default service limits); the SDKs' own conduct:
a day at most for ``Retry-After`` (Apple), 400 blocks the web SDK's queue and not the native ones', as here.
"""

import random
from email.utils import parsedate_to_datetime
from typing import Final, Literal, TypeAlias

import msgspec

Meaning: TypeAlias = Literal["sent", "refused", "stop", "later"]
MAX_RETRY_AFTER_S: Final = 86_400
FIRST_DELAY_S: Final = 1.0
MAX_DELAY_S: Final = 300.0
_AGAIN: Final = frozenset((408, 425, 429))
_STOP: Final = frozenset((401, 403, 404, 405, 407))
WORDS: Final[dict[int, str]] = {
    400: "the server cannot read it",
    401: "no key, or not accepted",
    403: "the key is not valid",
    404: "nothing there takes batches",
    405: "nothing there takes batches",
    408: "the server waited too long",
    413: "too large for the server",
    429: "too many; the server asks to wait",
    503: "the server is not available",
}


class Verdict(msgspec.Struct, frozen=True):
    """What becomes of a batch after an attempt; ``wait_s`` until the next if ``later``."""

    meaning: Meaning
    words: str
    wait_s: float = 0.0


def judge(status: int, retry_after: str, attempts: int, now_s: float, rng: random.Random) -> Verdict:
    """Return what an answer means. ``attempts`` counts this one, ``now_s`` is the wall clock (Unix s)."""
    words = f"{status}" + (f": {WORDS[status]}" if status in WORDS else "")
    if 200 <= status < 300:
        return Verdict("sent", words)
    if status in _AGAIN or status >= 500:
        asked_s = retry_after_s(retry_after, now_s)
        if asked_s is not None:
            return Verdict("later", f"{words} (Retry-After {asked_s:g} s)", asked_s)
        return Verdict("later", words, delay_s(attempts, rng))
    if status in _STOP or status < 400:
        return Verdict("stop", words)
    return Verdict("refused", words)


def unanswered(words: str, attempts: int, rng: random.Random) -> Verdict:
    """Return what becomes of a batch that got no answer: no network, a time-out."""
    return Verdict("later", words, delay_s(attempts, rng))


def delay_s(attempts: int, rng: random.Random) -> float:
    """Return how long to wait after ``attempts`` attempts: doubling to five minutes, half to all of it.

    The same ``rng`` gives the same delays.
    """
    whole = min(MAX_DELAY_S, FIRST_DELAY_S * 2.0 ** min(attempts - 1, 20))
    return whole * (0.5 + rng.random() / 2)


def retry_after_s(text: str, now_s: float) -> float | None:
    """Return the seconds that a ``Retry-After`` asks for, a number or an HTTP date; None if unusable.

    At most a day, at least nothing.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:12]), MAX_RETRY_AFTER_S))
    try:
        until = parsedate_to_datetime(text)
        return min(max(0.0, until.timestamp() - now_s), float(MAX_RETRY_AFTER_S))
    except (TypeError, ValueError, IndexError, OverflowError, OSError):
        return None
