"""The file in which exchanges are kept: a header line, then one exchange a line, as JSON.

Bodies are base64, so that every byte an SDK sent is there, packed as it was sent. A line is written whole before
its request is answered; a last line without its end was never answered and does not count.
"""

from typing import Any, Final

import msgspec

from inspector.wire.exchange import Exchange

SUFFIX: Final = ".captures"
HEADER: Final = b'{"format":"session-inspector captures","version":1}\n'


NO_SUCH_PATH: Final = "no SDK asks for this path"
"""What the collector answers, with 404, to a request that is none of mParticle's SDKs'."""


class KeptError(ValueError):
    """A line that holds no exchange. Its text is fit for a user."""


def is_header(line: bytes) -> bool:
    """Return whether a file's first line says that exchanges are kept in it, of a version that is understood."""
    try:
        found: Any = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return False
    return isinstance(found, dict) and found == msgspec.json.decode(HEADER)


def encode(exchange: Exchange) -> bytes:
    """Return the line of an exchange."""
    return _ENCODER.encode(exchange) + b"\n"


def decode(line: bytes) -> Exchange:
    """Return the exchange of a line. Raises KeptError."""
    try:
        return _DECODER.decode(line)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise KeptError(f"this line holds no exchange: {error}") from None


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Exchange)
