"""Which requests of a capture concern sessions: a day's browsing has thousands of others."""

from __future__ import annotations

import re

_PATH = re.compile(
    r"/(?:events|bulkevents(?:/historical)?|config|identify|login|logout|modify|alias|search)/?$", re.IGNORECASE
)


def is_worth(url: str) -> bool:
    """Return whether a URL is one that an SDK calls, whatever the host: captures go through CNAMEs."""
    return len(url) < 8192 and _PATH.search(url.partition("?")[0].partition("#")[0]) is not None
