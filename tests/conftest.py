"""The frame of every test: no display needed, own data and settings, nothing left behind, no skip under CI."""

from __future__ import annotations

import faulthandler
import itertools
import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Before anything imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTEST_QT_API", "pyside6")
os.environ.setdefault("QT_API", "PySide6")
os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import pytest
from hypothesis import HealthCheck, settings

from tests.helpers.display import Display, what_is_missing
from tests.helpers.leaks import Leaks, LogWatch
from tests.helpers.qt import install_skips, why_qt_cannot_start
from tests.helpers.small_disk import REFUSED

# A shell that runs the tests in the background has them ignore Ctrl+C; every program they start inherits that.
signal.signal(signal.SIGINT, signal.default_int_handler)

NO_QT = why_qt_cannot_start()
NO_SKIPS = os.environ.get("INSPECTOR_NO_SKIPS") == "1"

settings.register_profile(
    "inspector",
    deadline=None,  # two slow cores must not decide whether a rule holds
    # What CI decides on must be repeatable: the same tree tries the same examples there; elsewhere, new ones.
    derandomize=bool(os.environ.get("CI")),
    max_examples=40,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("inspector")


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Take pytest-qt out where Qt cannot load: it would end the whole run."""
    if NO_QT:
        plugin = pluginmanager.get_plugin("pytest-qt")
        if plugin is not None:
            pluginmanager.unregister(plugin)
        install_skips(NO_QT)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a native crash tell where it was: the program's own handler turns pytest's off when it leaves."""
    if not faulthandler.is_enabled():
        # Only there is the real standard error kept: the one that tests see is captured, and lost in a crash.
        from _pytest.faulthandler import fault_handler_stderr_fd_key

        faulthandler.enable(file=item.config.stash[fault_handler_stderr_fd_key])


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name what is packed by its length: it holds the time it was packed at, and workers must agree on names."""
    return f"gzip, {len(val)} bytes" if isinstance(val, bytes) and val.startswith(b"\x1f\x8b") else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Under CI a skip is a failure: the tool that it misses belongs on that machine."""
    report: Any = yield
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail") and REFUSED not in str(report.longrepr):
        report.outcome = "failed"
        report.longrepr = f"skipped, and INSPECTOR_NO_SKIPS=1 allows no skip: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Under CI a module that skips as a whole is a failure too."""
    report: Any = yield
    if NO_SKIPS and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, and INSPECTOR_NO_SKIPS=1 allows no skip: {report.longrepr}"
    return report


_homes = itertools.count()


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test its own data and settings directories (not made: the program makes them)."""
    home = tmp_path_factory.getbasetemp() / f"home-{next(_homes)}"
    monkeypatch.setenv("SESSION_INSPECTOR_DATA", str(home / "data"))
    monkeypatch.setenv("SESSION_INSPECTOR_CONFIG", str(home / "config"))
    return home


@pytest.fixture(scope="session")
def _log_watch() -> Iterator[LogWatch]:
    watch = LogWatch()
    logging.getLogger().addHandler(watch)
    yield watch
    logging.getLogger().removeHandler(watch)


@pytest.fixture(autouse=True)
def logs(_log_watch: LogWatch) -> Iterator[LogWatch]:
    """Fail on any log line >= WARNING; `logs.expect(pattern)` allows one."""
    _log_watch.take()
    yield _log_watch
    lines = _log_watch.take()
    if lines:
        pytest.fail("logged: " + "\n".join(lines), pytrace=False)


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail when the test leaves a running timer, a thread or a top-level widget."""
    leaks = Leaks()
    yield
    found = leaks.left_behind()
    if found:
        pytest.fail("left behind: " + "\n".join(found), pytrace=False)


if NO_QT:

    @pytest.fixture
    def qtbot() -> None:
        """Say why there is no Qt here."""
        pytest.skip(NO_QT)

    @pytest.fixture(scope="session")
    def qapp() -> None:
        """Say why there is no Qt here."""
        pytest.skip(NO_QT)


@pytest.fixture
def needs_qt() -> None:
    """Skip, with the missing library, a test whose child processes need Qt."""
    if NO_QT:
        pytest.skip(NO_QT)


@pytest.fixture(scope="session")
def xvfb() -> Iterator[Display]:
    """Start one real X server (Xvfb) on a free display, for xdotool to type and click on."""
    missing = NO_QT or what_is_missing()
    if missing:
        pytest.skip(missing)
    with Display() as display:
        yield display
