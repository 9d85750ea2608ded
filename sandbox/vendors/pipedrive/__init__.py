"""A Pipedrive company: persons, organizations, deals, activities (API v2) and leads (API v1)."""

from sandbox.vendors.pipedrive.app import EMULATED, PATH, Pipedrive
from sandbox.vendors.pipedrive.schema import CITY, REVENUE, USER_ID

__all__ = ["CITY", "EMULATED", "PATH", "REVENUE", "USER_ID", "Pipedrive"]
