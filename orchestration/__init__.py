"""The Dagster code location: carries bytes in at the front door and out at the back door."""
