"""What the outbox sends, the collector takes: a run travels to our own server and is observed there."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.observed.devices import Observations
from inspector.partners.bodies import body_bytes
from inspector.server.endpoint import endpoint_of
from inspector.server.keys import Keys
from inspector.server.outbox import Outbox, Parcel
from inspector.server.sender import Sender
from inspector.wire.message import Dialect
from tests.observed.stories import batches, scenario
from tests.server.collecting import collecting
from tests.server.test_sender import Watch

STORY = [
    {"at": 0, "do": "launch"},
    {"at": 5, "do": "log_event"},
    {"at": 30, "do": "background"},
    {"at": 200, "do": "foreground"},
    {"at": 210, "do": "log_event"},
]


WAYS = [("apple", "native"), ("android", "native"), ("web", "events_api")]


@pytest.mark.parametrize(
    ("profile", "dialect"), [("apple", "native"), ("android", "native"), ("web", "events_api")]
)
def test_a_run_is_sent_taken_and_observed(tmp_path: Path, profile: str, dialect: Dialect) -> None:
    made = batches(scenario(profile, STORY, session_timeout=60))
    assert made
    watch, outbox = Watch(), Outbox(tmp_path / "outbox.sqlite3")
    with collecting() as collector:
        url = f"http://127.0.0.1:{collector.http}"
        parcels = [
            Parcel(batch.id, n + 1, len(batch.messages), dialect, body_bytes(batch, dialect))
            for n, batch in enumerate(made)
        ]
        outbox.put("run", url, parcels)
        sender = Sender(outbox, Keys(), on_item=watch.item, on_status=watch.status, seed=1, timeout_s=20)
        try:
            sender.start(endpoint_of(url))
            watch.until_idle(len(made))
        finally:
            sender.close()
            outbox.close()
        came = collector.exchanges
    seen = Observations()
    seen.take_all(came)
    assert not seen.unread
    (device,) = seen.devices.values()
    assert [one.status for one in came] == [202] * len(made)
    found = {one.message.id for one in device.messages}
    assert found == {message.id for batch in made for message in batch.messages}
