"""The questions that a command asks before it acts; each remembers what was answered last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.desktop.dialogs import Form, FormError, attributes_of, speed_of, value_of
from inspector.desktop.driver import MAX_SPEED, MIN_SPEED
from inspector.engine.inputs import ClockJump, LogEvent, Login, ScreenView, SetSessionAttribute
from inspector.wire.codes import EVENT_TYPES

if TYPE_CHECKING:
    from inspector.desktop.settings import Settings
    from inspector.desktop.window import Window

MAX_JUMP_S = 10 * 365 * 86_400


def _attributes(settings: Settings) -> str:
    """Return the attributes entered last; an empty object, which an earlier version began with, is none."""
    text: str = settings["event_attributes"]
    return "" if text.strip() == "{}" else text


class Forms:
    """The forms of a window."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.document = window.document
        self.settings = window.settings

    def clock_jump(self) -> None:
        """Ask by how much the wall clock steps."""

        def done(form: Form) -> None:
            try:
                seconds = float(form.value("by"))
            except ValueError as error:
                raise FormError("Type a number of seconds, for example 3600 or -3600") from error
            if not abs(seconds) <= MAX_JUMP_S:
                raise FormError("The step can be ten years at most")
            self.document.submit(ClockJump(round(seconds * 1000)))

        form = Form(self.window, "Step the wall clock", "Countdown and lengths do not change (G18).", done)
        form.line("by", "Seconds", "3600")
        form.open()

    def log_event(self) -> None:
        """Ask what to log and log it; the values are remembered."""

        def done(form: Form) -> None:
            text = form.value("attributes")
            attributes_of(text)
            if not form.value("name"):
                raise FormError("An event needs a name")
            self._remember("event_name", form.value("name"))
            self._remember("event_type", form.value("type"))
            self._remember("event_attributes", text)
            self.repeat_event()

        about = "Attributes as JSON, or a line each: key = value. R logs the same event again."
        form = Form(self.window, "Log event", about, done)
        form.line("name", "Name", self.settings["event_name"])
        form.choice("type", "Type", EVENT_TYPES, self.settings["event_type"])
        form.text("attributes", "Attributes", _attributes(self.settings), "sku = A1\nprice = 9.90")
        form.open()

    def repeat_event(self) -> None:
        """Log the event remembered."""
        try:
            attributes = attributes_of(self.settings["event_attributes"])
        except FormError:
            attributes = {}
        self.document.submit(LogEvent(self.settings["event_name"], self.settings["event_type"], attributes))

    def screen_view(self) -> None:
        """Ask which screen is viewed."""

        def done(form: Form) -> None:
            self._remember("screen_name", form.value("name"))
            self.document.submit(ScreenView(form.value("name")))

        form = Form(self.window, "Screen view", "A screen view is an event of the session (G14).", done)
        form.line("name", "Screen", self.settings["screen_name"])
        form.open()

    def set_attribute(self) -> None:
        """Ask for a session attribute."""

        def done(form: Form) -> None:
            key, text = form.value("key"), form.value("value")
            if not key:
                raise FormError("An attribute needs a key")
            self._remember("attribute_key", key)
            self._remember("attribute_value", text)
            self.document.submit(SetSessionAttribute(key, value_of(text)))

        about = "It belongs to the open session and travels with its end (G15). The value as JSON, or text."
        form = Form(self.window, "Session attribute", about, done)
        form.line("key", "Key", self.settings["attribute_key"])
        form.line("value", "Value", self.settings["attribute_value"])
        form.open()

    def login(self) -> None:
        """Ask who logs in."""

        def done(form: Form) -> None:
            self._remember("mpid", form.value("mpid"))
            self.document.submit(Login(form.value("mpid")))

        form = Form(self.window, "Login", "Another user; the session goes on.", done)
        form.line("mpid", "User (mpid)", self.settings["mpid"])
        form.open()

    def _remember(self, name: str, value: str) -> None:
        try:
            self.settings[name] = value
        except ValueError as error:
            raise FormError(f"{error}: it is too long to be remembered") from error

    def custom_speed(self) -> None:
        """Ask for a speed."""

        def done(form: Form) -> None:
            speed = speed_of(form.value("speed"), MIN_SPEED, MAX_SPEED)
            self.settings["custom_speed"] = speed
            self.document.play(speed)

        form = Form(self.window, "Custom speed", "Virtual seconds a real second, 0.1 to 1000.", done)
        form.line("speed", "Speed", f"{self.settings['custom_speed']:g}")
        form.open()
