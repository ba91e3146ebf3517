"""Why a boundary differs, as far as there is evidence. "Unexplained" is an honest answer."""

from inspector.observed.align import TOLERANCE_MS, Pair
from inspector.observed.device import Device
from inspector.observed.merged import Story
from inspector.observed.model import Cause, ObservedSession, Verdict, short_name
from inspector.observed.predict import Prediction
from inspector.observed.timeouts import bounds_ms


class Case:
    """A boundary under consideration."""

    __slots__ = ("late_ms", "noticed_late_ms", "observed_ms", "pair", "predicted_ms", "text", "verdict", "what")

    def __init__(
        self,
        pair: Pair,
        what: str,
        observed_ms: int | None,
        predicted_ms: int | None,
        verdict: Verdict,
        late_ms: int = 0,
        text: str = "",
    ) -> None:
        self.pair = pair
        self.what = what
        self.observed_ms = observed_ms
        self.predicted_ms = predicted_ms
        self.verdict = verdict
        self.late_ms = late_ms
        self.text = text
        self.noticed_late_ms = 0

    @property
    def t_ms(self) -> int:
        """Return where it lies, as observed or else as predicted."""
        return self.observed_ms if self.observed_ms is not None else (self.predicted_ms or 0)


class Evidence:
    """What there is to go by. ``sibling`` and ``timeout``: what agrees under other rules, or another timeout."""

    def __init__(
        self,
        device: Device,
        story: Story,
        sessions: list[ObservedSession],
        prediction: Prediction,
        steps: list[tuple[int, int]],
    ) -> None:
        self.device = device
        self.story = story
        messages = self.messages = story.messages
        self.sessions = sessions
        self.prediction = prediction
        self.steps = steps
        self.sibling: tuple[str, frozenset[tuple[str, str]]] | None = None
        self.timeout: tuple[int, frozenset[tuple[str, str]]] | None = None
        self.timeout_leaves = 0
        self.times = {one.message.t_ms for one in messages if one.message.kind != "session_end"}
        self._launches = [one.message.t_ms for one in messages if one.message.name == "application_initialized"]

    def launched_before(self, noticed_ms: int | None) -> bool:
        """Return whether a page load or a launch led to an end's being noticed."""
        return noticed_ms is not None and any(0 <= noticed_ms - t_ms <= 5_000 for t_ms in self._launches)

    def session_at(self, t_ms: int) -> ObservedSession | None:
        """Return the observed session that spans an instant."""
        for session in self.sessions:
            if session.start_ms <= t_ms <= max(session.last_ms, session.end_ms or 0):
                return session
        return None


def cause_of(case: Case, evidence: Evidence) -> tuple[Cause, str]:
    """Return the suspected cause of a difference and its grounds in words."""
    for look in (_tabs, _held_start, _clock, _rule, _lost_start, _timeout, _lost):
        found = look(case, evidence)
        if found is not None:
            return found
    return "unexplained", ""


def _near(case: Case, evidence: Evidence) -> ObservedSession | None:
    return case.pair.observed or evidence.session_at(case.t_ms)


def _tabs(case: Case, evidence: Evidence) -> tuple[Cause, str] | None:
    if evidence.prediction.profile != "web":
        return None
    one = case.pair.observed
    if one is not None and case.what == "end" and one.after_end:
        said = "a message was" if one.after_end == 1 else f"{one.after_end} messages were"
        return (
            "multi-tab",
            f"{said} logged after the given end, before it was made: an idle page ended the session",
        )
    zombies = [
        session
        for session in evidence.sessions
        if session.zombies
        and session.zombies[0] - TOLERANCE_MS <= case.t_ms + evidence.prediction.timeout_ms
        and case.t_ms <= session.zombies[-1] + evidence.prediction.timeout_ms
        and session is not one
    ]
    if zombies and one is None:
        return "zombie id after end", f"another page went on under {short_name(zombies[0].id)}, which had ended"
    return None


def _held_start(case: Case, evidence: Evidence) -> tuple[Cause, str] | None:
    """Tell a start made when it should be and given another start date: the web SDK holds one (W11, W12)."""
    one, other = case.pair.observed, case.pair.predicted
    if evidence.prediction.profile != "web" or case.what != "begin" or one is None or other is None:
        return None
    if one.began_ms is None or abs(one.began_ms - other.began_ms) > TOLERANCE_MS:
        return None
    return "profile rule", "it was made on time; the page held a start date from before, or lost one (W11, W12)"


def _clock(case: Case, evidence: Evidence) -> tuple[Cause, str] | None:
    times = [t for t in (case.observed_ms, case.predicted_ms) if t is not None]
    timeout_ms = evidence.prediction.timeout_ms
    for t_ms, step_ms in evidence.steps:
        reach = abs(step_ms) + timeout_ms + 5_000
        if min(times) - reach <= t_ms <= max(times) + reach:
            words = "forward" if step_ms > 0 else "back"
            return "clock skew", f"the device's clock went {words} by {abs(step_ms) / 1000:.1f} s near it"
    return None


def _rule(case: Case, evidence: Evidence) -> tuple[Cause, str] | None:
    one = _near(case, evidence)
    if evidence.sibling is None or one is None or (case.what, one.id) not in evidence.sibling[1]:
        return None
    version = evidence.device.sdk_version or "unknown"
    return "profile rule", f"it agrees under the rules of {evidence.sibling[0]}; the SDK says it is {version}"


def _lost_start(case: Case, evidence: Evidence) -> tuple[Cause, str] | None:
    """Tell a session whose start message did not come: what it began with is lost with it."""
    one = case.pair.observed
    if one is not None and one.began_ms is None and one is not evidence.sessions[0]:
        return (
            "lost batch",
            f"messages name {short_name(one.id)} as their session, its start message never arrived",
        )
    return None


def _timeout(case: Case, evidence: Evidence) -> tuple[Cause, str] | None:
    """Another timeout with which the engine does what was observed."""
    one = _near(case, evidence)
    if evidence.timeout is None or one is None or one.lost_events:
        return None
    timeout_ms, agreeing = evidence.timeout
    # A boundary that only the engine has is explained when its session has both ends right without it.
    names = {(case.what, one.id)} if case.pair.observed is not None else {("begin", one.id)}
    if case.verdict == "missing" and case.pair.observed is None and evidence.timeout_leaves:
        return None
    if not names & agreeing and case.verdict != "missing":
        return None
    if case.verdict == "missing" and case.pair.observed is not None and case.observed_ms is None:
        return None
    claimed = evidence.prediction.timeout_ms
    told = "the batches claim" if "stl" in evidence.prediction.timeout_from else "assumed is"
    outlived, shortest = bounds_ms(evidence.messages, evidence.sessions, evidence.prediction.profile)
    said = f"it agrees with a timeout of {timeout_ms / 1000:g} s; {told} {claimed / 1000:g} s"
    if timeout_ms > claimed and outlived:
        said += f"; a session outlived {outlived / 1000:.1f} s of silence"
    elif timeout_ms < claimed and shortest:
        said += f"; one was over {shortest / 1000:.1f} s after its last activity"
    return "timeout differs", said


def _lost(case: Case, evidence: Evidence) -> tuple[Cause, str] | None:
    one = _near(case, evidence)
    if one is not None and one.lost_events:
        return "lost batch", f"{one.lost_events} numbered events of this session never arrived"
    refused = [
        batch
        for batch in evidence.device.batches
        if batch.status is not None and batch.status >= 400 and abs(batch.made_ms - case.t_ms) <= 120_000
    ]
    if refused:
        return "lost batch", f"a batch made near it was answered {refused[0].status}"
    for t_ms, said in (*evidence.story.missing, *evidence.story.failed):
        if abs(t_ms - case.t_ms) <= 120_000:
            return "lost batch", said
    if case.what == "end" and case.verdict == "missing" and case.pair.observed is not None:
        return (
            "lost batch",
            "the next session began, which the SDK only does after an end; that end never arrived",
        )
    if case.what == "end" and one is not None and one.end_ms is not None and one.end_ms not in evidence.times:
        return "lost batch", "its end is the time of an activity of which no message arrived"
    if case.verdict == "missing" and case.pair.observed is None and one is not None:
        outlived, shortest = bounds_ms(evidence.messages, evidence.sessions, evidence.prediction.profile)
        if shortest and outlived >= shortest:
            return "lost batch", (
                f"this session went on over {outlived / 1000:.1f} s without a message, though another ended "
                f"after {shortest / 1000:.1f} s: messages between are missing"
            )
    return None
