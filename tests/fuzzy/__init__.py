"""The fuzzy tier: how good it is, and that it does no harm."""
