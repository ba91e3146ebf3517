"""A journal cut anywhere: opening never crashes, what is read is a prefix, resuming completes it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from inspector.journal.errors import Damaged, Foreign, JournalError
from inspector.journal.reader import load
from inspector.journal.run import Run
from inspector.journal.verify import verify
from tests.journal.stories import header, kill, live, recorded


def resumed_is_sound(path: Path, entries: list[object], first: int = 0) -> None:
    """Resume a cut journal: what was read stays, the last step is whole, the file is verified."""
    with Run.resume(path, 0) as run:
        assert list(run.journal.entries(1, len(entries))) == entries
        assert run.engine.status in ("not_running", "foreground")
    report = verify(path)
    assert report.same
    assert (report.missing, report.torn_bytes) == (0, 0)
    assert report.entries >= len(entries) > first - 1


@pytest.mark.parametrize("close", [False, True])
def test_cut_at_every_byte(tmp_path: Path, close: bool) -> None:
    whole = recorded(tmp_path / "whole.session", close=close)
    story = load(tmp_path / "whole.session").entries
    end_of_header = whole.index(b"\n") + 1
    path = tmp_path / "cut.session"
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        if size < end_of_header:
            with pytest.raises(Foreign, match=r"cut\.session"):
                Run.open(path)
            with pytest.raises(Foreign):
                Run.resume(path, 0)
            continue
        loaded = load(path)
        assert loaded.damage_line == 0
        assert not loaded.closed
        assert loaded.entries == story[: len(loaded.entries)]
        assert loaded.good_bytes + loaded.torn_bytes == size
        assert whole[:size].count(b"\n") - 1 == len(loaded.entries)
        assert Run.open(path).torn_bytes == loaded.torn_bytes
        assert path.stat().st_size == size, "opening to look must not touch the file"
        if size % 29 == 0 or loaded.torn_bytes == 0:
            resumed_is_sound(path, list(loaded.entries))


def test_cut_anywhere_in_a_long_run(tmp_path: Path) -> None:
    original = tmp_path / "whole.session"
    run = Run.create(header(), original)
    live(run, 1500, seed=11)
    kill(run)
    whole = original.read_bytes()
    story = load(original).entries
    dice = random.Random(12)
    path = tmp_path / "cut.session"
    for _ in range(25):
        size = dice.randrange(whole.index(b"\n") + 1, len(whole))
        path.write_bytes(whole[:size])
        loaded = load(path)
        assert loaded.entries == story[: len(loaded.entries)]
        resumed_is_sound(path, list(loaded.entries))


def test_an_incomplete_last_step_is_decided_again(tmp_path: Path) -> None:
    whole = recorded(tmp_path / "whole.session")
    lines = whole.splitlines(keepends=True)
    path = tmp_path / "cut.session"
    path.write_bytes(b"".join(lines[:3]))  # header, clamped timeout, launch: killed before «session began»
    assert verify(path).missing == 3
    with Run.resume(path, 0) as run:
        assert run.completed == 3
        assert run.journal.path is not None
        assert run.journal.path.read_bytes().startswith(b"".join(lines[:6]))


def test_zeros_behind_a_power_cut_are_torn(tmp_path: Path) -> None:
    path = tmp_path / "cut.session"
    whole = recorded(path)
    path.write_bytes(whole + b'{"kind":"inp' + bytes(4096))
    loaded = load(path)
    assert loaded.torn_bytes == 4096 + 12
    resumed_is_sound(path, list(loaded.entries))


def test_damage_in_the_middle_names_the_line_and_what_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "hurt.session"
    lines = recorded(path).splitlines(keepends=True)
    lines[7] = b'{"kind":"inp\xff\n'
    path.write_bytes(b"".join(lines))
    for way in (Run.open, lambda p: Run.resume(p, 0), verify):
        with pytest.raises(Damaged, match=r"hurt\.session:8: .*the 6 entries before it can still be read"):
            way(path)
    assert path.read_bytes() == b"".join(lines)
    run = Run.open(path, salvage=True)
    assert len(run.journal) == 6
    assert "hurt.session:8" in run.damage
    assert run.engine.status == "foreground"
    with run.branch(6, tmp_path / "rescued.session") as rescued:
        assert list(rescued.journal.entries()) == list(run.journal.entries())


@pytest.mark.parametrize(
    ("line", "old", "new", "why"),
    [
        (3, b'"seq":2', b'"seq":3', "entry 3 where 2 is due"),
        (4, b'"cause":2', b'"cause":9', "entry 3 names entry 9 as its cause"),
        (4, b'"cause":2', b'"cause":-1', "names entry -1"),
        (8, b'"t_ms":10000', b'"t_ms":5', "time goes back from 5000 ms to 5 ms"),
        (3, b'"t_ms":0', b'"t_ms":-1', "time goes back from 0 ms to -1 ms"),
        (3, b'"t_ms":0', b'"t_ms":999999999999999999', "beyond any clock"),
        (3, b'"kind":"input"', b'"kind":"import"', "Invalid value 'import'"),
        (3, b'"launch"', b'"lunch"', "Invalid value 'lunch'"),
        (3, b'{"kind"', b'[{"kind"', "Expected `object`, got `array`"),
        (3, b"\n", b"\n\n", "truncated"),
        (3, b'{"kind"', b'{"kind":"closed","t_ms":0}\n{"kind"', "closing line out of place"),
    ],
)
def test_lines_that_cannot_follow(tmp_path: Path, line: int, old: bytes, new: bytes, why: str) -> None:
    path = tmp_path / "odd.session"
    lines = recorded(path).splitlines(keepends=True)
    lines[line - 1] = lines[line - 1].replace(old, new)
    path.write_bytes(b"".join(lines))
    with pytest.raises(Damaged, match=why):
        Run.open(path)


def test_a_closing_line_before_the_last_entry_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "odd.session"
    path.write_bytes(recorded(path) + b'{"kind":"closed","t_ms":5}\n')
    with pytest.raises(Damaged, match="closing line out of place"):
        Run.open(path)
    with pytest.raises(Damaged):
        verify(path)


@pytest.mark.parametrize("seed", range(4))
def test_changed_bytes_never_crash(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "odd.session"
    whole = recorded(path, close=True)
    dice = random.Random(seed)
    for _ in range(60):
        content = bytearray(whole)
        for _ in range(dice.choice([1, 1, 3])):
            content[dice.randrange(len(content))] = dice.randrange(256)
        path.write_bytes(bytes(content))
        for way in (Run.open, verify, lambda p: Run.resume(p, 0).close()):
            try:
                way(path)
            except JournalError as error:
                assert str(tmp_path) in str(error) or "profile" in str(error)  # noqa: PT017
