"""Logs that grow while they are read; the other side is a thread or a process that waits for what was read."""

import os
import queue
import threading

import pytest

from inspector.captures.errors import CaptureError
from inspector.captures.following import Following
from inspector.captures.reading import Options
from inspector.wire.sighting import Sighting
from tests.captures.making import BEGIN_MS, SESSION, UTC, logcat, native_batch

LINES = logcat("threadtime").splitlines(keepends=True)


class Watched:
    """A following in a thread of its own; what it yields, one after the other."""

    def __init__(self, path, silence_s=0.05):
        self.following = Following(
            str(path), Options(zone=UTC, written_ms=BEGIN_MS), look_every_s=0.005, silence_s=silence_s
        )
        self.items = queue.SimpleQueue()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        try:
            for item in self.following:
                self.items.put(item)
        except CaptureError as error:
            self.items.put(error)
        self.items.put("end")

    def next(self):
        """The next thing that is no silence."""
        while (item := self.items.get(timeout=60)) is None:
            pass
        return item

    def whats(self, count):
        return [
            item.what if isinstance(item, Sighting) else item.status
            for item in (self.next() for _ in range(count))
        ]

    def end(self):
        self.following.stop()
        rest = []
        while (item := self.next()) != "end":
            rest.append(item)
        self.thread.join()
        return rest


def append(path, text):
    with path.open("a") as out:
        out.write(text)


def test_lines_come_as_they_are_written_a_half_one_once_it_is_whole(tmp_path):
    path = tmp_path / "log"
    path.write_text("".join(LINES[:2]))
    watched = Watched(path)
    assert watched.whats(1) == ["session_began"]
    append(path, LINES[3][:40])
    append(path, LINES[3][40:] + LINES[2])
    assert watched.whats(1) == ["foreground"]
    assert watched.end() == []
    assert not watched.following.account.unread


def test_a_batch_whose_answer_does_not_come_is_shown_after_a_silence(tmp_path):
    path = tmp_path / "log"
    path.write_text(f"09-01 12:00:00.000  4242  4260 V mParticle: {native_batch()}\n")
    watched = Watched(path)
    assert watched.whats(1) == [None]
    watched.end()


def test_a_rotated_log_is_gone_on_with(tmp_path):
    path = tmp_path / "log"
    path.write_text("".join(LINES[:4]))
    watched = Watched(path)
    assert watched.whats(2) == ["session_began", "foreground"]
    path.rename(tmp_path / "log.1")
    path.write_text(
        f"09-01 13:00:00.000  4242  4260 D mParticle: Creating session end message for session ID: {SESSION}\n"
    )
    assert watched.whats(1) == ["session_ended"]
    assert watched.end() == []
    assert any("begun anew" in note for note in watched.following.account.notes)


def test_a_log_that_is_emptied_is_read_from_its_beginning(tmp_path):
    path = tmp_path / "log"
    path.write_text("".join(LINES))
    watched = Watched(path)
    watched.whats(8)
    path.write_text(LINES[3])  # shorter than before
    assert watched.whats(1) == ["foreground"]
    watched.end()


def test_an_empty_file_is_waited_for(tmp_path):
    path = tmp_path / "log"
    path.touch()
    watched = Watched(path)
    append(path, LINES[1])
    assert watched.whats(1) == ["session_began"]
    watched.end()


def test_a_pipe_ends_the_following_where_it_ends(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_text("".join(LINES)))
    writer.start()
    watched = Watched(path)
    items = []
    while (item := watched.next()) != "end":
        items.append(item)
    writer.join()
    watched.thread.join()
    assert len(items) == 8


def test_what_is_no_log_is_refused_in_words(tmp_path):
    with pytest.raises(CaptureError, match="no such file"):
        Following(str(tmp_path / "nothing"))
    path = tmp_path / "binary"
    path.write_bytes(bytes(1 << 19))
    watched = Watched(path)
    assert "is a binary file" in str(watched.next())
    watched.thread.join()


def test_waiting_costs_no_processor_time(tmp_path):
    path = tmp_path / "log"
    path.write_text("".join(LINES[:4]))
    following = Following(str(path), Options(zone=UTC, written_ms=BEGIN_MS), silence_s=0.01)
    looks = []

    def look(seconds):
        looks.append(seconds)
        if len(looks) == 4:
            following.stop()

    following._stop.wait = look
    items = list(following)
    assert looks == [0.25] * 4  # it sleeps between looks, four times a second
    assert [item.what for item in items if item is not None] == ["session_began", "foreground"]
