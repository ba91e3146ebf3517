"""Frees what a long run held piece by piece: all at once, a million entries hold up every thread for 0.3 s."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

from inspector.desktop.give_way import GiveWay

LONG = 2_000  # values; less is freed by whoever comes last, in some milliseconds
_PIECE = 128
_LOOK_S = 0.05
_PATIENCE_S = 10.0


def let_go(*lists: list[Any]) -> None:
    """Free the values of long lists in a thread once nobody else has the lists any more."""
    long = [values for values in lists if len(values) > LONG]
    if long:
        threading.Thread(target=_free, args=(long,), name="inspector letting go", daemon=True).start()


def _free(lists: list[list[Any]]) -> None:
    give_way = GiveWay()
    end_s = time.monotonic() + _PATIENCE_S
    while lists:
        values = lists.pop()
        # Referred to by: this variable, and the call that counts.
        while sys.getrefcount(values) > 2:
            if time.monotonic() > end_s:
                return  # it is still read; whoever comes last frees it
            time.sleep(_LOOK_S)
        while values:
            del values[-_PIECE:]
            give_way()
