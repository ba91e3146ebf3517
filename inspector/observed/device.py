"""One installation of an app: what its batches brought, what its log says. Bounded; what is let go is counted."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import Final, NamedTuple

import msgspec

from inspector.observed.model import BatchSeen, Received, Upload
from inspector.wire.incoming import IdentityCall
from inspector.wire.message import Batch, Message
from inspector.wire.sighting import Sighting

MAX_MESSAGES: Final = 3_000
_KEPT_AFTER_TRIM = 2_400
_MAX_IDS = 6_000
_MAX_CALLS = 500
_WIRE, _LOG = 1, 2
_TOLD = ("pid", "is_opted_out", "exception_handled", "eh", "session_duration_ms", "event_num")
"""What of a message's ``data`` is asked for once it arrived; the rest may be megabytes of attributes."""
_LONGEST = 200  # characters of an id, a name and a value that are kept


class DeviceKey(NamedTuple):
    """What tells one device and app from another."""

    device_id: str
    app: str


class Device:
    """One installation of an app. ``version`` rises whenever something new arrived.

    ``messages`` are those of batches, ``logged`` what lines of its log say, ``uploads`` what they say of uploads.
    """

    def __init__(self, key: DeviceKey, number: int) -> None:
        self.key = key
        self.number = number
        self.platform = ""
        self.sdk_version = ""
        self.app_version = ""
        self.version = 0
        self.messages: list[Received] = []
        self.logged: list[Received] = []
        self.aliases: dict[str, str] = {}
        self.batches: deque[BatchSeen] = deque(maxlen=2_000)
        self.uploads: deque[Upload] = deque(maxlen=_MAX_CALLS)
        self.logins: deque[tuple[int, str]] = deque(maxlen=_MAX_CALLS)
        self.duplicates: deque[tuple[int, str, str]] = deque(maxlen=_MAX_CALLS)
        self.duplicate_count = 0
        self.trimmed = 0
        self.joined_by: list[str] = []
        self._seen: dict[int, int] = {}  # by which way each message came, by the hash of its kind and id
        self._order = 0
        self._batch = 0

    @property
    def known(self) -> int:
        """Return how many messages and lines there are."""
        return len(self.messages) + len(self.logged)

    @property
    def name(self) -> str:
        """Return what to call it: platform, app and the beginning of the installation's id."""
        parts = [self.platform or "unknown platform", self.key.app, self.key.device_id[:8]]
        return " · ".join(part for part in parts if part)

    @property
    def short_name(self) -> str:
        """Return platform and the beginning of the installation's id."""
        return f"{self.platform or 'unknown'} {self.key.device_id[:8]}".strip()

    def take(
        self,
        batch: Batch,
        at_ms: int,
        status: int | None,
        source: str,
        config_s: float | None,
        *,
        logged: bool = False,
        hidden: bool = False,
    ) -> None:
        """Take a batch; messages that arrived before are counted as duplicates and otherwise left.

        ``logged``: a log shows it. That a batch is in the log and arrived as well is no duplicate. ``hidden``: as
        in ``BatchSeen``.
        """
        self.version += 1
        self.platform = batch.platform or self.platform
        self.sdk_version = batch.sdk_version or self.sdk_version
        self.app_version = batch.app_version or self.app_version
        way = _LOG if logged else _WIRE
        new = []
        repeated = bool(batch.messages)
        for message in map(_lean, batch.messages):
            name = hash((message.kind, message.id))
            ways = self._seen.get(name, 0) if message.id else 0
            if ways & way:
                self.duplicate_count += 1
                self.duplicates.append((message.t_ms, message.kind, message.session_id or ""))
                continue
            repeated = False
            self._seen[name] = ways | way
            if not ways:
                new.append(message)
        if len(self._seen) > _MAX_IDS:
            self._seen = dict(islice(self._seen.items(), len(self._seen) - _MAX_IDS // 2, None))
        self._batch += 1
        count = len(batch.messages)
        seen = BatchSeen(
            self._batch, at_ms, batch.sent_ms, status, count, repeated, source, batch.id, logged, hidden
        )
        self.batches.append(seen)
        timeout_s = batch.timeout_s if batch.timeout_s is not None else config_s
        for message in new:
            self._order += 1
            self.messages.append(Received(message, seen, self._order, timeout_s))
        if len(self.messages) > MAX_MESSAGES:
            self.trim(_KEPT_AFTER_TRIM)

    def trim(self, most: int) -> None:
        """Let go of all but the newest messages and lines."""
        for held in (self.messages, self.logged):
            over = max(0, len(held) - most)
            self.trimmed += over
            del held[:over]

    def take_line(self, message: Message, sighting: Sighting, at_ms: int, timeout_s: float | None) -> None:
        """Take what a line of the log says."""
        self.version += 1
        self.platform = self.platform or sighting.platform
        self._order += 1
        seen = BatchSeen(0, at_ms, at_ms, None, 1, False, sighting.source, "", True)
        self._keep_line(Received(message, seen, self._order, timeout_s))

    def take_upload(self, upload: Upload) -> None:
        """Take what a line says of an upload."""
        self.version += 1
        self.uploads.append(upload)

    def take_call(self, call: IdentityCall, at_ms: int) -> None:
        """Take a login: it begins nothing, but moves things under some profiles (W7, W11)."""
        if call.what in ("login", "logout"):
            self.logins.append((call.asked_ms or at_ms, call.mpid))
            self.version += 1

    def take_log(self, other: Device, grounds: str) -> None:
        """Take over what a log told, now that its device is known; ``grounds`` says how."""
        self.version += 1
        self.aliases |= other.aliases
        self.uploads.extend(other.uploads)
        if grounds not in self.joined_by:
            self.joined_by.append(grounds)
        for one in other.logged:
            self._order += 1
            self._keep_line(Received(one.message, one.batch, self._order, one.timeout_s))

    def _keep_line(self, one: Received) -> None:
        self.logged.append(one)
        if len(self.logged) > MAX_MESSAGES:
            self.trim(_KEPT_AFTER_TRIM)


def _lean(message: Message) -> Message:
    """Return a message that arrived without what nobody asks for: thousands of them are kept."""
    told = {key: message.data[key] for key in _TOLD if key in message.data}
    data = {
        key: value[:_LONGEST] if isinstance(value, str) else value
        for key, value in told.items()
        if isinstance(value, str | int | float)
    }
    return msgspec.structs.replace(
        message, id=message.id[:_LONGEST], name=message.name[:_LONGEST], mpid=message.mpid[:_LONGEST], data=data
    )
