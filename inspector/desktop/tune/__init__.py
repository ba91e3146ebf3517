"""The Tune window: recorded histories, and what every timeout would make of them. Built when first asked for."""
