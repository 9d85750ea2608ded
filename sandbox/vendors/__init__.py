"""Stateful emulators of the vendors: their paths, limits, refusals and errors, on loopback."""
