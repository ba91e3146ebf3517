"""What a person, a scenario file or an attached SDK can do to the app.

An input is a value without a time; the engine is handed the time beside it. The field names are those
of a scenario file's ``with`` (see ``resources/scenario.schema.json``), so one type serves the file,
the journal and the window.
"""

from typing import Any, TypeAlias

import msgspec

SettingValue: TypeAlias = int | float | bool | str | None


class Input(
    msgspec.Struct,
    frozen=True,
    gc=False,
    tag_field="do",
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """Base of every input; ``do`` in JSON names the verb."""


class Launch(Input, frozen=True, gc=False, tag="launch"):
    """The process starts (guide G1); ``background`` for a silent push and the like."""

    background: bool = False
    source: str = ""
    is_upgrade: bool = False


class Foreground(Input, frozen=True, gc=False, tag="foreground"):
    """The app comes to the front (G4)."""


class Background(Input, frozen=True, gc=False, tag="background"):
    """The app leaves the front (G3)."""


class Terminate(Input, frozen=True, gc=False, tag="terminate"):
    """The OS lets the app say goodbye, then the process is gone (G9a)."""


class ForceQuit(Input, frozen=True, gc=False, tag="force_quit"):
    """The process is killed; nothing is logged at that instant (G9a)."""


class Crash(Input, frozen=True, gc=False, tag="crash"):
    """An unhandled error kills the process (G9a)."""

    message: str = ""


class Suspend(Input, frozen=True, gc=False, tag="suspend"):
    """The OS freezes the background process: no timer fires (G17)."""


class Resume(Input, frozen=True, gc=False, tag="resume"):
    """The OS thaws the frozen process (G17)."""


class BeginSession(Input, frozen=True, gc=False, tag="begin_session"):
    """The manual API begins a session (G8a)."""


class EndSession(Input, frozen=True, gc=False, tag="end_session"):
    """The manual API ends the session (G8a)."""


class LogEvent(Input, frozen=True, gc=False, tag="log_event"):
    """A custom event (G14)."""

    name: str = "Event"
    type: str = "other"
    attributes: dict[str, Any] = {}


class ScreenView(Input, frozen=True, gc=False, tag="screen_view"):
    """A screen event (G14)."""

    name: str = "Screen"


class SetSessionAttribute(Input, frozen=True, gc=False, tag="set_session_attribute"):
    """A session attribute (G15); no message."""

    key: str
    value: Any = None


class Set(Input, frozen=True, gc=False, tag="set"):
    """Change settings now (G11, G12); keys and values as in the scenario contract, section 4."""

    settings: dict[str, SettingValue]


class OptOut(Input, frozen=True, gc=False, tag="opt_out"):
    """The user opts out of tracking, or in again (G16)."""

    value: bool = True


class Login(Input, frozen=True, gc=False, tag="login"):
    """The current user changes; no message."""

    mpid: str


class ClockJump(Input, frozen=True, gc=False, tag="clock_jump"):
    """The wall clock steps by ``by_ms`` (may be negative); monotonic time does not (G18)."""

    by_ms: int


class PlayMedia(Input, frozen=True, gc=False, tag="play_media"):
    """Background audio, navigation and the like begins (G6)."""


class StopMedia(Input, frozen=True, gc=False, tag="stop_media"):
    """Background audio, navigation and the like stops."""


AnyInput: TypeAlias = (
    Launch
    | Foreground
    | Background
    | Terminate
    | ForceQuit
    | Crash
    | Suspend
    | Resume
    | BeginSession
    | EndSession
    | LogEvent
    | ScreenView
    | SetSessionAttribute
    | Set
    | OptOut
    | Login
    | ClockJump
    | PlayMedia
    | StopMedia
)

INPUT_TYPES: tuple[type[Input], ...] = (
    Launch,
    Foreground,
    Background,
    Terminate,
    ForceQuit,
    Crash,
    Suspend,
    Resume,
    BeginSession,
    EndSession,
    LogEvent,
    ScreenView,
    SetSessionAttribute,
    Set,
    OptOut,
    Login,
    ClockJump,
    PlayMedia,
    StopMedia,
)


def verb(what: Input | type[Input]) -> str:
    """Return the verb of an input or an input type, as a scenario file spells it."""
    kind = what if isinstance(what, type) else type(what)
    return str(kind.__struct_config__.tag)
