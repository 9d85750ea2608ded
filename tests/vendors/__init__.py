"""Tests of the vendor emulators: every limit and refusal that the product relies on."""
