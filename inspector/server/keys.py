"""The key of a real endpoint: in the system's keyring, else in memory for this run. Never in a file or log.

``keyring`` is imported when a key is first asked for.
"""

from typing import Final

SERVICE: Final = "session-inspector"
KEPT: Final = "The key is in the system's keyring."
FOR_THIS_RUN: Final = (
    "This system has no keyring that can be used, so the key is kept until the program is closed and asked for "
    "again then. To keep it, set up a keyring, for example GNOME Keyring, KWallet or KeePassXC."
)


class Keys:
    """Keys by endpoint address; a key is ``KEY:SECRET`` as HTTP Basic wants it."""

    def __init__(self) -> None:
        self._memory: dict[str, str] = {}

    def get(self, url: str) -> str | None:
        """Return the key of an endpoint, None if there is none."""
        kept = self._memory.get(url)
        if kept is not None:
            return kept
        import keyring
        from keyring.errors import KeyringError

        try:
            return keyring.get_password(SERVICE, url) if _is_safe() else None
        except (KeyringError, OSError, RuntimeError):
            return None

    def keep(self, url: str, key: str) -> str:
        """Keep a key; return in words where it is now."""
        import keyring
        from keyring.errors import KeyringError

        try:
            if _is_safe():
                keyring.set_password(SERVICE, url, key)
                if keyring.get_password(SERVICE, url) == key:
                    self._memory.pop(url, None)
                    return KEPT
        except (KeyringError, OSError, RuntimeError):
            pass
        self._memory[url] = key
        return FOR_THIS_RUN

    def forget(self, url: str) -> None:
        """Forget a key, in the keyring too."""
        self._memory.pop(url, None)
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.delete_password(SERVICE, url)
        except (KeyringError, OSError, RuntimeError):
            return

    def __repr__(self) -> str:
        return f"Keys({len(self._memory)} in memory)"


def _is_safe() -> bool:
    """Return whether the keyring in force is the system's: those of keyrings.alt write plain files."""
    import keyring

    backend = keyring.get_keyring()
    first = next(iter(getattr(backend, "backends", ())), backend)  # a chain asks its first
    return not type(first).__module__.startswith("keyrings.alt")


def usable(key: str) -> bool:
    """Return whether a text can be a key: ``KEY:SECRET``, one line, printable."""
    name, colon, secret = key.partition(":")
    return bool(name and colon and secret and key.isascii() and key.isprintable() and " " not in key)
