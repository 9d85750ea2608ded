"""The live collector: what is acknowledged is on disk, and what it refuses it refuses politely."""
