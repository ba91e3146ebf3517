"""The real web SDK in a real browser sends to the collector, and does what the engine's web profile predicts.

Nothing here knows the SDK's rules: the page and the engine are told the same at the same instants of the page's
clock, and what arrived on the wire is held against what the engine decided.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from inspector.engine.entries import SessionBegan, SessionEnded
from inspector.engine.inputs import LogEvent
from inspector.observed.compare import compare
from inspector.observed.devices import Observations
from inspector.server.answers import answers_of
from inspector.server.serving import Wanted
from tests.helpers.browser import Browser, what_is_missing
from tests.server.collecting import Collecting, collecting
from tests.server.web_sdk import TIMEOUT_S, Shopper, page, snippet


@pytest.fixture(autouse=True, scope="module")
def _tools() -> None:
    if missing := what_is_missing():
        pytest.skip(missing)


@pytest.fixture
def collector() -> Iterator[Collecting]:
    with collecting() as found:
        yield found


@pytest.fixture
def shopper(collector: Collecting) -> Iterator[Shopper]:
    with page(snippet(collector.http)) as url, Browser() as browser:
        person = Shopper(browser, url)
        person.launch()
        yield person


Sessions = list[tuple[int, int | None, list[str]]]


def sent(collector: Collecting, origin_ms: int) -> Sessions:
    """Start, end and custom events of the sessions that arrived, since the first launch, by their events."""
    sessions: dict[str, tuple[int, list[int], list[str]]] = {}
    for event in sorted(collector.events(), key=lambda event: event["data"]["timestamp_unixtime_ms"]):
        data: dict[str, Any] = event["data"]
        if event["event_type"] == "session_start":
            start_ms = data["session_start_unixtime_ms"] - origin_ms
            assert data["session_uuid"] not in sessions
            sessions[data["session_uuid"]] = (start_ms, [], [])
        elif event["event_type"] == "session_end":
            start_ms, ends, _ = sessions[data["session_uuid"]]
            ends.append(start_ms + data["session_duration_ms"])
            assert ends == [data["timestamp_unixtime_ms"] - origin_ms]
        elif event["event_type"] == "custom_event":
            sessions[data["session_uuid"]][2].append(data["event_name"])
    return [(start, ends[0] if ends else None, names) for start, ends, names in sessions.values()]


def predicted(person: Shopper) -> Sessions:
    """The same of what the engine decided."""
    ends = {end.session: end.end_ms for end in person.entries if isinstance(end, SessionEnded)}
    names: dict[int | None, list[str]] = {}
    for entry in person.entries:
        what = getattr(entry, "input", None)
        if isinstance(what, LogEvent) and entry.session is not None:
            names.setdefault(entry.session, []).append(what.name)
    began = [entry for entry in person.entries if isinstance(entry, SessionBegan)]
    return [(entry.start_ms, ends.get(entry.session), names.get(entry.session, [])) for entry in began]


def agreed(collector: Collecting, person: Shopper) -> Sessions:
    """What arrived, once all is sent and found equal to the prediction."""
    person.passes(2)  # the SDK's uploader
    found = sent(collector, person.origin_ms)
    assert found == predicted(person)
    # And the observed lane, which knows nothing but the wire, says so too.
    seen = Observations()
    seen.take_all(collector.exchanges)
    (device,) = seen.devices.values()
    held = compare(device, timeout_s=TIMEOUT_S)
    assert (held.profile, seen.unread_count) == ("web", 0)
    assert {boundary.verdict for boundary in held.boundaries} == {"agrees"}, held.boundaries
    assert [session.start_ms - person.origin_ms for session in held.sessions] == [start for start, _, _ in found]
    return found


def test_events_and_idle_past_the_timeout(shopper: Shopper, collector: Collecting) -> None:
    shopper.passes(5)
    shopper.event("A")
    shopper.passes(TIMEOUT_S - 0.001)
    shopper.event("B")
    shopper.passes(TIMEOUT_S + 40)
    shopper.event("<b>C</b>")
    found = agreed(collector, shopper)
    assert found == [(0, 64_999, ["A", "B"]), (164_999, None, ["<b>C</b>"])]


def test_reload_within_and_after_the_timeout(shopper: Shopper, collector: Collecting) -> None:
    shopper.event("A")
    shopper.passes(30)
    shopper.reload()
    shopper.passes(TIMEOUT_S - 1)
    shopper.event("B")
    shopper.passes(10)
    shopper.reload()
    shopper.passes(TIMEOUT_S + 5)  # a resumed page arms no timer: the next load notices
    shopper.reload()
    shopper.event("C")
    found = agreed(collector, shopper)
    assert [names for _, _, names in found] == [["A", "B"], ["C"]]
    assert found[0][1] == 99_000


def test_a_manual_end_and_a_manual_begin(shopper: Shopper, collector: Collecting) -> None:
    shopper.passes(3)
    shopper.event("A")
    shopper.passes(2)
    shopper.end()
    shopper.end()
    shopper.passes(4)
    shopper.event("B")
    shopper.passes(1)
    shopper.begin()
    shopper.passes(1)
    shopper.event("C")
    shopper.passes(7)
    shopper.end()
    found = agreed(collector, shopper)
    assert found == [(0, 3000, ["A"]), (9000, None, ["B"]), (9000, 11_000, ["C"])]


def test_opting_out_and_in(shopper: Shopper, collector: Collecting) -> None:
    shopper.passes(2)
    shopper.event("A")
    shopper.opt_out(True)
    shopper.browser.run("mParticle.logEvent('dropped'); __clock.settle()")
    shopper.passes(TIMEOUT_S * 3)
    shopper.opt_out(False)
    shopper.event("B")
    found = agreed(collector, shopper)
    assert found == [(0, None, ["A", "B"])]
    assert [event["event_type"] for event in collector.events()].count("opt_out") == 2


@pytest.mark.parametrize("fault", ["503", "429", "drop"])
def test_a_server_that_fails_for_a_while_loses_nothing(
    shopper: Shopper, collector: Collecting, fault: str
) -> None:
    shopper.passes(5)
    collector.serving.answer(answers_of(status=fault, retry_after="1"))
    before = len(collector.exchanges)
    shopper.event("A")
    shopper.passes(3)
    failed = collector.exchanges[before:]
    assert len(failed) >= 2, "the SDK tries again"
    assert {exchange.status for exchange in failed} == {None if fault == "drop" else int(fault)}
    collector.serving.answer(answers_of())
    shopper.passes(TIMEOUT_S + 30)
    shopper.event("B")
    assert agreed(collector, shopper)[0] == (0, 5000, ["A"])


def test_over_https_with_the_config_from_the_collector() -> None:
    wanted = Wanted(http=0, https=0, answers=answers_of(stl="30"))  # the web SDK goes by its page's timeout
    with collecting(wanted) as collector:
        places, certificate = collector.serving.places, collector.serving.certificate
        assert certificate is not None
        flag = _trusting(certificate.bundle.read_bytes())
        with page(snippet(places.http, places.https)) as url, Browser(flag) as browser:
            person = Shopper(browser, url)
            person.launch()
            person.passes(4)
            person.event("A")
            person.passes(TIMEOUT_S + 1)
            person.event("B")
            assert agreed(collector, person) == [(0, 4000, ["A"]), (65_000, None, ["B"])]
        first = collector.exchanges[0]
        assert (first.method, first.status) == ("GET", 200)
        assert first.url.startswith(f"https://localhost:{places.https}/JS/v2/us1-localkey/config")


def _trusting(bundle: bytes) -> str:
    """The flag that lets the browser take this one certificate, by its public key."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = x509.load_pem_x509_certificate(bundle).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"--ignore-certificate-errors-spki-list={base64.b64encode(hashlib.sha256(spki).digest()).decode()}"
