"""What a person's file can be blamed for, said with its place."""

from inspector.printable import printable


class ScenarioError(ValueError):
    """A file that cannot be used. ``str()`` is ``FILE:LINE: what is wrong and what would be right``."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{printable(file)}:{line}: {printable(message)}")
        self.file = file
        self.line = line
        self.message = message


def nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    """Return ``; did you mean "x"?`` if a known word is close to ``word``, else what there is."""
    from difflib import get_close_matches  # an error only: not a cost of every run

    close = get_close_matches(word[:60], known, 1, 0.6)
    return f'; did you mean "{close[0]}"?' if close else f"; known: {', '.join(known)}"
