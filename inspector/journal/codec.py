"""How a journal is written: JSON Lines, a header first, then one entry a line.

Decoding is strict: an unknown kind or verb, a missing field or a value of another type is an error with its
reason, so a hostile or foreign file cannot put anything else into the program. A field that no entry has is
passed over; ``inspector.journal.verify`` compares bytes and finds it.
"""

from typing import Any

import msgspec

from inspector.engine.entries import AnyEntry, Entry
from inspector.engine.inputs import SettingValue

FORMAT = "session-inspector journal"
SCHEMA = 1


class CodecError(ValueError):
    """A line that is no entry of this schema. Its text is fit for a user."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a journal: what is needed to decide its inputs again.

    ``settings`` as they were asked for (scenario contract, section 4), ``epoch_ms`` the wall clock of
    ``t_ms`` 0 in milliseconds since 1970 (UTC), ``title`` what the run is called, ``origin`` where it came from
    (a scenario file, another journal and the entry at which it branched off), ``device`` the parameters of the
    device that differ from the profile's own.
    """

    format: str = FORMAT
    schema: int = SCHEMA
    profile: str
    profile_revision: int
    settings: dict[str, SettingValue]
    seed: int
    epoch_ms: int
    title: str = ""
    origin: str = ""
    app_version: str = ""
    device: dict[str, int] = {}


_encoder = msgspec.json.Encoder()
_header_decoder = msgspec.json.Decoder(Header)
_entry_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(AnyEntry)

encode_line = _encoder.encode


def encode(value: Entry | Header) -> bytes:
    """Return the line of an entry or header, newline included."""
    return encode_line(value) + b"\n"


def decode_header(line: bytes) -> Header:
    """Return the header that a line holds; raise CodecError if it holds none."""
    try:
        return _header_decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CodecError(str(error)) from error


def decode_entry(line: bytes) -> AnyEntry:
    """Return the entry that a line holds; raise CodecError if it holds none."""
    try:
        entry: AnyEntry = _entry_decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CodecError(str(error)) from error
    return entry


def decode_lines(block: bytes) -> list[AnyEntry]:
    """Return the entries of a block of lines in one call; raise CodecError if one line holds none."""
    try:
        entries: list[AnyEntry] = _entry_decoder.decode_lines(block)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CodecError(str(error)) from error
    return entries
