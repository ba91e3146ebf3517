import json

import pytest

from inspector.captures import bodies
from tests.captures.making import (
    BEGIN_MS,
    SESSION,
    SUMMER,
    exchanges,
    messages,
    native_batch,
    read_text,
    sightings,
    when,
)

TEXTS = [
    (0, "Application Did Finish Launching"),
    (2, f"New Session Has Begun: {SESSION.lower()}"),
    (10, "Set Session Timeout: 60"),
    (900, "Source Event Id: 11111111-2222-4333-8444-555555555555"),
    (1_000, "Application Did Become Active"),
    (9_000, "Upload response code: 202"),
    (9_001, f"Upload complete: {native_batch(2)}"),
    (20_000, "Application Did Enter Background"),
    (80_000, "Session ended in the background. New session will begin if an mParticle event is logged or app …"),
    (80_001, f"Session Ending: {SESSION}"),
    (80_002, f"Session Ended: {SESSION}"),
]
WHATS = [
    "launched",
    "session_began",
    "timeout_set",
    "foreground",
    "background",
    "session_timed_out",
    "session_ending",
    "session_ended",
]


def stamp(ms):
    return f"{when(ms, SUMMER):%Y-%m-%d %H:%M:%S.%f%z}"


def ndjson():
    lines = ["Filtering the log data using \"process == 'Shop'\""]
    for ms, text in TEXTS:
        entry = {
            "timezoneName": "",
            "messageType": "Default",
            "eventType": "logEvent",
            "processID": 4242,
            "processImagePath": "/private/var/containers/Bundle/Application/0/Shop.app/Shop",
            "machTimestamp": 123456789,
            "timestamp": stamp(ms),
            "eventMessage": f"mParticle -> {text}",
        }
        lines.append(json.dumps(entry))
    lines.append('{"count":11,"finished":1}')
    return "\n".join(lines) + "\n"


def styled(head):
    return "".join(f"{head(ms)}mParticle -> {text}\n" for ms, text in TEXTS)


STYLES = {
    "ndjson": (ndjson, "certain", "Shop[4242]", ""),
    "json": (
        lambda: json.dumps([json.loads(line) for line in ndjson().splitlines()[1:-1]], indent=2),
        "certain",
        "Shop[4242]",
        "",
    ),
    "syslog": (
        lambda: (
            "Timestamp                       (process)[PID]    \n"
            + styled(lambda ms: f"{stamp(ms)}  localhost Shop[4242]: (Foundation) ")
        ),
        "certain",
        "Shop[4242]",
        "localhost",
    ),
    "default": (
        lambda: (
            "Timestamp                       Thread     Type        Activity             PID    TTL  \n"
            + styled(
                lambda ms: (
                    f"{stamp(ms)} 0x1f3c     Default     0x0                  4242   0    Shop: (Foundation) "
                )
            )
        ),
        "certain",
        "Shop[4242]",
        "",
    ),
    "NSLog": (lambda: styled(lambda ms: f"{stamp(ms)} Shop[4242:123456] "), "certain", "Shop[4242]", ""),
    "old NSLog": (
        lambda: styled(lambda ms: f"{stamp(ms)[:23]} Shop[4242:9f0c] "),
        "zone_assumed",
        "Shop[4242]",
        "",
    ),
    "idevicesyslog": (
        lambda: styled(
            lambda ms: f"{when(ms, SUMMER):%b %e %H:%M:%S} Tims-iPhone Shop(Foundation)[4242] <Notice>: "
        ),
        "date_assumed",
        "Shop[4242]",
        "Tims-iPhone",
    ),
    "Xcode": (lambda: styled(lambda _: ""), "none", "", ""),
}


@pytest.mark.parametrize("style", STYLES)
def test_every_style_tells_the_same(style, tmp_path):
    make, clock, process, device = STYLES[style]
    items, account = read_text(tmp_path, make(), zone=SUMMER)
    seen = sightings(items)
    assert [one.what for one in seen] == WHATS
    assert {one.clock for one in items} == {clock}
    assert {(one.process, one.device, one.platform) for one in seen} == {(process, device, "iOS")}
    assert [one.session_id for one in seen if one.session_id] == [SESSION] * 3
    assert [one.timeout_ms for one in seen if one.timeout_ms] == [60_000]
    if style == "Xcode":
        assert {one.at_ms for one in seen} == {None}
        assert [one.order for one in seen] == sorted(one.order for one in seen)
    else:
        step = 1000 if style == "idevicesyslog" else 1
        assert seen[0].at_ms == BEGIN_MS // step * step
    (upload,) = exchanges(items)
    assert json.loads(upload.body) == json.loads(native_batch(2))
    assert upload.status == 202
    assert not account.unread


def test_a_batch_cut_by_the_log_keeps_its_whole_messages(tmp_path):
    whole = native_batch(20)
    line = f"{stamp(0)} Shop[4242:1] mParticle -> Upload complete: {whole[:1000]}<…>\n"
    items, account = read_text(
        tmp_path, line + f"{stamp(5)} Shop[4242:1] mParticle -> Session Ended: {SESSION}\n"
    )
    upload, ended = items
    assert messages(upload) == json.loads(whole)["msgs"][: len(messages(upload))]
    assert len(messages(upload)) > 1
    assert ended.what == "session_ended"
    assert account.reasons == {bodies.CUT: 1}


def test_a_broken_line_of_ndjson_is_listed(tmp_path):
    lines = ndjson().splitlines()
    lines[3] = lines[3][:50]
    items, account = read_text(tmp_path, "\n".join(lines))
    assert [one.what for one in sightings(items)] == [what for what in WHATS if what != "timeout_set"]
    assert [one.place.rpartition(":")[2] for one in account.unread] == ["4"]
