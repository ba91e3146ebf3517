"""A journal folded by stretches is what it is entry by entry: story, columns, lanes, codes of inputs."""

from __future__ import annotations

import msgspec
import pytest

from inspector.engine.entries import InputEntry
from inspector.engine.inputs import Input, Launch, LogEvent, OptOut, ScreenView, Set
from inspector.engine.profiles import PROFILE_NAMES
from inspector.journal.fold import Fold
from inspector.journal.run import Run, new_header
from inspector.journal.stretches import EVENT, NO_INPUT, OTHER, SCREEN, Stretch, codes_of, pieces
from inspector.views.columns import Columns
from inspector.views.lanes import Lanes
from inspector.views.picture import picture
from tests.benchmarks.engine_peers import CHATTY, QUIET, history


def long_run(profile: str, visit: tuple[int, int]) -> Run:
    """Return a run of weeks, with a while in which the user has opted out, under a profile."""
    run = Run.in_memory(new_header(profile, seed=3))
    inputs: list[tuple[Input, int]] = list(history(1_500, visit))
    for at, (what, t_ms) in enumerate(inputs):
        if at in (700, 900):
            run.submit(OptOut(at == 700), t_ms)
        run.submit(what, t_ms)
    return run


def of_columns(columns: Columns) -> list[list[int]]:
    parts = (columns.t_ms, columns.level, columns.kind, columns.session, columns.cause, columns.flags)
    return [part.tolist() for part in parts]


def of_lanes(lanes: Lanes) -> list[object]:
    found: list[object] = [lanes.last_seq, lanes.last_ms, lanes.armed, lanes.open_items(lanes.last_ms + 1)]
    for lane in lanes.by_name.values():
        found += [lane.name, lane.version, lane.count()]
        found += [
            (kind, s.start_ms.tolist(), s.end_ms.tolist(), s.seq.tolist()) for kind, s in lane.spans.items()
        ]
        found += [(kind, m.at_ms.tolist(), m.seq.tolist()) for kind, m in lane.marks.items()]
    return found


def of_fold(fold: Fold) -> dict[str, object]:
    return {name: value for name, value in vars(fold).items() if not name.startswith("_before")}


@pytest.mark.parametrize("visit", [CHATTY, QUIET])
@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_by_stretches_it_is_what_it_is_entry_by_entry(profile: str, visit: tuple[int, int]) -> None:
    run = long_run(profile, visit)
    journal = run.journal
    fold, columns, lanes = Fold(), Columns(), Lanes()
    for seq in range(1, len(journal) + 1):
        fold.feed(journal.entry(seq))
        columns.update(journal, seq)
        lanes.update(journal, seq)
    made = picture(journal)
    assert of_fold(made.fold) == of_fold(fold)
    assert of_columns(made.columns) == of_columns(columns)
    assert of_lanes(made.lanes) == of_lanes(lanes)
    assert made.columns.inputs is not None
    assert columns.inputs is not None
    assert made.columns.inputs.codes == columns.inputs.codes == codes_of(journal.entries())


def test_a_stretch_is_of_events_that_were_kept_and_of_one_session() -> None:
    run = Run.in_memory(new_header())
    run.submit(Launch(), 0)
    for number in range(20):
        run.submit(ScreenView("a") if number % 5 == 0 else LogEvent("a"), 1_000 + number)
    run.submit(Set({"session_timeout": 30}), 2_000)
    for number in range(9):
        run.submit(LogEvent("b"), 3_000 + number)
    entries = list(run.journal.entries())
    codes = codes_of(entries)
    assert codes.count(SCREEN) == 4
    assert codes.count(EVENT) == 25
    assert codes.count(OTHER) == 2
    assert codes.count(NO_INPUT) == len(entries) - 31
    parts = list(pieces(entries, codes))
    assert [entry for part in parts for entry in (part.entries if isinstance(part, Stretch) else part)] == entries
    first, second = (part for part in parts if isinstance(part, Stretch))
    assert (len(first.entries), len(second.entries)) == (20, 9)
    assert (first.session, first.last_ms, first.seqs[0]) == (1, 1_019, first.entries[0].seq)
    # A foreign file may say of one event in the middle that it belongs elsewhere: then each counts by itself.
    assert isinstance(entries[-3], InputEntry)
    entries[-3] = msgspec.structs.replace(entries[-3], session=7)
    assert sum(isinstance(part, Stretch) for part in pieces(entries, codes_of(entries))) == 1
    dropped = [msgspec.structs.replace(entries[-1], outcome="dropped")]
    assert codes_of(dropped) == bytes([OTHER])
