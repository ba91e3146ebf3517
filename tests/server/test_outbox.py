"""The outbox on disk: order, once, what a person does, damage."""

from __future__ import annotations

import random
import sqlite3
import zlib
from pathlib import Path

import pytest

from inspector.journal.errors import InUse, JournalError, NotReadable
from inspector.server.outbox import DamagedBatch, Outbox, Parcel

HERE = "http://127.0.0.1:1"


def parcels(count: int, first: int = 0) -> list[Parcel]:
    return [Parcel(f"id-{n}", n + 1, 2, "events_api", b'{"n":%d}' % n) for n in range(first, first + count)]


def test_order_and_states(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "o" / "outbox.sqlite3")
    items = outbox.put("run", HERE, parcels(3))
    assert [item.state for item in items] == ["waiting"] * 3
    head = outbox.head(HERE)
    assert head is not None
    assert head.id == "id-0"
    assert outbox.body(head.n) == b'{"n":0}'
    begun = outbox.begin(head.n)
    assert begun is not None
    assert (begun.state, begun.attempts) == ("sending", 1)
    assert outbox.begin(head.n) is None
    outbox.settle(head.n, "sent", status=202, answer="202", done_ms=5, took_ms=3)
    following = outbox.head(HERE)
    assert following is not None
    assert following.id == "id-1"
    assert outbox.counts() == {"sent": 1, "waiting": 2}
    assert outbox.head("http://127.0.0.1:2") is None
    outbox.close()


def test_the_same_batch_is_put_once_for_an_endpoint(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite3")
    first = outbox.put("run", HERE, parcels(2))
    again = outbox.put("run", HERE, parcels(3))
    assert again[:2] == first
    assert len(outbox.items()) == 3
    assert len(outbox.put("run", "http://127.0.0.1:2", parcels(2))) == 2
    assert len(outbox.items(endpoint=HERE)) == 3
    outbox.close()


def test_what_was_on_its_way_waits_again_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    outbox = Outbox(path)
    (item,) = outbox.put("run", HERE, parcels(1))
    outbox.begin(item.n)
    outbox.mark("run", 7, 60_000)
    outbox.mark("run", 7, 60_000)
    outbox.close()
    again = Outbox(path)
    head = again.head(HERE)
    assert head is not None
    assert (head.id, head.state, head.attempts) == ("id-0", "waiting", 1)
    assert again.marks("run") == [(7, 60_000)]
    again.close()


def test_drop_and_retry(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite3")
    one, two, three = outbox.put("run", HERE, parcels(3))
    outbox.begin(one.n)
    outbox.settle(one.n, "sent", status=202, answer="202")
    dropped = outbox.drop([one.n, two.n])
    assert [item.state for item in dropped] == ["sent", "dropped"]
    head = outbox.head(HERE)
    assert head is not None
    assert head.n == three.n
    assert outbox.retry([two.n])[0].state == "waiting"
    head = outbox.head(HERE)
    assert head is not None
    assert head.n == two.n
    outbox.close()


def test_a_batch_dropped_on_its_way_stays_dropped(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite3")
    (item,) = outbox.put("run", HERE, parcels(1))
    outbox.begin(item.n)
    outbox.drop([item.n])
    assert outbox.settle(item.n, "waiting", status=503, answer="503") is None
    assert outbox.head(HERE) is None
    outbox.close()


def test_one_program_at_a_time(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite3")
    with pytest.raises(InUse):
        Outbox(tmp_path / "outbox.sqlite3")
    outbox.close()
    Outbox(tmp_path / "outbox.sqlite3").close()


def test_a_file_that_is_no_outbox_is_left_alone_and_named(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    path.write_bytes(b"something else entirely " * 100)
    with pytest.raises(NotReadable, match=r"outbox\.sqlite3: is no outbox"):
        Outbox(path)
    assert path.read_bytes().startswith(b"something else")


def test_a_newer_outbox_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(NotReadable, match="newer"):
        Outbox(path)


def test_a_damaged_outbox_is_told_of_in_words_wherever_it_is_damaged(tmp_path: Path) -> None:
    whole = tmp_path / "whole.sqlite3"
    outbox = Outbox(whole)
    outbox.put("run", HERE, parcels(12))
    outbox.close()
    data, rng = whole.read_bytes(), random.Random(5)
    told: list[tuple[Path, str]] = []
    for number in range(150):
        path = tmp_path / f"{number}.sqlite3"
        broken = bytearray(data)
        for _ in range(rng.choice((1, 3, 20))):
            broken[rng.randrange(rng.choice((4096, len(data))))] = rng.randrange(256)
        path.write_bytes(broken if number % 3 else broken[: rng.randrange(1, len(data))])
        try:
            used = Outbox(path)
            try:
                for item in used.items():
                    used.body(item.n)
                used.put("run", HERE, parcels(1, 50))
                used.retry([2])
                used.counts()
            finally:
                used.close()
        except JournalError as error:
            told.append((path, str(error)))
    assert len(told) > 20
    assert all(str(path) in words for path, words in told)


def test_a_body_that_is_not_what_was_put_in_is_not_handed_out(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite3")
    first, second = outbox.put("run", HERE, parcels(2))
    with sqlite3.connect(outbox.path) as db:
        db.execute("UPDATE batch SET body=? WHERE n=?", (zlib.compress(b'{"n":9}'), first.n))
    db.close()
    with pytest.raises(DamagedBatch, match="batch 1 is damaged on disk"):
        outbox.body(first.n)
    assert outbox.body(second.n) == b'{"n":1}'
    outbox.close()
