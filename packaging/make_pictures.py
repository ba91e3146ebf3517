"""Renders the README's pictures and key table from the current build.

Usage: .venv/bin/python packaging/make_pictures.py

The pictures show a bundled story at an instant worth seeing; they need no display. The key table comes from the
one table of actions. Run it after a change of the window or of a key; a test tells when the table is stale.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "packaging" / "pictures"
STORY = ROOT / "resources" / "scenarios" / "demo.yaml"
SIZE = "1440x900"
AT = "5m 43.5s"


def main() -> int:
    """Write the pictures and the key table."""
    PICTURES.mkdir(exist_ok=True)
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    for theme in ("dark", "light"):
        out = PICTURES / f"window-{theme}.png"
        command = ["-m", "inspector", str(STORY), "--screenshot", str(out), "--theme", theme]
        with tempfile.TemporaryDirectory() as folder:
            env["SESSION_INSPECTOR_CONFIG"] = folder  # a person's own text size is not that of the pictures
            subprocess.run([sys.executable, *command, "--size", SIZE, "--at", AT], check=True, env=env, cwd=ROOT)
        print(f"{out.relative_to(ROOT)}: {out.stat().st_size // 1024} KiB")

    sys.path.insert(0, str(ROOT))
    from inspector.desktop.actions import key_table_markdown
    from tests.helpers.tree import write_readme_between

    write_readme_between("keys", key_table_markdown())
    print("README.md: key table")
    return 0


if __name__ == "__main__":
    sys.exit(main())
