"""What one line of a log says about sessions, whichever SDK wrote it.

Texts that are recognised: mparticle-android-sdk AppStateManager.kt, MessageHandler.java; mparticle-apple-sdk
MPBackendController.m, MPNetworkCommunication.m; mparticle-web-sdk constants.ts, batchUploader.ts.
"""

from typing import Literal, TypeAlias

import msgspec

# How far a time can be trusted:
#   certain       an instant: Unix time, or date and time with their zone
#   zone_assumed  date and time without a zone: the reader was told one, or took UTC
#   date_assumed  no year, or no date at all: taken from when the file was written, its zone assumed too
#   since_boot    milliseconds since the device began, not since 1970: good for differences only
#   none          the line has no time: only its place among the others is known
Clock: TypeAlias = Literal["certain", "zone_assumed", "date_assumed", "since_boot", "none"]

# What happened:
#   session_began       the SDK says that a session began
#   session_ending      it is about to end one (Apple "Session Ending", web "Starting to end session")
#   session_ended       it says that one ended, or writes its end message
#   session_timed_out   the end is because of the timeout (Android), or came while in the background (Apple)
#   no_session          an end was asked for and there was none
#   orphans_ended       ends of sessions that an earlier process left open are written (Android)
#   launched            the SDK started in this process
#   foreground, background
#   process_ended       the system says that the process is gone (logcat's ActivityManager)
#   timeout_set         ``timeout_ms`` was set
#   event               an event was logged; ``name`` is its name where it is told
#   opt_out, opt_in
#   uploaded            a batch was answered; ``name`` is its request id where it is told
#   upload_failed       a batch was refused or not answered; ``name`` is the status where it is told
What: TypeAlias = Literal[
    "session_began",
    "session_ending",
    "session_ended",
    "session_timed_out",
    "no_session",
    "orphans_ended",
    "launched",
    "foreground",
    "background",
    "process_ended",
    "timeout_set",
    "event",
    "opt_out",
    "opt_in",
    "uploaded",
    "upload_failed",
]


class Sighting(msgspec.Struct, frozen=True, gc=False):
    """One line of a log that says something about sessions.

    ``at_ms`` is when the line was written (Unix ms; ms since boot under the clock ``since_boot``; None under
    ``none``). ``order`` is its place in the log, rising, for lines of one time or of none. ``session_id`` is the
    session's UUID in upper case, None where the line names none (Android's "Started new session"). ``platform``
    is the Events API's word (``Android``, ``iOS``, ``web``). ``device`` and ``process`` tell one installation and
    one run of the app from another, as far as the log tells (a host name; ``App[123]``, ``pid 123``), else they
    are empty. ``timeout_ms`` is the session timeout that the line claims. ``text`` is the line's message,
    shortened; ``source`` its place in a person's words (``FILE:LINE``).
    """

    what: What
    at_ms: int | None
    order: int
    clock: Clock = "certain"
    session_id: str | None = None
    platform: str = ""
    device: str = ""
    process: str = ""
    name: str = ""
    timeout_ms: int | None = None
    text: str = ""
    source: str = ""
