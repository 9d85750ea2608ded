"""Salesforce's errors: a list of {message, errorCode} for a request, {statusCode, …} for a row."""

from typing import Any

from sandbox.vendors.replies import Refusal


def refusal(status: int, code: str, message: str) -> Refusal:
    """A request refused as a whole."""
    return Refusal(status, [{"message": message, "errorCode": code}])


def session_expired() -> Refusal:
    """401: no token, or one whose session ended."""
    return refusal(401, "INVALID_SESSION_ID", "Session expired or invalid")


def over_limit() -> Refusal:
    """The daily limit, which Salesforce reports as 403."""
    return refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def not_found() -> Refusal:
    """404: no such path, version or object."""
    return refusal(404, "NOT_FOUND", "The requested resource does not exist")


def not_json() -> Refusal:
    """400: the body cannot be read."""
    return refusal(400, "JSON_PARSER_ERROR", "Unexpected character at [line:1, column:1]")


def malformed_query(message: str) -> Refusal:
    """400: not SOQL."""
    return refusal(400, "MALFORMED_QUERY", message)


def invalid_field(message: str) -> Refusal:
    """400: SOQL about a field that does not exist, or compared with the wrong type."""
    return refusal(400, "INVALID_FIELD", message)


def row(code: str, message: str, *fields: str) -> dict[str, Any]:
    """One error of one record in a collection."""
    return {"statusCode": code, "message": message, "fields": list(fields)}
