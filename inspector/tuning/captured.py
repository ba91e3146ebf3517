"""Captures as histories: what a collector kept, HAR, flows and device logs. Each app on each device is a user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, repeat
from typing import Any

from inspector.captures.errors import CaptureError
from inspector.captures.reading import Reading
from inspector.observed.device import Device
from inspector.observed.devices import Observations
from inspector.observed.model import Received
from inspector.tuning.columns import FIRST_ROWS
from inspector.tuning.errors import Cancelled, TuneError
from inspector.tuning.jsonlines import BATCH_ROWS, ExportTable
from inspector.tuning.lines import refuse
from inspector.tuning.table import Batch, IsCancelled

COLUMNS = ("user", "time", "state", "kind", "platform", "app_version")
REPEATED = "message that came before, sent again"
MAX_HELD = 2_000
Bad = list[tuple[str, str, str]]


class CaptureTable:
    """The messages in a capture as rows, by the device's own clock. Raises TuneError if there are none.

    What cannot be read and what was sent twice are bad rows.
    """

    activity = ExportTable.activity
    nested = False
    units: Mapping[str, str] = {"time": "milliseconds"}

    def __init__(
        self, file: str, size_bytes: int, format_name: str, cancelled: IsCancelled | None = None
    ) -> None:
        self.file, self.size_bytes = file, size_bytes
        self.kind = f"capture, {format_name}"
        self.names = list(COLUMNS)
        self.first_rows = [row for row, _, _ in islice(self._rows([], cancelled), FIRST_ROWS)]
        if not self.first_rows:
            raise refuse(file, f"this capture ({format_name}) holds no message of mParticle's SDKs")

    def batches(self, names: Sequence[str], cancelled: IsCancelled | None = None) -> Iterator[Batch]:
        """Yield the rows of these columns. Raises TuneError."""
        at = [COLUMNS.index(name) for name in names]
        bad: Bad = []
        rows = self._rows(bad, cancelled)
        more = True
        while more:
            taken = list(islice(rows, BATCH_ROWS))
            more = len(taken) == BATCH_ROWS
            places = [place for _, place, _ in taken]
            done = taken[-1][2] if more else self.size_bytes
            columns: list[Any] = [[row[column] for row, _, _ in taken] for column in at]
            yield Batch(columns, places.__getitem__, list(bad), min(done, self.size_bytes))
            bad.clear()

    def _rows(self, bad: Bad, cancelled: IsCancelled | None = None) -> Iterator[tuple[list[Any], str, int]]:
        """Yield rows, each with its place and the bytes read so far; note in ``bad`` what is none."""
        seen = Observations()
        done = 0
        waiting: dict[int, tuple[Device, list[Received]]] = {}  # lines of a log whose batches may come
        last: dict[int, tuple[int, int]] = {}  # of a device: order of its last message, messages sent again
        try:
            reading = Reading(self.file)
            try:
                for item in reading:
                    if cancelled is not None and cancelled():
                        raise Cancelled
                    unread = seen.unread_count
                    seen.take(item)
                    if new := seen.unread_count - unread:
                        bad += [(one.source or self.file, one.said, "") for one in list(seen.unread)[-new:]]
                    done = reading.account.bytes_read
                    for device in list(seen.devices.values()):
                        news = self._news(device, last, bad)
                        if news and not device.messages:
                            # Its batches may come: they tell the same, and more.
                            news = self._held(waiting, device, news)
                        yield from ((_row(device, one), one.batch.source or self.file, done) for one in news)
                for number, (device, lines) in waiting.items():
                    if any(other.number == number for other in seen.devices.values()):
                        yield from ((_row(device, one), one.batch.source or self.file, done) for one in lines)
            finally:
                reading.close()
        except CaptureError as error:
            raise TuneError(str(error)) from None
        account = reading.account
        left = account.reasons.copy()
        for missed in account.unread:
            left[missed.reason] -= 1
            bad.append((missed.place, missed.reason, missed.shown))
        for reason, count in left.items():
            bad.extend(repeat((self.file, reason, ""), count))

    @staticmethod
    def _held(
        waiting: dict[int, tuple[Device, list[Received]]], device: Device, news: list[Received]
    ) -> list[Received]:
        """Hold lines back until it is clear that no batch tells them; return those that are too many to hold."""
        lines = waiting.setdefault(device.number, (device, []))[1]
        lines += news
        if len(lines) <= MAX_HELD:
            return []
        out = lines.copy()
        lines.clear()
        return out

    def _news(self, device: Device, last: dict[int, tuple[int, int]], bad: Bad) -> list[Received]:
        """Return what a device has said since it was looked at."""
        order, repeated = last.get(device.number, (0, 0))
        if device.duplicate_count > repeated:
            again = (device.batches[-1].source or self.file, REPEATED, device.duplicates[-1][1])
            bad.extend(repeat(again, device.duplicate_count - repeated))
        found: list[Received] = []
        for one in reversed(device.messages or device.logged):
            if one.order <= order:
                break
            found.append(one)
        newest = found[0].order if found else order
        last[device.number] = (newest, device.duplicate_count)
        return found[::-1]


def _row(device: Device, one: Received) -> list[Any]:
    message = one.message
    state = message.name if message.kind == "application_state_transition" else None
    user = " ".join(part for part in device.key if part) or device.name
    return [user, message.t_ms, state, state or message.kind, device.platform, device.app_version]
