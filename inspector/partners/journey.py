"""A journal's entries, one by one, as deliveries to one partner."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator

from inspector.engine.entries import AnyEntry
from inspector.journal.codec import Header
from inspector.partners.batches import APP, Batcher
from inspector.partners.catalog import Partner
from inspector.partners.identifiers import device_id
from inspector.partners.messages import MessageMaker
from inspector.partners.parts import App, Delivery, Payload
from inspector.wire.message import Batch

_UNMADE = Payload("batch", "", None)
_PLATFORMS = {"web": "web", "android": "Android"}


def app_of(header: Header) -> App:
    """Return the app whose messages a journal holds."""
    return App(_PLATFORMS.get(header.profile, "iOS"), APP, "1.0", "development", device_id(header.seed))


class Journey:
    """Makes messages of entries and hands them to a partner's translation. Feed entries in order of ``seq``."""

    # Whether whole batches are only counted: their bodies then stay unmade, for who makes them later.
    hollow = False

    def __init__(self, header: Header, partner: Partner) -> None:
        self._header = header
        self.app = app_of(header)
        self.partner = partner
        self._batcher = Batcher(header) if partner.whole is not None else None
        self._maker = MessageMaker(header)
        self._translator = None if partner.translator is None else partner.translator(self.app)

    def feed(self, entry: AnyEntry) -> list[Delivery]:
        """Return the deliveries that an entry completes: often none."""
        if self._batcher is not None:
            return [self._whole(batch) for batch in self._batcher.feed(entry)[1]]
        messages = self._maker.feed(entry)
        if not messages or self._translator is None:
            return []
        made: list[Delivery] = []
        for message in messages:
            made += self._translator.feed(message, entry if entry.seq == message.seq else None)
        return made

    def wall_ms(self, t_ms: int) -> int:
        """Return the wall clock (Unix ms) of an engine time already reached."""
        return (self._maker if self._batcher is None else self._batcher.maker).wall_ms(t_ms)

    def finish(self) -> list[Delivery]:
        """Return what is still on its way at the end of the journal."""
        if self._batcher is not None:
            return [self._whole(batch) for batch in self._batcher.finish()[1]]
        made: list[Delivery] = []
        if self._translator is not None:
            for message in self._maker.finish():
                made += self._translator.feed(message)
        return made

    def copy(self) -> Journey:
        """Return an independent copy, as it stands."""
        shared = {id(value): value for value in (self._header, self.app, self.partner)}
        return copy.deepcopy(self, shared)

    def _whole(self, batch: Batch) -> Delivery:
        if self.partner.whole is None:
            raise TypeError("only raw partners take batches")
        payload = _UNMADE if self.hollow else self.partner.whole(batch, self.app)
        return Delivery(tuple(batch.messages), (payload,))


def deliveries(header: Header, entries: Iterable[AnyEntry], partner: Partner) -> Iterator[Delivery]:
    """Yield all that a partner receives of a journal, and what it does not, in order."""
    journey = Journey(header, partner)
    for entry in entries:
        yield from journey.feed(entry)
    yield from journey.finish()
