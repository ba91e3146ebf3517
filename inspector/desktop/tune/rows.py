"""The commands about tuning, rows of the one table of commands. Imports no Qt."""

from __future__ import annotations

from inspector.desktop.action_row import Action, do

# A table is read by rows, so it keeps its own line breaks.
# fmt: off
FILE_ROWS: tuple[Action, ...] = (
    do("file.tune", "Tune on history…", "tune_on_history", "Ctrl+H",
        "Open recorded histories and see what every timeout makes of them", short="Open history…"),
    do("file.tune_run", "Tune on this run", "tune_on_run", "Ctrl+Shift+H",
        "See what every timeout makes of the run that is open", when="run_to_tune", short="This run"),
)
VIEW_ROWS: tuple[Action, ...] = (
    do("view.tune", "Go to the Tune window", "show_tune", "Ctrl+F7",
        "Open the Tune window, or move the keyboard there", group=1),
)
TUNE_ROWS: tuple[Action, ...] = (
    do("tune.folder", "Tune on a folder…", "tune_on_folder", "Ctrl+Alt+H",
        "Open all histories in a folder and below as one", short="Folder…"),
    do("tune.sample", "Tune on the sample", "tune_on_sample", "",
        "A month of one phone: when its screen was on", short="Sample"),
    do("tune.columns", "Columns…", "ask_columns", "Shift+K",
        "Say again which column is user, time and state, and by which to compare", when="looked_at", group=1),
    do("tune.stop", "Stop reading", "stop_tuning", "Ctrl+Backspace", "Stop reading or counting the history",
        when="tuning", short="Stop", group=1),
    do("tune.shorter", "Shorter T", "step_tuned", "Ctrl+Left", "Try the next shorter timeout", argument=-1,
        when="tuned", group=2),
    do("tune.longer", "Longer T", "step_tuned", "Ctrl+Right", "Try the next longer timeout", argument=1,
        when="tuned", group=2),
    do("tune.mark_before", "Timeout of the kit before", "to_mark", "Ctrl+Shift+Left",
        "Try the next shorter timeout that a profile or kit ships with", argument=-1, when="tuned", group=2),
    do("tune.mark_after", "Timeout of the kit after", "to_mark", "Ctrl+Shift+Right",
        "Try the next longer timeout that a profile or kit ships with", argument=1, when="tuned", group=2),
    do("tune.type", "Type T", "type_tuned", "Shift+T", "Go to the field of T and type a number of seconds",
        when="tuned", group=2),
    do("tune.compare", "Compare with a second T", "toggle_second", "Shift+C",
        "Hold a second timeout against T: what flips, and whose", when="tuned", short="Second T",
        checked="is_compared", group=3),
    do("tune.swap", "Swap T and the second", "swap_tuned", "Shift+S", "T and the second timeout change places",
        when="compared", short="Swap", group=3),
    do("tune.flips", "List gaps that flip", "list_flips", "Shift+G",
        "List real gaps that split at one of the two timeouts only", when="compared", short="List gaps that flip",
        group=3),
    do("tune.gaps", "Go to the gaps", "focus_gaps", "Shift+B",
        "Move the keyboard to the bars of gaps; arrow keys choose one and list real gaps", when="tuned", group=4),
    do("tune.example", "Open the gap on the timeline", "open_gap", "Shift+O",
        "Begin a run of what that user did around the gap, under T", when="gap_chosen",
        short="Open on the timeline", group=4),
    do("tune.apply", "Apply T to the session", "apply_tuned", "Shift+A",
        "The run that is open takes T as its session timeout now", when="tuned_apply",
        short="Apply T to the session", group=4),
    do("tune.picture", "Export the curve…", "export_tuned_picture", "Shift+P",
        "Export curve and gaps as PNG or SVG", when="tuned", short="Picture…", group=5),
    do("tune.table", "Export the figures…", "export_tuned_table", "Shift+D",
        "Export the figures of every timeout as CSV", when="tuned", short="CSV…", group=5),
    do("tune.report", "Export a report…", "export_tuned_report", "Shift+R",
        "Export one page of HTML: curves, figures, what was read and how", when="tuned", short="Report…",
        group=5),
)
# fmt: on
