"""What comes in: files that land, vendors that are read."""
