"""Which names the collector answers to. A name elsewhere that was made to point here (DNS rebinding) is none."""

import re
from collections.abc import Collection
from typing import Final

from inspector.printable import quoted

OWN_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]", "10.0.2.2"})
"""This machine, and this machine as the Android emulator calls it."""

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}\.?){1,8}", re.ASCII)
_PORT = re.compile(r":[0-9]{0,5}\Z", re.ASCII)


class HostError(ValueError):
    """A name that cannot be added. Its text is fit for a user."""


def name_of(host: str) -> str:
    """Return the name of a Host header without its port, in lower case."""
    return _PORT.sub("", host.strip().lower()).removesuffix(".")


def is_answered(host: str, added: Collection[str] = ()) -> bool:
    """Return whether a Host header names this collector; ``added`` are the names a person added."""
    name = name_of(host)
    return name in OWN_NAMES or name in added


def added_name(text: str) -> str:
    """Return a name that a person adds, as it is compared. Raises HostError."""
    name = text.strip().lower().removesuffix(".")
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise HostError(
            f"{quoted(text, 80)} is no name of a host; write a name without port, for example app.test"
        )
    return name
