"""The timers of a page: one-shot, the newest remembered, each looking whether time is up (W3 to W5).

A look that is too early arms the timer for a whole timeout more, unseen. Looks that end nothing are therefore not
made one by one but caught up with (``look``) before anything that they depend on changes.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from inspector.engine import web_page as page
from inspector.engine.deadlines import NEVER_MS, freeze_ms
from inspector.engine.inputs import Input

if TYPE_CHECKING:
    from inspector.engine.engine import Engine


def live(engine: Engine) -> bool:
    """Return whether a timer that fires finds a session to look at; else it dies (W5)."""
    return engine.session is not None and not engine.settings.opt_out and not page.unsaved(engine)


def look(engine: Engine, _what: Input | None = None, _cause: int = 0) -> None:
    """Catch up with all looks until now; none of them ends the session, that is done at its deadline."""
    if engine.status not in ("suspended", "not_running"):
        _look_until(engine, engine.now_ms)


def _look_until(engine: Engine, t_ms: int) -> None:
    looked = _take_due(engine.platform, t_ms)
    if looked and live(engine):
        every_ms = engine.settings.session_timeout_ms
        _arm_again(engine.platform, [due + ((t_ms - due) // every_ms + 1) * every_ms for due in looked])


def _take_due(memory: page.Memory, t_ms: int) -> list[int]:
    """Take the timers off that fire until ``t_ms``."""
    looked = []
    while memory.forgotten and memory.forgotten[0] <= t_ms:
        looked.append(heapq.heappop(memory.forgotten))
    if memory.newest_ms is not None and memory.newest_ms <= t_ms:
        looked.append(memory.newest_ms)
        memory.newest_ms = None
    return looked


def _arm_again(memory: page.Memory, dues: list[int]) -> None:
    """Arm timers that have fired; the last to fire, so the last to be due, is remembered (W4)."""
    newest_ms = max(dues)
    dues.remove(newest_ms)
    if memory.newest_ms is not None:
        dues.append(memory.newest_ms)
    memory.newest_ms = newest_ms
    for due in dues:
        heapq.heappush(memory.forgotten, due)


def time_out(engine: Engine, cause: int) -> None:
    """End the session at its deadline; timers due at the same instant come after that and find none."""
    _look_until(engine, engine.now_ms - 1)
    _take_due(engine.platform, engine.now_ms)
    page.end(engine, "timeout", cause)


def fire_overdue(engine: Engine, cause: int) -> None:
    """Let one timer fire that became due in a frozen page: now is when it looks (W5)."""
    memory: page.Memory = engine.platform
    due = timer_ms(engine)
    if memory.forgotten and memory.forgotten[0] == due:
        heapq.heappop(memory.forgotten)
    else:
        memory.newest_ms = None
    session = engine.session
    if session is None or not live(engine):
        return
    if page.timed_out(engine, session):
        page.end(engine, "timeout", cause)
    else:
        page.arm(engine)


def deadline_ms(engine: Engine) -> int | None:
    """Return when a timer will find the open session timed out if nothing more is logged, or None (W5).

    Each timer looks when it is due and a whole timeout later, again and again; the first look at or after the
    moment of the timeout ends the session. In a page that is frozen, or will be by then, none does. What answers
    still on their way bring is not foreseen.
    """
    session = engine.session
    memory: page.Memory = engine.platform
    newest_ms, forgotten = memory.newest_ms, memory.forgotten
    if session is None or not live(engine) or engine.status == "suspended":
        return None
    if newest_ms is None and not forgotten:
        return None
    due = true_ms = page.timed_out_ms(engine, session)
    if newest_ms != true_ms:  # else no look can be sooner
        every_ms = engine.settings.session_timeout_ms
        looks = forgotten if newest_ms is None else [newest_ms, *forgotten]
        due = min(one if one >= true_ms else one - (one - true_ms) // every_ms * every_ms for one in looks)
    end_ms = freeze_ms(engine)
    return None if end_ms is not None and end_ms < due else due


def due_ms(engine: Engine) -> int:
    """Return when anything happens by itself: the session's end, an answer, the freeze. Frozen, nothing does."""
    if engine.status in ("suspended", "not_running"):
        return NEVER_MS
    due = NEVER_MS if engine.armed is None else engine.armed.deadline_ms
    memory: page.Memory = engine.platform
    if memory.answers:
        due = min(due, memory.answers[0].due_ms)
    end_ms = freeze_ms(engine)
    return due if end_ms is None else min(due, end_ms)


def timer_ms(engine: Engine) -> int:
    """Return when the next timer of the page is due, NEVER_MS without one."""
    memory: page.Memory = engine.platform
    due = NEVER_MS if memory.newest_ms is None else memory.newest_ms
    return min(due, memory.forgotten[0]) if memory.forgotten else due
