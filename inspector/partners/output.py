"""A file that is there whole or not at all: written beside its place, moved there when it is complete."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, TypeVar

_T = TypeVar("_T")


class NotWritten(Exception):  # noqa: N818 - named after what is wrong
    """A file cannot be written. Its text names the file, why, and what to do."""


class Output:
    """One file. Raises NotWritten from every call; what was there before stays then as it was."""

    def __init__(self, path: str) -> None:
        self.path = path
        # What is no regular file (/dev/stdout, a named pipe) cannot be replaced; a link keeps pointing there.
        self._direct = os.path.exists(path) and not os.path.isfile(path)
        self._target = os.path.realpath(path)
        self._beside = path if self._direct else f"{self._target}.{os.getpid()}.part"
        if os.path.isdir(path):
            raise NotWritten(f"--output {path}: is a directory; give the path of a file")
        self._stream: BinaryIO | None = self._try(lambda: open(self._beside, "wb"))  # noqa: SIM115 - place, drop

    def _try(self, action: Callable[[], _T]) -> _T:
        try:
            return action()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            self.drop()
            message = f"--output {self.path}: cannot be written: {why}; give a path with room to write"
            raise NotWritten(message) from None

    def write(self, data: bytes) -> None:
        """Write bytes."""
        stream = self._stream
        if stream is not None:
            self._try(lambda: stream.write(data))

    def complete(self) -> None:
        """Write what is left to write and close the file."""
        stream = self._stream
        if stream is not None:
            self._try(stream.close)

    def place(self) -> None:
        """Move the completed file to its place."""
        if not self._direct:
            self._try(lambda: os.replace(self._beside, self._target))
        self._stream = None

    def drop(self) -> None:
        """Remove an unfinished file."""
        stream, self._stream = getattr(self, "_stream", None), None
        if stream is not None:
            with suppress(OSError):
                stream.close()
            if not self._direct:
                with suppress(OSError):
                    os.unlink(self._beside)
