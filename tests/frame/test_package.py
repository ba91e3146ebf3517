"""sdist and wheel build; the wheel carries its resources and starts where there is no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.helpers.tree import ROOT

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist, and the wheel out of the sdist: so the sdist is complete."""
    out = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment of its own; return that environment's directory of programs.

    Its dependencies are borrowed from this environment, so no index is asked. This checkout is not: it is on the
    path of this environment by a .pth file at most, and such files of a borrowed directory are not read.
    """
    home = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(home, with_pip=False)
    programs = home / ("Scripts" if os.name == "nt" else "bin")
    (wheel,) = built.glob("*.whl")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            f"--python={programs / 'python'}",
            "install",
            "--no-deps",
            "--no-index",
            str(wheel),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (site,) = home.glob("Lib/site-packages") if os.name == "nt" else home.glob("lib/python*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return programs


def _start(program: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "DISPLAY"}}
    return subprocess.run(
        [str(program), *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=120
    )


def test_wheel_carries_resources_and_the_licence(built: Path) -> None:
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
    resources = [p for p in (ROOT / "resources").rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    assert {f"inspector/_resources/{p.relative_to(ROOT / 'resources').as_posix()}" for p in resources} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(name.startswith("tests/") or "__pycache__" in name for name in names)


def test_sdist_carries_tests_and_frame(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {
        ".ci/run",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "packaging/constraints.txt",
        "tests/conftest.py",
    } <= names


def test_wheel_says_its_version(installed: Path, tmp_path: Path) -> None:
    import inspector

    done = _start(installed / "session-inspector", "--version", cwd=tmp_path)
    assert (done.returncode, done.stdout.split()[-1]) == (0, inspector.__version__), done.stderr


def test_wheel_is_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    done = _start(installed / "python", "-c", "import inspector; print(inspector.__file__)", cwd=tmp_path)
    assert Path(done.stdout.strip()).is_relative_to(installed.parent), done.stdout + done.stderr


def test_wheel_runs_a_bundled_scenario(installed: Path, tmp_path: Path) -> None:
    find = "from inspector import resources; print(resources.path('scenarios'))"
    folder = Path(_start(installed / "python", "-c", find, cwd=tmp_path).stdout.strip())
    assert folder.is_relative_to(installed.parent)
    scenarios = sorted(map(str, folder.glob("*.yaml")))
    done = _start(installed / "session-inspector", "run", *scenarios, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("needs_qt")
def test_wheel_draws_its_window(installed: Path, tmp_path: Path) -> None:
    find = "from inspector import resources; print(resources.path('scenarios'))"
    folder = Path(_start(installed / "python", "-c", find, cwd=tmp_path).stdout.strip())
    scenario = min(folder.glob("*.yaml"))
    picture = tmp_path / "window.png"
    done = _start(
        installed / "session-inspector",
        str(scenario),
        "--screenshot",
        str(picture),
        "--size",
        "1440x900",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    head = picture.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(head[16:20]), int.from_bytes(head[20:24])) == (1440, 900)
