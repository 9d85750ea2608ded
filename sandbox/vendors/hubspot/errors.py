"""HubSpot's error bodies."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from sandbox.vendors.hubspot.schema import Invalid
from sandbox.vendors.replies import Refusal

NO_CREDENTIALS = (
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can "
    "find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview"
)


def body(message: str, **more: object) -> dict[str, Any]:
    """The envelope of every HubSpot error."""
    return {"status": "error", "message": message, "correlationId": str(uuid4()), **more}


def bad_request(message: str) -> Refusal:
    """400: the request as a whole is refused."""
    return Refusal(400, body(message, category="VALIDATION_ERROR"))


def not_json() -> Refusal:
    """400: the body cannot be read."""
    return bad_request("Invalid input JSON on line 1, column 1: expected an object")


def not_found(message: str = "resource not found") -> Refusal:
    """404: no such path, object type or record."""
    return Refusal(404, body(message, category="OBJECT_NOT_FOUND"))


def unauthenticated() -> Refusal:
    """401: no token, or not this portal's."""
    return Refusal(401, body(NO_CREDENTIALS, category="INVALID_AUTHENTICATION"))


def over_limit(policy: str) -> Refusal:
    """429 for the policy TEN_SECONDLY_ROLLING or SECONDLY; HubSpot sends no Retry-After here."""
    message = f"You have reached your {policy.lower()} limit."
    return Refusal(429, body(message, errorType="RATE_LIMIT", policyName=policy))


def invalid_values(reasons: Sequence[Invalid]) -> dict[str, Any]:
    """The error for one row whose property values are refused."""
    listed = json.dumps([reason.as_dict() for reason in reasons], separators=(",", ":"))
    return {
        "category": "VALIDATION_ERROR",
        "message": f"Property values were not valid: {listed}",
    }
