"""Batches one a line: mParticle's exports (S3, Blob, GCS, Kafka, webhooks), and what the collector kept.

An export has the Events API's batch with numbers as texts and identities as a list; each line becomes an exchange
whose body is the batch as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from inspector.captures.account import Account
from inspector.captures.bodies import CUT, log_exchange
from inspector.captures.clocks import Moment
from inspector.captures.reader import Item, LineReader
from inspector.captures.scan import NOT_JSON, JsonScanner, mend
from inspector.wire import kept
from inspector.wire.exchange import Exchange
from inspector.wire.sighting import Clock

NO_OBJECT = "no JSON object; one batch a line is wanted"
NO_BATCH = "no batch: an object with events, or with msgs, is wanted"
NO_EXCHANGE = "no exchange that the collector kept: at_ms, method and url are wanted"
TOO_LARGE = "a batch of more than 32 MB"


class ExportReader(LineReader):
    """Reads one batch a line."""

    def take(self, number: int, line: str) -> Iterator[Item]:
        """Read a line."""
        if not line.strip():
            return
        data = line.encode("utf-8", "replace")
        exchange = batch_exchange(self.account, number, data)
        if exchange is not None:
            yield exchange


class BatchListReader:
    """Reads a list of batches, or one batch over several lines."""

    def __init__(self, account: Account, *, listed: bool) -> None:
        wanted = ("*",) if listed else ()
        self._scanner = JsonScanner(lambda path: path == wanted)
        self._account = account
        self._last = bytearray() if not listed else None

    def feed(self, block: bytes) -> Iterator[Item]:
        """Take a piece."""
        if self._last is not None and len(self._last) < 32 << 20:
            self._last += block
        for part in self._scanner.feed(block):
            if part.data is None:
                self._account.miss(part.line, TOO_LARGE)
            elif exchange := batch_exchange(self._account, part.line, part.data):
                yield exchange

    def idle(self) -> Iterator[Item]:
        """Nothing is held back."""
        yield from ()

    def finish(self) -> Iterator[Item]:
        """Say what is missing; keep of a single batch what is certain."""
        if self._scanner.done and self._scanner.fault is None:
            return
        if self._last is not None and not self._scanner.done:
            exchange = batch_exchange(self._account, 1, bytes(self._last))
            if exchange is not None:
                yield exchange
            return
        why = self._scanner.fault or "the file ends in the middle"
        self._account.miss(self._scanner.fault_line or self._scanner.rest_line(), f"no JSON from here: {why}")


class KeptReader(LineReader):
    """Reads the exchanges that the collector kept, one a line."""

    def take(self, number: int, line: str) -> Iterator[Item]:
        """Read a line. A first one that names the format says nothing more."""
        if not line.strip():
            return
        data = line.encode("utf-8", "replace")
        if number == 1 and kept.is_header(data):
            return
        try:
            exchange = kept.decode(data)
        except kept.KeptError:
            self.account.miss(number, NO_EXCHANGE, line)
            return
        place = self.account.place(number)
        yield msgspec.structs.replace(
            exchange,
            headers={name.lower(): value for name, value in exchange.headers.items()},
            source=f"{place}, {exchange.source}" if exchange.source else place,
        )


def batch_exchange(account: Account, number: int, data: bytes) -> Exchange | None:
    """Return a batch as an exchange; a cut one as far as it is certain. The account says what is not."""
    cut = False
    try:
        batch: Any = msgspec.json.decode(data)
    except NOT_JSON:
        mended = mend(data)
        if mended is None or not data.lstrip().startswith(b"{"):
            account.miss(number, NO_OBJECT, data)
            return None
        try:
            data, cut = mended.data, True
            batch = msgspec.json.decode(data)
        except NOT_JSON:
            account.miss(number, NO_OBJECT, data)
            return None
    if not isinstance(batch, dict) or not isinstance(batch.get("events", batch.get("msgs")), list):
        account.miss(number, NO_BATCH if isinstance(batch, dict) else NO_OBJECT, data)
        return None
    if cut:
        account.cut += 1
        account.miss(number, CUT, data[-80:])
    at_ms = _whole(batch.get("timestamp_unixtime_ms", batch.get("ct")))
    clock: Clock = "certain" if at_ms is not None else "none"
    return log_exchange(data, Moment(at_ms, clock), account.place(number))


def _whole(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18 else None
