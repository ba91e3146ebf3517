"""Where a partner's numbers will differ from mParticle's on this journal, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from inspector.partners.parts import App
from inspector.partners.tally import Finding, Tally


class Difference(msgspec.Struct, frozen=True):
    """One number that differs: what it counts, both values, why, and entries (``seq``) that show it."""

    what: str
    ours: str
    theirs: str
    why: str
    seqs: tuple[int, ...] = ()


_Rule = Callable[[Tally, App], list[Difference]]


def _seconds(ms: int) -> str:
    whole, rest = divmod(ms, 1000)
    return f"{whole:,}.{rest:03} s"


def _one(
    found: Finding | None, what: str, ours: int | str, theirs: int | str, why: str, seqs: tuple[int, ...] = ()
) -> list[Difference]:
    """Return the difference, or nothing where both say the same."""
    if ours == theirs:
        return []
    return [Difference(what, _text(ours), _text(theirs), why, tuple(found.seqs) if found else seqs)]


def _text(value: int | str) -> str:
    return f"{value:,}" if isinstance(value, int) else value


def _silent(tally: Tally, why: str) -> list[Difference]:
    theirs = tally.began - tally.unheard
    return _one(tally.silent, "Sessions", tally.began, theirs, why)


def _no_end(tally: Tally, why: str) -> list[Difference]:
    return _one(None, "Ends of sessions", tally.ended, 0, why)


def _lost(tally: Tally, why: str) -> list[Difference]:
    return _one(tally.lost, "Ends of sessions", tally.began, tally.began - tally.lost.count, why)


def _length(tally: Tally, theirs_ms: int, why: str, found: Finding | None = None) -> list[Difference]:
    return _one(found, "Total length", _seconds(tally.length_ms), _seconds(theirs_ms), why)


def _ga4(tally: Tally, app: App) -> list[Difference]:
    pages = "events and pages" if app.web else "events"
    return [
        *_silent(tally, f"a session without {pages} is never heard of: session_start is reserved and not sent"),
        *_no_end(tally, "there is no event for an end; a session is over when its session_id is seen no more"),
        *_length(
            tally,
            tally.engaged_ms,
            "engagement_time_msec counts the time in front only, up to each event; what follows the last event "
            "of a session is not told",
        ),
    ]


def _amplitude(tally: Tally, _app: App) -> list[Difference]:
    theirs = tally.began - tally.collided.count
    why = "session_id is the start in ms: sessions that begin in the same millisecond are one session there"
    lost = "a session let go without a session_end ends there with its last event"
    return [
        *_one(tally.collided, "Sessions", tally.began, theirs, why),
        *_lost(tally, lost),
        *_one(
            tally.loose,
            "Events outside sessions",
            tally.loose.count,
            0,
            "an event with session_id -1 counts as no session's, and is left out of session reports",
        ),
    ]


def _mixpanel(tally: Tally, app: App) -> list[Difference]:
    why = "virtual sessions are computed of all events: a gap of 30 min begins a new one, mParticle's do not"
    if tally.midnight.count:
        why += f"; {tally.midnight.count:,} began because midnight (UTC) cuts them"
    found = _one(tally.virtual, "Sessions", tally.began, tally.virtual.count, why)
    if app.web:
        return found
    double = tally.began + tally.virtual.count
    return [
        *found,
        *_one(
            None,
            "Session starts in one chart",
            tally.began,
            double,
            "session-start of mParticle and Session Start of Mixpanel both count if both are charted",
        ),
    ]


def _braze(tally: Tally, _app: App) -> list[Difference]:
    return _one(
        None,
        "Sessions",
        tally.began,
        0,
        "custom events open no Braze session: Braze counts those of its own SDK (10 s in the background), "
        "and with «Forward Session Events» off, the default, it hears of none",
    )


def _adobe(tally: Tally, _app: App) -> list[Difference]:
    launches = tally.launches.count - tally.special.count
    found = _one(
        tally.launches,
        "Sessions",
        tally.began,
        launches,
        "a.LaunchEvent counts initialisations and returns to the front, also within a session; a first run or "
        "an upgrade is a.InstallEvent or a.UpgradeEvent instead",
    )
    unsent = tally.unsent
    waiting_ms = 0 if unsent is None else max(0, unsent.foreground_ms)
    told_ms = max(0, tally.foreground_ms - waiting_ms)
    why = "a.PrevSessionLength is the time in front, in whole seconds; background is excluded"
    if unsent is not None:
        why += "; the last session's comes with the next launch, which is not there yet"
    return [
        *found,
        *_length(tally, told_ms - told_ms % 1000, why),
        *_no_end(tally, "there is no end in the context data; the length comes later"),
    ]


def _xdm(tally: Tally, _app: App) -> list[Difference]:
    why = "sessionLength is the time in front, in whole seconds; background is excluded"
    return [
        *_length(tally, tally.foreground_ms - tally.cut_ms, why),
        *_lost(tally, "a session let go without an end has no application.close"),
        *_one(
            tally.quit,
            "Closes of kind «close»",
            tally.ended,
            tally.ended - tally.quit.count,
            "a force-quit app was not heard to pause: closeType is «unknown», which Adobe counts as a crash",
        ),
    ]


def _snowplow(tally: Tally, _app: App) -> list[Difference]:
    return [
        *_silent(
            tally, "no session events: a session without an event of its own shows in its transitions at most"
        ),
        *_no_end(tally, "a session is over with the last event that names it; what follows has no length"),
    ]


def _segment(tally: Tally, app: App) -> list[Difference]:
    opened = 0 if app.web else tally.launches.count
    return _one(
        tally.launches,
        "Sessions",
        tally.began,
        opened,
        "no session in Segment: what can be counted is Application Opened, one for each initialisation and "
        "return to the front, however short the absence",
    )


def _otel(tally: Tally, _app: App) -> list[Difference]:
    return _lost(tally, "no session.end for a session let go; the next start's session.previous_id implies it")


def _sentry(tally: Tally, _app: App) -> list[Difference]:
    return [
        *_lost(tally, "a session let go without an end stays «ok» for ever"),
        *_one(
            tally.late_days,
            "Ends of sessions",
            tally.ended,
            tally.ended - tally.late_days.count,
            "told more than five days after the start: Sentry takes no update then",
        ),
        *_one(
            tally.quit,
            "Healthy sessions",
            tally.ended - tally.crashed.count,
            tally.ended - tally.crashed.count - tally.quit.count,
            "a force quit is told as «abnormal» at the next launch; to mParticle it is an end like any other",
        ),
    ]


def _datadog(tally: Tally, _app: App) -> list[Difference]:
    return [
        *_lost(tally, "no session_end is counted for a session let go"),
        *_one(
            tally.late_hour,
            "Counted ends",
            tally.ended,
            tally.ended - tally.late_hour.count,
            "noticed more than an hour after the end: Datadog drops points that old",
        ),
        *_one(
            None if tally.ended < 2 else tally.late,
            "Distinct sessions",
            tally.began,
            "unknown",
            "counters name no session: starts and ends cannot be paired, nor two of a second told apart",
        ),
    ]


def _rum(tally: Tally, _app: App) -> list[Difference]:
    return [
        *_silent(tally, "a session without views, actions or errors is never heard of"),
        *_no_end(tally, "no event for an end: a session is over when no event names it any more"),
    ]


def _leanplum(tally: Tally, _app: App) -> list[Difference]:
    why = "time between pauseSession and resumeSession does not count"
    return [
        *_length(tally, tally.foreground_ms, why),
        *_lost(tally, "a session let go without an end gets no stop"),
    ]


def _singular(tally: Tally, app: App) -> list[Difference]:
    if app.web:
        return _one(None, "Sessions", tally.began, 0, "no call is made for a web page")
    return _no_end(tally, "a launch call for each start, none for an end: no lengths")


def _raw(tally: Tally, _app: App) -> list[Difference]:
    return _lost(tally, "a session let go without an end: the batches hold its start and never a session_end")


_RULES: Final[dict[str, _Rule]] = {
    "ga4": _ga4,
    "amplitude": _amplitude,
    "mixpanel": _mixpanel,
    "braze": _braze,
    "adobe": _adobe,
    "adobe-xdm": _xdm,
    "snowplow": _snowplow,
    "segment": _segment,
    "opentelemetry": _otel,
    "sentry": _sentry,
    "datadog": _datadog,
    "datadog-rum": _rum,
    "leanplum": _leanplum,
    "singular": _singular,
}


def differences(name: str, tally: Tally, app: App) -> list[Difference]:
    """Return where the numbers of the partner ``name`` differ from mParticle's, the most telling first."""
    return _RULES.get(name, _raw)(tally, app)
