"""The source tree keeps the rules of the house."""

from __future__ import annotations

import itertools
import re
import tomllib
import xml.etree.ElementTree as ElementTree

import pytest

from tests.helpers.tree import ROOT, files, text_files

TOP = {"pyproject.toml", "inspector", "resources", "tests", "packaging", "README.md", "LICENSE", "CHANGELOG.md"}
MAX_LINES = 400


def test_top_level() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in files()}
    assert {name for name in found if not name.startswith(".")} - {"session-inspector-demo.png"} == TOP


def test_no_module_is_too_long() -> None:
    modules = (ROOT / "inspector").rglob("*.py")
    long = {
        str(p.relative_to(ROOT)): n for p in modules if (n := len(p.read_text("utf-8").splitlines())) > MAX_LINES
    }
    assert long == {}


@pytest.mark.parametrize(
    "odd",
    [
        r"(?<![\w.{/])/(?:home|Users|root|work|tmp/venv)/\w",  # a path of one machine
        r"--?(?:extra-)?index-url|--find-links|--trusted-host",  # a package index of one machine
        r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b",
    ],
)
def test_text_holds_nothing_of_one_machine(odd: str) -> None:
    pattern = re.compile(odd)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in text_files()
        if path.name != "test_tree.py"
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_tests_wait_for_conditions_and_never_sleep() -> None:
    poll = ROOT / "tests" / "helpers" / "wait.py"  # polls a condition, with a deadline
    sleeping = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in (ROOT / "tests").rglob("*.py")
        if path not in {poll, ROOT / "tests" / "frame" / "test_tree.py"}
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"\bsleep\(|\bqWait\(|\.wait\(\d+\)\s*#\s*ms", line)
    ]
    assert sleeping == []


def test_constraints_are_exact_and_cover_every_dependency() -> None:
    lines = (ROOT / "packaging" / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", pin)] == []
    names = {_normal(pin.split("==")[0]) for pin in pins}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]
    assert {_normal(re.match(r"[\w-]+", want)[0]) for want in wanted} - names == {project["name"]}  # type: ignore[index]


def test_installed_versions_are_the_pinned_ones() -> None:
    from importlib.metadata import version

    for line in (ROOT / "packaging" / "constraints.txt").read_text().splitlines():
        if line.startswith(("PySide6", "shiboken6", "msgspec", "pyqtgraph")):
            name, pinned = line.split("==")
            assert version(name) == pinned


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_qt_versions_that_crash_are_kept_out() -> None:
    from packaging.specifiers import SpecifierSet

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (qt,) = [line for line in project["dependencies"] if line.startswith("PySide6")]
    allowed = SpecifierSet(qt.removeprefix("PySide6-Essentials"))
    assert [v for v in ("6.10.0", "6.11.0", "6.11.1", "6.11.2", "6.11.3", "6.12.0") if v in allowed] == [
        "6.10.0",
        "6.11.2",
        "6.11.3",
    ]


def test_desktop_files_agree_with_the_program() -> None:
    from inspector.journal import library

    linux = ROOT / "packaging" / "linux"
    mime = ElementTree.parse(linux / "session-inspector.xml").getroot()
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    (kind,) = mime.findall(f"{space}mime-type")
    globs = [glob.get("pattern") for glob in kind.findall(f"{space}glob")]
    assert globs == [f"*{library.SUFFIX}"]
    name = kind.get("type")
    assert f"MimeType={name};" in (linux / "session-inspector.desktop").read_text()
    metainfo = ElementTree.parse(linux / "session-inspector.metainfo.xml").getroot()
    assert metainfo.findtext("provides/mediatype") == name

    import inspector

    newest = metainfo.find("releases/release")
    assert newest is not None
    assert newest.get("version") == inspector.__version__
    assert f"## {inspector.__version__}" in (ROOT / "CHANGELOG.md").read_text()
