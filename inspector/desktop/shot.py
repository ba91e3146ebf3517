"""Pictures of the window without a display: ``--screenshot``, and ``--demo`` where there is none."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtWidgets import QApplication

from inspector.arguments import WindowOptions
from inspector.desktop import runs, theme
from inspector.desktop.document import Document, ScriptStep
from inspector.desktop.preparing import import_plots
from inspector.desktop.settings import Settings
from inspector.desktop.window import Window
from inspector.journal.errors import NotWritable
from inspector.journal.run import Run
from inspector.scenario.model import Scenario
from inspector.views.harmless import format_span, format_time, harmless, short_id
from inspector.why.sentences import why_ended

DEMO_PICTURE = "session-inspector-demo.png"
DEFAULT_SIZE = (1440, 900)
HOW_TO_SEE = (
    "There is no display here, so the story was played offscreen. To see the window, run\n"
    "  session-inspector --demo\n"
    "in a desktop session, or on a virtual one: xvfb-run session-inspector --demo"
)


def main(options: WindowOptions, demo: Path) -> int:
    """Draw the window of ``options.file`` (or the demo) and write the picture; return the exit status.

    Raises JournalError or ScenarioError for a file that cannot be used and NotWritable for the picture.
    """
    target = Path(options.screenshot or DEMO_PICTURE)
    file = demo if options.demo else Path(options.file) if options.file else None
    found = runs.load(file) if file is not None else runs.in_memory()
    run, script, end_ms = prepared(found, options.at_ms)
    app = QApplication.instance() or theme.application()
    assert isinstance(app, QApplication)
    settings = Settings()
    for name in ("geometry", "layout", "split"):
        settings[name] = ""
    if options.theme:
        settings["theme"] = options.theme
    theme.apply(app, settings["theme"], settings["text_percent"])
    document = Document(run)
    document.open(run, play=False)
    if not run.read_only:
        document.play_script(script, end_ms)
        document.run_to(end_ms, pause=True)
    window = Window(document, settings)
    window.resize(*(options.size or DEFAULT_SIZE))
    if isinstance(found, Scenario):
        window.commands.kits.show_scenario(found)
    for path in options.tail:
        window.add_tail(Path(path))
    written = draw(window, target)
    if options.demo and options.screenshot is None:
        sys.stdout.write(f"{summary(document)}\nThe picture is {target.resolve()}\n{HOW_TO_SEE}\n")
    window.close()
    if not written:
        raise NotWritable(
            f"{target}: the picture cannot be written; choose another folder, or a name ending in .png"
        )
    return 0


def prepared(found: Run | Scenario, at_ms: int | None) -> tuple[Run, list[ScriptStep], int]:
    """Return a run, inputs to play in it and until when: a file as of ``at_ms``, or as of its end."""
    if isinstance(found, Scenario):
        steps: list[ScriptStep] = [(step.t_ms, step.input) for step in found.steps if step.input is not None]
        end_ms = found.steps[-1].t_ms if found.steps else 0
        if at_ms is not None:
            steps, end_ms = [step for step in steps if step[0] <= at_ms], at_ms
        return runs.run_of(found, kept=False).run, steps, end_ms
    if at_ms is None or (found.read_only and at_ms >= found.end_ms):
        return found, [], 0
    if not found.read_only:
        return found, [], at_ms
    upto = 0
    for entry in found.journal.entries():
        if entry.t_ms > at_ms:
            break
        upto = entry.seq
    return found.branch(upto), [], at_ms


def draw(window: Window, target: Path) -> bool:
    """Show a window offscreen with everything live, write its picture; return whether that worked."""
    for _ in import_plots():
        pass
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.show()
    window.make_ready()
    settle()
    if window.timeline is not None:
        window.timeline.fit()
    settle()
    return window.grab().save(str(target), None if target.suffix else "PNG")


def settle() -> None:
    """Let layouts and repaints that are due happen."""
    app = QApplication.instance()
    if app is not None:
        for _ in range(4):
            app.sendPostedEvents()
            app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def summary(document: Document) -> str:
    """Return what happened in a run: a line a session, with why it ended."""
    fold, journal = document.fold, document.journal
    lines = [harmless(journal.header.title) or "A run"]
    for row in fold.sessions:
        length_ms, _, _ = document.spans(row)
        lines.append(
            f"  session {row.ordinal} {short_id(row.id)}  began {format_time(row.start_ms)}, "
            f"{format_span(length_ms)}, {row.events} event{'s' * (row.events != 1)}. {why_ended(row, journal)}"
        )
    lines.append(
        f"{len(fold.sessions)} sessions, {len(fold.events)} events, {len(fold.notifications)} notifications, "
        f"{len(journal)} journal entries in {format_span(document.now_ms())} of virtual time."
    )
    return "\n".join(lines)
