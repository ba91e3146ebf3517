"""Finds the files that ship with the program: samples, the scenario schema, icons, themes."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """Return the path of a bundled file or folder, ``path("scenarios", "demo.yaml")``; it need not exist.

    In a wheel the files lie inside the package, in a checkout beside it.
    """
    bundled = _HERE / "_resources"
    return (bundled if bundled.is_dir() else _HERE.parent / "resources").joinpath(*parts)
