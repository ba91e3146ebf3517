"""What the collector answers: as mParticle's servers do, or the fault a person set to see how an app takes it."""

import re
from email.utils import parsedate_to_datetime
from typing import Any, Final, Literal, TypeAlias

import msgspec

from inspector.printable import printable

MAX_DELAY_MS: Final = 600_000
MAX_TIMEOUT_S: Final = 86_400.0
DROP: Final = "drop"
"""Instead of a status: the connection is cut and no answer given, as a network does that fails."""

AnsweredTo: TypeAlias = Literal["events", "identity", "config", "all"]
ANSWERED_TO: Final[tuple[AnsweredTo, ...]] = ("events", "identity", "config", "all")


class AnswersError(ValueError):
    """A value that no answer can have. Its text is fit for a user."""


class Answers(msgspec.Struct, frozen=True):
    """The answers in force.

    ``status`` is 0 for what the SDK expects, else an HTTP status, -1 to cut the connection; ``delay_ms`` passes
    before the answer, ``retry_after`` is sent as it stands; these hold for requests ``to`` one concern, or all.
    ``stl_s`` is the session timeout that config answers order of the native SDKs, None for none; the web SDK
    goes by its page's.
    """

    status: int = 0
    delay_ms: int = 0
    retry_after: str = ""
    stl_s: float | None = None
    to: AnsweredTo = "events"

    def holds_for(self, concern: str) -> bool:
        """Return whether status, delay and Retry-After hold for requests about ``concern``."""
        return self.to in ("all", concern)

    def words(self) -> str:
        """Return the answers in a few words, empty if they are the usual ones."""
        parts = []
        if self.status:
            parts.append("no answer, the connection is cut" if self.status < 0 else f"status {self.status}")
        if self.retry_after:
            parts.append(f"Retry-After {self.retry_after}")
        if self.delay_ms:
            parts.append(f"{self.delay_ms / 1000:g} s late")
        said = ", ".join(parts)
        if said:
            said = f"{said} to {'every request' if self.to == 'all' else self.to}"
        if self.stl_s is not None:
            said += f"{'; ' if said else ''}session timeout of {self.stl_s:g} s in the config"
        return said


def answers_of(status: str = "", delay: str = "", retry_after: str = "", stl: str = "", to: str = "") -> Answers:
    """Return the answers that texts ask for, empty ones meaning the usual. Raises AnswersError.

    ``status`` is 200 to 599 or ``drop``, ``delay`` and ``stl`` are seconds, ``retry_after`` is
    seconds or an HTTP date.
    """
    if to and to not in ANSWERED_TO:
        raise AnswersError(f"answers to {printable(to)}: write {', '.join(ANSWERED_TO[:-1])} or all")
    taken: Any = to or "events"
    return Answers(_status(status), _delay_ms(delay), _retry_after(retry_after), _stl(stl), taken)


def _status(text: str) -> int:
    text = text.strip().lower()
    if not text:
        return 0
    if text == DROP:
        return -1
    if re.fullmatch(r"[2-5][0-9]{2}", text, re.ASCII):
        return int(text)
    raise AnswersError(
        f"status {printable(text, 60)}: write a status of 200 to 599, or drop to cut the connection"
    )


def _delay_ms(text: str) -> int:
    seconds = _seconds("delay", text)
    if seconds is None:
        return 0
    if seconds * 1000 > MAX_DELAY_MS:
        raise AnswersError(f"delay {printable(text, 60)}: at most {MAX_DELAY_MS // 1000} s are possible")
    return round(seconds * 1000)


def _stl(text: str) -> float | None:
    seconds = _seconds("session timeout", text)
    if seconds is not None and not 0 < seconds <= MAX_TIMEOUT_S:
        raise AnswersError(
            f"session timeout {printable(text, 60)}: write more than 0 and at most {MAX_TIMEOUT_S:,.0f} s"
        )
    return seconds


def _retry_after(text: str) -> str:
    text = text.strip()
    if not text or re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
        return text
    try:
        parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        text = printable(text, 60)
    else:
        if text.isascii() and text.isprintable():
            return text
    raise AnswersError(
        f"Retry-After {printable(text, 60)}: write whole seconds, or a date as HTTP writes it "
        "(Wed, 25 Nov 2026 15:00:00 GMT)"
    )


def _seconds(what: str, text: str) -> float | None:
    text = text.strip().lower().removesuffix("s").strip()
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,3})?", text, re.ASCII):
        raise AnswersError(f"{what} {printable(text, 60)}: write seconds, for example 5 or 0.25")
    return float(text)
