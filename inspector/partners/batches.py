"""Messages to batches, split as the profile's SDK splits them, and uploaded when it uploads.

| profile | one batch | uploaded |
|---|---|---|
| apple, apple-legacy | one user, one session, 100 messages, 200 kB | every 60 s, when left, at its end |
| android | one user and one session | every 10 s, session's end |
| web | one user, then one session | every second (``eventBatchingIntervalMillis``) |
| guide | as apple: the guide's words are the Apple SDK's | as apple |

The intervals are those of a development environment.

Sources: mparticle-apple-sdk MPBackendController.m and MPIConstants.m, mparticle-android-sdk BatchId.kt,
mparticle-web-sdk batchUploader.ts. A process that is gone or frozen uploads nothing: what waits leaves with the
next upload of the one that follows. A message that is alone larger than the limit travels alone.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from inspector import __version__
from inspector.engine.entries import AnyEntry, SettingChanged
from inspector.engine.profiles import profile_named
from inspector.engine.settings import take
from inspector.journal.codec import Header
from inspector.partners.identifiers import batch_id, device_id
from inspector.partners.messages import MessageMaker
from inspector.wire.message import Batch, Message

APP: Final = "com.example.session-inspector"
_FRAME_BYTES: Final = 200  # what a message's common fields come to around its own data, about


class SplitRule(msgspec.Struct, frozen=True):
    """How a profile's SDK splits and uploads. ``max_messages`` and ``max_bytes`` are None without a limit.

    ``interval_ms`` is the upload interval in a development environment; ``on_background`` and ``on_end`` say
    whether it also uploads when the app leaves the front and when a session ends.
    """

    platform: str
    interval_ms: int
    max_messages: int | None = None
    max_bytes: int | None = None
    on_background: bool = False
    on_end: bool = False


_APPLE: Final = SplitRule("iOS", 60_000, 100, 200 * 1024, on_background=True, on_end=True)
RULES: Final[dict[str, SplitRule]] = {
    "guide": _APPLE,
    "apple": _APPLE,
    "apple-legacy": _APPLE,
    "android": SplitRule("Android", 10_000, on_end=True),
    "web": SplitRule("web", 1_000),
}


class _Open:
    """A batch that still takes messages."""

    __slots__ = ("messages", "size")

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.size = 0


class Batcher:
    """Makes batches of a journal's entries as they come; a batch once returned never changes.

    ``waiting`` counts the messages that no upload has taken yet, ``messages`` all made so far.
    """

    def __init__(self, header: Header) -> None:
        """Begin before the first entry of the journal with this header."""
        self.maker = MessageMaker(header)
        self.rule = RULES[header.profile]
        self.messages = 0
        self.waiting = 0
        self._header = header
        self._upper = header.profile not in ("web", "android")
        self._device = device_id(header.seed)
        self._timeout_ms = _first_timeout_ms(header)
        self._open: dict[tuple[str, str | None], _Open] = {}
        self._due_ms: int | None = None

    def feed(self, entry: AnyEntry) -> tuple[list[Message], list[Batch]]:
        """Take the next entry; return its messages and the batches that leave because of it or before it."""
        batches = self.advance(entry.t_ms)
        if isinstance(entry, SettingChanged) and entry.key == "session_timeout":
            taken = entry.taken
            if isinstance(taken, int | float):
                self._timeout_ms = round(taken * 1000)
        was_running = self.maker.running
        messages = self.maker.feed(entry)
        if was_running != self.maker.running:
            self._due_ms = entry.t_ms + self.rule.interval_ms if self.maker.running else None
        for message in messages:
            batches += self._take(message, entry.t_ms)
        return messages, batches

    def advance(self, t_ms: int) -> list[Batch]:
        """Let time pass until engine time ``t_ms``: return what uploads in between, each at its own time.

        An upload that is due exactly at ``t_ms`` comes before what happens then.
        """
        due_ms = self._due_ms
        if due_ms is None or due_ms > t_ms:
            return []
        batches = self._upload(due_ms) if self._open else []
        interval_ms = self.rule.interval_ms
        self._due_ms = due_ms + ((t_ms - due_ms) // interval_ms + 1) * interval_ms
        return batches

    @property
    def due_ms(self) -> int | None:
        """Return the engine time of the next upload, None where nothing waits or nobody is there to send it."""
        return self._due_ms if self._open else None

    def upload(self, t_ms: int) -> list[Batch]:
        """Upload all that waits at engine time ``t_ms``: a person's word, or the clock of a live run."""
        return self.advance(t_ms) + self._upload(t_ms)

    def finish(self) -> tuple[list[Message], list[Batch]]:
        """Upload what waits, whatever the clock says: the end of a run, or a person's word."""
        messages = self.maker.finish()
        batches: list[Batch] = []
        for message in messages:
            batches += self._take(message, self.maker.now_ms)
        return messages, batches + self._upload(self.maker.now_ms)

    def _take(self, message: Message, t_ms: int) -> list[Batch]:
        self.messages += 1
        self.waiting += 1
        rule = self.rule
        key = (message.mpid, message.session_id)
        batches: list[Batch] = []
        batch = self._open.get(key)
        size = 0
        if rule.max_bytes is not None:
            size = _size(message)
        if batch is not None and (
            (rule.max_messages is not None and len(batch.messages) >= rule.max_messages)
            or (rule.max_bytes is not None and batch.size + size > rule.max_bytes)
        ):
            batches.append(self._close(key, batch, t_ms))
            batch = None
        if batch is None:
            batch = self._open[key] = _Open()
        batch.messages.append(message)
        batch.size += size
        ended = rule.on_end and message.kind == "session_end"
        left = rule.on_background and message.name == "application_background"
        if self.maker.running and (ended or (left and message.kind == "application_state_transition")):
            batches += self._upload(t_ms)
        return batches

    def _upload(self, t_ms: int) -> list[Batch]:
        return [self._close(key, batch, t_ms) for key, batch in list(self._open.items())]

    def _close(self, key: tuple[str, str | None], batch: _Open, t_ms: int) -> Batch:
        del self._open[key]
        self.waiting -= len(batch.messages)
        seed = self._header.seed
        return Batch(
            "events_api",
            batch_id(seed, batch.messages[0].seq, upper=self._upper),
            batch.messages,
            key[0],
            self._device,
            self.rule.platform,
            APP,
            __version__,
            __version__,
            "development",
            self.maker.wall_ms(t_ms),
            self._timeout_ms / 1000,
        )


def batches_of(header: Header, entries: Iterable[AnyEntry]) -> Iterator[Batch]:
    """Yield all batches of a journal in the order in which they leave; what waits at its end leaves then."""
    batcher = Batcher(header)
    for entry in entries:
        yield from batcher.feed(entry)[1]
    yield from batcher.finish()[1]


def _size(message: Message) -> int:
    """Return about how many bytes a message takes."""
    size = _FRAME_BYTES + len(message.name.encode())
    attributes = message.data.get("custom_attributes")
    if attributes:
        size += sum(len(key.encode()) + len((value or "null").encode()) + 6 for key, value in attributes.items())
    return size + len(message.data.get("message", "").encode())


def _first_timeout_ms(header: Header) -> int:
    rule = profile_named(header.profile).timeout
    asked = header.settings.get("session_timeout")
    if asked is None:
        return rule.default_ms
    taken = take("session_timeout", asked, rule)
    return rule.default_ms if taken is None else int(taken)
