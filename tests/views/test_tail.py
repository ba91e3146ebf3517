import os

import pytest

from inspector.views.tail import Tail, guess


def told(tail):
    return [line.text for line in tail.lines]


@pytest.mark.parametrize(
    ("line", "level", "clock_ms"),
    [
        ("08-22 10:15:32.123  1234  5678 W mParticle: Session timed out", "WARN", 36_932_123),
        ("2026-08-22 10:15:32.123+0200  1234  5678 E AndroidRuntime: x", "ERROR", 36_932_123),
        ("08-22 10:15:32.123 D/mParticle( 1234): Started new session", "DEBUG", 36_932_123),
        ("V/mParticle( 1234): Ending orphaned sessions.", "VERBOSE", None),
        (
            "2026-08-22 10:15:32.123456+0200 0x1a2b     Debug       0x0  501 app: mParticle -> x",
            "DEBUG",
            36_932_123,
        ),
        ("2026-08-22T00:00:01Z INFO started", "INFO", 1_000),
        ("Aug 22 10:15:32 host app[1]: <Error>: broken", "ERROR", 36_932_000),
        ("[10:15:32] WARNING low", "WARN", 36_932_000),
        ("no level, no time", "INFO", None),
        ("99:99:99 ERROR odd clock", "ERROR", None),
        ("", "INFO", None),
    ],
)
def test_level_and_time_of_day(line, level, clock_ms):
    assert guess(line) == (level, clock_ms)


def test_follows_appends_and_partial_lines(tmp_path):
    path = tmp_path / "app.log"
    path.write_bytes(b"one\ntwo\r\nthr")
    tail = Tail(path)
    assert tail.poll() == 2
    assert (told(tail), tail.partial) == (["one", "two"], "thr")
    assert tail.poll() == 0
    with path.open("ab") as file:
        file.write(b"ee\n\xff\xfe bad\n")
    assert tail.poll() == 2
    assert told(tail) == ["one", "two", "three", "�� bad"]
    tail.close()


def test_begins_near_the_end_of_a_long_file(tmp_path):
    path = tmp_path / "app.log"
    path.write_text("".join(f"line {number}\n" for number in range(10_000)))
    tail = Tail(path, first_bytes=1000)
    tail.poll()
    assert tail.skipped_bytes > 0
    assert told(tail)[-1] == "line 9999"
    assert all(text.startswith("line ") for text in told(tail))
    tail.close()


def test_truncation_and_rotation_are_followed_and_said(tmp_path):
    path = tmp_path / "app.log"
    path.write_text("a long first content\n")
    tail = Tail(path)
    tail.poll()
    path.write_text("new\n")
    tail.poll()
    assert told(tail)[-1] == "new"
    assert "was cut" in tail.note
    path.rename(tmp_path / "app.log.1")
    tail.poll()
    assert "gone" in tail.note
    path.write_text("fresh\n")
    tail.poll()
    assert told(tail)[-1] == "fresh"
    assert "replaced" in tail.note
    tail.close()


def test_memory_is_bounded_and_the_loss_is_counted(tmp_path):
    path = tmp_path / "app.log"
    path.write_bytes(b"x\n" * 500 + b"y" * 1_000_000 + b"\n")
    tail = Tail(path, max_lines=100)
    tail.poll()
    assert (len(tail.lines), tail.dropped) == (100, 401)
    assert tail.lines[-1].number == 501
    assert len(tail.lines[-1].text) < 5000
    assert tail.lines[-1].text.endswith("… (1 MB)")
    tail.close()


def test_a_poll_reads_no_more_than_asked(tmp_path):
    path = tmp_path / "app.log"
    path.write_bytes(b"0123456789\n" * 100)
    tail = Tail(path)
    assert tail.poll(max_bytes=55) == 5
    assert tail.poll() == 95
    tail.close()


def test_controls_are_visible_and_colours_taken_out(tmp_path):
    path = tmp_path / "app.log"
    path.write_bytes("\x1b[31mERROR\x1b[0m \x00\u202e<b>\tend\n".encode())
    tail = Tail(path)
    tail.poll()
    assert tail.lines[0].level == "ERROR"
    assert tail.lines[0].text == "ERROR ␀‹U+202E›<b>    end"
    tail.close()


def test_what_cannot_be_followed_is_said_in_words(tmp_path):
    tail = Tail(tmp_path / "none.log")
    assert tail.poll() == 0
    assert "cannot be opened" in tail.note
    (tmp_path / "none.log").write_text("now\n")
    assert tail.poll() == 1
    assert tail.note == ""
    tail.close()
    folder = Tail(tmp_path)
    assert folder.poll() == 0
    assert "cannot be" in folder.note
    os.mkfifo(tmp_path / "pipe")
    pipe = Tail(tmp_path / "pipe")
    assert pipe.poll() == 0
    assert "cannot be read" in pipe.note
    nul = Tail(tmp_path / "a\0b")
    assert nul.poll() == 0
    assert "cannot be opened" in nul.note
