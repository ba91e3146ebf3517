"""Names that captures usually have. Imports nothing: the commands' rooms are made before the first paint."""

from __future__ import annotations

KINDS = (
    "Captures (*.har *.flows *.mitm *.logcat *.log *.txt *.ndjson *.json *.jsonl *.gz *.captures);;All files (*)"
)
CAPTURE_SUFFIXES = (".har", ".flows", ".mitm", ".logcat", ".log", ".ndjson", ".captures")
"""Endings that only captures have: several such files dropped are read one after the other."""
