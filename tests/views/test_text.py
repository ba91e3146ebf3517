import subprocess
import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from inspector.engine.inputs import (
    Background,
    ClockJump,
    Crash,
    ForceQuit,
    Foreground,
    Launch,
    LogEvent,
    Login,
    OptOut,
    PlayMedia,
    ScreenView,
    Set,
    SetSessionAttribute,
    Terminate,
)
from inspector.views.harmless import format_seconds, format_size, harmless
from inspector.views.text import KINDS, LEVELS, classify, describe, format_span, format_time
from tests.views.story import tell, texts


def lines(run):
    return [describe(entry, run.journal) for entry in run.journal.entries()]


def test_words_of_a_return_in_time():
    run = tell((0, Launch()), (10, Background()), (57.6, Foreground()))
    found = lines(run)
    assert ("VERBOSE", "lifecycle", "Application did enter background") in found
    assert ("DEBUG", "timer", "Timeout armed: 60 s, deadline 01:10.000") in found
    assert ("DEBUG", "timer", "Timeout cancelled with 12.4 s left") in found
    assert found[7].text == "Application did become active (session 1 continues, 47.6 s in background)"


def test_words_of_an_orphan():
    run = tell((0, Launch()), (130, LogEvent()), (150, ForceQuit()), (241, Launch()))
    orphan = next(line for line in lines(run) if line.kind == "recovery")
    assert orphan.level == "WARN"
    assert orphan.text.endswith("was still open (force quit at 02:30.000): ended as of 02:10.000")


def test_warnings():
    run = tell(
        (0, Foreground()), (1, Launch()), (2, Set({"session_timeout": 500})), (3, OptOut()), (4, LogEvent())
    )
    warned = [line.text for line in lines(run) if line.level == "WARN"]
    assert warned == [
        "foreground rejected: the app is not running",
        "Session timeout 500 s asked, 120 s taken (1…120 allowed)",
        '#12 custom_event "Event" no session, dropped: opted out of tracking',
    ]


def test_an_event_without_a_session_warns():
    run = tell((0, Launch()), (1, Background()), (100, LogEvent("Late")))
    assert lines(run)[-1][:2] == ("WARN", "event")


def test_classify_agrees_with_describe_for_every_entry():
    run = tell(
        (0, Launch(background=True, source="push")),
        (1, Login("42")),
        (2, ClockJump(-3_600_000)),
        (3, PlayMedia()),
        (4, Foreground()),
        (5, SetSessionAttribute("plan", {"deep": [1, 2]})),
        (6, ScreenView("Home")),
        (7, Crash("boom")),
        (8, Launch(is_upgrade=True)),
        (9, Terminate()),
        (10, Launch()),
        suspend_after=5,
    )
    run.submit(Background(), 11_000)
    run.advance(200_000)
    for entry in run.journal.entries():
        level, kind = classify(entry)
        line = describe(entry, run.journal)
        assert (line.level, line.kind) == (LEVELS[level], KINDS[kind])
        assert line.text
    told = "\n".join(texts(run))
    assert "Wall clock stepped by -1 h" in told
    assert "Set session attribute plan = {1 key}" in told
    assert "suspended after 5 s in background" in told


def test_hostile_names_stay_one_harmless_short_line():
    name = "<b>bold</b>\n\x00\u202eevil\u2066" + "x" * 10_000_000
    run = tell((0, Launch()), (1, LogEvent(name, attributes={"\r\n": "\u2028" * 1000, "n": 10**5000})))
    text = lines(run)[-1].text
    assert len(text) < 1000
    assert "<b>bold</b>\\n␀‹U+202E›evil‹U+2066›xxx" in text
    assert "… (10 MB)" in text
    assert text.isprintable()


@given(st.text(max_size=400))
def test_harmless_text_is_one_line_without_controls(text):
    shown = harmless(text)
    isolated = shown.removeprefix("\u2068").removesuffix("\u2069") if shown.startswith("\u2068") else shown
    if "\u2069… (" in shown:
        isolated = shown.replace("\u2068", "", 1).replace("\u2069… (", "… (", 1)
    assert all(unicodedata.category(character)[0] != "C" or character.isprintable() for character in isolated)
    assert "\n" not in shown
    shown.encode("utf-8")


def test_right_to_left_names_are_isolated():
    assert harmless("שלום") == "\u2068שלום\u2069"


def test_times_and_spans():
    assert format_time(380_000) == "06:20.000"
    assert format_time(3_600_000) == "01:00:00.000"
    assert format_time(-5) == "-00:00.005"
    assert [format_span(ms) for ms in (0, 12_400, 60_000, 59_999, 120_000, 130_000, 3_900_000, 273_600_000)] == [
        "0 s",
        "12.4 s",
        "60 s",
        "59.999 s",
        "120 s",
        "2 min 10 s",
        "1 h 5 min",
        "3 d 4 h",
    ]
    assert format_seconds(60_000) == "60.000 s"
    assert [format_size(size) for size in (12, 1500, 10**7)] == ["12 bytes", "1.5 kB", "10 MB"]


def test_text_countdown_and_why_need_no_numpy():
    code = (
        "import sys, inspector.views.text, inspector.views.countdown, inspector.why.sentences; "
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
