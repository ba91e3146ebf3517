"""Text of others in messages for a terminal: nothing in it steers the terminal or reorders a line.

For labels in the window there is ``inspector.views.harmless``, which also keeps their height and width.
"""

MAX_CHARS = 4000


def printable(text: str, limit: int = MAX_CHARS) -> str:
    """Return text, cut where it is long, with what could steer a terminal or reorder a line as an escape."""
    cut = text if len(text) <= limit else f"{text[:limit]}…"
    if cut.isprintable():
        return cut
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in cut)


def safe_cell(value: object) -> str:
    """Return a cell's text for a table; an apostrophe keeps a spreadsheet from taking text for a formula."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def quoted(value: object, limit: int = 60) -> str:
    """Return a value in double quotes for a message, cut where it is long."""
    return f'"{printable(str(value), limit)}"'
