"""The timeouts that a person asks for, and what the profiles do at a gap as long as one. Needs no numpy."""

from __future__ import annotations

import re
from decimal import Decimal

from inspector.printable import quoted
from inspector.tuning.errors import TuneError

MAX_TIMEOUTS = 100_000
MAX_SECONDS = 366 * 86_400
# A gap as long as the timeout: splits (guide G5, A8, L4, W5) or does not (N7).
OPERATORS = {"guide": "at", "apple": "at", "apple-legacy": "at", "android": "over", "web": "at"}
RULES = {"guide": "background", "apple": "background", "apple-legacy": "background"}
RULES |= {"android": "background", "web": "events"}
SHORT_LIST_MS = tuple(second * 1000 for second in (1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1200, 1800))
_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(?:\.\.([0-9]{1,9}))?", re.ASCII)


def parse_timeouts(text: str) -> list[int]:
    """Return the timeouts in ms, ascending, that a text such as ``1..1800`` or ``1,5,60`` asks for in seconds.

    Parts may be mixed (``1..60,120,300``); single ones may have up to three decimals. Raises TuneError.
    """
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise TuneError(f"--timeouts {quoted(part)}: write seconds, for example 1..1800 or 1,5,60")
        if match[2] is None:
            found.add(int(Decimal(match[1]) * 1000))
        elif not match[1].isdecimal() or int(match[1]) > int(match[2]):
            raise TuneError(f"--timeouts {quoted(part)}: a range goes up in whole seconds, for example 1..1800")
        else:
            if int(match[2]) - int(match[1]) >= MAX_TIMEOUTS:
                raise TuneError(f"--timeouts {quoted(part)}: more than {MAX_TIMEOUTS:,} timeouts; ask for fewer")
            found.update(range(int(match[1]) * 1000, int(match[2]) * 1000 + 1, 1000))
        if len(found) > MAX_TIMEOUTS:
            raise TuneError(f"--timeouts: more than {MAX_TIMEOUTS:,} timeouts; ask for fewer")
    timeouts = sorted(found)
    if timeouts[0] < 1 or timeouts[-1] > MAX_SECONDS * 1000:
        raise TuneError(f"--timeouts {quoted(text)}: a timeout is between 0.001 and {MAX_SECONDS} s (a year)")
    return timeouts
