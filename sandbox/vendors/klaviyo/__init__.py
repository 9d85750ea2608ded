"""Klaviyo: profiles, jobs that import them, lists."""
