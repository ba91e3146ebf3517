"""What several test rooms share: leaks, processes, the display, the README's commands."""
