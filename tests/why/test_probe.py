"""Boundary probes: T − 1 ms, T, T + 1 ms under every profile."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given, settings

from inspector.engine.engine import Engine
from inspector.engine.entries import Entry, InputEntry, SessionBegan, SessionEnded, TimeoutArmed
from inspector.engine.inputs import Background, ForceQuit, Foreground, Launch, LogEvent
from inspector.engine.profiles import PROFILE_NAMES, profile_named
from inspector.journal.run import Run
from inspector.why.history import History
from inspector.why.probe import Cell, NothingToProbe, Probe, probe
from inspector.why.probe_table import probe_object, probe_text
from tests.why.histories import RUNS, told
from tests.why.oracle import open_one, recorded
from tests.why.test_flips import last, tell


def row(found: Probe, profile: str) -> list[Cell]:
    return next(row.cells for row in found.rows if row.profile == profile)


def outcomes(found: Probe, profile: str) -> list[str]:
    return [cell.outcome for cell in row(found, profile)]


STORY = ((0, Launch()), (10, Background()), (40, Foreground()))


def test_a_return_under_every_profile() -> None:
    found = probe(tell("guide", *STORY, session_timeout=60))
    assert (found.t_ms, found.profile, found.input, found.absence_seq) == (70_000, "guide", "foreground", 5)
    assert [row.profile for row in found.rows] == list(PROFILE_NAMES)
    assert outcomes(found, "guide") == ["continued", "new", "new"]
    assert [(c.end_ms, c.detected_ms, c.begun) for c in row(found, "guide")] == [
        (None, None, 1),
        (10_000, 70_000, 2),
        (10_000, 70_000, 2),
    ]
    # The loop of apple is frozen by then: only the foreground notices (A11).
    assert [c.detected_ms for c in row(found, "apple")] == [None, 70_000, 70_001]
    assert outcomes(found, "android") == ["continued"] * 3
    assert [c.t_ms for c in row(found, "web")] == [69_999, 70_000, 70_001]


def test_t_is_the_profiles_own() -> None:
    """N6, N7: pause + 1 s + T + 1 ms."""
    found = probe(tell("android", *STORY, session_timeout=60))
    assert (found.t_ms, found.profile) == (71_001, "android")
    assert outcomes(found, "android") == ["continued", "new", "new"]
    event = probe(tell("apple", (0, Launch()), (10, Background()), (25, LogEvent()), (80, Foreground())))
    assert event.t_ms == 85_000
    web = probe(tell("web", (0, Launch()), (10, LogEvent()), (30, LogEvent()), session_timeout=60))
    assert (web.t_ms, web.input, web.seq) == (90_000, "log_event", 0)


def test_another_profile_lends_t_where_the_runs_own_never_expires() -> None:
    found = probe(tell("android", (0, Launch()), (10, Background()), (40, LogEvent()), (80, Foreground())))
    assert (found.t_ms, found.profile) == (70_000, "guide")
    assert outcomes(found, "android") == ["continued"] * 3


def test_what_can_be_chosen() -> None:
    history = tell("guide", (0, Launch()), (10, Background()), (90, Foreground()), (100, Background()), until=130)
    seqs = {e.seq for e in history.source.entries(1, 99) if isinstance(e, TimeoutArmed | SessionEnded)}
    returned = last(history, InputEntry)
    assert probe(history).t_ms == 160_000
    assert probe(history).seq == 0
    assert probe(history, t_ms=20_000).t_ms == probe(history, seq=5).t_ms == 70_000
    assert {probe(history, seq=seq).t_ms for seq in seqs} == {70_000, 160_000}
    assert probe(history, seq=returned).t_ms == 160_000
    gone = tell("guide", (0, Launch()), (10, Background()), until=300)
    assert probe(gone).t_ms == 70_000
    killed = tell("guide", (0, Launch()), (10, Background()), (300, ForceQuit()), (301, Launch()))
    assert probe(killed, seq=last(killed, SessionEnded)).input == "foreground"
    stored = probe(tell("web", (0, Launch()), (10, ForceQuit()), (20, Launch()), session_timeout=60), seq=8)
    assert (stored.t_ms, stored.input) == (60_000, "launch")


@pytest.mark.parametrize(
    ("steps", "chosen"),
    [
        (((0, Launch()),), {}),
        (STORY, {"t_ms": 5_000}),
        (STORY, {"seq": 1}),
        (((0, Launch()), (1, LogEvent())), {"seq": 5}),
    ],
)
def test_nothing_to_probe(steps: tuple[tuple[float, Launch], ...], chosen: dict[str, int]) -> None:
    with pytest.raises(NothingToProbe, match=r"choose|name"):
        probe(tell("guide", *steps), **chosen)


def test_the_table() -> None:
    found = probe(tell("guide", *STORY, session_timeout=60))
    lines = probe_text(found).splitlines()
    assert lines[0].split("  ")[1:2] == ["profile"]
    assert "T − 1 ms 01:09.999" in lines[0]
    assert " ".join(lines[1].split()) == "guide 1 goes on, 1 begun 1 → 2 new, 2 begun 1 → 2 new, 2 begun"
    assert lines[2].split() == ["end", "00:10.000,", "noticed", "01:10.000"] * 2
    plain = probe_object(found, "f")
    assert (plain["t_ms"], plain["rows"][0]["cells"][1]["detected_ms"]) == (70_000, 70_000)


@settings(max_examples=80, deadline=None)
@example(told("guide", {}, [(0, Background()), (60_000, ForceQuit()), (100, Launch())], 0))
@given(RUNS)
def test_cells_are_what_the_rules_decide_from_the_beginning(run: Run) -> None:
    try:
        found = probe(History(run.journal, run.end_ms))
    except NothingToProbe:
        assume(False)
    own = row(found, found.profile)
    assert own[0].outcome == "continued"
    assert own[1].outcome != "continued"
    inputs = recorded(run)
    entries = [e for e in run.journal.entries() if isinstance(e, InputEntry)]
    absence = next(n for n, e in enumerate(entries) if e.seq == found.absence_seq)
    place = next((n for n, e in enumerate(entries) if e.seq == found.seq), None)
    what = (
        entries[place].input
        if place is not None
        else {"foreground": Foreground(), "log_event": LogEvent()}[found.input]
    )
    if place is None and run.engine.armed is None:
        # A return that is added stands where the last expiry was, before all that came after it.
        expiry = max(
            e.seq for e in run.journal.entries() if isinstance(e, SessionEnded) and e.ended_by == "timeout"
        )
        place = sum(e.seq < expiry for e in entries)
    header = run.journal.header
    for one in found.rows:
        profile = profile_named(one.profile)
        for cell in one.cells:
            made: list[Entry] = []
            engine = Engine(profile, header.settings, seed=header.seed, append=made.append)
            before = None
            for t_ms, number, other, by in inputs[:place]:
                if number > absence and t_ms > cell.t_ms:
                    break
                engine.submit(other, t_ms, by)
                if number == absence:
                    before = open_one(made)
            engine.submit(what, cell.t_ms)
            assert (cell.before, cell.after) == (before, open_one(made))
            assert cell.begun == sum(isinstance(e, SessionBegan) for e in made)
            end = next((e for e in made if isinstance(e, SessionEnded) and e.session == before), None)
            assert (cell.end_ms, cell.detected_ms) == ((None, None) if end is None else (end.end_ms, end.t_ms))
