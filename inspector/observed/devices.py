"""Batches and lines of logs, as they come, sorted by the installation and the app that made them.

Bounded on every side: so many devices, so many messages each, so many complaints; what is let go is counted.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from inspector.observed.lines import message_of
from inspector.observed.model import BatchSeen, Received
from inspector.wire.exchange import Exchange
from inspector.wire.fields import MAX_TIME_MS
from inspector.wire.incoming import IdentityCall, read_exchange
from inspector.wire.message import Batch
from inspector.wire.sighting import Sighting

MAX_DEVICES: Final = 200
MAX_MESSAGES: Final = 3_000
_KEPT_AFTER_TRIM = 2_400
_MAX_IDS = 20_000
_MAX_CALLS = 500


class DeviceKey(NamedTuple):
    """What tells one device and app from another."""

    device_id: str
    app: str


class Device:
    """One installation of an app. ``version`` rises whenever something new arrived."""

    def __init__(self, key: DeviceKey, number: int) -> None:
        self.key = key
        self.number = number
        self.platform = ""
        self.sdk_version = ""
        self.app_version = ""
        self.version = 0
        self.messages: list[Received] = []
        self.batches: deque[BatchSeen] = deque(maxlen=2_000)
        self.logins: deque[tuple[int, str]] = deque(maxlen=_MAX_CALLS)
        self.duplicates: deque[tuple[int, str, str]] = deque(maxlen=_MAX_CALLS)
        self.duplicate_count = 0
        self.trimmed = 0
        self.from_log = False
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._order = 0
        self._batch = 0

    @property
    def name(self) -> str:
        """Return what to call it: platform, app and the beginning of the installation's id."""
        parts = [self.platform or "unknown platform", self.key.app, self.key.device_id[:8]]
        return " · ".join(part for part in parts if part)

    @property
    def short_name(self) -> str:
        """Return platform and the beginning of the installation's id."""
        return f"{self.platform or 'unknown'} {self.key.device_id[:8]}".strip()

    def take(self, batch: Batch, at_ms: int, status: int | None, source: str, config_s: float | None) -> None:
        """Take a batch; messages that arrived before are counted as duplicates and otherwise left."""
        self.version += 1
        self.platform = batch.platform or self.platform
        self.sdk_version = batch.sdk_version or self.sdk_version
        self.app_version = batch.app_version or self.app_version
        new = []
        for message in batch.messages:
            name = (message.kind, message.id)
            if message.id and name in self._seen:
                self.duplicate_count += 1
                self.duplicates.append((message.t_ms, message.kind, message.session_id or ""))
                continue
            self._seen[name] = None
            if len(self._seen) > _MAX_IDS:
                self._seen.popitem(last=False)
            new.append(message)
        self._batch += 1
        seen = BatchSeen(
            self._batch,
            at_ms,
            batch.sent_ms,
            status,
            len(batch.messages),
            bool(batch.messages) and not new,
            source,
        )
        self.batches.append(seen)
        timeout_s = batch.timeout_s if batch.timeout_s is not None else config_s
        for message in new:
            self._order += 1
            self.messages.append(Received(message, seen, self._order, timeout_s))
        if len(self.messages) > MAX_MESSAGES:
            self.trimmed += len(self.messages) - _KEPT_AFTER_TRIM
            del self.messages[:-_KEPT_AFTER_TRIM]

    def take_call(self, call: IdentityCall, at_ms: int) -> None:
        """Take a login: it begins nothing, but moves things under some profiles (W7, W11)."""
        if call.what in ("login", "logout"):
            self.logins.append((call.asked_ms or at_ms, call.mpid))
            self.version += 1

    def copy(self) -> "Device":
        """Return a copy that can be read in another thread; the messages are values and shared."""
        other = Device.__new__(Device)
        other.__dict__.update(self.__dict__)
        other.messages = list(self.messages)
        other.batches = self.batches.copy()
        other.logins = self.logins.copy()
        other.duplicates = self.duplicates.copy()
        other._seen = OrderedDict()
        return other


class Unread(msgspec.Struct, frozen=True, gc=False):
    """Something that could not be read, and where."""

    source: str
    said: str


class Observations:
    """Everything observed, by device. Not thread-safe: one thread takes, ``Device.copy`` is for others."""

    def __init__(self) -> None:
        self.devices: OrderedDict[DeviceKey, Device] = OrderedDict()
        self.unread: deque[Unread] = deque(maxlen=200)
        self.unread_count = 0
        self.exchanges = 0
        self.dropped_devices = 0
        self._config_s: dict[str, float] = {}
        self._numbers = 0

    def take(self, what: Exchange | Sighting) -> Device | None:
        """Take one exchange or one line of a log; return the device it tells something new about, or None."""
        return self.take_exchange(what) if isinstance(what, Exchange) else self.take_sighting(what)

    def take_all(self, found: Iterable[Exchange | Sighting]) -> set[DeviceKey]:
        """Take many; return the keys of the devices they tell something new about."""
        devices = (self.take(one) for one in found)
        return {device.key for device in devices if device is not None}

    def take_exchange(self, exchange: Exchange) -> Device | None:
        """Take a request with its answer; what cannot be read of it goes to ``unread``."""
        self.exchanges += 1
        if not 0 <= exchange.at_ms < MAX_TIME_MS:
            self._complain(exchange.source, f"its time, {exchange.at_ms} ms since 1970, is none; it is not known")
            exchange = msgspec.structs.replace(exchange, at_ms=0)
        read = read_exchange(exchange)
        self.unread_count += read.unread_count
        self.unread.extend(Unread(exchange.source, said) for said in read.unread)
        if read.timeout_s is not None:
            if len(self._config_s) > MAX_DEVICES:
                self._config_s.clear()
            self._config_s[read.app_key] = read.timeout_s
        found: Device | None = None
        for batch in read.batches:
            found = self.take_batch(batch, exchange.at_ms, exchange.status, exchange.source, read.app_key)
        if read.identity is not None and read.identity.device_id:
            known = [key for key in self.devices if key.device_id == read.identity.device_id]
            for key in known:
                found = self.devices[key]
                found.take_call(read.identity, exchange.at_ms)
        return found

    def take_batch(
        self, batch: Batch, at_ms: int, status: int | None = None, source: str = "", app_key: str = ""
    ) -> Device:
        """Take a batch that was read elsewhere; return its device."""
        device = self._device(DeviceKey(batch.device_id, batch.app))
        device.take(batch, at_ms, status, source, self._config_s.get(app_key))
        return device

    def take_sighting(self, sighting: Sighting) -> Device | None:
        """Take a line of a log; None if it tells nothing about sessions, or no time."""
        if sighting.at_ms is None or not 0 <= sighting.at_ms < MAX_TIME_MS:
            self._complain(sighting.source, "the line has no time; it is not placed")
            return None
        device = self._device(DeviceKey(sighting.device or "log", sighting.process))
        message = message_of(sighting, device.messages)
        if message is None:
            return None
        device.from_log = True
        timeout_s = None if sighting.timeout_ms is None else sighting.timeout_ms / 1000
        device.take(
            Batch(
                "native", "", [message], platform=sighting.platform, sent_ms=sighting.at_ms, timeout_s=timeout_s
            ),
            sighting.at_ms,
            None,
            sighting.source,
            None,
        )
        return device

    def _complain(self, source: str, said: str) -> None:
        self.unread_count += 1
        self.unread.append(Unread(source, said))

    def _device(self, key: DeviceKey) -> Device:
        device = self.devices.get(key)
        if device is None:
            self._numbers += 1
            device = self.devices[key] = Device(key, self._numbers)
            if len(self.devices) > MAX_DEVICES:
                self.devices.popitem(last=False)
                self.dropped_devices += 1
        else:
            self.devices.move_to_end(key)
        return device
