"""Values of events as they travel: attributes are texts, and a custom event has one of nine types."""

from typing import Any

import msgspec

from inspector.wire.codes import EVENT_TYPES

# The schema's ``custom_event_type``; the documentation's ``attribution`` is not in it.


def event_type(asked: str) -> str:
    """Return the custom event type that a scenario's ``type`` names, ``other`` for one that there is not."""
    found = asked.strip().lower().replace(" ", "_").replace("-", "_")
    return found if found in EVENT_TYPES else "other"


def attributes(values: dict[str, Any]) -> dict[str, str | None]:
    """Return attributes as texts, as the SDKs write them: numbers in digits, true and false, lists as JSON."""
    return {clean(key): None if value is None else as_text(value) for key, value in values.items()}


def as_text(value: Any) -> str:
    """Return one value as a text."""
    if isinstance(value, str):
        return clean(value)
    try:
        return msgspec.json.encode(value).decode()
    except (UnicodeEncodeError, OverflowError, RecursionError, TypeError, ValueError):
        return clean(str(value))


def clean(text: str) -> str:
    """Return a text that UTF-8 can hold: half a surrogate pair becomes a question mark."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode()
