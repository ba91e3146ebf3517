"""Plays a recorded scenario into the engine and tells what it did in the shape of a recording."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from inspector.engine.engine import Engine
from inspector.engine.entries import Entry, InputEntry, Logged, SessionBegan, SessionEnded, Transition
from inspector.engine.inputs import Input, LogEvent, OptOut, ScreenView
from inspector.engine.profiles import profile_named
from inspector.engine.web_load import ANONYMOUS
from inspector.engine.web_page import CONFIG, Memory
from inspector.engine.web_timers import look
from inspector.scenario.model import Scenario
from inspector.scenario.reader import read_text

Json = dict[str, Any]


def scenario_of(recording: Json) -> Scenario:
    return read_text("recording.json", json.dumps(recording["scenario"]), is_json=True)


def device_of(recording: Json) -> dict[str, int]:
    """Return the device parameters that stand for the conditions of a recording."""
    conditions = recording.get("conditions") or {}
    flag = (conditions.get("flags") or {}).get("astBackgroundEvents") == "True"
    return {"server_latency_ms": conditions.get("latency_ms", 0), "background_events": int(flag)}


def logged(entry: Entry, kind: type[LogEvent | ScreenView]) -> str:
    """Return the name under which an entry logs something of a kind, empty if it does not."""
    if isinstance(entry, InputEntry) and entry.outcome != "done":
        return ""
    if isinstance(entry, InputEntry | Logged) and isinstance(entry.input, kind):
        return entry.input.name
    return ""


class Observer:
    """An engine, watched step by step."""

    def __init__(self, settings: Mapping[str, Any], device: Mapping[str, int]) -> None:
        self.entries: list[Entry] = []
        self.users: dict[int, str] = {}
        self.other: list[Json] = []
        self.after_step: list[int | None] = []
        self.pending: list[list[int]] = []
        self.engine = Engine(profile_named("web"), settings, seed=1, append=self.entries.append, device=device)
        self.engine.append = self.keep

    @property
    def memory(self) -> Memory:
        memory = self.engine.platform
        assert isinstance(memory, Memory)
        return memory

    def keep(self, entry: Entry) -> None:
        self.entries.append(entry)
        # What is logged before a first user is known waits and leaves under that user.
        self.users[entry.seq] = self.engine.mpid or ANONYMOUS
        if logged(entry, ScreenView):
            told = {"type": "screen_view", "session": entry.session, "mpid": self.users[entry.seq]}
            self.other.append({"t_ms": entry.t_ms, **told})

    def step(self, what: Input | None, t_ms: int) -> None:
        engine = self.engine
        known = self.memory.known
        if what is None:
            engine.advance(t_ms)
        else:
            engine.submit(what, t_ms)
        session = engine.session
        if isinstance(what, OptOut):
            start = session.start_ms if session is not None else self.memory.held and self.memory.held.t_ms
            told = {"type": "opt_out", "session": engine.ordinal, "session_start_ms": start}
            self.other.append({"t_ms": t_ms, **told, "is_opted_out": what.value})
        for mpid in self.memory.known - known:
            ended = self.entries[-1]
            if session is not None:
                at_ms, ordinal = session.last_message_ms, session.ordinal
            elif isinstance(ended, SessionEnded):  # by a timer since the answer came
                at_ms, ordinal = ended.end_ms, ended.session
            else:
                continue
            told = {"type": "user_identity_change", "session": ordinal, "mpid": mpid}
            self.other.append({"t_ms": at_ms, **told})
        look(engine)  # what has fired unseen
        loading = self.memory.answers and self.memory.answers[0].kind == CONFIG
        self.after_step.append(None if loading or engine.status == "not_running" else engine.ordinal)
        newest = [] if self.memory.newest_ms is None else [self.memory.newest_ms]
        answers = [answer.due_ms for answer in self.memory.answers]
        self.pending.append(sorted([*newest, *self.memory.forgotten, *answers]))

    def sessions(self) -> list[Json]:
        rows: dict[int | None, Json] = {}
        for entry in self.entries:
            if isinstance(entry, SessionBegan):
                rows[entry.session] = {
                    "ordinal": entry.session,
                    "start_ms": entry.start_ms,
                    "started_event_ms": entry.t_ms,
                    "end_ms": None,
                    "duration_ms": None,
                    "detected_ms": None,
                    "events": sum(event["session"] == entry.session for event in self.events()),
                    "attributes": None,
                    "end_mpid": None,
                }
            elif isinstance(entry, SessionEnded):
                rows[entry.session] |= {
                    "end_ms": entry.end_ms,
                    "duration_ms": entry.length_ms,
                    "detected_ms": entry.t_ms,
                    "attributes": entry.attributes,
                    "end_mpid": self.users[entry.seq],
                }
        return list(rows.values())

    def events(self) -> list[Json]:
        return [
            {"t_ms": one.t_ms, "name": name, "session": one.session, "mpid": self.users[one.seq]}
            for one in self.entries
            if (name := logged(one, LogEvent))
        ]

    def observed(self) -> Json:
        return {
            "now_ms": self.engine.now_ms,
            "sessions": self.sessions(),
            "events": self.events(),
            "transitions": [
                {"t_ms": one.t_ms, "type": one.type, "session": one.session, "is_first_run": one.is_first_run}
                for one in self.entries
                if isinstance(one, Transition)
            ],
            "other": self.other,
            "after_step": self.after_step,
            "pending_checks_ms": self.pending,
            "stored_session": self.engine.ordinal,
            "rejected": [
                one.seq for one in self.entries if isinstance(one, InputEntry) and one.outcome == "rejected"
            ],
        }


def observe(recording: Json) -> Json:
    """Return what the engine does with a recorded scenario, in the shape of ``observed``."""
    scenario = scenario_of(recording)
    watched = Observer(scenario.settings, device_of(recording))
    for step in scenario.steps:
        watched.step(step.input, step.t_ms)
    return watched.observed()
