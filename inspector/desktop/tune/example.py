"""A gap of a history as a run of its own: what that user did around it, as inputs under T. No Qt."""

from __future__ import annotations

from inspector.desktop.tune.work import Counted
from inspector.engine.inputs import AnyInput, Background, ForceQuit, Foreground, Launch, LogEvent
from inspector.engine.settings import seconds
from inspector.scenario.model import Scenario, Step
from inspector.tuning.gaps import Excerpt, Gap, excerpt
from inspector.tuning.stretches import GONE, ON
from inspector.views.harmless import format_span, harmless

EVENT = "event"
AFTER_MS = 1_000  # of virtual time shown after the last input


def scenario_of(counted: Counted, gap: Gap, timeout_ms: int, file: str) -> tuple[Scenario, tuple[int, int]]:
    """Return a scenario of the rows around a gap, and where the gap lies in it, in ms of its own time.

    By the time between events it is a page that logs events (the profile ``web``, whose rule that is), by the
    time in background an app that comes and goes, under the profile chosen.
    """
    part = excerpt(counted.history, gap, counted.rule)
    epoch_ms = int(part.t_ms[0])
    steps = _events(part, epoch_ms) if counted.rule == "events" else _visits(part, epoch_ms)
    last_ms = int(part.t_ms[-1]) - epoch_ms + AFTER_MS
    user = harmless(counted.history.user_name(gap.user), 40)
    name = f"A gap of {format_span(gap.length_ms)}{f' of {user}' if user else ''} at {format_span(timeout_ms)}"
    made = Scenario(
        name=name,
        file=file,
        steps=(*steps, Step(last_ms)),
        profile=profile_of(counted),
        epoch_ms=epoch_ms,
        settings={"session_timeout": seconds(timeout_ms) or 1},
        by="recording",
    )
    return made, (gap.from_ms - epoch_ms, gap.to_ms - epoch_ms)


def profile_of(counted: Counted) -> str:
    """Return the profile under which a gap is shown: one whose rule is the one applied."""
    if counted.rule == "events":
        return "web"
    return "guide" if counted.choices.profile == "web" else counted.choices.profile


def _events(part: Excerpt, epoch_ms: int) -> list[Step]:
    steps = [Step(0, Launch(source="recording"))]
    steps += [Step(t_ms - epoch_ms, LogEvent(EVENT)) for t_ms in part.t_ms.tolist()]
    return steps


def _visits(part: Excerpt, epoch_ms: int) -> list[Step]:
    steps: list[Step] = []
    alive, in_front = False, False
    states = [] if part.state is None else part.state.tolist()
    for t_ms, state in zip(part.t_ms.tolist(), states, strict=True):
        what: AnyInput | None = None
        if state == GONE:
            what = ForceQuit() if alive else None
            alive = in_front = False
        elif not alive:
            what = Launch(background=state != ON, source="recording")
            alive, in_front = True, state == ON
        elif (state == ON) != in_front:
            in_front = state == ON
            what = Foreground() if in_front else Background()
        if what is not None:
            steps.append(Step(t_ms - epoch_ms, what))
    return steps
