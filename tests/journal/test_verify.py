"""The oracle finds what a recording says and the rules do not."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from inspector.engine.entries import InputEntry
from inspector.journal.codec import encode
from inspector.journal.errors import Damaged, JournalError
from inspector.journal.run import Run
from inspector.journal.verify import redecide, verify
from tests.journal.stories import header, live, recorded


@pytest.mark.parametrize("seed", range(3))
def test_what_was_recorded_is_decided_again(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "a.session"
    with Run.create(header(session_timeout=200, suspend_after=30), path) as run:
        live(run, 400, seed)
        entries = list(run.journal.entries())
        end_ms = run.engine.now_ms
    report = verify(path)
    inputs = [entry for entry in entries if isinstance(entry, InputEntry)]
    assert (report.same, report.entries, report.inputs) == (True, len(entries), len(inputs))
    assert (report.first_difference, report.torn_bytes, report.missing) == ("", 0, 0)
    again = b"".join(map(encode, redecide(run.journal.header, inputs, end_ms)))
    assert again == path.read_bytes().split(b"\n", 1)[1].rsplit(b"\n", 2)[0] + b"\n"


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    whole = recorded(path, close=True)
    body = whole.index(b"\n") + 1
    dice = random.Random(5)
    found = 0
    for _ in range(150):
        where = dice.randrange(body, whole.rindex(b'{"kind":"closed"') - 1)
        changed = bytearray(whole)
        changed[where] = dice.choice(b'0123456789abcdefz "')
        if changed == whole:
            continue
        path.write_bytes(changed)
        line = whole[:where].count(b"\n") + 1
        try:
            report = verify(path)
        except Damaged as error:
            assert error.line in (line, line + 1)  # noqa: PT017
        else:
            # An input may be changed into another input; what follows from it then differs.
            assert not report.same or b'"kind":"input"' in whole.splitlines()[line - 1], bytes(
                changed[where - 20 :]
            )
            if not report.same:
                assert "a.session:" in report.first_difference
        found += 1
    assert found > 100


def test_the_first_difference_shows_both_versions(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    whole = recorded(path)
    path.write_bytes(whole.replace(b'"length_ms":10000,"foreground', b'"length_ms":10001,"foreground', 1))
    report = verify(path)
    assert not report.same
    assert "a.session:13: entry 12: recorded " in report.first_difference
    assert '"length_ms":10001' in report.first_difference.partition("decided")[0]
    assert '"length_ms":10000' in report.first_difference.partition("decided")[2]
    assert "\n" not in report.first_difference


@pytest.mark.parametrize("drop", [3, 5, 8, 12])
def test_a_dropped_entry_is_found(tmp_path: Path, drop: int) -> None:
    path = tmp_path / "a.session"
    lines = recorded(path).splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:drop] + lines[drop + 1 :]))
    try:
        report = verify(path)
    except JournalError:
        return
    assert not report.same


def test_an_entry_that_nothing_decides(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    whole = recorded(path)
    count = whole.count(b"\n")
    path.write_bytes(
        whole + b'{"kind":"suspended","seq":%d,"t_ms":200001,"cause":1,"session":2,"after_ms":1}\n' % count
    )
    report = verify(path)
    assert "decided nothing" in report.first_difference


def test_closed_after_something_should_have_happened(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    lines = recorded(path).splitlines(keepends=True)
    end = next(number for number, line in enumerate(lines) if b'"timeout_armed"' in line)
    path.write_bytes(b"".join(lines[: end + 1]) + b'{"kind":"closed","t_ms":900000}\n')
    report = verify(path)
    assert "closed at 900000 ms, decided" in report.first_difference


def test_a_field_that_no_entry_has_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    path.write_bytes(recorded(path).replace(b'"began_by":"launch"', b'"began_by":"launch","colour":1', 1))
    assert len(Run.open(path).journal) > 0
    assert "colour" in verify(path).first_difference
