"""Every command of the window, declared once.

Menus, toolbar, panel buttons, shortcuts, command palette, cheat sheet and the README's key table are made
of this table. It imports no Qt: a test can read it, and so can the README's generator.
"""

from __future__ import annotations

from typing import Any

from inspector.desktop.action_row import Action as Action  # for those that know this module only
from inspector.desktop.action_row import do as _do
from inspector.desktop.collector.rows import SDK_ROWS
from inspector.desktop.tune.rows import FILE_ROWS, TUNE_ROWS, VIEW_ROWS
from inspector.engine.profiles import PROFILE_NAMES

MENUS: tuple[str, ...] = (
    "File",
    "App",
    "Session",
    "Profile",
    "What if",
    "Kits",
    "Tune",
    "Time",
    "Timeline",
    "Log",
    "View",
    "Help",
)


def _verb(verb: str, title: str, keys: str, description: str, **more: Any) -> Action:
    return _do(f"app.{verb}", title, "submit_verb", keys, description, argument=verb, when=f"verb:{verb}", **more)


def _speed(speed: int, key: str) -> Action:
    return Action(
        f"time.speed_{speed}",
        f"Speed ×{speed}",
        "set_speed",
        "Time",
        f"{speed} virtual seconds a real second" if speed > 1 else "Virtual time runs as real time does",
        (key,),
        argument=float(speed),
        when="live",
        short=f"×{speed}",
        checked="is_speed",
        group=1,
    )


def _suppose(name: str, title: str, callback: str, keys: str, description: str, **more: Any) -> Action:
    return Action(f"whatif.{name}", title, callback, "What if", description, tuple(keys.split()), **more)


def _kit(name: str, title: str, callback: str, keys: str, description: str, **more: Any) -> Action:
    return Action(f"kit.{name}", title, callback, "Kits", description, tuple(keys.split()), **more)


def _profile(name: str) -> Action:
    words = f"Begin an empty run under the rules of the profile {name}; the old journal stays"
    return _do(
        f"profile.new_{name.replace('-', '_')}",
        f"New run under {name}",
        "new_run_under",
        "",
        words,
        argument=name,
        checked="is_profile",
    )


# A table is read by rows, so it keeps its own line breaks.
# fmt: off
ACTIONS: tuple[Action, ...] = (
    # --- App: what the operating system and its user do
    _verb("launch", "Launch", "L F5", "The process starts; a session left open is ended, a new one begins"),
    _verb("foreground", "Foreground", "F F7", "The app comes to the front"),
    _verb("background", "Background", "B F6", "The app leaves the front; the timeout starts"),
    _verb("terminate", "Terminate", "T", "The system ends the app, which may say goodbye", group=1),
    _verb("force_quit", "Force quit", "K Shift+F8", "The process is killed without a word", group=1,
        danger=True),
    _verb("crash", "Crash", "C", "An unhandled error kills the process", group=1, danger=True),
    _verb("suspend", "Suspend", "U", "The system freezes the background process: no timer fires", group=2),
    _verb("resume", "Resume", "Shift+U", "The system thaws the frozen process", group=2),
    _verb("play_media", "Play media", "M",
        "Music, navigation and the like begins; only on Android it holds off a timeout", group=3),
    _verb("stop_media", "Stop media", "Shift+M", "Music, navigation and the like stops", group=3),
    _do("app.launch_background", "Launch in the background", "launch_background", "Shift+L",
        "A silent push starts the process behind; some profiles begin a session", when="verb:launch", group=4),
    _do("app.clock_jump", "Step the wall clock…", "clock_jump", "Shift+W",
        "The wall clock steps; countdown and lengths do not change", when="verb:clock_jump", group=4),
    # --- Session: what the app's own code calls, and its settings
    _do("session.begin", "Begin session", "submit_verb", "[ F9", "The manual call that begins a session",
        argument="begin_session", when="verb:begin_session", short="Begin"),
    _do("session.end", "End session", "submit_verb", "] F8", "The manual call that ends the session now",
        argument="end_session", when="verb:end_session", short="End"),
    _do("session.event", "Log event…", "log_event", "E Ctrl+E", "Log a custom event: name, type, attributes",
        when="verb:log_event", group=1, icon="event"),
    _do("session.repeat_event", "Log the same event again", "repeat_event", "R",
        "Log the last event once more, without asking", when="verb:log_event", short="Event again", group=1),
    _do("session.screen", "Screen view…", "screen_view", "S", "Log a screen view", when="verb:screen_view",
        group=1),
    _do("session.attribute", "Session attribute…", "set_attribute", "A",
        "Set an attribute of the open session", when="verb:set_session_attribute", short="Attribute…", group=1),
    _do("session.login", "Login…", "login", "I", "Another user logs in; the session goes on",
        when="verb:login", group=2),
    _do("session.opt_out", "Opt out", "toggle_setting", "O",
        "The user opts out of tracking: nothing is logged until opting in", argument="opt_out", when="live",
        checked="is_setting", group=2),
    _do("session.timeout", "Session timeout…", "focus_timeout", "Ctrl+T",
        "Go to the timeout and type a number of seconds", when="live", group=3),
    _do("session.automatic", "Automatic session tracking", "toggle_setting", "G",
        "Launch, foreground and background begin and end sessions by themselves",
        argument="automatic_tracking", when="switch", short="Automatic tracking", checked="is_setting", group=3),
    _do("session.begin_on_launch", "Begin session on launch", "toggle_setting", "H",
        "A launch to the front begins a session", argument="begin_on_launch", when="switch",
        short="Begin on launch", checked="is_setting", group=3),
    _do("session.suspend_after", "Suspend after…", "focus_suspend_after", "Ctrl+U",
        "Go to the time in the background after which the system freezes the process", when="live", group=3),
    _do("session.explain", "Why?", "explain", "Shift+E",
        "Why the selected entry, or what holds now, is so, and what would turn it", when="explained", group=4),
    _do("session.copy_answer", "Copy the answer", "copy_answer", "Ctrl+Shift+Y",
        "Copy why it is so and what would turn it, as the command why prints it", argument="text",
        when="explained", group=4),
    _do("session.copy_answer_json", "Copy the answer as JSON", "copy_answer", "",
        "Copy why it is so and what would turn it, as JSON", argument="json", when="explained", group=4),
    # --- Time: virtual time
    _do("time.play", "Play or pause", "toggle_play", "Space", "Let virtual time pass, or hold it", when="live",
        short="Play", icon="play", checked="is_playing"),
    _speed(1, "1"),
    _speed(10, "2"),
    _speed(60, "3"),
    _speed(600, "4"),
    _speed(1000, "5"),
    _do("time.speed_custom", "Custom speed…", "custom_speed", "6", "Any speed from 0.1 to 1000", when="live",
        short="×…", checked="is_custom_speed", group=1),
    _do("time.step_1", "Step 1 second", "step", "J", "Go on by one second of virtual time at once",
        argument=1000, when="live", short="+1 s", group=2, icon="step"),
    _do("time.step_10", "Step 10 seconds", "step", "Shift+J", "Go on by ten seconds of virtual time at once",
        argument=10_000, when="live", short="+10 s", group=2, icon="step"),
    _do("time.next", "To the next deadline", "to_next", "N",
        "Go to the next instant at which something happens by itself", when="due", short="Next due",
        group=2, icon="deadline"),
    _do("time.probe_before", "To 1 ms before the deadline", "probe", "F2",
        "Stand 1 ms before the session times out, paused: a return now continues it", argument=-1,
        when="deadline", short="T−1", group=3),
    _do("time.probe_at", "To the deadline", "probe", "F3", "Stand at the very instant of the timeout, paused",
        argument=0, when="deadline", short="T", group=3),
    _do("time.probe_after", "To 1 ms after the deadline", "probe", "F4",
        "Stand 1 ms after the session timed out, paused", argument=1, when="deadline", short="T+1", group=3),
    _do("time.probe_table", "Boundary probe…", "probe_table", "Shift+F3",
        "What a return 1 ms before, at and 1 ms after the expiry finds under each profile", when="explained",
        group=3),
    # --- File: journals, scenarios, recordings
    _do("file.new", "New run", "new_run", "Ctrl+N", "Begin an empty run; the old journal stays", short="New",
        icon="record"),
    _do("file.open", "Open…", "open_file", "Ctrl+O",
        "Open a journal, a scenario, a recorded lifecycle (CSV) or a capture", icon="open"),
    _do("file.samples", "Samples…", "open_sample", "Ctrl+D", "Play one of the bundled stories in a new run"),
    *FILE_ROWS,
    *SDK_ROWS,
    _do("file.branch", "New run from here", "branch", "Ctrl+Shift+N",
        "Go on in a new journal from the selected entry, or from the end; the old journal stays",
        when="entries", group=1, icon="branch"),
    _do("file.save_as", "Save as…", "save_as", "Ctrl+S", "Save a copy of the journal", when="saved_file",
        short="Save…", icon="save", group=1),
    _do("file.picture", "Export picture…", "export_picture", "Ctrl+Shift+E",
        "Export the timeline as PNG or SVG", when="timeline", icon="picture", group=2),
    _do("file.table", "Export sessions…", "export_sessions", "Ctrl+Shift+X",
        "Export the table of sessions as CSV", icon="table", group=2),
    _do("file.verify", "Verify journal", "verify", "Ctrl+Shift+V",
        "Decide all inputs of the journal again and compare, byte for byte", when="saved_file", group=2,
        icon="verify"),
    _do("file.kits", "Kit file…", "open_kit_file", "Ctrl+Shift+K",
        "Read kits of your own from a file and show their lanes; the file is remembered", group=2),
    _do("file.reveal", "Show data folder", "reveal", "Ctrl+Shift+J", "Open the folder that holds the journals",
        group=3),
    _do("file.quit", "Quit", "quit", "Ctrl+Q", "Close the window; everything is saved already", group=4),
    # --- Timeline
    _do("timeline.in", "Zoom in", "zoom", "= +", "Show less time, larger", argument=2.0, when="timeline"),
    _do("timeline.out", "Zoom out", "zoom", "-", "Show more time, smaller", argument=0.5, when="timeline"),
    _do("timeline.left", "Pan left", "pan", "Alt+Left", "Look further back", argument=-0.25, when="timeline"),
    _do("timeline.right", "Pan right", "pan", "Alt+Right", "Look further on", argument=0.25, when="timeline"),
    _do("timeline.fit", "Show all", "fit", "Home", "Fit the whole run into the timeline", when="timeline"),
    _do("timeline.previous", "Previous mark", "select_next", ",", "Select the entry before", argument=-1,
        when="timeline", group=1),
    _do("timeline.next", "Next mark", "select_next", ".", "Select the entry after", argument=1,
        when="timeline", group=1),
    _do("timeline.clear", "Select nothing", "clear_selection", "Esc", "Let go of the selected entry and range",
        group=1),
    _do("timeline.fit_selection", "Fit the selection", "fit_selection", "Shift+F",
        "Show the selected range or session as large as it goes", when="timeline", group=1),
    _do("timeline.follow", "Follow", "follow", "End", "Keep timeline and log at the newest",
        checked="is_following", group=2),
    # --- Log
    _do("log.filter", "Filter the log", "focus_filter", "Ctrl+F /",
        "Go to the filter, for example level:warn session:2", when="log"),
    _do("log.pause", "Pause the log", "toggle_log_pause", "P", "Hold the rows still and count what waits",
        when="log", checked="is_log_paused"),
    _do("log.copy", "Copy rows", "copy_rows", "Ctrl+C", "Copy the selected rows as text", when="log", group=1),
    _do("log.copy_json", "Copy rows as JSON", "copy_rows_json", "Ctrl+Shift+C",
        "Copy the selected rows as JSON Lines", when="log", group=1),
    _do("log.cause", "Go to the cause", "jump_to_cause", "Q",
        "Select the entry that brought the selected one about", when="selected", group=1),
    _do("log.effect", "Go to the next effect", "jump_to_effect", "Shift+Q",
        "Select the first entry that the selected one brought about", when="selected", group=1),
    _do("log.trouble", "Next warning or error", "jump_to_trouble", "X", "Select the next warning or error",
        argument=1, when="log", group=1),
    _do("log.trouble_before", "Previous warning or error", "jump_to_trouble", "Shift+X",
        "Select the warning or error before", argument=-1, when="log", group=1),
    _do("log.times", "Switch the time shown", "cycle_time_format", "Ctrl+Shift+T",
        "Since the run began, by the wall clock, since the selected entry", when="log", group=2),
    _do("log.tail", "Tail a log file…", "add_tail", "Ctrl+Shift+O",
        "Follow a log file of your choice beside the journal's own", when="log", group=2),
    # --- View
    _do("view.palette", "Command palette", "show_palette", "Ctrl+Shift+P", "Find any command by a few letters",
        icon="palette"),
    _do("view.controls", "Go to the controls", "focus_pane", "Ctrl+1", "Move the keyboard to the buttons",
        argument="controls", group=1),
    _do("view.timeline", "Go to the timeline", "focus_pane", "Ctrl+2", "Move the keyboard to the timeline",
        argument="timeline", group=1),
    _do("view.log", "Go to the log", "focus_pane", "Ctrl+3", "Move the keyboard to the log", argument="log",
        group=1),
    _do("view.notifications", "Go to the notifications", "focus_pane", "Ctrl+4",
        "Move the keyboard to the notifications", argument="notifications", group=1),
    _do("view.sessions", "Go to the sessions", "focus_pane", "Ctrl+6",
        "Move the keyboard to the table of sessions", argument="sessions", group=1),
    _do("view.outgoing", "Go to the outgoing messages", "focus_pane", "Ctrl+7",
        "Move the keyboard to what is sent to the server", argument="outgoing", group=1),
    _do("view.partners", "Go to the output partners", "focus_pane", "Ctrl+8",
        "Move the keyboard to what output partners receive", argument="partners", group=1),
    _do("view.observed", "Go to what is observed", "focus_pane", "Ctrl+9",
        "Move the keyboard to the table of what real SDKs did", argument="observed", group=1),
    _do("view.details", "Go to the details", "focus_pane", "Ctrl+5", "Move the keyboard to the details",
        argument="details", group=1),
    *VIEW_ROWS,
    _do("view.show_controls", "Show controls", "toggle_pane", "Ctrl+Shift+1", "Show or hide the left pane",
        argument="controls", checked="is_pane_shown", group=2),
    _do("view.show_details", "Show details", "toggle_pane", "Ctrl+Shift+5", "Show or hide the right pane",
        argument="details", checked="is_pane_shown", group=2),
    _do("view.theme_system", "Theme as the system's", "set_theme", "", "Light or dark, as the system says",
        argument="system", checked="is_theme", group=3),
    _do("view.theme_light", "Light theme", "set_theme", "", "Dark text on light", argument="light",
        checked="is_theme", group=3),
    _do("view.theme_dark", "Dark theme", "set_theme", "", "Light text on dark", argument="dark",
        checked="is_theme", group=3),
    _do("view.theme_next", "Switch light and dark", "next_theme", "Ctrl+Shift+D",
        "Change between light and dark", group=3),
    _do("view.larger", "Larger text", "text_size", "Ctrl++ Ctrl+=", "Text 10 % larger, up to 200 %",
        argument=10, group=4),
    _do("view.smaller", "Smaller text", "text_size", "Ctrl+-", "Text 10 % smaller, down to 80 %", argument=-10,
        group=4),
    _do("view.normal", "Normal text", "text_size", "Ctrl+0", "Text at 100 %", argument=0, group=4),
    _do("view.frame_times", "Frame times", "toggle_frame_times", "",
        "Show how long the window took for each of its last turns, as bars", checked="is_frame_times", group=5),
    _do("view.notify", "Desktop notifications", "toggle_notifications", "",
        "Show session notifications on the desktop, too", checked="is_notifying", group=5),
    # --- Profile: whose rules
    *map(_profile, PROFILE_NAMES),
    _do("profile.rules", "Rules and sources…", "show_rules", "Ctrl+Shift+R",
        "What the profile does, rule by rule, and where each rule comes from", argument=0, group=1),
    _do("profile.differences", "Side by side…", "show_rules", "Ctrl+Shift+B",
        "Hold two profiles side by side: where they differ, aspect by aspect", argument=1, group=1),
    _do("profile.device", "Device parameters…", "show_rules", "Ctrl+Shift+G",
        "What of the device the rules depend on", argument=2, group=1),
    # --- What if: the same inputs under other settings
    _suppose("timeout", "Add timeout…", "add_timeout", "W",
        "A lane that shows the same inputs under another timeout", when="room", short="+ add timeout…"),
    _suppose("profile", "Add profile…", "add_profile", "Y",
        "A lane that shows the same inputs under another profile", when="room", short="+ add profile…"),
    _suppose("next", "Next what-if", "next_what_if", "V", "Choose the what-if after", argument=1, when="what_ifs",
        group=1),
    _suppose("previous", "Previous what-if", "next_what_if", "Shift+V", "Choose the what-if before", argument=-1,
        when="what_ifs", group=1),
    _suppose("longer", "Longer timeout", "step_what_if", "Alt+Up", "The chosen what-if takes a longer timeout",
        argument=1, when="own_timeout", group=2),
    _suppose("shorter", "Shorter timeout", "step_what_if", "Alt+Down",
        "The chosen what-if takes a shorter timeout", argument=-1, when="own_timeout", group=2),
    _suppose("adopt", "Adopt", "adopt", "D",
        "The run takes the chosen timeout now; another profile begins a new run of the same inputs", when="adopt",
        group=3),
    _suppose("remove", "Remove what-if", "remove_what_if", "Shift+Del", "Take the chosen lane away",
        when="chosen", short="Remove", group=4),
    _suppose("clear", "Remove all what-ifs", "remove_what_ifs", "Ctrl+Shift+Del", "Take all what-if lanes away",
        when="what_ifs", short="Remove all", group=4),
    # --- Kits: embedded SDKs with sessions of their own
    _kit("add", "Add kit…", "add_kit", "Ctrl+K",
        "A lane that shows the sessions a kit keeps of its own, from the list of kits", when="kit_room",
        short="+ add kit…"),
    _kit("next", "Next kit", "next_kit", "Z", "Choose the kit after", argument=1, when="kits", group=1),
    _kit("previous", "Previous kit", "next_kit", "Shift+Z", "Choose the kit before", argument=-1, when="kits",
        group=1),
    _kit("next_disagreement", "Next disagreement", "next_disagreement", "Ctrl+.",
        "Select the next boundary at which the chosen kit and the app disagree", argument=1,
        when="disagreement", group=1),
    _kit("previous_disagreement", "Previous disagreement", "next_disagreement", "Ctrl+,",
        "Select the boundary before at which the chosen kit and the app disagree", argument=-1,
        when="disagreement", group=1),
    _kit("match", "Match to the app's timeout", "match_kit", "Ctrl+M",
        "Set the chosen kit to the app's timeout, where mParticle's kit or its vendor can", when="match",
        short="Match", group=2),
    _kit("ship", "Timeout as the kit ships", "ship_kit", "Ctrl+Shift+M",
        "Give the chosen kit its own timeout again", when="matched", short="As shipped", group=2),
    _kit("differs", "What still differs…", "kit_differs", "Ctrl+L",
        "Same seconds, different rule: what remains once the chosen kit has the app's timeout", when="kit_rule",
        short="What still differs…", group=2),
    _kit("remove", "Remove kit", "remove_kit", "Ctrl+Del", "Take the chosen kit's lane away",
        when="kit_chosen", short="Remove", group=3),
    _kit("clear", "Remove all kits", "remove_kits", "Ctrl+Shift+Backspace", "Take all kits' lanes away",
        when="kits", short="Remove all", group=3),
    *TUNE_ROWS,
    # --- Help
    _do("help.keys", "Keys", "show_keys", "F1 ?", "All commands and their keys", icon="keys"),
    _do("help.about", "About", "about", "", "Version and licence"),
)
# fmt: on
# What goes on while its key is held down; everything else happens once a press.
REPEATING = frozenset(
    {"step", "to_next", "repeat_event", "zoom", "pan", "select_next", "text_size"}
    | {"step_tuned", "jump_to_cause", "jump_to_effect", "jump_to_trouble"}
)
BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}
_SIGNS = {"Left": "←", "Right": "→"}


def key_text(keys: str) -> str:
    """Return a shortcut as people read it."""
    head, plus, last = keys.rpartition("+")
    if keys.endswith("+"):  # the plus key itself
        head, plus, last = (keys[:-2], "+", "+") if len(keys) > 1 else ("", "", "+")
    return f"{head}{plus}{_SIGNS.get(last, last)}"


def key_table_markdown() -> str:
    """Return the table of all keys for the README, one row a command, in menu order."""
    lines = ["| menu | command | keys | what it does |", "|---|---|---|---|"]
    for menu in MENUS:
        for action in ACTIONS:
            if action.menu == menu and action.keys:
                keys = ", ".join(f"`{key_text(keys)}`" for keys in action.keys)
                lines.append(f"| {menu} | {action.title} | {keys} | {action.description} |")
    return "\n".join(lines) + "\n"


def matches(action: Action, query: str) -> int:
    """Return how well a command fits a few letters, 0 for not at all; letters in order, words first."""
    wanted = "".join(query.lower().split())
    if not wanted:
        return 1
    text = f"{action.title} {action.menu}".lower()
    if query.lower().strip() in text:
        return 1000 - text.index(query.lower().strip())
    at, score, run = 0, 0, 0
    for letter in wanted:
        found = text.find(letter, at)
        if found < 0:
            return 0
        run = run + 1 if found == at else 0
        score += 2 + 3 * run + (6 if found == 0 or text[found - 1] == " " else 0)
        at = found + 1
    return score
