"""Files that are no journal, or none of this version: each gets a clear answer, in bounded memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.journal.codec import encode
from inspector.journal.errors import Foreign, JournalError, NotReadable, TooLarge, TooNew, TooOld
from inspector.journal.run import Run
from inspector.journal.verify import verify
from tests.journal.stories import header, recorded


def all_ways(path: Path, error: type[JournalError], match: str) -> None:
    """Every way to read the file gives the same answer and leaves the file alone."""
    for way in (Run.open, verify, lambda p: Run.resume(p, 0)):
        with pytest.raises(error, match=match):
            way(path)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "is empty"),
        (b"\x7fELF\x02\x01\x01" + os.urandom(5000), "not a Session Inspector journal"),
        (b"scenario: Back in time\nsteps: []\n", "not a Session Inspector journal"),
        (b"{}\n", "not a Session Inspector journal"),
        (b'{"format":"other","schema":1}\n', "not a Session Inspector journal"),
        (b"[" * 100_000 + b"\n", "not a Session Inspector journal"),
        (b'{"format":"session-inspector journal","schema":1}\n', "no header"),
        (b"\xef\xbb\xbf" + encode(header()), "not a Session Inspector journal"),
        (encode(header())[:-1], "ends within its first line"),
        (encode(header()).replace(b'"epoch_ms":1795000000000', b'"epoch_ms":-5'), "is no date"),
        (encode(header(session_timeout=60)).replace(b":60}", b':"soon"}'), "settings of the run cannot be used"),
        (encode(header(session_timeout=60)).replace(b"session_timeout", b"colour"), "no such setting"),
    ],
)
def test_no_journal(tmp_path: Path, content: bytes, match: str) -> None:
    path = tmp_path / "thing"
    path.write_bytes(content)
    all_ways(path, Foreign, match)
    assert path.read_bytes() == content


def test_other_versions(tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    whole = recorded(path)
    path.write_bytes(whole.replace(b'"schema":1', b'"schema":2').replace(b'"seed"', b'"grain"'))
    all_ways(path, TooNew, "newer Session Inspector.*format 2.*update")
    path.write_bytes(whole.replace(b'"schema":1', b'"schema":0'))
    all_ways(path, TooOld, "format 0")
    path.write_bytes(whole.replace(b'"profile":"guide"', b'"profile":"psion"'))
    all_ways(path, TooNew, "no profile «psion»; it has .*guide")
    path.write_bytes(whole.replace(b'"profile_revision":1', b'"profile_revision":99'))
    all_ways(path, TooNew, "revision 99 of the profile guide")


def test_no_file_at_all(tmp_path: Path) -> None:
    all_ways(tmp_path / "none.session", NotReadable, "there is no such file")
    all_ways(Path("nul\0l"), NotReadable, "no name of a file")
    with pytest.raises(Foreign, match="is a folder"):
        Run.open(tmp_path)
    with pytest.raises(JournalError, match="it is a folder"):
        Run.resume(tmp_path, 0)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Foreign, match="device or a pipe"):
        Run.open(tmp_path / "pipe")
    below = tmp_path / "file"
    below.write_text("x")
    with pytest.raises(NotReadable):
        Run.open(below / "a.session")


def test_ten_gigabytes_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "huge.session"
    path.touch()
    os.truncate(path, 10 << 30)  # sparse
    with pytest.raises(Foreign, match="not a Session Inspector journal"):
        Run.open(path)
    path.write_bytes(recorded(tmp_path / "a.session"))
    os.truncate(path, 10 << 30)
    all_ways(path, TooLarge, "is 10.7 GB; journals of at most 1.1 GB")


_MEASURE = """
import resource, sys
from pathlib import Path
from inspector.journal.errors import JournalError
from inspector.journal.run import Run
try:
    Run.open(Path(sys.argv[1]))
except JournalError as error:
    print(error)
status = Path("/proc/self/status")  # getrusage would tell the peak of the process that started this one, too
if status.exists():
    print(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_a_line_without_end_needs_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.session"
    whole = recorded(path)
    with path.open("wb") as file:
        file.write(whole)
        file.write(b'{"kind":"')
        for _ in range(300):
            file.write(b"a" * (1 << 20))
        file.write(b'"}\n')
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    message, peak_kb = done.stdout.splitlines()
    assert "longer than 64 MB" in message
    assert int(peak_kb) < 250_000, peak_kb
