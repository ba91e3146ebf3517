"""What can go wrong with a capture and is not a bug: each with a text for the person at the screen."""


class CaptureError(Exception):
    """A capture that cannot be read. ``str()`` says what, where, and what would be right."""


class Cancelled(Exception):  # noqa: N818 - named after what happened
    """Somebody asked to stop."""
