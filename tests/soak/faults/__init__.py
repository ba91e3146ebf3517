"""Faults while the window is soaked: ``python -m tests.soak.faults``; the tests here are its short forms."""
