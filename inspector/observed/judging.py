"""The judging of what is observed, as a process of its own: ``python -m inspector.observed.judging``.

Frames on standard input and output, each a length in four bytes and so many bytes of MessagePack. ``Ask`` frames
bring requests and lines; the one that is the last of a look is answered by a ``Judged`` for each device
that something new is known of, and a ``Done``. When the input ends, so does the process.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from typing import BinaryIO, Final, TypeAlias

import msgspec

from inspector.observed.compare import compare
from inspector.observed.devices import Device, DeviceKey, Observations
from inspector.observed.model import Comparison
from inspector.wire.exchange import Exchange
from inspector.wire.sighting import Sighting

HEAD_BYTES: Final = 4
LOOK_S: Final = 0.4
"""So long a look may take before it is shown; devices that it did not come to are the first of the next."""
_NICE: Final = 5  # the window and the collector come first


class Item(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A request with its answer, or a line of a log."""

    exchange: Exchange | None
    sighting: Sighting | None = None


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """What arrived. ``last``: now look; ``again``: at every device, for ``timeout_s`` is another."""

    items: list[Item]
    last: bool = False
    again: bool = False
    timeout_s: float | None = None


class Judged(msgspec.Struct, frozen=True, array_like=True, tag="judged"):
    """One device as of this look: its key, what to call it, its sessions held against the engine.

    ``first_ms`` is when the earliest session of all that were looked at began, None if there is none.
    """

    key: DeviceKey
    name: str
    short_name: str
    number: int
    found: Comparison
    duplicates: int
    trimmed: int
    first_ms: int | None = None


class Done(msgspec.Struct, frozen=True, array_like=True, tag="done"):
    """The end of a look: what could not be read so far, and the devices that were let go.

    ``left`` devices have news that this look did not come to: ask again.
    """

    unread: int
    last_unread: str
    gone: list[DeviceKey]
    took_ms: float
    left: int = 0


Answer: TypeAlias = Judged | Done


def framed(value: Ask | Answer) -> bytes:
    """Return a value as a frame."""
    body = msgspec.msgpack.encode(value)
    return len(body).to_bytes(HEAD_BYTES, "big") + body


class Judge:
    """Keeps what was observed and judges it."""

    def __init__(self) -> None:
        self._seen = Observations()
        self._touched: dict[DeviceKey, None] = {}  # in the order in which they were touched
        self._before: set[DeviceKey] = set()

    def take(self, items: list[Item]) -> None:
        """Take what arrived."""
        for item in items:
            what = item.exchange or item.sighting
            device = None if what is None else self._seen.take(what)
            if device is not None:
                self._touched.setdefault(device.key)

    def look(self, timeout_s: float | None, *, again: bool) -> list[Answer]:
        """Return the devices that something new is known of since the last look, or all of them, and a Done.

        Within ``LOOK_S``: those that waited longest come first, the others in the next look.
        """
        began_s = time.perf_counter()
        seen = self._seen
        for key in seen.devices if again else ():
            self._touched.setdefault(key)
        found: list[tuple[Device, Comparison]] = []
        for key in list(self._touched):
            if found and time.perf_counter() - began_s >= LOOK_S:
                break
            del self._touched[key]
            device = seen.devices.get(key)
            if device is not None and device.known:
                found.append((device, compare(device, timeout_s)))
        found.sort(key=lambda one: one[0].number)
        first_ms = min((one.start_ms for _, told in found for one in told.sessions), default=None)
        answers: list[Answer] = [_judged(device, told, first_ms) for device, told in found]
        last = f"{seen.unread[-1].source}: {seen.unread[-1].said}" if seen.unread else ""
        gone = sorted(self._before - set(seen.devices))
        self._before = set(seen.devices)
        took_ms = (time.perf_counter() - began_s) * 1000
        return [*answers, Done(seen.unread_count, last, gone, took_ms, len(self._touched))]


def _judged(device: Device, found: Comparison, first_ms: int | None) -> Judged:
    return Judged(
        device.key,
        device.name,
        device.short_name,
        device.number,
        found,
        device.duplicate_count,
        device.trimmed,
        first_ms,
    )


def serve(inward: BinaryIO, outward: BinaryIO) -> None:
    """Answer until the input ends."""
    judge = Judge()
    decoder = msgspec.msgpack.Decoder(Ask)
    while len(head := inward.read(HEAD_BYTES)) == HEAD_BYTES:
        ask = decoder.decode(inward.read(int.from_bytes(head, "big")))
        judge.take(ask.items)
        if ask.last:
            for answer in judge.look(ask.timeout_s, again=ask.again):
                outward.write(framed(answer))
            outward.flush()


def main() -> None:
    """Serve on standard input and output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the window's, whose end ends the input
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(_NICE)
    with suppress(BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
