"""Sends customers to the tools that act on them: planned, delivered, settled."""
