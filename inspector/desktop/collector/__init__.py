"""The collector in the window: a switch, its settings, what arrived, how to point an SDK to it."""
