from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from inspector.desktop.crash import NATIVE_NAME, CrashReports
from tests.helpers.leaks import LogWatch


@pytest.fixture
def reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CrashReports:
    return CrashReports(tmp_path / "data")


def test_fault_is_written_told_and_offered_once(reports: CrashReports, logs: LogWatch) -> None:
    logs.expect("a fault of the program: ValueError: boom")
    told: list[tuple[Path, str]] = []
    reports.on_report = lambda path, summary: told.append((path, summary))
    before = sys.excepthook
    reports.install()
    try:
        error = ValueError("boom")
        sys.excepthook(ValueError, error, None)
    finally:
        reports.uninstall()
    assert sys.excepthook is before
    ((path, summary),) = told
    assert summary == "ValueError: boom"
    assert "ValueError: boom" in path.read_text("utf-8")
    assert reports.pending() == [path]
    reports.seen(path)
    assert reports.pending() == []
    assert path.with_suffix(".seen").exists()


def test_fault_in_a_thread_is_written(reports: CrashReports, logs: LogWatch) -> None:
    logs.expect("a fault of the program: KeyError")
    reports.install()
    try:
        thread = threading.Thread(target=lambda: {}["nothing"])
        thread.start()
        thread.join()
    finally:
        reports.uninstall()
    assert len(reports.pending()) == 1


def test_native_crash_of_the_last_start_is_offered(reports: CrashReports) -> None:
    reports.folder.mkdir()
    (reports.folder / NATIVE_NAME).write_text("Fatal Python error: Aborted")
    (path,) = reports.pending()
    assert path.name.endswith("-native.txt")
    assert not (reports.folder / NATIVE_NAME).exists()


def test_quiet_start_leaves_nothing(reports: CrashReports) -> None:
    reports.install()
    assert (reports.folder / NATIVE_NAME).exists()
    reports.uninstall()
    assert list(reports.folder.iterdir()) == []


def test_no_folder_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    reports = CrashReports(tmp_path / "file" / "below")
    assert reports.pending() == []
    assert reports.write("text") is None
