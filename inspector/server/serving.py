"""The collector on an event loop of its own, in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from inspector.server.answers import Answers
from inspector.server.certificate import certificate
from inspector.server.collector import Collector, Kept, Limits
from inspector.server.keeping import Keeper
from inspector.server.sockets import HTTP_PORT, Places, listen


class Wanted(msgspec.Struct, frozen=True):
    """How to collect: ports (0 any free one, None none), answers, names added, the file (None a new one)."""

    http: int | None = HTTP_PORT
    https: int | None = None
    answers: Answers = Answers()
    names: tuple[str, ...] = ()
    file: Path | None = None
    limits: Limits = Limits()


class Serving:
    """A running collector. ``on_kept`` is called in its thread, with each exchange, before it is answered."""

    def __init__(self, wanted: Wanted, on_kept: Callable[[Kept], None] = lambda kept: None) -> None:
        """Bind the ports, open the file, make the certificate if https is asked for, and serve.

        Raises PlaceError, JournalError, OSError; then nothing is left open.
        """
        self.certificate = certificate(wanted.names) if wanted.https is not None else None
        self.places: Places = listen(wanted.http, wanted.https)
        try:
            self.keeper = Keeper(wanted.file)
        except BaseException:
            self.places.close()
            raise
        self._loop = asyncio.new_event_loop()
        self.collector = Collector(
            self.keeper,
            answers=wanted.answers,
            limits=wanted.limits,
            names=wanted.names,
            certificate=self.certificate,
            on_kept=on_kept,
        )
        try:
            self._loop.run_until_complete(self.collector.start(self.places))
        except BaseException:
            self._close()
            raise
        self._thread = threading.Thread(target=self._loop.run_forever, name="collector", daemon=True)
        self._thread.start()

    def answer(self, answers: Answers) -> None:
        """Answer so from now on."""
        self.collector.answers = answers

    def stop(self) -> None:
        """Stop serving and close the file. Raises NotWritable if its end did not reach the device."""
        asyncio.run_coroutine_threadsafe(self.collector.stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._close()

    def _close(self) -> None:
        self.places.close()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True) if left else asyncio.sleep(0))
        self._loop.close()
        self.keeper.close()


def names_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the names a person added, each as it is compared. Raises HostError."""
    from inspector.server.hosts import added_name

    return tuple(dict.fromkeys(added_name(text) for text in texts))
