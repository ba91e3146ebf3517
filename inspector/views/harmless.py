"""User text made harmless for one line of display, and numbers in the words of the field.

Names and messages come from anywhere: they may hold line breaks, control characters, overrides of the
writing direction or ten megabytes. What leaves this module is one short line that says what it held.
"""

import unicodedata
from functools import lru_cache

MAX_SHOWN = 160
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x7f": "␡"}
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


def harmless(text: str, limit: int = MAX_SHOWN) -> str:
    """Return ``text`` as one line of at most ``limit`` of its characters, controls made visible.

    A cut text ends in «… (10 MB)», its size in UTF-8. Right-to-left words are isolated so that they cannot
    reorder what stands beside them; directional overrides are spelled out (‹U+202E›).
    """
    size = len(text)
    cut = text if size <= limit else text[:limit]
    if not (cut.isascii() and cut.isprintable()):
        cut = _spell_out(cut)
    return cut if size <= limit else f"{cut}… ({format_size(len(text.encode('utf-8', 'replace')))})"


def _spell_out(text: str) -> str:
    shown = "".join(map(_shown_character, text))
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in shown):
        return f"{_ISOLATE}{shown}{_END_ISOLATE}"
    return shown


@lru_cache(maxsize=4096)
def _shown_character(character: str) -> str:
    if character.isprintable():
        return character
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)  # the control pictures, ␀ and so on
    if unicodedata.category(character) == "Zs":
        return " "
    return f"‹U+{code:04X}›"


def quoted(text: str, limit: int = MAX_SHOWN) -> str:
    """Return ``text`` made harmless, in double quotes."""
    return f'"{harmless(text, limit)}"'


def shown_value(value: object, limit: int = 60) -> str:
    """Return an attribute's or a setting's value for one line; containers only by their size."""
    if isinstance(value, str):
        return quoted(value, limit)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, dict):
        return f"{{{len(value)} key{'' if len(value) == 1 else 's'}}}"
    if isinstance(value, list | tuple):
        return f"[{len(value)} value{'' if len(value) == 1 else 's'}]"
    if isinstance(value, int) and value.bit_length() > 256:
        return f"a number of {value.bit_length()} bits"
    return harmless(str(value), limit)


def format_size(size: int) -> str:
    """Return a number of bytes in words: ``10 MB``, ``1.5 kB``, ``12 bytes``."""
    for unit, scale in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= scale:
            amount = size / scale
            return f"{amount:.0f} {unit}" if amount >= 10 or amount == int(amount) else f"{amount:.1f} {unit}"
    return f"{size} bytes"


def format_time(t_ms: int) -> str:
    """Return an instant in ms as ``MM:SS.mmm``, from one hour on ``HH:MM:SS.mmm``."""
    sign, t_ms = ("-", -t_ms) if t_ms < 0 else ("", t_ms)
    seconds, ms = divmod(t_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{sign}{minutes:02}:{seconds:02}.{ms:03}"
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours:02}:{minutes:02}:{seconds:02}.{ms:03}"


def format_span(span_ms: int) -> str:
    """Return a span in ms exactly and short: ``60 s``, ``12.4 s``, ``2 min 10 s``, ``1 h 5 min``, ``3 d 4 h``.

    Up to two minutes it stays in seconds, the unit of the session timeout.
    """
    sign, span_ms = ("-", -span_ms) if span_ms < 0 else ("", span_ms)
    if span_ms <= 120_000:
        return f"{sign}{_seconds(span_ms)} s"
    parts = []
    for unit, scale in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000)):
        count, span_ms = divmod(span_ms, scale)
        if count:
            parts.append(f"{count} {unit}")
    if span_ms:
        parts.append(f"{_seconds(span_ms)} s")
    return sign + " ".join(parts)


def _seconds(span_ms: int) -> str:
    whole, ms = divmod(span_ms, 1000)
    return f"{whole}.{ms:03}".rstrip("0") if ms else str(whole)


def format_seconds(span_ms: int) -> str:
    """Return a span in ms as seconds to the millisecond: ``59.999 s``."""
    sign, span_ms = ("-", -span_ms) if span_ms < 0 else ("", span_ms)
    return f"{sign}{span_ms // 1000}.{span_ms % 1000:03} s"


def short_id(uuid_text: str) -> str:
    """Return the first eight characters of a session's UUID, harmless."""
    return harmless(uuid_text[:8])
