"""The guide's rules once more, on general state machine libraries: what the engine is measured against.

Both peers are written as their manuals suggest: states for the app, a transition an input, internal
transitions for what leaves the state as it is, callbacks for what they do. What the callbacks do is the same
code for both and makes the same entries as the engine, so that only the machines differ. They know the inputs
of ``history`` and no others.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from statemachine import State, StateMachine
from transitions import Machine

from inspector.engine.entries import (
    DID_BEGIN,
    DID_END,
    BeganBy,
    EndedBy,
    Entry,
    InputEntry,
    Notification,
    NotificationName,
    PreviousSession,
    SessionBegan,
    SessionEnded,
    TimeoutArmed,
    TimeoutCancelled,
    Transition,
    TransitionType,
)
from inspector.engine.ids import session_uuid
from inspector.engine.inputs import Background, ForceQuit, Foreground, Launch, LogEvent, ScreenView

TIMEOUT_MS = 60_000
SEED = 7

What = Launch | Foreground | Background | ForceQuit | LogEvent | ScreenView


# Events and screen views a visit, from … to: a chatty app, and one that logs little. The chatty one gives 1.13
# entries an input, the density of the measurements behind the goals.
CHATTY = (20, 80)
QUIET = (3, 12)


def history(length: int, visit: tuple[int, int] = CHATTY) -> list[tuple[What, int]]:
    """Return at least ``length`` inputs and their times (ms): an app in use for weeks.

    Visits of ``visit`` events and screen views; between them the app goes to the background, where now
    and then one more event is logged, and comes back before the timeout or after it; one visit in twenty ends
    with a force quit.
    """
    chance = random.Random(3)
    t_ms = 0
    inputs: list[tuple[What, int]] = [(Launch(), 0)]
    events: list[What] = [LogEvent(f"Event {n}") for n in range(6)] + [
        ScreenView(f"Screen {n}") for n in range(3)
    ]
    while len(inputs) < length:
        for _ in range(chance.randint(*visit)):
            t_ms += chance.randint(300, 30_000)
            inputs.append((chance.choice(events), t_ms))
        t_ms += chance.randint(300, 30_000)
        if chance.random() < 0.05:
            inputs.append((ForceQuit(), t_ms))
            t_ms += chance.randint(500, 3_600_000)
            inputs.append((Launch(), t_ms))
            continue
        inputs.append((Background(), t_ms))
        if chance.random() < 0.2:
            t_ms += chance.randint(100, 20_000)
            inputs.append((chance.choice(events), t_ms))
        back_in_time = chance.random() < 0.5
        t_ms += chance.randint(500, 35_000) if back_in_time else chance.choice([TIMEOUT_MS, 90_000, 3_600_000])
        inputs.append((Foreground(), t_ms))
    return inputs


class Visit:
    """An open session as the peers keep it."""

    def __init__(self, ordinal: int, start_ms: int) -> None:
        self.ordinal = ordinal
        self.id = session_uuid(SEED, ordinal)
        self.start_ms = start_ms
        self.last_ms = start_ms
        self.left_ms: int | None = None
        self.left_seq = 0
        self.background_ms = 0
        self.interruptions = 0
        self.events = 0


class Model:
    """What the callbacks of both machines do: the entries and the open session."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.now_ms = 0
        self.visit: Visit | None = None
        self.previous: PreviousSession | None = None
        self.begun = 0
        self.launches = 0
        self.armed: TimeoutArmed | None = None
        self.cause = 0

    def note_input(self, what: What) -> None:
        ordinal = None if self.visit is None else self.visit.ordinal
        self.cause = len(self.entries) + 1
        self.entries.append(InputEntry(self.cause, self.now_ms, 0, ordinal, what, "person"))

    def launched(self, what: Launch) -> None:
        self.note_input(what)
        if self.visit is not None:
            self.end("force_quit", self.visit.last_ms, self.cause)
        self.begin("launch")
        self.launches += 1
        self.say("application_initialized", self.launches == 1)

    def left(self, what: Background) -> None:
        self.note_input(what)
        self.say("application_background")
        visit = self.visit
        if visit is None:
            return
        visit.left_ms = self.now_ms
        visit.left_seq = self.cause
        visit.interruptions += 1
        self.armed = TimeoutArmed(
            len(self.entries) + 1,
            self.now_ms,
            self.cause,
            visit.ordinal,
            self.now_ms + TIMEOUT_MS,
            TIMEOUT_MS,
        )
        self.entries.append(self.armed)

    def came_back(self, what: Foreground) -> None:
        self.note_input(what)
        visit = self.visit
        if visit is None:
            self.begin("foreground")
        elif visit.left_ms is not None:
            visit.background_ms += self.now_ms - visit.left_ms
            visit.left_ms = None
            self.disarm()
        self.say("application_foreground")

    def happened(self, what: LogEvent | ScreenView) -> None:
        self.note_input(what)
        visit = self.visit
        if visit is not None:
            visit.events += 1
            visit.last_ms = self.now_ms

    def killed(self, what: ForceQuit) -> None:
        self.note_input(what)
        self.disarm()

    def expired(self) -> None:
        visit, armed = self.visit, self.armed
        assert visit is not None
        assert visit.left_ms is not None
        assert armed is not None
        self.armed = None
        self.end("timeout", visit.left_ms, armed.seq, armed.deadline_ms, visit.left_seq)

    def disarm(self) -> None:
        armed = self.armed
        if armed is not None:
            self.armed = None
            left_ms = armed.deadline_ms - self.now_ms
            seq = len(self.entries) + 1
            self.entries.append(
                TimeoutCancelled(seq, self.now_ms, self.cause, armed.session, armed.deadline_ms, left_ms)
            )

    def begin(self, began_by: BeganBy) -> None:
        self.begun += 1
        visit = self.visit = Visit(self.begun, self.now_ms)
        self.entries.append(
            SessionBegan(
                len(self.entries) + 1,
                self.now_ms,
                self.cause,
                visit.ordinal,
                visit.id,
                self.now_ms,
                began_by,
                self.previous,
            )
        )
        self.post(visit, DID_BEGIN, self.cause)

    def end(
        self, ended_by: EndedBy, end_ms: int, cause: int, due_ms: int | None = None, left_seq: int = 0
    ) -> None:
        visit = self.visit
        assert visit is not None
        self.post(visit, DID_END, cause)
        length_ms = end_ms - visit.start_ms
        background_ms = visit.background_ms
        if visit.left_ms is not None:
            background_ms += max(0, end_ms - visit.left_ms)
        self.entries.append(
            SessionEnded(
                len(self.entries) + 1,
                self.now_ms,
                cause,
                visit.ordinal,
                end_ms,
                length_ms,
                length_ms - background_ms,
                background_ms,
                visit.interruptions,
                visit.events,
                {},
                ended_by,
                due_ms,
                None if due_ms is None else TIMEOUT_MS,
                left_seq,
            )
        )
        self.visit = None
        self.previous = PreviousSession(visit.ordinal, visit.id, visit.start_ms, length_ms)

    def post(self, visit: Visit, name: NotificationName, cause: int) -> None:
        seq = len(self.entries) + 1
        self.entries.append(Notification(seq, self.now_ms, cause, visit.ordinal, name, visit.id))

    def say(self, kind: TransitionType, is_first_run: bool = False) -> None:
        visit = self.visit
        if visit is not None:
            visit.last_ms = self.now_ms
        ordinal = None if visit is None else visit.ordinal
        seq = len(self.entries) + 1
        self.entries.append(Transition(seq, self.now_ms, self.cause, ordinal, kind, is_first_run))


def drive(
    model: Model, triggers: dict[type, Callable[..., object]], expire: Callable[[], object]
) -> Callable[..., None]:
    """Return ``submit(what, t_ms)``: first the deadline, if it is due, then the input's trigger."""

    def submit(what: What, t_ms: int) -> None:
        armed = model.armed
        if armed is not None and armed.deadline_ms <= t_ms:
            model.now_ms = armed.deadline_ms
            expire()
        model.now_ms = t_ms
        triggers[type(what)](what)

    return submit


def with_transitions() -> tuple[Model, Callable[..., None]]:
    """Return a model and its ``submit`` on a machine of the package ``transitions``."""
    model = Model()
    machine = Machine(
        model, states=["not_running", "foreground", "background"], initial="not_running", auto_transitions=False
    )
    running = ["foreground", "background"]
    machine.add_transition("launch", "not_running", "foreground", after="launched")
    machine.add_transition("leave", "foreground", "background", after="left")
    machine.add_transition("come_back", "background", "foreground", after="came_back")
    machine.add_transition("log", running, None, after="happened")
    machine.add_transition("kill", running, "not_running", after="killed")
    machine.add_transition("expire", "background", None, after="expired")
    events = model.log  # type: ignore[attr-defined]
    triggers = {
        Launch: model.launch,  # type: ignore[attr-defined]
        Background: model.leave,  # type: ignore[attr-defined]
        Foreground: model.come_back,  # type: ignore[attr-defined]
        ForceQuit: model.kill,  # type: ignore[attr-defined]
        LogEvent: events,
        ScreenView: events,
    }
    return model, drive(model, triggers, model.expire)  # type: ignore[attr-defined]


class Chart(StateMachine):
    """The same machine for the package ``python-statemachine``; callbacks are looked up on the model."""

    not_running = State(initial=True)
    foreground = State()
    background = State()

    launch = not_running.to(foreground, on="launched")
    leave = foreground.to(background, on="left")
    come_back = background.to(foreground, on="came_back")
    log = foreground.to.itself(internal=True, on="happened") | background.to.itself(internal=True, on="happened")
    kill = foreground.to(not_running, on="killed") | background.to(not_running, on="killed")
    expire = background.to.itself(internal=True, on="expired")


def with_statemachine() -> tuple[Model, Callable[..., None]]:
    """Return a model and its ``submit`` on a machine of the package ``python-statemachine``."""
    model = Model()
    chart = Chart(model)
    triggers = {
        Launch: chart.launch,
        Background: chart.leave,
        Foreground: chart.come_back,
        ForceQuit: chart.kill,
        LogEvent: chart.log,
        ScreenView: chart.log,
    }
    return model, drive(model, triggers, chart.expire)
