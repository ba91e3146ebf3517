from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from inspector.desktop.actions import BY_ID
from inspector.desktop.controls import APP_BUTTONS, SESSION_BUTTONS
from inspector.desktop.dialogs import Form, FormError, attributes_of, speed_of, value_of
from inspector.desktop.document import RECORDING_HINT
from inspector.engine.entries import SettingChanged
from inspector.engine.inputs import Background, Foreground, Launch, LogEvent, Set, Suspend
from inspector.engine.profiles import PROFILE_NAMES
from inspector.journal.run import Run, new_header
from tests.desktop.window_support import Bench
from tests.helpers.wait import PATIENCE_MS

# The offscreen plugin of Qt says so of every dialog.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise)")


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


# What makes each button possible, and the input it makes.
READY = {
    "app.launch": ([], "launch"),
    "app.foreground": ([Launch(), Background()], "foreground"),
    "app.background": ([Launch()], "background"),
    "app.terminate": ([Launch()], "terminate"),
    "app.force_quit": ([Launch()], "force_quit"),
    "app.crash": ([Launch()], "crash"),
    "app.suspend": ([Launch(), Background()], "suspend"),
    "app.resume": ([Launch(), Background(), Suspend()], "resume"),
    "app.play_media": ([Launch()], "play_media"),
    "app.stop_media": ([Launch()], "stop_media"),
    "session.begin": ([Launch(background=True)], "begin_session"),
    "session.end": ([Launch()], "end_session"),
    "session.event": ([Launch()], "log_event"),
    "session.repeat_event": ([Launch()], "log_event"),
    "session.screen": ([Launch()], "screen_view"),
    "session.attribute": ([Launch()], "set_session_attribute"),
    "session.login": ([Launch()], "login"),
}
ASKS = {"session.event", "session.screen", "session.attribute", "session.login"}


def test_every_button_has_its_case() -> None:
    assert set(READY) == {*APP_BUTTONS, *SESSION_BUTTONS}


@pytest.mark.parametrize("name", sorted(READY))
@pytest.mark.parametrize("way", ["mouse", "key", "other key"])
def test_button_by_mouse_and_key(bench: Bench, name: str, way: str) -> None:
    before, wanted = READY[name]
    keys = BY_ID[name].keys
    if way == "other key" and len(keys) < 2:
        keys = (*keys, keys[0])
    bench.do(*before)
    bench.show()
    button = bench.window.controls.buttons[name]
    assert button.isEnabled()
    if way == "mouse":
        bench.click(button)
    else:
        bench.key(keys[0 if way == "key" else 1])
    if name in ASKS:
        form = bench.dialog()
        assert isinstance(form, Form)
        bench.qtbot.keyClick(form, Qt.Key.Key_Return)
    assert bench.verbs()[-1] == wanted
    assert len(bench.verbs()) == len(before) + 1


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("session.automatic", "automatic_tracking"),
        ("session.begin_on_launch", "begin_on_launch"),
        ("session.opt_out", "opt_out"),
    ],
)
def test_switch_by_mouse_and_key(bench: Bench, name: str, setting: str) -> None:
    bench.show()
    switch = bench.window.controls.switches[name]
    before = getattr(bench.document.settings, setting)
    assert switch.isChecked() == before
    bench.click(switch)
    assert getattr(bench.document.settings, setting) is not before
    assert switch.isChecked() is not before
    bench.window.setFocus()
    bench.key(BY_ID[name].keys[0])
    assert getattr(bench.document.settings, setting) is before
    switch.setFocus()
    bench.qtbot.keyClick(switch, Qt.Key.Key_Space)
    assert getattr(bench.document.settings, setting) is not before


def test_opting_out_by_the_switch_ends_the_session(bench: Bench) -> None:
    bench.do(Launch())
    bench.show()
    bench.click(bench.window.controls.switches["session.opt_out"])
    assert bench.verbs()[-1] == "opt_out"
    assert bench.document.fold.sessions[0].ended_by == "opt_out"


def test_impossible_button_says_why(bench: Bench) -> None:
    bench.show()
    button = bench.window.controls.buttons["app.foreground"]
    assert not button.isEnabled()
    assert button.toolTip() == button.statusTip() == "Not now: the app is not running"
    bench.key("F")
    assert bench.verbs() == []
    assert bench.window.statusBar().currentMessage() == "Foreground: the app is not running"
    bench.do(Launch())
    assert button.toolTip() == "Not now: the app is in the foreground already"
    bench.do(Background())
    assert button.isEnabled()
    assert "(F)" in button.toolTip()


def test_space_and_enter_press_the_button_with_the_keyboard(bench: Bench) -> None:
    bench.show()
    bench.qtbot.waitUntil(lambda: bench.window._completed, timeout=PATIENCE_MS)
    playing = bench.document.driver.playing
    launch = bench.window.controls.buttons["app.launch"]
    launch.setFocus()
    bench.qtbot.keyClick(launch, Qt.Key.Key_Space)
    assert bench.verbs() == ["launch"]
    button = bench.window.controls.buttons["app.background"]
    button.setFocus()
    bench.qtbot.keyClick(button, Qt.Key.Key_Return)
    assert bench.verbs() == ["launch", "background"]
    assert bench.document.driver.playing is playing
    bench.window.setFocus()
    bench.key("Space")
    assert bench.document.driver.playing is not playing


def test_letters_do_nothing_while_a_text_field_has_the_keyboard(bench: Bench) -> None:
    bench.show()
    edit = bench.window.controls.timeout.edit
    edit.setFocus()
    edit.selectAll()
    bench.qtbot.keyClicks(edit, "lfb")
    assert bench.verbs() == []
    assert edit.text() == "lfb"


def test_a_key_held_down_does_once_what_is_done_once(bench: Bench) -> None:
    window = bench.show()
    for name, row in BY_ID.items():
        repeats = row.callback in (
            "step",
            "zoom",
            "pan",
            "text_size",
            "repeat_event",
            "select_next",
            "to_next",
            "step_tuned",
        )
        if row.keys and not row.callback.startswith("jump_to"):
            assert window.actions_[name].autoRepeat() is repeats, name
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_F, Qt.KeyboardModifier.NoModifier, "f", True)
    window.statusBar().clearMessage()
    QApplication.sendEvent(window, held)  # not possible now; said once, when it was pressed
    assert window.statusBar().currentMessage() == ""
    bench.key("F")
    assert window.statusBar().currentMessage().startswith("Foreground: ")


def test_what_is_wrong_with_a_form_is_told_in_a_place_of_its_own(bench: Bench) -> None:
    bench.do(Launch())
    bench.show()
    bench.key("E")
    form = bench.dialog()
    assert isinstance(form, Form)
    field = form.fields["attributes"]
    assert isinstance(field, QPlainTextEdit)
    assert field.toPlainText() == ""
    assert "=" in field.placeholderText()
    field.setPlainText("{}\nsku = 1")
    form.accept()
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    message = form.message
    assert message.isVisible()
    assert message.height() >= message.heightForWidth(message.width())
    assert message.geometry().top() >= field.mapTo(form, field.rect().bottomLeft()).y()
    assert message.geometry().bottom() <= form.buttons.geometry().top()
    form.reject()


def test_timeout_clamp_is_shown_as_it_happens(bench: Bench) -> None:
    bench.show()
    setting = bench.window.controls.timeout
    bench.key("Ctrl+T")
    assert setting.edit.hasFocus()
    bench.qtbot.keyClicks(setting.edit, "500")
    assert setting.hint.text() == "500 asked, 120 would be taken"
    assert bench.verbs() == []
    bench.qtbot.keyClick(setting.edit, Qt.Key.Key_Return)
    assert setting.hint.text() == "500 asked, 120 taken"
    assert not setting.hint.isHidden()
    assert (setting.edit.text(), setting.slider.value()) == ("120", 120)
    (changed,) = [e for e in bench.document.journal.entries(1, 9) if isinstance(e, SettingChanged)]
    assert (changed.asked, changed.taken) == (500, 120)


def test_the_words_about_a_clamp_move_nothing(bench: Bench) -> None:
    bench.show(ready=True)
    controls = bench.window.controls

    def lay_out() -> None:
        # A layout asks the one around it only when it is laid out itself: once for each that lies in another.
        for _ in range(8):
            QApplication.sendPostedEvents()
            QApplication.processEvents()

    bench.qtbot.waitUntil(lambda: controls.timeout.ends.isVisible(), timeout=PATIENCE_MS)
    lay_out()  # also the sections that came after the first paint
    before = [controls.switches[name].pos() for name in controls.switches]
    controls.timeout.ask(500)
    lay_out()
    assert controls.timeout.hint.isVisible()
    assert [controls.switches[name].pos() for name in controls.switches] == before
    controls.timeout.ask(30)
    assert controls.timeout.ends.isVisible()


@pytest.mark.parametrize("text", ["abc", "", "nan", "inf", "1e999", "--5"])
def test_timeout_that_is_no_number_changes_nothing(bench: Bench, text: str) -> None:
    bench.show()
    setting = bench.window.controls.timeout
    setting.take_keyboard()
    bench.qtbot.keyClick(setting.edit, Qt.Key.Key_Delete)
    bench.qtbot.keyClicks(setting.edit, text)
    bench.qtbot.keyClick(setting.edit, Qt.Key.Key_Return)
    assert "number of seconds" in setting.hint.text()
    assert setting.hint.token == "error"
    assert bench.verbs() == []
    bench.window.setFocus()
    assert setting.edit.text() == "60"


def test_slider_by_keys_moves_a_running_deadline(bench: Bench) -> None:
    bench.away()
    bench.show()
    slider = bench.window.controls.timeout.slider
    slider.setFocus()
    bench.qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert bench.document.settings.session_timeout_ms == 59_000
    assert bench.document.deadline_ms == 59_000
    bench.qtbot.keyClick(slider, Qt.Key.Key_PageDown)
    assert bench.document.settings.session_timeout_ms == 49_000
    assert bench.window.controls.timeout.edit.text() == "49"


def test_suspend_after(bench: Bench) -> None:
    bench.show()
    setting = bench.window.controls.suspend_after
    assert setting.edit.text() == "never"
    bench.key("Ctrl+U")
    bench.qtbot.keyClicks(setting.edit, "30")
    bench.qtbot.keyClick(setting.edit, Qt.Key.Key_Return)
    bench.away()
    assert "suspended in 30.0 s" in bench.window.controls.badge.note.text()
    bench.pass_ms(30_000)
    assert bench.window.controls.badge.state.text() == "Suspended"
    setting.take_keyboard()
    bench.qtbot.keyClicks(setting.edit, "never")
    bench.qtbot.keyClick(setting.edit, Qt.Key.Key_Return)
    assert bench.document.settings.suspend_after_ms is None


def test_badge_tells_state_and_span(bench: Bench) -> None:
    bench.show()
    badge = bench.window.controls.badge
    assert (badge.state.text(), badge.note.text()) == ("Not running", "Press Launch (L) to start it")
    bench.do(Launch())
    bench.pass_ms(22_600)
    assert (badge.state.text(), badge.note.text()) == ("Foreground", "for 22.6 s")
    bench.key("K")
    assert (badge.state.text(), badge.note.text()) == ("Not running", "force quit 0.0 s ago")


def test_event_form_remembers_and_repeats(bench: Bench) -> None:
    bench.do(Launch())
    bench.show()
    bench.key("E")
    form = bench.dialog()
    assert isinstance(form, Form)
    form.fields["name"].setText("Bought <b>shoes</b>")  # type: ignore[union-attr]
    form.fields["attributes"].setPlainText("{no json")  # type: ignore[union-attr]
    form.accept()
    assert form.isVisible()
    assert "not JSON" in form.message.text()
    form.fields["attributes"].setPlainText("size = 42\nnote = two words")  # type: ignore[union-attr]
    form.accept()
    bench.key("R")
    one, two = (
        e for e in bench.document.journal.entries(1, 99) if isinstance(getattr(e, "input", None), LogEvent)
    )
    assert one.input == two.input == LogEvent("Bought <b>shoes</b>", "other", {"size": 42, "note": "two words"})  # type: ignore[union-attr]
    bench.key("E")
    again = bench.dialog()
    assert isinstance(again, Form)
    assert again.value("name") == "Bought <b>shoes</b>"
    again.reject()


def test_recording_disables_what_it_cannot_do_and_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "run.session"
    with Run.create(new_header(seed=1), path) as run:
        run.submit(Launch(), 0)
    bench = Bench(qtbot, Run.open(path))
    bench.show()
    controls = bench.window.controls
    for button in [*controls.buttons.values(), *controls.switches.values()]:
        assert not button.isEnabled()
        assert button.toolTip() == f"Not now: {RECORDING_HINT}"
    assert not controls.timeout.edit.isEnabled()
    assert not controls.timeout.slider.isEnabled()
    assert not bench.window.header.play.isEnabled()
    bench.key("B")
    assert bench.window.statusBar().currentMessage() == f"Background: {RECORDING_HINT}"
    assert "read-only" in bench.window.status.state.text()
    bench.key("Ctrl+Shift+N")
    bench.qtbot.waitUntil(lambda: not bench.document.read_only, timeout=PATIENCE_MS)
    assert controls.buttons["app.background"].isEnabled()
    bench.key("B")
    assert bench.verbs() == ["launch", "background"]
    assert len(Run.open(path).journal) == len(run.journal)


def test_large_text_takes_one_column(bench: Bench) -> None:
    bench.window.resize(1280, 800)
    bench.show()
    buttons = bench.window.controls.buttons
    assert buttons["app.launch"].y() == buttons["app.foreground"].y()
    for _ in range(10):
        bench.key("Ctrl++")
    assert bench.settings["text_percent"] == 200
    bench.window.resize(1281, 800)
    bench.qtbot.waitUntil(lambda: buttons["app.launch"].y() < buttons["app.foreground"].y(), timeout=PATIENCE_MS)
    for button in buttons.values():
        assert button.width() >= button.minimumSizeHint().width()
    bench.key("Ctrl+0")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", {}),
        ('{"a": [1, null]}', {"a": [1, None]}),
        ("a = 1\n\nb= x = y", {"a": 1, "b": "x = y"}),
        ("k = true", {"k": True}),
    ],
)
def test_attributes(text: str, wanted: dict[str, object]) -> None:
    assert attributes_of(text) == wanted


@pytest.mark.parametrize("text", ["{", "{" * 100_000, "no sign", "= 1", '{"a": NaN}', "x" * 1_000_001])
def test_attributes_that_are_none(text: str) -> None:
    with pytest.raises(FormError):
        attributes_of(text)


def test_value_and_speed() -> None:
    assert value_of("NaN") == "NaN"
    assert value_of("[" * 100_000) == "[" * 100_000
    assert value_of(" 12 ") == 12
    assert speed_of("×30", 0.1, 1000) == 30
    for text in ("", "fast", "0", "1001", "nan"):
        with pytest.raises(FormError):
            speed_of(text, 0.1, 1000)


def test_key_of_a_button_is_on_it(bench: Bench) -> None:
    assert isinstance(bench.window.controls.timeout.edit, QLineEdit)
    assert bench.window.controls.buttons["app.force_quit"].accessibleName() == "Force quit"
    assert bench.window.controls.buttons["app.launch"].words() == "Launch"
    bench.do(Launch(), Background(), Foreground())


@pytest.mark.parametrize("name", PROFILE_NAMES)
def test_a_switch_that_the_platform_lacks_says_so(qtbot: QtBot, name: str) -> None:
    bench = Bench(qtbot, Run.in_memory(new_header(name, seed=1)))
    bench.show()
    has = name not in ("android", "web")
    for action in ("session.automatic", "session.begin_on_launch"):
        assert bench.window.actions_[action].isEnabled() == has
        assert ("has no such switch" in bench.window.actions_[action].toolTip()) == (not has)
    assert bench.window.actions_["session.opt_out"].isEnabled()


@pytest.mark.parametrize(
    ("name", "seconds", "end"),
    [("guide", 120, "120 max"), ("apple", 3600, "3600 · type more"), ("web", 3600, "3600 · type more")],
)
def test_the_slider_of_the_timeout_reaches_as_far_as_it_can_be_set(
    qtbot: QtBot, name: str, seconds: int, end: str
) -> None:
    bench = Bench(qtbot, Run.in_memory(new_header(name, seed=1)))
    bench.show()
    timeout = bench.window.controls.timeout
    assert timeout.slider.maximum() == seconds
    assert timeout.high.text() == end
    bench.do(Set({"session_timeout": 100_000}))
    longest = 120 if name == "guide" else 100_000
    assert bench.document.settings.session_timeout_ms == longest * 1000  # a slider at its end takes nothing back
    assert timeout.edit.text() == str(longest)
