"""The live collector: Segment's HTTP tracking API, answered only when the events are on disk."""
