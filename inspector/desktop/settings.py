"""What the window remembers between two starts: one TOML file that a person may edit.

Every setting is declared once with a title, a description and bounds. A value that cannot be used falls
back to its default; a file that cannot be read is put aside and said so, never overwritten unseen.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

FILE_NAME = "settings.toml"
MAX_FILE_BYTES = 1_000_000


class Field(msgspec.Struct, frozen=True):
    """One setting: its name, what it is called and means, its default and what it may be."""

    name: str
    title: str
    description: str
    default: bool | int | float | str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()

    def usable(self, value: object) -> bool:
        """Return whether a value from a file can be used for this setting."""
        kind = type(self.default)
        if kind is float and type(value) is int:
            try:
                value = float(value)
            except OverflowError:
                return False
        if type(value) is not kind:
            return False
        if self.choices and value not in self.choices:
            return False
        if isinstance(value, str):
            return len(value) <= 100_000
        low_enough = self.high is None or value <= self.high
        return low_enough and (self.low is None or value >= self.low)


FIELDS: tuple[Field, ...] = (
    Field(
        "theme",
        "Theme",
        "Colours: as the system says, light or dark",
        "system",
        choices=("system", "light", "dark"),
    ),
    Field("text_percent", "Text size", "Text size in percent of the system's", 100, 80, 200),
    Field(
        "collector_port", "Collector's port", "Where the collector speaks http; 0 for any that is free", "8790"
    ),
    Field("collector_https_port", "Collector's port for https", "Where it speaks https; empty for nowhere", ""),
    Field("custom_speed", "Custom speed", "Virtual seconds a real second, at the last choice", 30.0, 0.1, 1000.0),
    Field("speed", "Speed", "Virtual seconds a real second of a new run", 1.0, 0.1, 1000.0),
    Field("notifications", "Desktop notifications", "Show session notifications on the desktop, too", False),
    Field("event_name", "Event name", "Name of the event logged last", "Added To Cart"),
    Field("event_type", "Event type", "Type of the event logged last", "other"),
    Field(
        "event_attributes",
        "Event attributes",
        "Attributes of the event logged last, JSON or lines",
        "",
    ),
    Field("screen_name", "Screen", "Name of the screen viewed last", "Home"),
    Field("attribute_key", "Attribute", "Key of the session attribute set last", "cart_value"),
    Field("attribute_value", "Attribute value", "Value of the session attribute set last, as JSON", "1"),
    Field("mpid", "User", "Identity logged in last", "user-1"),
    Field(
        "what_if",
        "What if",
        "Timeouts and profiles of the what-if lanes, for example 15 s, 120 s, apple, apple 30 s",
        "15 s, 120 s",
    ),
    Field(
        "kits",
        "Kits",
        "Kits whose lanes are shown, by name, some set to another timeout: braze, firebase = 60 s",
        "braze",
    ),
    Field("kit_files", "Kit files", "Files with kits of your own, one a line", ""),
    Field("tune_timeout", "Tuned timeout", "T of the Tune window, in seconds", 60, 1, 86_400),
    Field(
        "tune_compare", "Compared timeout", "What T is compared with, in seconds; 0 for nothing", 120, 0, 86_400
    ),
    Field(
        "tune_profile",
        "Tuned profile",
        "Whose rules the Tune window applies",
        "guide",
        choices=("guide", "apple", "apple-legacy", "android", "web"),
    ),
    Field(
        "tune_rule",
        "Tuned idle time",
        "Time between events or in the background; empty: what suits the history",
        "",
        choices=("", "events", "background"),
    ),
    Field(
        "tune_end",
        "Tuned session end",
        "A session ends with its last activity, or when its timeout has passed",
        "activity",
        choices=("activity", "timeout"),
    ),
    Field(
        "tune_range",
        "Tuned timeouts",
        "Every second to 30 min, or every minute to 24 h",
        "seconds",
        choices=("seconds", "minutes"),
    ),
    Field("tune_geometry", "Tune window", "Place and size of the Tune window", ""),
    Field("folder", "Folder", "Folder of the file opened or saved last", ""),
    Field("geometry", "Window", "Place and size of the window", ""),
    Field("layout", "Layout", "Places of the panes", ""),
    Field("split", "Split", "Share of timeline and log", ""),
)
_BY_NAME = {field.name: field for field in FIELDS}


def directory() -> Path:
    """Return the folder of the settings; ``SESSION_INSPECTOR_CONFIG`` overrides the system's place."""
    override = os.environ.get("SESSION_INSPECTOR_CONFIG")
    if override:
        return Path(override)
    import platformdirs

    return Path(platformdirs.user_config_dir("session-inspector", appauthor=False))


class Settings:
    """The settings in force: ``settings["theme"]``. ``messages`` tells what was wrong with the file.

    ``on_change`` is called after each change, if set.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Read the file of ``folder``, or of ``directory()``."""
        self.path = (directory() if folder is None else folder) / FILE_NAME
        self.messages: list[str] = []
        self._values: dict[str, bool | int | float | str] = {field.name: field.default for field in FIELDS}
        self.on_change: Callable[[], None] | None = None
        self._changed: set[str] = set()
        self._read()

    def __getitem__(self, name: str) -> Any:
        """Return a setting; raises KeyError for one that is not declared."""
        return self._values[name]

    def __setitem__(self, name: str, value: bool | int | float | str) -> None:
        """Change a setting; raises ValueError for a value that it cannot take."""
        field = _BY_NAME[name]
        if isinstance(field.default, float):
            value = float(value)
        if not field.usable(value):
            raise ValueError(f"{field.title}: {value!r} cannot be used")
        if self._values[name] != value:
            self._values[name] = value
            self._changed.add(name)
            if self.on_change is not None:
                self.on_change()

    def _read(self) -> None:
        try:
            text = _text_of(self.path)
            import tomllib  # only where there is a file

            found = tomllib.loads(text)
        except FileNotFoundError:
            return
        except (OSError, ValueError, RecursionError) as error:
            self._put_aside(str(error))
            return
        for name, value in found.items():
            field = _BY_NAME.get(name)
            if field is None:
                continue  # of another version: kept in the file as it is
            if field.usable(value):
                self._values[name] = float(value) if isinstance(field.default, float) else value
            else:
                shown = f"{name} = {value!r:.60}"
                self.messages.append(f"{self.path.name}: {shown} cannot be used; the default is taken")

    def _put_aside(self, why: str) -> None:
        aside = self.path.with_suffix(".bad.toml")
        try:
            os.replace(self.path, aside)
            kept = f"it is kept as {aside.name}"
        except OSError:
            kept = "it could not be put aside"
        self.messages.append(f"The settings could not be read ({why}); {kept} and the defaults are taken")

    def save(self) -> str:
        """Write what changed, keeping a person's comments; return what went wrong, empty if nothing.

        What another window wrote meanwhile stays, but for what was changed in this one.
        """
        if not self._changed:
            return ""
        import tomlkit
        from tomlkit.exceptions import TOMLKitError

        try:
            document = tomlkit.parse(_text_of(self.path))
        except (OSError, ValueError, TOMLKitError):
            document = tomlkit.document()
        for field in FIELDS:
            if field.name in self._changed:
                document[field.name] = self._values[field.name]
        part = self.path.with_suffix(f".{os.getpid()}.part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(tomlkit.dumps(document), "utf-8")
            os.replace(part, self.path)
        except OSError as error:
            return f"The settings could not be saved in {self.path.parent}: {error.strerror or error}"
        self._changed.clear()
        return ""


def _text_of(path: Path) -> str:
    """Return the text of a file, at most MAX_FILE_BYTES of it; raises OSError or ValueError.

    Opened so that a pipe under that name is refused at once, not waited for.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path.name} is no file")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(MAX_FILE_BYTES).decode("utf-8")
    finally:
        os.close(descriptor)
