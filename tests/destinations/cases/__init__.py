"""One module per kind of destination: what it is told to send, and how to look at its vendor."""
