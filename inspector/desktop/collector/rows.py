"""The commands about real SDKs, rows of the one table of commands. Imports no Qt."""

from __future__ import annotations

from inspector.desktop.action_row import Action, do

# A table is read by rows, so it keeps its own line breaks.
# fmt: off
SDK_ROWS: tuple[Action, ...] = (
    do("file.collect", "Collect from SDKs…", "show_collector", "Ctrl+J",
        "Let real SDKs send here in place of mParticle's servers, and set what they are answered", group=3,
        short="Collect…"),
    do("file.capture", "Open a capture…", "open_capture", "Ctrl+Y",
        "Read HAR, mitmproxy flows, Android or Apple logs or exports, held against the engine", group=3,
        short="Capture…"),
    do("file.stop_capture", "Stop reading the capture", "stop_capture", "",
        "What was read until then stays", when="capture", group=3, short="Stop capture"),
    do("file.forget_observed", "Forget what is observed", "forget_observed", "",
        "Empty the observed lanes and table; files stay", when="observed", group=3, short="Forget"),
)
# fmt: on
