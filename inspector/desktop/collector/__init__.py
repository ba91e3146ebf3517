"""The collector in the window: switched on and off, its answers set, what arrives handed on."""
