"""`python -m tests.benchmarks`: run every benchmark and print one table.

Every module `bench_*.py` beside this one has `measure() -> list[Row]`. All figures are ratios against a peer
measured in the same run. `--write-readme` puts the table into README.md; names choose modules (`engine`).
Exit status 1 when an aim is missed.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

from tests.benchmarks.rows import Row, table
from tests.helpers.tree import write_readme_between

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Measure, print, and write the README's table if asked to."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
    names = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Run the benchmarks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(names)}")
    parser.add_argument("--write-readme", action="store_true", help="put the table into README.md")
    options = parser.parse_args()
    unknown = set(options.names) - set(names)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    rows: list[Row] = []
    for name in options.names or names:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        rows += importlib.import_module(f"tests.benchmarks.bench_{name}").measure()
    print(table(rows))
    if options.write_readme:
        write_readme_between("benchmarks", table(rows))
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
