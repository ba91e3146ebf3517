"""Each boundary: it agrees, is late by so much, is missing or is extra; and the suspected cause, on evidence."""

from collections.abc import Callable
from typing import Final, TypeAlias

from inspector.observed import unknowns
from inspector.observed.align import TOLERANCE_MS, Pair, align
from inspector.observed.causes import Case, Evidence, cause_of
from inspector.observed.device import Device
from inspector.observed.merged import story_of
from inspector.observed.model import Anomaly, Boundary, Cause, Comparison, ObservedSession, Verdict
from inspector.observed.predict import Prediction, predict, profile_for
from inspector.observed.sessions import anomalies_of, clock_steps, sessions_of
from inspector.observed.timeouts import candidates

Agreement: TypeAlias = Callable[[Case], bool]
_RACE: Final = 0.9  # of a timeout: the web SDK arms a full one anew when its check comes a moment early


def compare(device: Device, timeout_s: float | None = None, profile: str = "") -> Comparison:
    """Return a device's sessions held against the engine's.

    ``timeout_s`` and ``profile`` override what its batches tell. Pure: the device is only read.
    """
    story = story_of(device)
    messages = story.messages
    sessions = sessions_of(messages)
    steps = clock_steps(list(device.batches))
    anomalies = sorted([*anomalies_of(device, sessions, steps), *story.anomalies], key=lambda one: one.t_ms)
    name = profile or profile_for(device.platform, device.sdk_version)
    if not name or not messages:
        why = (
            f"no rules for platform {device.platform or 'unknown'!r}" if messages else "nothing but calls arrived"
        )
        return Comparison("", None, "", sessions, [], [], anomalies, [], why)
    prediction = predict(device, messages, sessions, name, timeout_s)
    cases = _cases(align(messages, sessions, prediction), sessions, prediction)
    unknowns.hide(cases, messages, prediction)
    unknowns.launch(cases, messages, prediction)
    evidence = Evidence(device, story, sessions, prediction, steps)
    if any(case.verdict in ("late", "missing", "extra") for case in cases):
        _try_others(evidence, cases, timeout_s)
    boundaries = [_boundary(case, evidence) for case in cases]
    boundaries += _second_ends(sessions)
    boundaries.sort(key=lambda one: (one.t_ms, one.what == "begin"))
    anomalies = sorted([*anomalies, *_tabs(sessions)], key=lambda one: one.t_ms)
    return Comparison(
        name,
        prediction.timeout_ms / 1000,
        prediction.timeout_from,
        sessions,
        prediction.sessions,
        boundaries,
        anomalies,
        prediction.assumed,
    )


def _cases(pairs: list[Pair], sessions: list[ObservedSession], prediction: Prediction) -> list[Case]:
    cases = []
    for pair in pairs:
        case = _begin(pair, sessions) if pair.what == "begin" else _end(pair, sessions)
        if case is not None:
            cases.append(case)
    return cases


def _begin(pair: Pair, sessions: list[ObservedSession]) -> Case:
    one, other = pair.observed, pair.predicted
    if one is None:
        return Case(pair, "begin", None, other.start_ms if other else None, "missing")
    before = sessions and one is sessions[0] and one.began_ms is None
    if other is None:
        verdict: Verdict = "unknown" if before else "extra"
        return Case(
            pair, "begin", one.start_ms, None, verdict, text="it began before the messages do" if before else ""
        )
    if one.began_ms is None:
        if before:
            text = "it began before the messages do"
            return Case(pair, "begin", one.start_ms, other.start_ms, "unknown", text=text)
        return Case(pair, "begin", None, other.start_ms, "missing")
    return _held(pair, "begin", one.start_ms, other.start_ms)


def _end(pair: Pair, sessions: list[ObservedSession]) -> Case | None:
    one, other = pair.observed, pair.predicted
    seen_ms = None if one is None else one.end_ms
    due_ms = None if other is None else other.end_ms
    if seen_ms is None and due_ms is None:
        return None  # both still open, or let go without an end (W8, W13)
    if seen_ms is None:
        last = one is None or one is sessions[-1]
        if one is not None and last:
            text = "no end has arrived yet; nothing later has either"
            return Case(pair, "end", None, due_ms, "unknown", text=text)
        return Case(pair, "end", None, due_ms, "missing")
    if due_ms is None:
        before = one is not None and one is sessions[0] and one.began_ms is None
        return Case(pair, "end", seen_ms, None, "unknown" if before and other is None else "extra")
    case = _held(pair, "end", seen_ms, due_ms)
    if one is not None and other is not None and one.noticed_ms is not None and other.detected_ms is not None:
        case.noticed_late_ms = one.noticed_ms - other.detected_ms
    return case


def _held(pair: Pair, what: str, seen_ms: int, due_ms: int) -> Case:
    late_ms = seen_ms - due_ms
    verdict: Verdict = "agrees" if abs(late_ms) <= TOLERANCE_MS else "late"
    return Case(pair, what, seen_ms, due_ms, verdict, late_ms if verdict == "late" else 0)


def _try_others(evidence: Evidence, cases: list[Case], given_s: float | None) -> None:
    """Run the engine with other rules and other timeouts: what then agrees has its cause there."""
    device, messages, sessions = evidence.device, evidence.messages, evidence.sessions
    before = evidence.prediction
    wrong = _wrong(cases)
    if before.profile in ("apple", "apple-legacy"):
        sibling = "apple-legacy" if before.profile == "apple" else "apple"
        other = predict(device, messages, sessions, sibling, given_s)
        found = _cases(align(messages, sessions, other), sessions, other)
        if _wrong(found) < wrong:
            evidence.sibling = (sibling, _agreeing(found))
    best: tuple[int, int, frozenset[tuple[str, str]]] | None = None
    for timeout_ms in candidates(before.profile, before.timeout_ms, messages, sessions):
        other = predict(device, messages, sessions, before.profile, timeout_ms / 1000)
        found = _cases(align(messages, sessions, other), sessions, other)
        left = _wrong(found)
        if best is None or left < best[0]:
            best = (left, timeout_ms, _agreeing(found))
    if best is not None and best[0] < wrong:
        evidence.timeout = (best[1], best[2])
        evidence.timeout_leaves = best[0]


def _wrong(cases: list[Case]) -> int:
    return sum(case.verdict in ("late", "missing", "extra") for case in cases)


def _agreeing(cases: list[Case]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (case.what, case.pair.observed.id) for case in cases if case.verdict == "agrees" and case.pair.observed
    )


def _boundary(case: Case, evidence: Evidence) -> Boundary:
    one = case.pair.observed
    cause: Cause = ""
    text = case.text
    noticed_late_ms = 0
    if case.verdict in ("late", "missing", "extra"):
        cause, why = cause_of(case, evidence)
        text = "; ".join(part for part in (text, why) if part)
    elif case.noticed_late_ms and evidence.prediction.profile == "web" and one is not None:
        predicted, timeout_ms = case.pair.predicted, evidence.prediction.timeout_ms
        by_timer = predicted is not None and predicted.ended_by == "timeout"
        if (
            by_timer
            and case.noticed_late_ms >= _RACE * timeout_ms
            and not evidence.launched_before(one.noticed_ms)
        ):
            cause, noticed_late_ms = "timer race", case.noticed_late_ms
            text = (
                "the end is right, it was noticed about one timeout late: the check came a moment before the "
                "last activity's time was up and armed a full timeout anew (W5)"
            )
    alone = None if one is None else evidence.story.alone.get((case.what, one.id))
    if alone is not None:
        cause = cause or ("lost batch" if alone.lost else "")
        text = "; ".join(part for part in (text, alone.text) if part)
    return Boundary(
        "begin" if case.what == "begin" else "end",
        "" if one is None else one.id,
        case.observed_ms,
        case.predicted_ms,
        case.verdict,
        case.late_ms,
        cause,
        text,
        noticed_late_ms,
    )


def _second_ends(sessions: list[ObservedSession]) -> list[Boundary]:
    """Return every further, different end of a session as extra: it ends once."""
    found = []
    for session in sessions:
        for end_ms in session.ends:
            if end_ms != session.end_ms:
                cause: Cause = "zombie id after end" if session.zombies else "duplicate"
                text = "a second, different end of the session"
                found.append(Boundary("end", session.id, end_ms, None, "extra", 0, cause, text))
    return found


def _tabs(sessions: list[ObservedSession]) -> list[Anomaly]:
    """Two pages at once: one went on under an id that the other had ended, or ended it with a stale time."""
    found = []
    for session in sessions:
        if session.after_end and session.end_ms is not None:
            said = "1 message lies" if session.after_end == 1 else f"{session.after_end} messages lie"
            text = f"{said} after its given end and were made before it: an idle page ended it with its own time"
            found.append(Anomaly(session.end_ms, "multi-tab", text, session.id))
        elif session.zombies:
            text = "two pages shared the session: one ended it, the other went on"
            found.append(Anomaly(session.zombies[0], "multi-tab", text, session.id))
    return found
