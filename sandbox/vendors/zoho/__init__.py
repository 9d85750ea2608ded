"""A Zoho CRM organisation (API v8): modules of records that are read, upserted and deleted."""

from sandbox.vendors.zoho.app import EMULATED, Zoho

__all__ = ["EMULATED", "Zoho"]
