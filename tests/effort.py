"""How hard property tests try: `make test-long` multiplies their examples."""

import os


def scaled(usual: int) -> int:
    """Examples that a property test draws, or seconds that it may take: `usual` in `make test`."""
    return usual * int(os.environ.get("KITH_TEST_EFFORT", "1"))
