"""Tuning the timeout: recorded histories in, sessions for every timeout at once out. Knows no Qt."""
