"""Klaviyo's resources, errors and refusals: JSON:API."""

import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.vendors.replies import Refusal, read_object

API = "https://a.klaviyo.com"
LARGEST_PROFILE = 100_000
JSON_API = "application/vnd.api+json"
IDENTIFIERS = ("email", "phone_number", "external_id")
ATTRIBUTES = (*IDENTIFIERS, "first_name", "last_name", "organization", "title", "locale")
GROUPS = ("location", "properties")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
Profile = dict[str, Any]


def lacks_revision(request: Request) -> bool:
    """Whether the request does not say which version of the API it means."""
    return re.fullmatch(r"20\d\d-\d\d-\d\d", request.headers.get("revision", "")) is None


async def resource(request: Request, kind: str) -> dict[str, Any]:
    """The one resource in a body."""
    if request.headers.get("content-type") != JSON_API or lacks_revision(request):
        raise refused(400, "invalid", "Content-Type or revision is missing")
    content = await read_object(request, lambda: refused(400, "invalid", "body"))
    found = content.get("data")
    if not isinstance(found, dict) or found.get("type") != kind:
        raise refused(400, "invalid", f"'{kind}' is expected")
    return found


def check(profile: Profile) -> None:
    """Refuses what is no profile."""
    unknown = profile.get("attributes", {}).keys() - {*ATTRIBUTES, *GROUPS}
    if unknown or profile.get("type") != "profile":
        raise refused(400, "invalid", f"'{min(unknown)}' is not a valid field for 'profile'.")
    if len(json.dumps(profile)) > LARGEST_PROFILE:
        raise refused(400, "invalid", "a profile is over 100 kB")


def sound(profile: Profile) -> Profile:
    """The profile, if nothing is wrong with its values."""
    check(profile)
    if found := fault(profile["attributes"]):
        raise refused(400, "invalid", found)
    return profile


def fault(attributes: Profile) -> str:
    """What is wrong with the values, if anything."""
    address = attributes.get("email")
    return "" if address is None or ADDRESS.fullmatch(str(address)) else "Invalid email address"


def filled(attributes: Profile) -> Profile:
    """Without what is null."""
    return {
        name: filled(value) if isinstance(value, dict) else value
        for name, value in attributes.items()
        if value is not None
    }


def import_error(place: int, detail: str, profile: Profile) -> Profile:
    """What a job says of a profile that it did not take."""
    pointer = f"/data/attributes/profiles/data/{place}/attributes/email"
    about = {
        "code": "invalid",
        "title": "Invalid input.",
        "detail": detail,
        "source": {"pointer": pointer},
        "original_payload": profile,
    }
    return {"type": "import-error", "id": f"error{place}", "attributes": about}


def shown(kind: str, key: str, attributes: Profile) -> dict[str, Any]:
    """A resource, with the address that Klaviyo has it at."""
    links = {"self": f"{API}/api/{kind}s/{key}"}
    return {"type": kind, "id": key, "attributes": attributes, "links": links}


def answer(resource: Profile, status: int = 200) -> Response:
    """A resource on its way out."""
    return JSONResponse({"data": resource}, status)


def errors(status: int, code: str, detail: str) -> dict[str, Any]:
    """The body of an error."""
    return {"errors": [{"id": "1", "status": status, "code": code, "detail": detail}]}


def refused(status: int, code: str, detail: str) -> Refusal:
    """A request that Klaviyo refuses."""
    return Refusal(status, errors(status, code, detail))
