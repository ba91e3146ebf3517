from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.usefixtures("needs_qt")
def test_imports_after_qt_read_no_sources_and_features_stay_off() -> None:
    code = (
        "from inspector.desktop.quick import spare_reading_sources\n"
        "assert spare_reading_sources()\n"
        "import linecache, inspector.desktop.widgets\n"
        "assert not any('widgets.py' in name for name in linecache.cache)\n"
        "from PySide6.QtCore import QObject\n"
        "QObject().setObjectName('x')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
