import json

import pytest

from inspector.captures import bodies
from inspector.captures import logcat as reader
from tests.captures.making import (
    BEGIN_MS,
    SESSION,
    STORY,
    SUMMER,
    exchanges,
    logcat,
    messages,
    native_batch,
    read_text,
    sightings,
)

WHATS = [
    "session_began",
    "foreground",
    "background",
    "session_timed_out",
    "session_ended",
    "session_ended",
    "process_ended",
]
CLOCKS = {
    "threadtime": "date_assumed",
    "threadtime,year": "zone_assumed",
    "threadtime,year,zone": "certain",
    "threadtime,zone,usec": "date_assumed",
    "threadtime,epoch": "certain",
    "threadtime,epoch,uid,usec": "certain",
    "threadtime,uid,color": "date_assumed",
    "threadtime,monotonic": "since_boot",
    "time": "date_assumed",
    "time,year,uid": "zone_assumed",
    "time,epoch": "certain",
    "long": "date_assumed",
    "long,year,uid,zone": "certain",
    "brief": "none",
    "brief,uid": "none",
    "studio": "zone_assumed",
    "old studio": "zone_assumed",
}


@pytest.mark.parametrize("form", CLOCKS)
def test_every_form_of_logcat_tells_the_same(form, tmp_path):
    items, account = read_text(tmp_path, logcat(form))
    seen = sightings(items)
    assert [one.what for one in seen] == WHATS
    assert {one.clock for one in items} == {CLOCKS[form]}
    assert seen[4].session_id == SESSION
    assert all(one.session_id is None for one in seen if one is not seen[4])
    assert len({one.process for one in seen[:6]}) == 1
    first = {"none": None, "since_boot": 123_456_000}.get(CLOCKS[form], BEGIN_MS)
    assert seen[0].at_ms == first
    if first is not None:
        assert [one.at_ms - first for one in seen] == [0, 5, 20_000, 81_000, 81_001, 81_002, 90_000]
    (upload,) = exchanges(items)
    assert upload.status == 202
    assert upload.url == "https://nativesdks.mparticle.com/v2/us1-key/events"
    assert json.loads(upload.body) == json.loads(native_batch())
    assert account.format == "Android logcat"
    assert not account.unread


@pytest.mark.parametrize("form", ["thread", "process", "tag"])
def test_forms_without_a_time_or_a_tag_are_read_once_the_format_is_known(form, tmp_path):
    items, account = read_text(tmp_path, logcat(form))
    assert [one.what for one in sightings(items)][:2] == WHATS[:2]
    assert {one.clock for one in items} == {"none"}
    assert len(exchanges(items)) == 1
    assert not account.unread


def test_times_without_a_zone_are_read_in_the_zone_given(tmp_path):
    items, _ = read_text(tmp_path, logcat("threadtime", zone=SUMMER), zone=SUMMER)
    assert sightings(items)[0].at_ms == BEGIN_MS
    items, _ = read_text(tmp_path, logcat("threadtime", zone=SUMMER))
    assert sightings(items)[0].at_ms == BEGIN_MS + 7_200_000


def test_the_year_is_the_last_that_fits_across_new_year(tmp_path):
    text = "12-31 23:59:59.000  4242  4260 D mParticle: Started new session\n"
    text += "01-01 00:00:01.000  4242  4260 D mParticle: Ended session\n"
    written = 1_798_761_700_000  # 2027-01-01T00:01:40Z
    items, _ = read_text(tmp_path, text, written_ms=written)
    began, ended = sightings(items)
    assert ended.at_ms - began.at_ms == 2000
    assert written - ended.at_ms == 99_000


def test_the_29th_of_february_is_taken_from_a_leap_year(tmp_path):
    items, _ = read_text(tmp_path, "02-29 12:00:00.000  4242  4260 D mParticle: Started new session\n")
    assert sightings(items)[0].at_ms == 1_709_208_000_000  # 2024


@pytest.mark.parametrize("size", [40, 400, 4000])
def test_a_batch_over_several_lines_is_put_together(size, tmp_path):
    whole = native_batch(30)
    pieces = "\n".join(whole[at : at + size] for at in range(0, len(whole), size))
    story = [(ms, tag, pieces if text == native_batch() else text) for ms, tag, text in STORY]
    items, account = read_text(tmp_path, logcat("threadtime,epoch", story))
    (upload,) = exchanges(items)
    assert len(messages(upload)) == 30
    assert upload.status == 202
    assert not account.unread


def test_a_batch_cut_by_logd_keeps_its_whole_messages_and_its_answer(tmp_path):
    whole = native_batch(30)
    cut = whole[:4060]
    story = [(ms, tag, cut if text == native_batch() else text) for ms, tag, text in STORY]
    items, account = read_text(tmp_path, logcat("threadtime,epoch", story))
    (upload,) = exchanges(items)
    kept = messages(upload)
    assert kept == json.loads(whole)["msgs"][: len(kept)]
    assert len(kept) == cut.count('{"dt":"e"')  # the session's start, and all events but the cut one
    assert upload.status == 202
    assert (account.cut, account.reasons) == (1, {bodies.CUT: 1})
    assert account.unread[0].place.endswith(":7")
    assert [one.what for one in sightings(items)] == WHATS


def test_two_threads_that_log_at_once_are_not_mixed_up(tmp_path):
    one, other = native_batch(4), native_batch(6)
    lines = []
    for at in range(0, max(len(one), len(other)), 300):
        for tid, text in ((11, one), (12, other)):
            if text[at : at + 300]:
                lines.append(f"09-01 12:00:00.{at // 300:03}  4242  {tid:4} V mParticle: {text[at : at + 300]}")
    items, account = read_text(tmp_path, "\n".join(lines) + "\n")
    assert sorted(len(messages(item)) for item in exchanges(items)) == [4, 6]
    assert not account.unread


def test_a_failed_upload_has_its_status(tmp_path):
    story = [*STORY[3:5], (9_300, "mParticle", "Upload request failed- 503: Service Unavailable")]
    (upload,), _ = read_text(tmp_path, logcat("threadtime", story))
    assert upload.status == 503


def test_lines_that_are_no_logcat_are_counted_and_listed(tmp_path):
    lines = logcat("threadtime").splitlines()
    lines[3:3] = ["no head here", "", "\x07bell and nonsense"]
    items, account = read_text(tmp_path, "\n".join(lines))
    assert [one.what for one in sightings(items)] == WHATS
    assert account.reasons == {reader.NO_HEAD: 2}
    assert [one.place.rpartition(":")[2] for one in account.unread] == ["4", "6"]


def test_what_powershell_writes_is_read(tmp_path):
    text = logcat("threadtime").replace("\n", "\r\n")
    items, account = read_text(tmp_path, b"\xff\xfe" + text.encode("utf-16-le"))
    assert [one.what for one in sightings(items)] == WHATS
    assert "read as UTF-16" in account.notes


def test_the_export_of_android_studio_is_read(tmp_path):
    listed = [
        {
            "header": {
                "logLevel": "DEBUG",
                "pid": 4242 if tag == "mParticle" else 1200,
                "tid": 4260,
                "applicationId": "com.example.shop",
                "tag": tag,
                "timestamp": {"seconds": (BEGIN_MS + ms) // 1000, "nanos": (BEGIN_MS + ms) % 1000 * 1_000_000},
            },
            "message": text,
        }
        for ms, tag, text in STORY
    ]
    items, account = read_text(tmp_path, json.dumps({"metadata": {}, "logcatMessages": listed}, indent=2))
    assert [one.what for one in sightings(items)] == WHATS
    assert sightings(items)[0].process == "com.example.shop"
    assert {one.clock for one in items} == {"certain"}
    assert exchanges(items)[0].status == 202
    assert account.format == "Android Studio logcat export"
