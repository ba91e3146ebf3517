"""Batches and lines of logs, as they come, sorted by the installation and the app that made them.

A log names a process, a batch an installation. They are one device when the log shows one of its uploads, when
both name a session or a request by the same id, or when a session began in the same moment and only one fits.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

import msgspec

from inspector.observed.device import Device, DeviceKey
from inspector.observed.lines import Teller
from inspector.observed.model import Upload
from inspector.wire.exchange import Exchange
from inspector.wire.fields import MAX_TIME_MS, shown
from inspector.wire.incoming import read_exchange
from inspector.wire.kept import NO_SUCH_PATH
from inspector.wire.message import Batch
from inspector.wire.sighting import Sighting

__all__ = ["MAX_DEVICES", "Device", "DeviceKey", "Observations", "Unread"]

MAX_DEVICES: Final = 200
MAX_KNOWN: Final = 150_000
"""Messages and lines of all devices together, some 120 MB: the device that has most lets half of its go."""
_LOOK_EVERY = 1_000  # messages and lines between two looks at how many there are
SAME_MOMENT_MS: Final = 250
_MAX_IDS: Final = 20_000
_MAX_BEGINS: Final = 200


class Unread(msgspec.Struct, frozen=True, gc=False):
    """Something that could not be read, and where."""

    source: str
    said: str


class Observations:
    """Everything observed, by device. Not thread-safe: one thread takes."""

    def __init__(self) -> None:
        self.devices: OrderedDict[DeviceKey, Device] = OrderedDict()
        self.unread: deque[Unread] = deque(maxlen=200)
        self.unread_count = 0
        self.exchanges = 0
        self.dropped_devices = 0
        self._config_s: dict[str, float] = {}
        self._numbers = 0
        self._unlooked = 0
        self._tellers: dict[DeviceKey, Teller] = {}
        self._joined: dict[DeviceKey, DeviceKey] = {}  # a log's process to its device
        self._owners: OrderedDict[str, DeviceKey] = OrderedDict()  # ids of sessions and requests
        self._begins: deque[tuple[str, int, DeviceKey]] = deque(maxlen=_MAX_BEGINS)

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
        if exchange.status == 404 and NO_SUCH_PATH.encode() in exchange.answer:
            path = shown(urlsplit(exchange.url[:4_096]).path[:200])
            said = (
                f"{exchange.method[:20]} {path}: no path of mParticle's SDKs; is this one pointed here rightly?"
            )
            self._complain(exchange.source, said)
        found: Device | None = None
        for batch in read.batches:
            found = self.take_batch(
                batch,
                exchange.at_ms,
                exchange.status,
                exchange.source,
                read.app_key,
                log=exchange.log,
                hidden=exchange.hidden,
            )
        if read.identity is not None and read.identity.device_id:
            known = [key for key in self.devices if key.device_id == read.identity.device_id]
            for key in known:
                found = self.devices[key]
                found.take_call(read.identity, exchange.at_ms)
        return found

    def take_batch(
        self,
        batch: Batch,
        at_ms: int,
        status: int | None = None,
        source: str = "",
        app_key: str = "",
        *,
        log: tuple[str, str] | None = None,
        hidden: bool = False,
    ) -> Device:
        """Take a batch that was read elsewhere; return its device. ``log`` and ``hidden`` as in ``Exchange``."""
        key = DeviceKey(batch.device_id, batch.app)
        process = None if log is None else _process(*log)
        if process is not None and not batch.device_id:  # cut in the log before it named the installation
            key = self._joined.get(process, key)
        device = self._device(key)
        config_s = self._config_s.get(app_key)
        device.take(batch, at_ms, status, source, config_s, logged=log is not None, hidden=hidden)
        self._bound(len(batch.messages))
        if process is not None and batch.device_id:
            self._join(process, key, "the log shows its uploads")
        self._own(batch.id, key, "both name a request")
        for message in batch.messages:
            self._own(message.session_id, key, "both name a session")
            if message.kind == "session_start":
                self._began(device.platform, message.t_ms, key)
        return device

    def take_sighting(self, sighting: Sighting) -> Device | None:
        """Take a line of a log; None if it tells nothing about sessions or uploads, or no time."""
        at_ms = sighting.at_ms
        if at_ms is None or not 0 <= at_ms < MAX_TIME_MS:
            self._complain(sighting.source, "the line has no time; it is not placed")
            return None
        process = _process(sighting.device, sighting.process)
        teller = self._tellers.get(process)
        if teller is None:
            teller = self._tellers[process] = Teller()
            if len(self._tellers) > 2 * MAX_DEVICES:
                gone = next(iter(self._tellers))
                del self._tellers[gone]
                self._joined.pop(gone, None)
        message = teller.message_of(sighting)
        upload = sighting.what in ("uploaded", "upload_failed")
        if message is None and not upload:
            self._own_line(sighting, process)
            return None
        device = self._device(self._joined.get(process, process))
        if message is not None:
            device.take_line(message, sighting, at_ms, teller.timeout_s)
            self._bound(1)
        else:
            device.take_upload(Upload(at_ms, sighting.what == "uploaded", sighting.name, sighting.source))
            device.platform = device.platform or sighting.platform
        device.aliases |= teller.aliases
        self._own_line(sighting, process)
        if sighting.what == "session_began" and sighting.clock not in ("since_boot", "none"):
            self._began(sighting.platform, at_ms, process)
        return self.devices.get(self._joined.get(process, process))

    # --- which log is which device's -------------------------------------------------------------------

    def _own_line(self, sighting: Sighting, process: DeviceKey) -> None:
        self._own(sighting.session_id, process, "both name a session")
        if sighting.what == "uploaded":
            self._own(sighting.name, process, "both name a request")

    def _own(self, name: str | None, key: DeviceKey, grounds: str) -> None:
        """Note whose an id is; a log and a device that both name it are one."""
        if not name:
            return
        name = name.upper()
        before = self._owners.get(name)
        if before is None or before not in self.devices:
            self._owners[name] = self._joined.get(key, key)
            if len(self._owners) > _MAX_IDS:
                self._owners.popitem(last=False)
        elif before != key:
            self._join_either(before, key, grounds)

    def _began(self, platform: str, t_ms: int, key: DeviceKey) -> None:
        """Note a session's begin; where only one of the other kind of evidence has it too, they are one."""
        if not self._tellers:
            self._begins.append((platform, t_ms, key))
            return
        unjoined = key in self._tellers and key not in self._joined
        same = {
            other
            for word, began_ms, other in self._begins
            if other != key
            and other in self.devices
            and abs(began_ms - t_ms) <= SAME_MOMENT_MS
            and word.lower() == platform.lower()
            and (other in self._tellers) != (key in self._tellers)
        }
        self._begins.append((platform, t_ms, key))
        if len(same) == 1:
            (other,) = same
            if unjoined or other in self._tellers:
                self._join_either(other, key, "a session began in the same moment")

    def _join_either(self, one: DeviceKey, other: DeviceKey, grounds: str) -> None:
        if one in self._tellers and other not in self._tellers:
            self._join(one, other, grounds)
        elif other in self._tellers and one not in self._tellers:
            self._join(other, one, grounds)

    def _join(self, process: DeviceKey, key: DeviceKey, grounds: str) -> None:
        """Let a process of a log be a device's from now on, and what it told so far too."""
        if process in self._joined or process == key or key in self._tellers:
            return
        self._joined[process] = key
        self._tellers.setdefault(process, Teller())
        log = self.devices.pop(process, None)
        if log is not None:
            self._device(key).take_log(log, grounds)

    # --- inside ----------------------------------------------------------------------------------------

    def _complain(self, source: str, said: str) -> None:
        self.unread_count += 1
        self.unread.append(Unread(source, said))

    def _bound(self, came: int) -> None:
        """Let old messages go when all devices together have too many."""
        self._unlooked += came
        if self._unlooked < _LOOK_EVERY:
            return
        self._unlooked = 0
        known = sum(device.known for device in self.devices.values())
        while known > MAX_KNOWN:
            most = max(self.devices.values(), key=lambda device: device.known)
            known -= most.known
            most.trim(max(len(most.messages), len(most.logged)) // 2)
            known += most.known

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


def _process(device: str, process: str) -> DeviceKey:
    """Return what a log's process is called until its device is known."""
    return DeviceKey(device or "log", process)
