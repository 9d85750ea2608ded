"""Vendors and worlds for the demo, tests and benchmarks; the product never imports it."""
