"""The answer beside the selection and the boundary probe, in a real window, against the headless commands."""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from inspector.desktop.probe_dialog import ProbeDialog
from inspector.desktop.rules_dialog import RulesDialog
from inspector.desktop.text_link import TextLink
from inspector.desktop.why_panel import LOOKING, ON_DEMAND, WhyPanel
from inspector.engine.entries import InputEntry, SessionBegan, SessionEnded, TimeoutArmed
from inspector.engine.inputs import Background, BeginSession, Foreground, Launch, LogEvent
from inspector.journal.run import Run, new_header
from inspector.why.answers import answer_object, explain, explain_at
from inspector.why.commands import probe_command, why_command
from inspector.why.history import History
from tests.desktop.window_support import Bench
from tests.helpers.wait import PATIENCE_MS

# The offscreen plugin of Qt says so of every dialog.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise)")


def play(run: Run) -> Run:
    """Away for 59 s and for 65 s, then one more absence and a call that is refused."""
    run.submit(Launch(), 0)
    run.submit(LogEvent("<b>Opened</b>"), 1500)
    run.submit(Background(), 5000)
    run.submit(Foreground(), 64_000)
    run.submit(Background(), 70_000)
    run.advance(130_000)
    run.submit(Foreground(), 135_000)
    run.submit(BeginSession(), 136_000)
    run.submit(Background(), 150_000)
    return run


def story(profile: str = "guide") -> Run:
    return play(Run.in_memory(new_header(profile, seed=7)))


def shown(qtbot: QtBot, run: Run | None = None) -> Bench:
    """Return a window on a run, paused."""
    bench = Bench(qtbot, run or story())
    bench.document.pause()
    bench.show(ready=True)
    return bench


def panel(bench: Bench) -> WhyPanel:
    return bench.window.details.entry.why


def answered(bench: Bench) -> WhyPanel:
    """Wait until the panel has its answer."""
    why = panel(bench)

    def there() -> bool:
        links = [*flips(why), *rules(why)]
        return why.found is not None and not why.busy and all(link.isVisible() for link in links)

    bench.qtbot.waitUntil(there, timeout=PATIENCE_MS)
    return why


def select(bench: Bench, kind: type[Any], which: int = 0, what: type[Any] | None = None) -> int:
    """Select an entry of a kind (an input of a kind) and wait for its answer; return its seq."""
    entries = [e for e in bench.document.journal.entries() if isinstance(e, kind)]
    if what is not None:
        entries = [e for e in entries if isinstance(e, InputEntry) and isinstance(e.input, what)]
    seq = entries[which].seq
    bench.document.selection.seq = seq
    why = answered(bench)
    assert why.found is not None
    assert why.found.answer.seq == seq
    return int(seq)


def flips(why: WhyPanel) -> list[TextLink]:
    return why.flips.findChildren(TextLink)


def rules(why: WhyPanel) -> list[QPushButton]:
    return why.rules.findChildren(QPushButton)


# --- an entry ----------------------------------------------------------------------------------------


def test_a_return_in_time_is_explained_with_numbers_clock_and_rules(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    seq = select(bench, InputEntry, 0, Foreground)
    why = panel(bench)
    assert why.title.text() == "WHY"
    assert why.inequality.text() == "background 59.000 s < timeout 60 s"
    assert "session 1" in why.sentence.text().lower()
    expected = explain(History(bench.document.journal), seq)
    assert [button.text() for button in rules(why)] == [rule.number for rule in expected.reason.rules]
    assert expected.reason.rules[0].source in rules(why)[0].toolTip()
    link = why.clock.findChild(TextLink)
    assert isinstance(link, TextLink)
    assert link.words() == "Clock set by #6 background, 00:05.000"
    bench.click(link)
    assert bench.document.selection.seq == 6


def test_flips_are_the_verified_ones_in_their_order(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    seq = select(bench, InputEntry, 0, Foreground)
    why = panel(bench)
    expected = explain(History(bench.document.journal), seq).flips.found
    assert expected
    words = [link.words().replace("\u00a0", " ") for link in flips(why)]
    assert words == [f"{flip.text}\n{flip.then}" if flip.then else flip.text for flip in expected]
    assert words[0].startswith(f"#{seq} (foreground) 1 s later")


def test_a_flip_that_names_an_entry_selects_it_and_another_is_copied(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    panel(bench).what_if = None
    select(bench, SessionBegan, 1)
    why = panel(bench)
    assert why.found is not None
    found = why.found.answer.flips.found
    at = next(i for i, flip in enumerate(found) if flip.change.key == "session_timeout")
    assert flips(why)[at].toolTip() == "Copy"
    bench.click(flips(why)[at])
    assert QGuiApplication.clipboard().text() == f"{found[at].text}: {found[at].then}"
    assert bench.window.statusBar().currentMessage() == f"Copied: {found[at].text}"
    at = next(i for i, flip in enumerate(found) if flip.change.kind == "move")
    bench.click(flips(why)[at])
    assert bench.document.selection.seq == found[at].change.seq


def test_another_timeout_or_profile_is_shown_as_a_what_if(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    select(bench, SessionBegan, 1)
    why = panel(bench)
    what_ifs = bench.window.what_ifs
    what_ifs.clear()
    for link in flips(why):
        if link.toolTip() == "Show as a what-if lane":
            bench.click(link)
    assert why.found is not None
    wanted = []
    for flip in why.found.answer.flips.found:
        if flip.change.kind == "profile":
            wanted.append((flip.change.profile, None))
        elif flip.change.key == "session_timeout":
            wanted.append(("", round(float(str(flip.change.value)) * 1000)))
    assert {(row.setting.profile, row.setting.timeout_ms) for row in what_ifs.rows} == set(wanted)
    assert len(wanted) >= 2


def test_a_rule_opens_the_rules_at_it(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    select(bench, SessionEnded)
    button = rules(panel(bench))[-1]
    bench.click(button)
    dialog = bench.dialog()
    assert isinstance(dialog, RulesDialog)
    assert dialog.tabs.currentWidget() is dialog.rules
    row = dialog.rules.currentRow()
    assert row >= 0
    item = dialog.rules.item(row, 0)
    assert item is not None
    assert item.text() == button.text()
    dialog.reject()


def test_where_nothing_turns_it_that_is_said(qtbot: QtBot) -> None:
    run = Run.in_memory(new_header(seed=1))
    run.submit(Launch(), 0)
    run.submit(LogEvent("x"), 10)
    for _ in range(5):
        run.advance(run.engine.now_ms + 10)
    bench = shown(qtbot, run)
    history = History(bench.document.journal)
    for seq in range(1, len(bench.document.journal) + 1):
        bench.document.selection.seq = seq
        why = answered(bench)
        expected = explain(history, seq).flips
        assert len(flips(why)) == len(expected.found)
        assert why.note.text() == expected.note
        assert expected.found or "Nothing simple" in why.note.text() or "does not arise" in why.note.text()
        assert why.turns.isVisible()


def test_text_from_outside_stays_text(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    select(bench, InputEntry, 0, LogEvent)
    for button in rules(panel(bench)):
        assert button.toolTip().startswith("<qt>")
        assert "<b>" not in button.toolTip()
    assert bench.window.details.entry.text.text()


# --- this instant ------------------------------------------------------------------------------------


def test_with_nothing_selected_it_tells_what_holds_now(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    why = answered(bench)
    assert why.title.text() == "WHAT HOLDS NOW"
    assert why.state.text() == "02:30.000 · background · session 2"
    bench.document.step(10_000)
    bench.qtbot.waitUntil(lambda: why.state.text().startswith("02:40.000"), timeout=PATIENCE_MS)
    answered(bench)
    assert why.inequality.text() == "background 10.000 s < timeout 60 s"
    expected = explain_at(History(bench.document.journal, 160_000), 160_000)
    assert [link.words().split("\n")[0].replace("\u00a0", " ") for link in flips(why)] == [
        flip.text for flip in expected.flips.found
    ]


def test_while_time_passes_nothing_is_asked_but_on_demand(qtbot: QtBot) -> None:
    bench = Bench(qtbot, story())
    bench.show(ready=True)
    why = panel(bench)
    assert bench.document.driver.playing
    assert not why.busy
    assert why.found is None
    assert why.note.text() == ON_DEMAND
    bench.pass_ms(1000)
    assert not why.busy
    bench.key("Shift+E")
    assert why.busy
    answered(bench)
    assert why.state.text() == "02:31.000 · background · session 2"
    bench.pass_ms(1000)
    assert not why.busy  # it stays what held then
    assert why.state.text() == "02:31.000 · background · session 2"
    bench.do(Foreground())
    assert why.found is None
    assert why.note.text() == ON_DEMAND
    bench.document.pause()
    assert answered(bench).state.text().endswith("foreground · session 2")


def test_nothing_is_asked_while_nobody_looks(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    answered(bench)
    bench.window.show_pane("details", False)
    bench.document.selection.seq = 6
    assert not panel(bench).busy
    assert not panel(bench).search.busy
    bench.window.show_pane("details")
    assert answered(bench).found.answer.seq == 6  # type: ignore[union-attr]


def test_an_empty_run_says_nothing(qtbot: QtBot) -> None:
    bench = shown(qtbot, Run.in_memory(new_header(seed=7)))
    why = panel(bench)
    assert not why.busy
    assert not why.title.isVisible()
    assert not bench.window.actions_["session.explain"].isEnabled()
    assert not bench.window.actions_["time.probe_table"].isEnabled()


# --- the search --------------------------------------------------------------------------------------


def test_a_selection_that_moves_on_stops_the_search(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    answered(bench)
    why = panel(bench)
    told: list[int] = []
    why.answered.connect(lambda: told.append(why.found.answer.seq if why.found is not None else -1))
    for seq in range(1, 20):
        bench.document.selection.seq = seq
        assert why.note.text() == LOOKING
        assert why.found is None
        assert not flips(why)
    answered(bench)
    assert told == [19]


def test_a_search_stops_within_few_inputs(qtbot: QtBot) -> None:
    bench = shown(qtbot, big(4000))
    answered(bench)
    search = panel(bench).search
    begun: list[int] = []

    def endless(history: History) -> None:
        while True:
            history.before(len(history.inputs))
            history.play([(LogEvent("x"), history.engine.now_ms + 1, "person")], 1)
            begun.append(1)

    told: list[object] = []
    asked = search.ask(endless, told.append)
    bench.qtbot.waitUntil(lambda: len(begun) > 3, timeout=PATIENCE_MS)
    asked.stop()
    bench.qtbot.waitUntil(lambda: not search.busy, timeout=PATIENCE_MS)
    assert told == []
    select(bench, InputEntry, 0, Background)  # and the history can be asked again


def big(count: int) -> Run:
    run = Run.in_memory(new_header(seed=7))
    run.submit(Launch(), 0)
    t_ms = at = 0
    while len(run.journal) < count:
        at += 1
        t_ms += 1000
        run.submit(LogEvent(f"e{at}"), t_ms)
        run.submit(Background(), t_ms + 100)
        t_ms += 61_000 if at % 3 == 0 else 30_000
        run.advance(t_ms)
        run.submit(Foreground(), t_ms)
    return run


def test_answers_from_the_kept_history_are_those_of_a_new_one(qtbot: QtBot) -> None:
    bench = shown(qtbot, big(400))
    journal = bench.document.journal
    answered(bench)
    kept = panel(bench).search._history
    assert kept is not None
    for seq in (3, 350, 20, 399):
        bench.document.selection.seq = seq
        why = answered(bench)
        assert why.found is not None
        fresh = History(journal, bench.document.now_ms())
        assert json.loads(why.found.json) == json.loads(
            _json(answer_object(explain(fresh, seq), fresh, "this run"))
        )
    bench.document.submit(Background())
    bench.document.step(70_000)
    seq = select(bench, SessionEnded, -1)
    assert panel(bench).search._history is kept  # grown, not made anew
    fresh = History(journal, bench.document.now_ms())
    expected = answer_object(explain(fresh, seq), fresh, "this run")
    assert json.loads(panel(bench).found.json) == json.loads(_json(expected))  # type: ignore[union-attr]


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)


def test_the_search_works_on_a_copy_and_notes_what_was_rolled_back(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    answered(bench)
    search = panel(bench).search
    kept = search._history
    assert kept is not None
    journal = bench.document.journal
    length = len(journal)
    mark = journal.mark()
    journal.append(journal.entry(length))  # the same seq again: what a step leaves that fails half way
    assert len(kept.source) == length  # what the thread reads stands still
    seen: list[int] = []
    search.ask(lambda history: len(history.source), seen.append)
    bench.qtbot.waitUntil(lambda: seen == [length + 1], timeout=PATIENCE_MS)
    journal.roll_back(mark)
    search.ask(lambda history: len(history.source), seen.append)
    bench.qtbot.waitUntil(lambda: seen == [length + 1, length], timeout=PATIENCE_MS)
    assert search._history is not kept


def test_an_answer_up_to_the_end_of_the_run_follows_it(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    seq = select(bench, TimeoutArmed, -1)
    why = panel(bench)
    assert why.found is not None
    assert why.found.answer.question.kind == "moment"  # it still runs
    bench.document.step(60_000)
    bench.qtbot.waitUntil(
        lambda: why.found is not None and why.found.answer.question.kind == "fate", timeout=PATIENCE_MS
    )
    assert why.found.answer.seq == seq


def test_another_run_drops_question_and_history(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    select(bench, SessionEnded)
    bench.document.open(story("android"), play=False)
    why = answered(bench)
    assert why.found is not None
    assert why.found.answer.seq == 0
    assert json.loads(why.found.json)["profile"] == "android"
    why.search.forget()
    gc.collect()
    assert why.search._history is None


def test_a_journal_decided_otherwise_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    with Run.create(new_header(seed=7), path) as run:
        play(run)
    path.write_text(path.read_text().replace('"end_ms":70000', '"end_ms":70001'))
    bench = shown(qtbot, Run.open(path))
    why = panel(bench)
    bench.document.selection.seq = len(bench.document.journal)
    bench.qtbot.waitUntil(lambda: "decide otherwise" in why.sentence.text(), timeout=PATIENCE_MS)
    assert not why.busy
    assert why.found is None


# --- copying, as the headless commands print ---------------------------------------------------------


def test_copies_are_what_the_commands_print(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    with Run.create(new_header(seed=7), tmp_path / "a.jsonl") as run:
        play(run)
    bench = shown(qtbot, Run.open(tmp_path / "a.jsonl"))
    seq = select(bench, SessionEnded)
    clipboard = QGuiApplication.clipboard()

    def printed(command: Any, **options: Any) -> str:
        capfdbinary.readouterr()
        assert command("a.jsonl", entry=str(seq), **options) == 0
        sys.stdout.flush()
        return capfdbinary.readouterr().out.decode()

    bench.key("Ctrl+Shift+Y")
    assert clipboard.text() == printed(why_command)
    bench.window.actions_["session.copy_answer_json"].trigger()
    assert clipboard.text() + "\n" == printed(why_command, as_json=True)
    dialog = probed(bench)
    bench.click(dialog.copy_text)
    assert clipboard.text() == printed(probe_command)
    bench.click(dialog.copy_json)
    assert clipboard.text() + "\n" == printed(probe_command, as_json=True)
    dialog.reject()


# --- boundary probe ----------------------------------------------------------------------------------


def probed(bench: Bench) -> ProbeDialog:
    bench.key("Shift+F3")
    dialog = bench.dialog()
    assert isinstance(dialog, ProbeDialog)
    bench.qtbot.waitUntil(lambda: dialog.found is not None, timeout=PATIENCE_MS)
    return dialog


def cell(dialog: ProbeDialog, profile: int, column: int) -> str:
    item = dialog.table.item(profile, column)
    assert item is not None
    return item.text()


def test_the_countdown_that_runs_is_probed(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    dialog = probed(bench)
    assert dialog.found is not None
    assert dialog.found.probe.t_ms == 210_000
    assert "T = 03:30.000" in dialog.about.text()
    assert [cell(dialog, 0, column).split("\n")[0] for column in (1, 2, 3)] == [
        "goes on (2)",
        "new session (2 → 3)",
        "new session (2 → 3)",
    ]
    names = [row.profile for row in dialog.found.probe.rows]
    android = names.index("android")
    assert cell(dialog, android, 2).startswith("≠ goes on")  # it looks later, by its poll
    item = dialog.table.item(android, 2)
    plain = dialog.table.item(0, 2)
    assert item is not None
    assert plain is not None
    assert item.foreground().color() != plain.foreground().color()
    assert "this run" in cell(dialog, 0, 0)
    assert dialog.table.horizontalHeaderItem(1).text().endswith("03:29.999")  # type: ignore[union-attr]
    dialog.reject()


def test_the_table_stands_within_the_window_with_large_text_too(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    bench.window.resize(1280, 800)
    for _ in range(10):
        bench.key("Ctrl++")
    dialog = probed(bench)
    window = bench.window.frameGeometry()
    assert dialog.table.isVisible()
    assert window.contains(dialog.geometry())
    dialog.reject()


def test_the_selected_expiry_is_probed(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    select(bench, SessionEnded)
    dialog = probed(bench)
    assert dialog.found is not None
    assert dialog.found.probe.t_ms == 130_000
    dialog.reject()


def test_what_cannot_be_probed_says_what_could(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    select(bench, InputEntry, 0, Launch)
    bench.key("Shift+F3")
    dialog = bench.dialog()
    assert isinstance(dialog, ProbeDialog)
    bench.qtbot.waitUntil(lambda: "is no return" in dialog.about.text(), timeout=PATIENCE_MS)
    assert not dialog.table.isVisible()
    assert not dialog.copy_text.isEnabled()
    assert "--" not in dialog.about.text()
    dialog.reject()


def test_a_dialog_closed_early_stops_its_search(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    answered(bench)
    bench.key("Shift+F3")
    bench.dialog().reject()
    bench.qtbot.waitUntil(lambda: not panel(bench).search.busy, timeout=PATIENCE_MS)


def test_rows_of_the_log_offer_both(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    select(bench, SessionEnded)
    log = bench.window.log
    assert log is not None
    menu = log.make_menu()
    names = [action.objectName() for action in menu.actions()]
    assert "session.explain" in names
    assert "time.probe_table" in names
    menu.deleteLater()


def test_why_takes_the_keyboard(qtbot: QtBot) -> None:
    bench = shown(qtbot)
    select(bench, SessionEnded)
    bench.key("Shift+E")
    answered(bench)
    focused = QGuiApplication.focusObject()
    assert focused is panel(bench) or panel(bench).isAncestorOf(focused)  # type: ignore[arg-type]
