"""Bodies from the wire made safe to read: content encodings undone and JSON parsed, both within bounds.

Everything here is hostile ground. A body is refused, with a sentence and the HTTP status that fits, when it is
too large as sent, swells beyond the bound when unpacked, nests too deep, holds too many values, is no UTF-8, or
says what JSON has no word for (NaN, Infinity, numbers that overflow). Integers of any size up to the digits
Python takes are kept exactly: user ids exceed 2^53, and a float would silently be another user.
"""

import json
import re
import zlib
from collections.abc import Mapping
from typing import Any, Final, NoReturn

import msgspec


class BodyError(ValueError):
    """A body that is not read. Its text is fit for a user; ``status`` is the HTTP answer that says so."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Bounds(msgspec.Struct, frozen=True):
    """What a body may come to: bytes as sent and unpacked, nesting, values, and digits of one number."""

    sent_bytes: int = 4 * 2**20
    plain_bytes: int = 8 * 2**20
    depth: int = 64
    values: int = 200_000


BOUNDS: Final = Bounds()
# Above this a number is no id and no time of anyone's; int() would be asked for quadratic work.
MAX_DIGITS: Final = 400
# Members of one packed body; a sender writes one. Each costs a copy of what follows it.
MAX_MEMBERS: Final = 64
_PIECE = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
# One escape: a proper pair (kept), a lone surrogate (replaced), or any other escape (kept, and stepped over).
_ESCAPE = re.compile(
    r"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)


def read_json(body: bytes, headers: Mapping[str, str] = {}, bounds: Bounds = BOUNDS) -> Any:
    """Return the JSON value of a body whose headers (names in lower case) say how it is packed.

    Raises BodyError if it is refused.
    """
    return parse_json(plain_body(body, headers.get("content-encoding", ""), bounds), bounds)


def plain_body(body: bytes, encoding: str = "", bounds: Bounds = BOUNDS) -> bytes:
    """Return a body with its content encoding undone: gzip, deflate, br, several of them, or none.

    A gzip body whose header was lost (captures often lose it) is known by its first bytes. Raises BodyError
    (413 too large, 415 an encoding that cannot be undone here, 400 broken).
    """
    if len(body) > bounds.sent_bytes:
        raise BodyError(f"the body has {len(body):,} bytes; at most {bounds.sent_bytes:,} are read", 413)
    names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
    if len(names) > 3:
        raise BodyError(f"content-encoding: {encoding[:80]!r} packs the body {len(names)} times", 415)
    for name in reversed(names):
        body = _unpack(body, name, bounds)
    if not names and body.startswith(_GZIP_MAGIC):
        body = _unpack(body, "gzip", bounds)
    if len(body) > bounds.plain_bytes:
        raise _too_large(bounds)
    return body


def _unpack(body: bytes, name: str, bounds: Bounds) -> bytes:
    if name == "identity":
        return body
    if name in ("gzip", "x-gzip"):
        # A proxy's capture may name an encoding that it has already undone: JSON never starts as gzip does.
        return _inflate(body, 31, name, bounds) if body.startswith(_GZIP_MAGIC) else _already_plain(body, name)
    if name == "deflate":
        # The standard means a zlib stream, some senders a raw one; the first two bytes tell.
        wrapped = len(body) >= 2 and body[0] & 15 == 8 and (body[0] << 8 | body[1]) % 31 == 0
        return _inflate(body, 15 if wrapped else -15, name, bounds)
    if name == "br":
        return _brotli(body, bounds)
    raise BodyError(f"content-encoding: {name[:40]!r} is not known; send gzip, deflate or none", 415)


def _already_plain(body: bytes, name: str) -> bytes:
    if body.lstrip()[:1] in (b"{", b"["):
        return body
    raise BodyError(f"content-encoding says {name}, but the body does not begin as {name} does")


def _inflate(body: bytes, window: int, name: str, bounds: Bounds) -> bytes:
    """Return all members of a packed body, never holding more than the bound and one piece."""
    parts: list[bytes] = []
    total, rest, members = 0, body, 0
    try:
        while rest:
            members += 1
            if members > MAX_MEMBERS:
                raise BodyError(f"the {name} body has more than {MAX_MEMBERS} members; pack it as one")
            unpacker = zlib.decompressobj(window)
            while not unpacker.eof:
                part = unpacker.decompress(rest, _PIECE)
                rest = unpacker.unconsumed_tail
                if not part and not rest and not unpacker.eof:
                    raise BodyError(f"the {name} body is cut short after {len(body):,} bytes")
                parts.append(part)
                total += len(part)
                if total > bounds.plain_bytes:
                    raise _too_large(bounds)
            rest = unpacker.unused_data if window == 31 and unpacker.unused_data.startswith(_GZIP_MAGIC) else b""
    except zlib.error as error:
        raise BodyError(f"the body is no {name}: {error}") from None
    return b"".join(parts)


def _brotli(body: bytes, bounds: Bounds) -> bytes:
    """Undo brotli where a library for it is there; no SDK packs with it, proxies sometimes do."""
    try:
        from brotli import Decompressor  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise BodyError(
            "content-encoding: br needs the package brotli, which is not there; send gzip or none", 415
        ) from None
    unpacker = Decompressor()
    parts: list[bytes] = []
    total = 0
    for at in range(0, len(body), 256):  # small bites: each may swell a thousandfold and more
        try:
            part: bytes = unpacker.process(body[at : at + 256])
        except Exception as error:  # noqa: BLE001 - brotli's own error class differs between its packages
            raise BodyError(f"the body is no br: {error}") from None
        parts.append(part)
        total += len(part)
        if total > bounds.plain_bytes:
            raise _too_large(bounds)
    if not unpacker.is_finished():
        raise BodyError(f"the br body is cut short after {len(body):,} bytes")
    return b"".join(parts)


def _too_large(bounds: Bounds) -> BodyError:
    return BodyError(
        f"unpacked, the body has more than {bounds.plain_bytes:,} bytes; it is not read further", 413
    )


def parse_json(plain: bytes | str, bounds: Bounds = BOUNDS) -> Any:
    """Return a JSON value, strictly: see the module's text. Raises BodyError with the place where it fails.

    A lone surrogate in an escape becomes U+FFFD, so that every text can be written again.
    """
    if isinstance(plain, bytes):
        try:
            text = plain.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BodyError(f"the body is no UTF-8 at byte {error.start:,}") from None
    else:
        text = plain
    if not text.strip():
        raise BodyError("the body is empty; a JSON value was expected")
    # Upper bounds that cost one pass in C: what is in texts is counted too, and the bound is wide.
    if text.count(",") + text.count("[") + text.count("{") > bounds.values:
        raise BodyError(f"the body holds more than {bounds.values:,} values; it is not read", 413)
    if _SURROGATE.search(text):
        text = _ESCAPE.sub(lambda m: "\\ufffd" if m[2] else m[0], text)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise BodyError(
            f"the body is no JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except RecursionError:
        raise BodyError(f"the body nests deeper than {bounds.depth} levels") from None
    if text.count("[") + text.count("{") > bounds.depth and _depth(value, bounds.depth) > bounds.depth:
        raise BodyError(f"the body nests deeper than {bounds.depth} levels")
    return value


def _depth(value: Any, most: int) -> int:
    """Return how deep a value nests, counting no further than one above ``most``; without recursion."""
    level: list[Any] = [value]
    depth = 0
    while level and depth <= most:
        level = [v for v in level if isinstance(v, dict | list)]
        if not level:
            break
        depth += 1
        level = [inner for v in level for inner in (v.values() if isinstance(v, dict) else v)]
    return depth


def _no_constant(name: str) -> NoReturn:
    raise BodyError(f"the body says {name}, which is no JSON number")


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise BodyError(f"the body has a whole number of {len(digits):,} digits; at most {MAX_DIGITS} are read")
    return int(digits)


def _finite(digits: str) -> float:
    value = float(digits[:10_000])
    if value in (float("inf"), float("-inf")):
        raise BodyError(f"the body says {digits[:40]}, which is too large for a number")
    return value


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_int=_whole, parse_float=_finite)
