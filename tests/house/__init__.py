"""The house rules: what keeps every room readable, as tests over the tree and the manifest."""
