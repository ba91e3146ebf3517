"""Captures from elsewhere in the window: opened, dropped, read off the GUI thread into what is observed."""
