"""The front door: one module per kind of source, and the load that takes up what has landed."""
