"""The window's side of the command line: puts settings, run, window and crash reports together."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from inspector import resources
from inspector.arguments import WindowOptions
from inspector.desktop import runs
from inspector.journal import library
from inspector.journal.errors import JournalError
from inspector.scenario.errors import ScenarioError

if TYPE_CHECKING:
    from inspector.desktop.crash import CrashReports

DEMO = "demo.yaml"
NO_DISPLAY = (
    "session-inspector: there is no display here. "
    "Start it in a desktop session, or try: session-inspector --demo, session-inspector --screenshot FILE, "
    "session-inspector run SCENARIO.\n"
)


def has_display() -> bool:
    """Return whether a window can be shown: always but on a Unix without X or Wayland."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def missing_library() -> str:
    """Return what to do when a system library that Qt needs is missing, in words; empty when Qt loads."""
    try:
        import PySide6.QtWidgets  # noqa: F401 - imported to see whether it can be
    except ImportError as error:
        return (
            f"session-inspector: the window cannot start: {error}\n"
            "On Debian and Ubuntu: sudo apt install libegl1 libgl1 libfontconfig1 libdbus-1-3 libxkbcommon-x11-0 "
            "libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 "
            "libxcb-xinerama0 libxcb-xkb1 fonts-dejavu-core\n"
            "session-inspector run and session-inspector verify work without it.\n"
        )
    return ""


def main(options: WindowOptions) -> int:
    """Show the window, or write a picture; return the exit status (2: a file cannot be used, no display)."""
    gc.disable()  # until the first paint: what is built by then stays, and sweeping it costs time again and again
    try:
        return _main(options)
    finally:
        gc.enable()


def _main(options: WindowOptions) -> int:
    if missing := missing_library():
        sys.stderr.write(missing)
        return 2
    try:
        if options.screenshot is not None or (options.demo and not has_display()):
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
            from inspector.desktop import shot

            gc.enable()
            return shot.main(options, demo_path())
        if not has_display():
            sys.stderr.write(NO_DISPLAY)
            return 2
        return _show(options)
    except (JournalError, ScenarioError) as error:
        from inspector.views.harmless import harmless

        sys.stderr.write(f"{harmless(str(error), 4000)}\n")
        return 2


def demo_path() -> Path:
    """Return the bundled story that ``--demo`` plays."""
    return resources.path("scenarios", DEMO)


def _show(options: WindowOptions) -> int:
    started = None if options.file or options.demo else runs.start()
    from inspector.desktop.quick import spare_reading_sources

    spare_reading_sources()
    from inspector.desktop import theme
    from inspector.desktop.document import Document
    from inspector.desktop.settings import Settings
    from inspector.desktop.window import Window

    app = theme.application()
    app.setApplicationName("session-inspector")
    app.setApplicationDisplayName("Session Inspector")
    app.setDesktopFileName("session-inspector")
    settings = Settings()
    if options.theme:
        settings["theme"] = options.theme
    theme.prepare(app, settings["theme"], settings["text_percent"])
    if started is None:
        # What is asked for is opened in a moment, off this thread; until then nothing is on disk.
        started = runs.Started(runs.in_memory())
    document = Document(started.run)
    window = Window(document, settings)
    if options.size:
        window.resize(*options.size)
    theme.finish(app, settings["text_percent"])
    reports: list[CrashReports] = []

    def begin() -> None:
        gc.enable()
        from inspector.desktop import crash, faults  # not a cost of the first paint

        report = crash.CrashReports(library.data_folder())
        unseen = report.pending()
        report.install()
        reports.append(report)
        crash.route_qt_messages()
        for text in settings.messages:
            window.banners.show_message(text, "warn")
        if started.message:
            window.banners.show_message(started.message, started.level)
        if unseen:
            faults.offer(window, report, unseen)
        report.on_report = lambda path, summary: faults.tell(window, path, summary)
        for path in options.tail:
            window.add_tail(Path(path))
        if options.demo:
            window.files.open_path(demo_path())
        elif options.file:
            window.files.open_path(Path(options.file), at_ms=options.at_ms)
        else:
            document.open(started.run, speed=settings["speed"])
            if options.at_ms is not None:
                document.run_to(options.at_ms, pause=True)

    window.on_painted.append(begin)
    window.show()
    status = app.exec()
    for report in reports:
        report.uninstall()
    return int(status)
