"""``collect FILE…``: what it prints, live and at the end; plain words and status 2 for what cannot be used."""

import json
import signal
import subprocess
import sys

import pytest

from inspector.cli import main
from tests.captures.making import DATA, SESSION, STORY, logcat
from tests.helpers.tree import ROOT

RUN = [sys.executable, "-m", "inspector", "collect"]


def report(capture, *arguments):
    status = main(["collect", *map(str, arguments), "--json"])
    out, err = capture.readouterr()
    assert (status, err) == (0, b"")
    (line,) = out.splitlines()
    return json.loads(line)


def test_a_capture_is_held_against_the_engine_under_the_timeout_given(capfdbinary):
    found = report(capfdbinary, DATA / "02-lifecycle-timeout.json", "--timeout", "6")
    (device,) = [one for one in found["devices"] if one["device_id"] != "log"]
    assert device["profile"] == "web"
    assert device["timeout_s"] == 6
    assert device["counts"]["agrees"] == 3
    assert sum(device["counts"].values()) == 3
    (account,) = found["captures"]
    assert account["format"] == "recorded story of the web SDK"
    assert account["exchanges"] == 7
    assert account["unread_count"] == 0


def test_several_captures_make_one_report(capfdbinary, tmp_path):
    (tmp_path / "log").write_text(logcat("threadtime,epoch"))
    found = report(capfdbinary, DATA / "proxied.flows", tmp_path / "log")
    assert [one["format"] for one in found["captures"]] == ["mitmproxy flows", "Android logcat"]
    assert {one["platform"] for one in found["devices"]} >= {"web", "Android"}


def test_words_say_what_could_not_be_read_and_where(capfdbinary, tmp_path):
    path = tmp_path / "log"
    path.write_text(logcat("threadtime") + "nonsense \x1b]0;title\x07\n")
    assert main(["collect", str(path)]) == 0
    out = capfdbinary.readouterr().out.decode()
    assert "Android logcat; 1 requests and 7 lines that tell of sessions" in out
    assert f"{path}:{len(path.read_text().splitlines())}: a line that has no head" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{folder}/missing"], "{folder}/missing: there is no such file; check the path"),
        (["{folder}"], "{folder}: is a directory; name the capture files in it"),
        (["{log}", "{folder}/missing"], "there is no such file"),
        (["{log}", "--zone", "Mars/Olympus"], "--zone Mars/Olympus: write the zone"),
        (["{log}", "--timeout", "soon"], "--timeout soon: write seconds"),
        (["{log}", "--port", "0"], "--port goes with collecting from SDKs, not with FILE"),
        (["{log}", "{log}", "--follow"], "one capture at a time can be followed"),
        (["--follow"], "--follow goes with a FILE to read"),
    ],
)
def test_what_cannot_be_used_is_said_in_words(arguments, said, capfdbinary, tmp_path):
    log = tmp_path / "log"
    log.write_text(logcat("threadtime"))
    place = {"folder": str(tmp_path), "log": str(log)}
    assert main(["collect", *(argument.format(**place) for argument in arguments)]) == 2
    out, err = capfdbinary.readouterr()
    assert out == b""
    assert said.format(**place) in err.decode()
    assert err.count(b"\n") == 1


def test_a_zone_moves_times_that_name_none(capfdbinary, tmp_path):
    path = tmp_path / "log"
    path.write_text(
        logcat("threadtime,year", [one for one in STORY if "pload" not in one[2] and '"dt"' not in one[2]])
    )
    starts = []
    for zone in ("UTC", "+02:00", "America/New_York"):
        found = report(capfdbinary, path, "--zone", zone)
        (device,) = [one for one in found["devices"] if one["app"].startswith("pid")]
        starts.append(min(one["start_ms"] for one in device["sessions"]))
    assert [(start - starts[0]) / 3_600_000 for start in starts] == [0, -2, 4]


def test_a_log_piped_in_is_told_of_while_it_runs_and_reported_at_its_end():
    lines = logcat("threadtime,epoch").splitlines(keepends=True)
    end = next(at for at, line in enumerate(lines) if "App backgrounded" in line)
    with subprocess.Popen(
        [*RUN, "-", "--json"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdin.write("".join(lines[:end]))
        process.stdin.flush()
        first = json.loads(process.stdout.readline())  # the log has not ended
        assert (first["kind"], first["what"]) == ("boundary", "begin")
        out, err = process.communicate("".join(lines[end:]), timeout=60)
    assert (process.returncode, err) == (0, "")
    found = json.loads(out.splitlines()[-1])
    assert found["kind"] == "report"
    assert found["captures"][0]["sightings"] == 7
    assert any(one["id"] == SESSION for device in found["devices"] for one in device["sessions"])


def test_following_a_file_ends_with_its_report_at_ctrl_c(tmp_path):
    path = tmp_path / "log"
    path.write_text(logcat("threadtime,epoch", STORY[:2]))
    with subprocess.Popen(
        [*RUN, str(path), "--follow"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert "begin" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "Android logcat; 0 requests and 1 lines that tell of sessions" in out
