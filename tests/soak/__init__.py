"""The whole program for a long time, and under faults: ``python -m tests.soak``, ``test_soak`` in short."""
