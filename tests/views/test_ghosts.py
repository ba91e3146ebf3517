"""What-if lanes: another engine on the same inputs, live, in pieces, and held against the run."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.engine.engine import Engine
from inspector.engine.entries import Entry, InputEntry, SessionBegan, SessionEnded, SessionLost
from inspector.engine.inputs import (
    Background,
    BeginSession,
    EndSession,
    ForceQuit,
    Foreground,
    Input,
    Launch,
    LogEvent,
    Set,
)
from inspector.engine.profiles import PROFILE_NAMES, profile_named
from inspector.engine.settings import SettingError
from inspector.journal.run import Run, new_header
from inspector.views import ghosts as module
from inspector.views.columns import Columns
from inspector.views.ghost_settings import GhostSetting, ghost_header, without
from inspector.views.ghosts import Ghost, Ghosts
from inspector.views.grouping import Grouping
from tests.benchmarks.engine_peers import CHATTY, QUIET, history
from tests.engine.test_random import HISTORIES, START, History
from tests.views.story import tell

SETTINGS = st.builds(
    GhostSetting,
    st.sampled_from(["", *PROFILE_NAMES]),
    st.sampled_from([None, 1_000, 15_000, 59_999, 60_000, 120_000, 1_800_000]),
    st.sampled_from([{}, {}, {}, {"suspend_after": None}, {"suspend_after": 5}, {"begin_on_launch": False}]),
)
VISIT = (30.0, Background()), (50.0, Foreground()), (80.0, Background()), (200.0, Foreground())


def seen(grouping: Grouping) -> dict[str, Any]:
    """Return what a grouping has come to, but for the entries to select."""
    spans = {
        kind: list(zip(part.start_ms.tolist(), part.end_ms.tolist(), part.ref.tolist(), strict=True))
        for kind, part in grouping.lane.spans.items()
    }
    now_open = grouping.open
    return {
        "spans": spans,
        "begins": grouping.begins.at_ms.tolist(),
        "ends": grouping.ends.at_ms.tolist(),
        "open": None if now_open is None else now_open._replace(seq=0),
        "total": grouping.total_ms(10**9),
        "by": [grouping.ended_by(ordinal) for ordinal in range(grouping.begun + 2)],
    }


def decided(setting: GhostSetting, run: Run, until_ms: int) -> Grouping:
    """Return what an engine of its own makes of the inputs, one by one."""
    grouping, entries = Grouping(), list[Entry]()
    header = run.journal.header
    settings = {**header.settings, **setting.own()}
    engine = Engine(
        profile_named(setting.profile or header.profile), settings, seed=header.seed, append=entries.append
    )
    for entry in run.journal.entries():
        if isinstance(entry, InputEntry):
            what: Input = entry.input
            if isinstance(what, Set):
                kept = {key: value for key, value in what.settings.items() if key not in setting.own()}
                what = Set(kept)
            engine.submit(what, entry.t_ms, entry.by)
    engine.advance(until_ms)
    for made in entries:
        if isinstance(made, SessionBegan | SessionEnded | SessionLost):
            grouping.feed(made, made.seq, made.seq)
    return grouping


def alone(one: list[int], other: list[int]) -> list[int]:
    return sorted(t for t in set(one) - set(other))


@given(HISTORIES, START, st.sampled_from(PROFILE_NAMES), st.lists(SETTINGS, max_size=3), st.data())
def test_ghosts_are_what_an_engine_decides_whenever_they_are_asked(
    history: History, start: dict[str, Any], profile: str, settings: list[GhostSetting], data: st.DataObject
) -> None:
    run = Run.in_memory(new_header(profile, start, seed=5))
    ghosts = Ghosts()
    ghosts.begin(run.journal, settings)
    for t_ms, what in history:
        run.submit(what, t_ms)
        if data.draw(st.booleans()):
            assert ghosts.update(run.journal, run.engine.now_ms)
            for ghost in ghosts.ghosts:
                ghosts.differences(ghost)
    until_ms = run.engine.now_ms + data.draw(st.sampled_from([0, 1, 59_999, 200_000]))
    run.advance(until_ms)
    assert ghosts.update(run.journal, until_ms)
    for setting, ghost in zip(settings, ghosts.ghosts, strict=True):
        expected = decided(setting, run, until_ms)
        assert seen(ghost.grouping) == seen(expected)
        differences = ghosts.differences(ghost)
        for begins, mine, theirs in (
            (True, ghosts.run.begins, expected.begins),
            (False, ghosts.run.ends, expected.ends),
        ):
            found = [one for one in differences.between(-1, 10**12) if one.begins == begins]
            for extra, here, there in ((True, theirs, mine), (False, mine, theirs)):
                told = sorted({one.t_ms for one in found if one.extra == extra})
                assert told == alone(here.at_ms.tolist(), there.at_ms.tolist())
        assert differences.count() == differences.within(-1, 10**12)


@pytest.mark.parametrize("visit", [CHATTY, QUIET])
@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_long_stretches_of_events_are_counted_as_an_engine_decides_them(
    profile: str, visit: tuple[int, int]
) -> None:
    run = Run.in_memory(new_header(seed=5))
    for what, t_ms in history(4_000, visit):
        run.submit(what, t_ms)
    columns = Columns()
    columns.update(run.journal)
    for timeout_ms in (None, 1_000, 20_000, 1_800_000):
        setting = GhostSetting(profile, timeout_ms)
        ghost = Ghost(setting, run.journal, columns.inputs)
        assert ghost.update(run.engine.now_ms)
        assert seen(ghost.grouping) == seen(decided(setting, run, run.engine.now_ms))
    same = Ghost(GhostSetting(), run.journal)
    same.update(run.engine.now_ms)
    for entry in run.journal.entries():  # what a boundary selects is the input that brought it about, or the last
        if isinstance(entry, SessionBegan):
            at = same.grouping.begins.seq[(entry.session or 0) - 1]
            assert isinstance(run.journal.entry(int(at)), InputEntry)
            assert at == entry.cause


@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_built_in_pieces_it_is_the_same(profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [(second + at, what) for at in range(0, 3000, 250) for second, what in ((0.0, Launch()), *VISIT)]
    run = tell(*steps, until=3600)
    whole, pieces = Ghost(GhostSetting(profile, 15_000), run.journal), Ghosts()
    assert whole.update(3_600_000)
    monkeypatch.setattr(module, "CHUNK", 7)
    pieces.begin(run.journal, [GhostSetting(profile, 15_000), GhostSetting(profile)])
    asked = 1
    while not pieces.update(run.journal, 3_600_000, lambda: True):
        asked += 1
    assert asked > len(run.journal) // 7
    assert seen(pieces.ghosts[0].grouping) == seen(whole.grouping)


def test_what_is_far_behind_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    run = tell((0, Launch()), *VISIT)
    monkeypatch.setattr(module, "CHUNK", 4)
    ghosts = Ghosts()
    ghosts.begin(run.journal, [GhostSetting("", 15_000)])
    ghosts.update(run.journal, 200_000)
    ghosts.choose([GhostSetting("", 15_000), GhostSetting("", 30_000)])
    run.submit(Background(), 210_000)
    assert not ghosts.update(run.journal, 210_000, new_only=True)
    assert [ghost.seq for ghost in ghosts.ghosts] == [len(run.journal), 0]
    assert ghosts.update(run.journal, 210_000)
    assert ghosts.ghosts[1].grouping.begun == 2


def test_its_own_timeout_stays_whatever_the_run_sets() -> None:
    run = tell((0, Launch()), (1, Set({"session_timeout": 100})), (2, Background()), (50, Foreground()))
    own, none = Ghost(GhostSetting("", 15_000), run.journal), Ghost(GhostSetting("apple"), run.journal)
    own.update(50_000)
    none.update(50_000)
    assert (own.grouping.begun, own.grouping.ended_by(1)) == (2, "timeout")
    assert own.engine.settings.session_timeout_ms == 15_000
    assert (none.grouping.begun, none.engine.settings.session_timeout_ms) == (1, 100_000)


def test_other_keys_of_a_set_take_effect_at_their_time() -> None:
    what = Set({"session_timeout": 100, "automatic_tracking": False})
    assert without(what, {"session_timeout": 15}) == Set({"automatic_tracking": False})
    assert without(what, {"suspend_after": 5}) is what
    run = tell((0, Launch()), (1, what), (2, Background()), (50, Foreground()))
    ghost = Ghost(GhostSetting("", 15_000), run.journal)
    ghost.update(50_000)
    assert ghost.grouping.begun == 1


def test_inputs_that_the_run_rejected_may_be_possible_here() -> None:
    run = tell((0, Launch()), (1, Background()), (20, BeginSession()), (25, EndSession()))
    assert [e.outcome for e in run.journal.entries() if isinstance(e, InputEntry)][-2:] == ["rejected", "done"]
    ghost = Ghost(GhostSetting("", 15_000), run.journal)
    ghost.update(25_000)
    assert [ghost.grouping.ended_by(ordinal) for ordinal in (1, 2)] == ["timeout", "manual"]


def test_a_timeout_is_brought_into_the_bounds_of_its_profile() -> None:
    header = new_header("guide")
    assert GhostSetting("", 1_800_000).taken_ms(header) == 120_000
    assert GhostSetting("apple", 1_800_000).taken_ms(header) == 1_800_000
    assert GhostSetting("", 1_800_000).words(header) == "120 s"
    assert GhostSetting("", 1_800_000).words() == "30 min"
    with pytest.raises(SettingError, match="neither true nor false"):
        Ghost(GhostSetting("", None, {"automatic_tracking": 3}), tell((0, Launch())).journal)


def test_the_device_of_the_run_is_passed_on_where_the_profile_knows_it() -> None:
    from inspector.engine.profile import Parameter

    known = [(name, key, value) for name in PROFILE_NAMES for key, value in profile_named(name).device.items()]
    header = new_header("guide", device={"no_such": 1, **{key: value.max for _, key, value in known}})
    for name in PROFILE_NAMES:
        device: dict[str, Parameter] = dict(profile_named(name).device)
        assert ghost_header(GhostSetting(name), header).device == {
            key: value for key, value in header.device.items() if key in device and value <= device[key].max
        }


def test_both_ends_and_what_is_open_are_told() -> None:
    run = tell((0, Launch()), (10, LogEvent()), (30, Background()), until=40)
    ghost = Ghost(GhostSetting("", 15_000), run.journal)
    ghost.update(40_000)
    (name, session), *rest = ghost.open_items(40_000)
    assert (name, session.start_ms, session.end_ms, rest) == ("session", 0, 40_000, [])
    assert ghost.deadline_ms(40_000) == 45_000
    run.advance(47_000)
    ghost.update(47_000)
    tail = ghost.lane().spans["tail"]
    assert (tail.start_ms.tolist(), tail.end_ms.tolist()) == ([30_000], [45_000])
    assert ghost.open_items(47_000) == []
    assert ghost.deadline_ms(47_000) is None
    background = next(e.seq for e in run.journal.entries() if isinstance(getattr(e, "input", None), Background))
    assert tail.seq.tolist() == [background]


def test_a_dead_process_gives_its_session_no_more_time() -> None:
    run = tell((0, Launch()), (10, LogEvent()), (30, ForceQuit()), until=100)
    ghosts = Ghosts()
    ghosts.begin(run.journal, [GhostSetting("", 15_000)])
    ghosts.update(run.journal, 100_000)
    (ghost,) = ghosts.ghosts
    (_, session), (_, orphan) = ghost.open_items(100_000)
    assert (session.end_ms, orphan.kind, orphan.start_ms, orphan.end_ms) == (10_000, "orphan", 10_000, 100_000)
    assert ghosts.compared(ghost, 100_000, 10_000).total_ms == 10_000


def test_compared_with_the_run() -> None:
    run = tell((0, Launch()), *VISIT, until=230)
    ghosts = Ghosts()
    ghosts.begin(run.journal, [GhostSetting("", 15_000), GhostSetting("", 60_000)])
    ghosts.update(run.journal, 230_000)
    short, same = (ghosts.compared(ghost, 230_000, 230_000) for ghost in ghosts.ghosts)
    assert (short.sessions, short.run_sessions, short.differ) == (3, 2, 2)
    assert (short.total_ms, short.run_total_ms) == (30_000 + 30_000 + 30_000, 80_000 + 30_000)
    assert (same.sessions, same.differ, same.total_ms) == (2, 0, 110_000)
    first, second = ghosts.differences(ghosts.ghosts[0]).between(0, 230_000)
    assert (first.t_ms, first.begins, first.extra) == (30_000, False, True)
    assert (second.t_ms, second.begins, second.extra) == (50_000, True, True)
    assert ghosts.differences(ghosts.ghosts[0]).nearest(49_000, 2_000) == second
    assert ghosts.differences(ghosts.ghosts[0]).nearest(40_000, 2_000) is None


def test_time_that_went_back_is_decided_anew() -> None:
    run = tell((0, Launch()), (1, Background()))
    ghost = Ghost(GhostSetting("", 15_000), run.journal)
    ghost.update(60_000)
    assert ghost.grouping.open is None
    run.submit(Foreground(), 5_000)
    ghost.update(5_000)
    assert ghost.grouping.begun == 1
    assert ghost.grouping.open is not None


def test_another_journal_begins_anew() -> None:
    ghosts = Ghosts()
    ghosts.begin(tell((0, Launch())).journal, [GhostSetting("", 15_000)])
    other = tell((0, Launch()), (1, Background()), until=20)
    ghosts.update(other.journal, 20_000)
    assert ghosts.ghosts[0].grouping.ended_by(1) == "timeout"
    assert ghosts.run.begun == 1


@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_looking_ahead_shows_what_the_whole_shows_there(profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 8)
    monkeypatch.setattr(module, "CHECKPOINT", 32)
    visits = ((0.0, Launch()), *VISIT, (210.0, ForceQuit()))
    run = tell(*((second + at, what) for at in range(0, 30_000, 300) for second, what in visits), until=30_000)
    old = Ghost(GhostSetting(profile, 60_000), run.journal)
    old.update(30_000_000)
    assert len(old.checkpoints) > 10
    wanted = GhostSetting(profile, 15_000)
    whole, ahead = Ghost(wanted, run.journal), Ghost.ahead(wanted, old, 20_000_000)
    whole.update(30_000_000)
    assert 0 < ahead.from_seq < len(run.journal)
    assert len(run.journal) - ahead.from_seq < len(run.journal) * 0.4
    assert ahead.update(30_000_000)
    assert ahead.engine.settings.session_timeout_ms == 15_000

    def after(ghost: Ghost) -> list[tuple[int, int]]:
        lane = ghost.lane()
        rows = [
            (int(start), int(end))
            for kind in ("session_a", "session_b", "tail")
            for start, end in zip(lane.spans[kind].start_ms, lane.spans[kind].end_ms, strict=True)
        ]
        return sorted(row for row in rows if row[0] >= 20_000_000)

    assert after(ahead) == after(whole)
    assert len(after(whole)) > 50
