"""The source tree as the tests see it: its files and what its README promises."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_NOT_SOURCE = {".git", ".venv", "__pycache__", "dist", "build", "node_modules"}
_CACHES = re.compile(r"^\..*(_cache|cache)$|^\.hypothesis$|\.egg-info$")
_BINARY = {".png", ".ico", ".icns", ".gz", ".whl"}


def files() -> Iterator[Path]:
    """Every file of the checkout that is not made by a tool."""
    for folder, names, found in os.walk(ROOT):
        names[:] = [name for name in names if name not in _NOT_SOURCE and not _CACHES.search(name)]
        for name in found:
            if not name.endswith(".pyc"):
                yield Path(folder, name)


def text_files() -> Iterator[Path]:
    """Every file of the checkout that a person reads."""
    return (path for path in files() if path.suffix not in _BINARY and path.name != ".git")


def readme() -> str:
    """The README's text."""
    return (ROOT / "README.md").read_text(encoding="utf-8")


def readme_command(name: str) -> str:
    """The one-line command in the README's block after `<!-- command: NAME -->`."""
    found = re.search(rf"^<!-- command: {name} -->\n```sh\n(.+)\n```$", readme(), re.MULTILINE)
    if found is None:
        raise AssertionError(f"README.md has no one-line block after <!-- command: {name} -->")
    return found[1]


def readme_between(name: str) -> str:
    """The README's text between `<!-- begin: NAME -->` and `<!-- end: NAME -->`."""
    found = re.search(rf"<!-- begin: {name} -->\n(.*?)<!-- end: {name} -->", readme(), re.DOTALL)
    if found is None:
        raise AssertionError(f"README.md has no part between <!-- begin: {name} --> and <!-- end: {name} -->")
    return found[1].strip()


def write_readme_between(name: str, text: str) -> None:
    """Put `text` between the README's markers of `name`."""
    old = readme()
    readme_between(name)
    new = re.sub(
        rf"(<!-- begin: {name} -->\n).*?(<!-- end: {name} -->)",
        lambda found: f"{found[1]}\n{text.strip()}\n\n{found[2]}",
        old,
        flags=re.DOTALL,
    )
    (ROOT / "README.md").write_text(new, encoding="utf-8")
