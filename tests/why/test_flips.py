"""What would have turned it: known stories, known answers."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.engine.entries import Entry, InputEntry, SessionEnded
from inspector.engine.inputs import (
    Background,
    BeginSession,
    EndSession,
    ForceQuit,
    Foreground,
    Input,
    Launch,
    LogEvent,
    OptOut,
    Suspend,
)
from inspector.journal.run import Run, new_header
from inspector.why.flips import Flips, find_flips
from inspector.why.history import History
from inspector.why.search import Spent, smallest
from inspector.why.subjects import question_of, time_question


def tell(profile: str, *steps: tuple[float, Input], until: float | None = None, **settings: Any) -> History:
    run = Run.in_memory(new_header(profile, settings, seed=7))
    for second, what in steps:
        run.submit(what, round(second * 1000))
    if until is not None:
        run.advance(round(until * 1000))
    return History(run.journal, run.end_ms)


def last(history: History, kind: type[Entry]) -> int:
    entries = history.source.entries(1, len(history.source))
    return next(entry.seq for entry in reversed(entries) if isinstance(entry, kind))


def asked(history: History, kind: type[Entry] = InputEntry, most: int = 20) -> Flips:
    return find_flips(history, question_of(history, last(history, kind)), most)


def texts(flips: Flips) -> list[str]:
    return [flip.text for flip in flips.found]


def test_a_return_one_millisecond_before_the_timeout() -> None:
    history = tell("guide", (0, Launch()), (10, Background()), (69.999, Foreground()))
    flips = asked(history)
    assert flips.was == "continued"
    assert texts(flips)[:3] == [
        "#8 (foreground) 1 ms later",
        "#5 (background) 1 ms earlier",
        "timeout ≤ 59.999 s, set before #5 (background)",
    ]
    assert {flip.outcome for flip in flips.found[:3]} == {"new"}
    assert flips.found[0].then == "another session begins"
    assert all(flip.smallest for flip in flips.found[:3])


def test_a_return_on_the_very_instant() -> None:
    history = tell("guide", (0, Launch()), (10, Background()), (70, Foreground()))
    flips = asked(history)
    assert flips.was == "new"
    assert texts(flips)[:3] == [
        "#10 (foreground) 1 ms earlier",
        "#5 (background) 1 ms later",
        "timeout ≥ 60.001 s, set before #5 (background)",
    ]
    assert "with automatic tracking off, set before #5 (background)" in texts(flips)
    (profile,) = [flip for flip in flips.found if flip.profiles]
    assert profile.profiles == ("android", "web")
    assert texts(asked(history, SessionEnded))[:3] == texts(flips)[:3]


def test_an_event_that_kept_the_session() -> None:
    """In the background of apple an event sets the clock: without it the return would be too late (A1, A8)."""
    history = tell("apple", (0, Launch()), (10, Background()), (25, LogEvent("Added")), (84.999, Foreground()))
    flips = asked(history)
    assert flips.was == "continued"
    assert texts(flips)[0] == "#10 (foreground) 1 ms later"
    assert '#8 (log_event "Added") 1 ms earlier' in texts(flips)
    assert 'without #8 (log_event "Added")' in texts(flips)
    assert "on guide or apple-legacy" in texts(flips)
    assert (
        "on guide"
        in texts(asked(tell("web", (0, Launch()), (10, LogEvent()), (80, LogEvent()), session_timeout=60)))[-1]
    )


def test_android_compares_strictly_and_an_event_keeps_the_session_for_good() -> None:
    """N6 and N7: the check comes at pause + 1 s + T + 1 ms; an event after the transition spends it."""
    return_at_71 = tell("android", (0, Launch()), (10, Background()), (71, Foreground()))
    assert "#8 (foreground) 1 ms later" in texts(asked(return_at_71))
    kept = asked(tell("android", (0, Launch()), (10, Background()), (20, LogEvent()), (9000, Foreground())))
    assert kept.was == "continued"
    assert 'without #8 (log_event "Event")' in texts(kept)
    assert not any(flip.change.kind == "move" and "foreground" in flip.text for flip in kept.found)


def test_an_expiry_to_which_nobody_came_back() -> None:
    history = tell("guide", (0, Launch()), (10, Background()), until=200)
    flips = asked(history, SessionEnded)
    assert flips.was == "timeout"
    assert "with a foreground at 01:09.999" in texts(flips)
    assert not any(flip.change.kind == "move" for flip in flips.found)
    short = tell("guide", (0, Launch()), (10, Background()), until=100)
    assert "timeout ≥ 90.001 s, set before #5 (background)" in texts(asked(short, SessionEnded))


def test_an_orphan() -> None:
    history = tell("guide", (0, Launch()), (5, ForceQuit()), (30, Launch()))
    flips = asked(history, SessionEnded)
    assert flips.was == "force_quit"
    assert "without #5 (force_quit)" in texts(flips)
    assert any("web" in flip.profiles and flip.outcome == "open" for flip in flips.found)


def test_rejected_inputs() -> None:
    history = tell("guide", (0, Launch()), (10, Background()), (72.5, EndSession()))
    flips = asked(history)
    assert flips.was == "rejected"
    assert texts(flips)[0] == "#10 (end_session) 2.501 s earlier"
    assert "with a begin_session at 01:12.500" in texts(flips)
    running = asked(tell("guide", (0, Launch()), (1, Foreground())))
    assert "with a background at 00:01.000" in texts(running)
    assert running.found[0].then != ""
    frozen = asked(tell("guide", (0, Launch()), (1, Background()), (2, Suspend()), (3, LogEvent())))
    assert "without #8 (suspend)" in texts(frozen)


def test_dropped_inputs() -> None:
    history = tell("guide", (0, Launch()), (1, OptOut()), *((2 + n, LogEvent(f"{n}")) for n in range(9)))
    flips = asked(history)
    assert flips.was == "dropped"
    assert "with a opt_out" not in texts(flips)
    assert {"without #5 (opt_out)", "with an opt_out at 00:10.000"} <= set(texts(flips))


def test_a_time() -> None:
    history = tell("guide", (0, Launch()), (10, Background()), until=90)
    still = find_flips(history, time_question(history, 65_000), 20)
    assert still.was == "open"
    assert texts(still)[:2] == [
        "#5 (background) 5 s earlier",
        "timeout ≤ 55 s, set before #5 (background)",
    ]
    gone = find_flips(history, time_question(history, 80_000), 20)
    assert gone.was == "none"
    assert "with a foreground at 01:09.999" in texts(gone)
    assert "timeout ≥ 70.001 s, set before #5 (background)" in texts(gone)


def test_what_set_the_clock_is_tried_though_the_page_was_shown_since() -> None:
    history = tell("web", (0, Launch()), (10, Background()), (40, LogEvent()), (100, Foreground()), until=101)
    shown = find_flips(history, time_question(history, 100_000), 20)
    assert shown.was == "open"
    (timeout,) = [flip for flip in shown.found if flip.change.key == "session_timeout"]
    assert (timeout.text, timeout.outcome) == ("timeout ≤ 60 s, set before #6 (background)", "none")


def test_where_nothing_simple_turns_it_that_is_said() -> None:
    history = tell("android", (0, Launch()), (1, LogEvent()))
    flips = asked(history)
    if not flips.found:
        assert "Nothing simple turns it" in flips.note
    ended = asked(tell("guide", (0, Launch(background=True)), (1, BeginSession()), (2, EndSession())))
    assert ended.found or ended.note


def test_the_question_of_a_countdown_is_how_it_went() -> None:
    history = tell(
        "guide", (0, Launch()), (10, Background()), (80, Foreground()), (90, Background()), (95, Foreground())
    )
    armed = [e.seq for e in history.source.entries(1, 99) if type(e).__name__ == "TimeoutArmed"]
    expired, cancelled = (question_of(history, seq) for seq in armed)
    assert (expired.kind, cancelled.kind) == ("fate", "input")
    running = tell("guide", (0, Launch()), (10, Background()), until=20)
    question = question_of(running, 7)
    assert (question.kind, question.t_ms) == ("moment", 20_000)


def test_at_most_six_and_the_kinds_are_mixed() -> None:
    history = tell("apple", (0, Launch()), (10, Background()), (25, LogEvent("Added")), (84.999, Foreground()))
    flips = asked(history, most=6)
    assert len(flips.found) <= 6
    assert len(asked(history, most=3).found) == 3
    assert {flip.change.kind for flip in flips.found} >= {"move", "profile", "without"}
    sizes = [flip.size_ms for flip in flips.found if flip.size_ms]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("edge", [1, 2, 3, 999, 1000, 1001, 65_536])
def test_smallest_finds_the_edge(edge: int) -> None:
    tried: list[int] = []

    def turns(n: int) -> bool:
        tried.append(n)
        return n >= edge

    assert smallest(turns, 100_000, ()) == edge
    assert len(tried) == len(set(tried)) < 40
    assert smallest(turns, 100_000, {edge}, hunch=edge) == edge
    assert smallest(turns, edge - 1, ()) is None


def test_smallest_takes_the_first_of_several_edges_that_a_guess_shows() -> None:
    assert smallest(lambda n: n in range(70, 75) or n > 5000, 10_000, {70}) == 70
    assert smallest(lambda n: n in range(70, 75) or n > 5000, 10_000, ()) == 5001


def test_a_search_that_is_spent_returns_what_is_proven() -> None:
    left = 2

    def turns(n: int) -> bool:
        nonlocal left
        left -= 1
        if left < 0:
            raise Spent
        return n >= 500

    assert smallest(turns, 10_000, (), hunch=500) == 500
    assert smallest(turns, 10_000, ()) is None
