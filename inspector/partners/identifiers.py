"""Ids of what is sent, derived from the journal's seed: the same journal always sends the same ids.

A server that takes a batch twice knows it by them. Sessions have the ids of the journal; messages, batches, the
device and its first user are numbered in ranges of their own, so that no two can meet.
"""

from hashlib import blake2b
from typing import Final

from inspector.engine.ids import session_uuid

# A session's number is its ordinal, below 2**64; the other kinds begin above it.
_MESSAGES: Final = 1 << 64
_BATCHES: Final = 2 << 64
_DEVICE: Final = 3 << 64
_USER: Final = 4 << 64
_INT64_MAX: Final = (1 << 63) - 1


def message_id(seed: int, seq: int, *, upper: bool) -> str:
    """Return the UUID of the message made of entry ``seq``; Apple writes ids in upper case, others in lower."""
    text = session_uuid(seed, _MESSAGES + seq)
    return text if upper else text.lower()


def batch_id(seed: int, first_seq: int, *, upper: bool) -> str:
    """Return the request id of the batch whose first message was made of entry ``first_seq``."""
    text = session_uuid(seed, _BATCHES + first_seq)
    return text if upper else text.lower()


def device_id(seed: int) -> str:
    """Return the id of the installation (``mp_deviceid``, ``das``)."""
    return session_uuid(seed, _DEVICE).lower()


def first_user(seed: int) -> str:
    """Return the MPID of the user before any login: what an identity server would have answered, as text."""
    return str(int(session_uuid(seed, _USER).replace("-", ""), 16) & _INT64_MAX)


def mpid_number(mpid: str) -> int:
    """Return an MPID as the number that is sent: its own if it is one, else one derived from the text.

    A scenario may call a user anything (``alice``); an MPID on the wire is a signed 64-bit number.
    """
    if is_mpid(mpid):
        return int(mpid)
    digest = blake2b(mpid.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") & _INT64_MAX


def is_mpid(mpid: str) -> bool:
    """Return whether a text is a signed 64-bit number in plain digits."""
    digits = mpid.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 19):
        return False
    return -_INT64_MAX - 1 <= int(mpid) <= _INT64_MAX
