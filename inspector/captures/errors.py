"""What can go wrong with a capture and is not a bug: each with a text for the person at the screen."""


class CaptureError(Exception):
    """A capture that cannot be read. ``str()`` says what, where, and what would be right."""


class Cancelled(Exception):  # noqa: N818 - named after what happened
    """Somebody asked to stop."""


def printable(text: str, limit: int = 4000) -> str:
    """Return text, cut where it is long, with what could steer a terminal written as an escape."""
    cut = text if len(text) <= limit else f"{text[:limit]}…"
    if cut.isprintable():
        return cut
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in cut)
