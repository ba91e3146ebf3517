"""What a value of an input may be, so that its line can be read again."""

from inspector.engine.inputs import LogEvent, SetSessionAttribute
from inspector.engine.session import Session
from inspector.journal.codec import encode_line
from inspector.journal.errors import TooLarge
from inspector.journal.store import MAX_LINE_BYTES

# The attributes of a session travel with its end (G15) in one line; room is left for the rest of that line.
_MAX_DEPTH = 100
_MAX_ATTRIBUTES_BYTES = MAX_LINE_BYTES - (1 << 20)


def check_values(what: LogEvent | SetSessionAttribute, session: Session | None) -> None:
    """Raise TooLarge for values that could not be read again or not travel with the session's end."""
    value = what.attributes if isinstance(what, LogEvent) else what.value
    if isinstance(value, dict | list | tuple) and _deeper_than(value, _MAX_DEPTH):
        raise TooLarge(f"the value cannot be recorded: it is nested more than {_MAX_DEPTH} levels deep")
    if session is None or isinstance(what, LogEvent):
        return
    try:
        size = len(encode_line({**session.attributes, what.key: what.value}))
    except (UnicodeEncodeError, OverflowError, RecursionError, TypeError, ValueError) as error:
        raise TooLarge(f"the attribute cannot be recorded: {error or 'nested too deeply'}") from error
    if size > _MAX_ATTRIBUTES_BYTES:
        raise TooLarge(
            f"the session's attributes would be {size / 1e6:.1f} MB; "
            f"at most {_MAX_ATTRIBUTES_BYTES / 1e6:.0f} MB can be recorded"
        )


def _deeper_than(value: object, limit: int) -> bool:
    """Return whether lists and dicts are nested more than ``limit`` deep in ``value`` (a cycle is, too)."""
    rest: list[tuple[object, int]] = [(value, 1)]
    while rest:
        inner, depth = rest.pop()
        if depth > limit:
            return True
        parts = inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list | tuple) else ()
        rest.extend((part, depth + 1) for part in parts if isinstance(part, dict | list | tuple))
    return False
