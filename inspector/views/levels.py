"""The level and the kind of an entry's line of log, cheap to tell for every entry."""

from inspector.engine import inputs
from inspector.engine.entries import (
    AttributeTaken,
    CrashReport,
    Dropped,
    Entry,
    InputEntry,
    Logged,
    Notification,
    SessionBegan,
    SessionEnded,
    SessionLost,
    SettingChanged,
    Suspended,
    TimeoutArmed,
    TimeoutCancelled,
    Transition,
)

LEVELS: tuple[str, ...] = ("VERBOSE", "DEBUG", "INFO", "NOTICE", "WARN", "ERROR")
KINDS: tuple[str, ...] = (
    "lifecycle",
    "session",
    "timer",
    "event",
    "message",
    "notify",
    "setting",
    "recovery",
    "rejected",
    "tail",
)
VERBOSE, DEBUG, INFO, NOTICE, WARN, ERROR = range(6)
LIFECYCLE, SESSION, TIMER, EVENT, MESSAGE, NOTIFY, SETTING, RECOVERY, REJECTED, TAIL = range(10)
# Bits that say what an input's entry is.
IS_INPUT, IS_REJECTED, IS_DROPPED = 1, 2, 4
DEATHS = {"force_quit": "force quit", "terminate": "terminated", "crash": "crashed"}

_OF_INPUT: dict[type, tuple[int, int]] = {
    inputs.Launch: (VERBOSE, LIFECYCLE),
    inputs.Foreground: (VERBOSE, LIFECYCLE),
    inputs.Background: (VERBOSE, LIFECYCLE),
    inputs.Terminate: (INFO, LIFECYCLE),
    inputs.ForceQuit: (NOTICE, LIFECYCLE),
    inputs.Crash: (ERROR, LIFECYCLE),
    inputs.Suspend: (VERBOSE, LIFECYCLE),
    inputs.Resume: (VERBOSE, LIFECYCLE),
    inputs.BeginSession: (VERBOSE, SESSION),
    inputs.EndSession: (VERBOSE, SESSION),
    inputs.LogEvent: (INFO, EVENT),
    inputs.ScreenView: (INFO, EVENT),
    inputs.SetSessionAttribute: (DEBUG, SESSION),
    inputs.Set: (DEBUG, SETTING),
    inputs.OptOut: (NOTICE, SETTING),
    inputs.Login: (INFO, SESSION),
    inputs.ClockJump: (NOTICE, SETTING),
    inputs.PlayMedia: (VERBOSE, LIFECYCLE),
    inputs.StopMedia: (VERBOSE, LIFECYCLE),
}
_OF_ENTRY: dict[type, tuple[int, int]] = {
    SessionBegan: (INFO, SESSION),
    SessionEnded: (NOTICE, SESSION),
    SessionLost: (WARN, SESSION),
    Notification: (NOTICE, NOTIFY),
    Transition: (INFO, MESSAGE),
    TimeoutArmed: (DEBUG, TIMER),
    TimeoutCancelled: (DEBUG, TIMER),
    SettingChanged: (INFO, SETTING),
    AttributeTaken: (DEBUG, SESSION),
    Logged: (INFO, EVENT),
    Suspended: (VERBOSE, LIFECYCLE),
    CrashReport: (ERROR, MESSAGE),
    Dropped: (WARN, MESSAGE),
}


def classify(entry: Entry) -> tuple[int, int]:
    """Return the codes of an entry's level and kind: indices into LEVELS and KINDS."""
    kind = type(entry)
    if kind is InputEntry:
        return _classify_input(entry)  # type: ignore[arg-type]
    if kind is SessionEnded and entry.ended_by in DEATHS:  # type: ignore[attr-defined]
        return WARN, RECOVERY
    if kind is SettingChanged and entry.asked != entry.taken:  # type: ignore[attr-defined]
        return WARN, SETTING
    return _OF_ENTRY[kind]


def _classify_input(entry: InputEntry) -> tuple[int, int]:
    kind = type(entry.input)
    if entry.outcome == "rejected":
        return WARN, REJECTED
    level, code = _OF_INPUT[kind]
    if entry.outcome == "waiting":
        return level, code
    if entry.outcome == "dropped" or (entry.session is None and code == EVENT):
        return WARN, code
    if kind is inputs.ForceQuit and entry.by == "recovery":
        return WARN, RECOVERY
    return level, code
