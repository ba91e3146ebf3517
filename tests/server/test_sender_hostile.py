"""What a hostile or broken server, a set clock and a damaged file do to sending: nothing lost, nothing twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from inspector.journal.errors import DiskFull
from inspector.server.endpoint import Endpoint, endpoint_of
from inspector.server.keys import Keys
from inspector.server.outbox import Item, Outbox, Parcel
from inspector.server.sender import Sender
from tests.server.endpoint import TestServer
from tests.server.hostile import Bytes
from tests.server.test_sender import SECRET, Watch, put

OK = b"HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    made = Outbox(tmp_path / "outbox.sqlite3")
    yield made
    made.close()


def parcels(count: int) -> list[Parcel]:
    return [Parcel(f"id-{n}", n + 1, 1, "events_api", b'{"n":%d}' % n) for n in range(count)]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 202 X\r\nConnection: close\r\nContent-Length: 50\r\n\r\n",
        b"HTTP/1.1 202 X\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 202 X\r\nConnection: close\r\nContent-Encoding: br\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 202 X\r\nConnection: close\r\nContent-Encoding: zstd\r\nContent-Length: 4\r\n\r\nabcd",
    ],
)
def test_a_batch_that_was_taken_is_not_sent_again_whatever_the_answer_s_body(
    outbox: Outbox, answer: bytes
) -> None:
    watch = Watch()
    with Bytes(answer, OK) as server:
        outbox.put("run", server.url, parcels(2))
        sender = Sender(outbox, Keys(), on_item=watch.item, on_status=watch.status, seed=1)
        sender.start(endpoint_of(server.url))
        watch.until_idle(2)
        sender.close()
        assert server.asked == 2
    assert [item.attempts for item in outbox.items()] == [1, 1]


@pytest.mark.parametrize(
    "date",
    ["Wed, 25 Nov 99999999999999999999 15:00:00 GMT", "Wed, 25 Nov 2026 15:00:00 -99999999999999"],
)
def test_no_retry_after_ends_the_sending(outbox: Outbox, date: str) -> None:
    watch = Watch()
    again = f"HTTP/1.1 429 X\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: {date}\r\n\r\n".encode()
    with Bytes(again, OK) as server:
        outbox.put("run", server.url, parcels(1))
        sender = Sender(outbox, Keys(), on_item=watch.item, on_status=watch.status, seed=1)
        sender.start(endpoint_of(server.url))
        watch.until_idle(1)
        sender.close()


def test_what_speaks_no_http_is_named(outbox: Outbox) -> None:
    watch = Watch()
    with Bytes(b"SSH-2.0-OpenSSH\r\n") as server:
        outbox.put("run", server.url, parcels(1))
        sender = Sender(outbox, Keys(), on_item=watch.item, on_status=watch.status, seed=1)
        sender.start(endpoint_of(server.url))
        watch.until(lambda: any(status.condition == "waiting" for status in watch.statuses))
        sender.close()
    assert "no HTTP" in outbox.items()[0].answer


def test_a_wait_from_before_the_clock_was_set_back_is_over(outbox: Outbox) -> None:
    watch = Watch()
    with TestServer() as server:
        (item,) = put(outbox, server, 1)
        outbox.begin(item.n)
        outbox.settle(item.n, "waiting", status=503, answer="503", next_ms=2_000_000_000_000)
        sender = Sender(
            outbox, Keys(), on_item=watch.item, on_status=watch.status, wall_s=lambda: 1_600_000_000.0
        )
        sender.start(endpoint_of(server.url))
        watch.until_idle(1)
        sender.close()


def test_a_damaged_batch_steps_aside_and_the_next_go_on(outbox: Outbox) -> None:
    watch = Watch()
    with TestServer() as server:
        put(outbox, server, 3)
        with sqlite3.connect(outbox.path) as db:
            db.execute("UPDATE batch SET body='x' WHERE id='id-1'")
        db.close()
        sender = Sender(outbox, Keys(), on_item=watch.item, on_status=watch.status, seed=1)
        sender.start(endpoint_of(server.url))
        watch.until_idle(2)
        sender.close()
        assert server.ids() == ["id-0", "id-2"]
    refused = outbox.items()[1]
    assert refused.state == "refused"
    assert "damaged on disk; drop it" in refused.answer


class FullOnce(Outbox):
    """An outbox whose disk is full when the first answer is to be noted."""

    full = True

    def settle(self, *args: object, **values: object) -> Item | None:  # type: ignore[override]
        if self.full:
            self.full = False
            raise DiskFull("the disk is full")
        return super().settle(*args, **values)  # type: ignore[arg-type]


def test_an_answer_that_could_not_be_noted_is_noted_later_and_not_asked_for_again(tmp_path: Path) -> None:
    watch = Watch()
    outbox = FullOnce(tmp_path / "full.sqlite3")
    with TestServer() as server:
        put(outbox, server, 2)
        sender = Sender(outbox, Keys(), on_item=watch.item, on_status=watch.status, seed=1)
        sender.start(endpoint_of(server.url))
        watch.until(lambda: bool(watch.statuses) and watch.statuses[-1].condition == "stopped")
        sender.start(endpoint_of(server.url))
        watch.until_idle(2)
        sender.close()
        assert server.ids() == ["id-0", "id-1"]
    outbox.close()


@pytest.mark.parametrize("before", [285, 65_500])
def test_a_key_that_an_answer_cuts_off_is_hidden_too(outbox: Outbox, before: int) -> None:
    watch, kept = Watch(), keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    filling = ("q" if before < 300 else " ") * before
    try:
        with TestServer() as server:
            keys = Keys()
            keys.keep(server.url, SECRET)
            endpoint = Endpoint(server.url, local=False)
            server.script.append((403, {}, (filling + SECRET.partition(":")[2] * 9).encode()))
            put(outbox, server, 1)
            sender = Sender(outbox, keys, on_item=watch.item, on_status=watch.status)
            sender.agree(endpoint)
            sender.start(endpoint)
            watch.until(lambda: bool(watch.statuses) and watch.statuses[-1].condition == "stopped")
            sender.close()
    finally:
        keyring.set_keyring(kept)
    assert SECRET.partition(":")[2][:5] not in repr(watch.items) + repr(outbox.items())
