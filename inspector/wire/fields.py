"""Single values of an incoming message, taken only where they are what they claim to be.

Each function returns None for what cannot be used; the caller says so, or does without.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

# 1 January 9999: above it no clock of a device can be meant, and sums would lose their sense.
MAX_TIME_MS: Final = 253_370_764_800_000
_INT64: Final = 2**63
_TEXT_BYTES = 4096
_UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")
# Android writes it where no session is open (AppStateManager, Constants.NO_SESSION_ID).
NO_SESSION: Final = "NO-SESSION"


def whole(value: Any) -> int | None:
    """Return a whole number within 64 bits: exports write times and ids as texts, some senders 2.0 for 2."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        if not text.lstrip("-").isascii() or not text.lstrip("-").isdigit() or len(text) > 20:
            return None
        value = int(text)
    elif isinstance(value, float):
        if not value.is_integer():
            return None
        value = int(value)
    if not isinstance(value, int) or not -_INT64 <= value < _INT64:
        return None
    return value


def keep_whole(data: dict[str, Any], keys: Iterable[str], where: str, unread: list[str]) -> None:
    """Make the values under ``keys`` whole numbers; one that is none is taken out and told in ``unread``."""
    for key in keys:
        if key in data:
            number = whole(data[key])
            if number is None:
                unread.append(f"{where}: {key} {shown(data[key])} is no whole number of 64 bits")
                del data[key]
            else:
                data[key] = number


def time_ms(value: Any) -> int | None:
    """Return a Unix time in milliseconds between 1970 and 9999. 0 is how SDKs write "none", so it is none."""
    found = whole(value)
    return found if found is not None and 0 < found < MAX_TIME_MS else None


def seconds(value: Any) -> float | None:
    """Return a positive number of seconds, a whole one or not."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if 0 < number < 10 * 365 * 86_400 else None


def session_id(value: Any) -> str | None:
    """Return a session's id in upper case, or None for none: absent, empty, or the word for no session.

    SDKs write UUIDs. Whatever else is a short text is kept: it still says which messages belong together.
    """
    if not isinstance(value, str):
        return None
    text = value.strip().upper()
    return text[:128] if text and text != NO_SESSION else None


def is_uuid(value: str) -> bool:
    """Return whether a text has the form of a UUID."""
    return _UUID.fullmatch(value) is not None


def text(value: Any) -> str:
    """Return a value as a text of bounded length; numbers (mpids) as their digits, everything else as empty."""
    if isinstance(value, str):
        return value[:_TEXT_BYTES]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def table(value: Any) -> dict[str, Any]:
    """Return a JSON object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def shown(value: Any) -> str:
    """Return a value as a sentence may quote it."""
    said = repr(value) if not isinstance(value, str) else f"“{value}”"
    return said if len(said) <= 60 else said[:57] + "…"
