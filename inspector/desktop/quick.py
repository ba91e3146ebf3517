"""Makes imports quick once Qt is loaded."""

import sys

import PySide6.QtCore  # noqa: F401 - loads what is changed here


def spare_reading_sources() -> bool:
    """Keep PySide6 from reading the source of every module imported after it; return whether that worked.

    It looks for its opt-in features (snake_case, true_property); nothing here uses them. Half of all import time.
    """
    # WORKAROUND for https://github.com/napari/napari/issues/8584 (PySide6 has no switch for it). Where a
    # release has no such function, all goes on as before, only slower.
    feature = sys.modules.get("shibokensupport.feature")
    if not callable(getattr(feature, "_mod_uses_pyside", None)):
        return False
    setattr(feature, "_mod_uses_pyside", _uses_no_feature)  # noqa: B010 - a module has no such attribute for mypy
    return True


def _uses_no_feature(_module: object) -> bool:
    return False
