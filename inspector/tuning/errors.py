"""What can go wrong with a history and is not a bug: each with a text for the person at the screen."""


class TuneError(Exception):
    """A history, a column or an argument that cannot be used. ``str()`` says what and how to put it right."""


class Cancelled(Exception):  # noqa: N818 - named after what happened
    """Somebody asked to stop."""


class SeveralTablesError(TuneError):
    """A database holds several tables and none was named. ``file`` and ``tables`` let a person choose."""

    def __init__(self, why: str, file: str, tables: tuple[str, ...]) -> None:
        super().__init__(why)
        self.file, self.tables = file, tables
