"""What Pipedrive's records look like, which fields may be written, and how a refusal is worded."""

from typing import Any

from sandbox.vendors.replies import Refusal

Record = dict[str, Any]
Key = int | str

FIELDS = {
    "name": str,
    "owner_id": int,
    "org_id": int,
    "add_time": str,
    "update_time": str,
    "emails": list,
    "phones": list,
    "visible_to": int,
    "label_ids": list,
    "marketing_status": str,
    "custom_fields": dict,
}
LISTED = {"value", "primary", "label"}
MARKETING = ("no_consent", "unsubscribed", "subscribed", "archived")
LONGEST_TEXT = 255
# Custom fields that somebody has made in this company, by the key that Pipedrive drew for each.
REVENUE = "dcf558aac1ae4e8c4f849ba5e668430d8df9be12"
CITY = "9dc80c50d78a15643bfc4ca79d76156a73a1ca0e"
USER_ID = "b1a5e0c6d94f4d0f8c3e27a6f1d0b8c29e47a315"
CUSTOM = {REVENUE: "double", CITY: "varchar", USER_ID: "varchar"}

# What a record has before anybody has filled anything in.
BLANK: dict[str, Record] = {
    "persons": {
        **{"name": None, "first_name": None, "last_name": None, "owner_id": 1, "org_id": None},
        **{"emails": [], "phones": [], "visible_to": 3, "label_ids": [], "picture_id": None},
    },
    "organizations": {
        **{"name": None, "owner_id": 1, "address": None, "visible_to": 3, "label_ids": []},
        **{"website": None, "industry": None, "employee_count": None, "annual_revenue": None},
    },
    "deals": {
        **{"title": None, "owner_id": 1, "person_id": None, "org_id": None, "pipeline_id": 1},
        **{"stage_id": 1, "value": 0, "currency": "EUR", "status": "open", "is_archived": False},
        **{"expected_close_date": None, "close_time": None, "won_time": None, "lost_time": None},
    },
    "activities": {
        **{"subject": None, "type": "call", "owner_id": 1, "person_id": None, "org_id": None},
        **{"deal_id": None, "lead_id": None, "due_date": None, "due_time": None, "done": False},
        **{"marked_as_done_time": None, "note": None, "attendees": [], "participants": []},
    },
    "leads": {
        **{"title": None, "owner_id": 1, "person_id": None, "organization_id": None},
        **{"value": None, "expected_close_date": None, "is_archived": False, "label_ids": []},
        **{"source_name": "API", "was_seen": False},
    },
}


def check(given: Record) -> None:
    """Raises Refusal for a field that persons do not have, or a value that does not fit."""
    for name, value in given.items():
        kind = FIELDS.get(name)
        if kind is None:
            raise invalid(name, "is not allowed")
        if value is not None and not isinstance(value, kind):
            raise invalid(name, "is of another type")
    for name in ("emails", "phones"):
        for entry in given.get(name) or ():
            if not isinstance(entry, dict) or not entry.get("value") or entry.keys() - LISTED:
                raise invalid(name, "must be objects of value, primary and label")
    if given.get("marketing_status", MARKETING[0]) not in MARKETING:
        raise invalid("marketing_status", f"must be one of {', '.join(MARKETING)}")
    for key, value in (given.get("custom_fields") or {}).items():
        if key not in CUSTOM:
            raise invalid(f"custom_fields.{key}", "is not allowed")
        wanted = str if CUSTOM[key] == "varchar" else (int, float)
        if value is not None and (isinstance(value, bool) or not isinstance(value, wanted)):
            raise invalid(f"custom_fields.{key}", "is of another type")
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            raise invalid(f"custom_fields.{key}", f"is longer than {LONGEST_TEXT} characters")


def addresses(person: Record) -> list[str]:
    """The e-mail addresses of a person."""
    return [str(entry["value"]) for entry in person["emails"]]


def item(person: Record) -> Record:
    """A person as a search shows it: addresses and numbers are plain there."""
    known = addresses(person)
    return {
        "id": person["id"],
        "type": "person",
        "name": person["name"],
        "emails": known,
        "primary_email": known[0] if known else None,
        "phones": [entry["value"] for entry in person["phones"]],
    }


def said(error: str, code: str | None = None) -> dict[str, Any]:
    """An error as Pipedrive writes it."""
    info = "Please check developers.pipedrive.com for more information about Pipedrive API."
    told = {"success": False, "error": error, "error_info": info, "data": None}
    return {**told, "code": code} if code else told


def invalid(field: str, what: str) -> Refusal:
    """The refusal of a field or parameter."""
    return Refusal(400, said(f"Validation failed: {field}: {what}", "ERR_SCHEMA_VALIDATION_FAILED"))


def malformed() -> Refusal:
    """The refusal of a body that is none."""
    return Refusal(400, said("the body is no JSON object"))
