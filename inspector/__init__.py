"""Session Inspector: drive, watch and explain mobile and web analytics sessions."""

__version__ = "0.1.0"
