"""The house rules: what keeps every room of the project readable, as tests over tree and manifest."""
