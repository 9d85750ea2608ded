"""Models that vendors publish of what they are asked and what they answer, and how they are read.

HubSpot, Klaviyo, Google and Segment publish clients under open licences. The contracts of the other
vendors are prose, or may not be used here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from google.ads import datamanager_v1 as google
from google.protobuf.json_format import ParseDict, ParseError
from hubspot.crm import contacts, lists, properties
from openapi_client import models as klaviyo
from segment.analytics.client import Client

from tests.destinations.case import Case
from tests.destinations.cases import google_ads, segment
from tests.destinations.cases import hubspot as hubspot_cases
from tests.destinations.cases import klaviyo as klaviyo_cases
from tests.destinations.recorded import Exchange

Model = Any
Told = Any
Reading = Callable[[Model, Told], None]
# How the readings below say that a body does not fit.
UNFIT = (ValueError, TypeError, AssertionError, RuntimeError, ParseError)
PLAIN: dict[str, type] = {"str": str, "int": int, "bool": bool, "object": object}


def fits_hubspot(model: Model, told: Told) -> None:
    """No field is unknown or missing, and each value is of its type."""
    _read_hubspot(model, told, is_whole=True)


def fits_hubspot_in_part(model: Model, told: Told) -> None:
    """As HubSpot's client reads answers: some fields that must be there are not, or are null."""
    _read_hubspot(model, told, is_whole=False)


def _read_hubspot(model: Model, told: Told, *, is_whole: bool) -> None:
    names = {sent: name for name, sent in model.attribute_map.items()}
    if unknown := told.keys() - names.keys():
        raise ValueError(f"{model.__name__} knows no {unknown}")
    package = import_module(model.__module__.rpartition(".models.")[0])
    for sent, value in told.items():
        _is_of_type(model.openapi_types[names[sent]], value, package, is_whole=is_whole)
    configuration = package.Configuration.get_default_copy()
    configuration.client_side_validation = is_whole
    given = {names[sent]: value for sent, value in told.items()}
    model(**given, local_vars_configuration=configuration)


def _is_of_type(declared: str, value: Told, package: object, *, is_whole: bool) -> None:
    if value is None and not is_whole:
        return
    if many := re.fullmatch(r"(list|dict)\[(?:str, )?(.+)\]", declared):
        if not isinstance(value, list if many[1] == "list" else dict):
            raise ValueError(f"{value!r} is no {declared}")
        for member in value.values() if isinstance(value, dict) else value:
            _is_of_type(many[2], member, package, is_whole=is_whole)
    elif declared == "datetime":
        datetime.fromisoformat(value)
    elif declared not in PLAIN:
        _read_hubspot(getattr(package, declared), value, is_whole=is_whole)
    elif not isinstance(value, PLAIN[declared]):
        raise ValueError(f"{value!r} is no {declared}")


def fits_klaviyo(model: Model, told: Told) -> None:
    """The model validates itself; left alone, it would pass over unknown fields."""
    model.model_validate(told, extra="forbid")


def fits_google(model: Model, told: Told) -> None:
    """No field is unknown, and no constant."""
    ParseDict(told, model.pb()())


def fits_segment(client: Model, told: Told) -> None:
    """There are no models, but a client that makes the same calls from the same values."""
    if unknown := told.keys() - {"batch", "sentAt", "writeKey"}:
        raise ValueError(f"the client sends no {unknown}")
    silent = client("a write key", send=False, sync_mode=True)
    for call in told["batch"]:
        named = {re.sub("([A-Z])", r"_\1", str(name)).lower(): call[name] for name in call}
        _, made = getattr(silent, named.pop("type"))(**named)
        if not call.items() <= made.items():
            raise ValueError(f"the client makes {made} of {call}")


@dataclass(frozen=True)
class Operation:
    """What a body is, and an answer by its status; None for an empty one."""

    method: str
    path: str
    body: Model
    answers: Mapping[int, Model]


@dataclass(frozen=True)
class Contract:
    """All operations that the cases of a vendor ask for."""

    name: str
    cases: Sequence[Case]
    fits: Reading
    answer_fits: Reading
    operations: Sequence[Operation]

    def operation(self, exchange: Exchange) -> Operation:
        """The one that was asked for. Raises ValueError if it is none of them."""
        [found] = [
            known
            for known in self.operations
            if known.method == exchange.method and re.fullmatch(known.path, exchange.path)
        ]
        return found


OBJECTS, PROPERTIES = "/crm/v3/objects/contacts/batch", "/crm/v3/properties/contacts"
MEMBERS = "/crm/v3/lists/1/memberships/add-and-remove"
WRITE = contacts.BatchInputSimplePublicObjectBatchInputUpsert
CHANGE = contacts.BatchInputSimplePublicObjectBatchInput
READ, ARCHIVE = contacts.BatchReadInputSimplePublicObjectId, contacts.BatchInputSimplePublicObjectId
RECORDS = {
    200: contacts.BatchResponseSimplePublicObject,
    207: contacts.BatchResponseSimplePublicObjectWithErrors,
}
WRITTEN = {
    200: contacts.BatchResponseSimplePublicUpsertObject,
    207: contacts.BatchResponseSimplePublicUpsertObjectWithErrors,
}
DEFINED = {200: properties.CollectionResponsePropertyNoPaging}
HUBSPOT = Contract(
    "hubspot",
    hubspot_cases.CASES,
    fits_hubspot,
    fits_hubspot_in_part,
    [
        Operation("POST", f"{OBJECTS}/upsert", WRITE, WRITTEN),
        Operation("POST", f"{OBJECTS}/update", CHANGE, RECORDS),
        Operation("POST", f"{OBJECTS}/read", READ, RECORDS),
        Operation("POST", f"{OBJECTS}/archive", ARCHIVE, {204: None}),
        Operation("GET", PROPERTIES, None, DEFINED),
        Operation("POST", PROPERTIES, properties.PropertyCreate, {201: properties.ModelProperty}),
        Operation("GET", "/crm/v3/lists/1", None, {200: lists.ListFetchResponse}),
        Operation(
            "PUT", MEMBERS, lists.MembershipChangeRequest, {200: lists.MembershipsUpdateResponse}
        ),
    ],
)
JOBS, JOB = "/api/profile-bulk-import-jobs", "/api/profile-bulk-import-jobs/[^/]+"
LIST = "/api/lists/[^/]+/relationships/profiles"
IMPORT, STARTED = klaviyo.ProfileImportJobCreateQuery, {202: klaviyo.PostProfileImportJobResponse}
PROGRESS = {200: klaviyo.GetProfileImportJobResponseCompoundDocument}
ERRORS = {200: klaviyo.GetImportErrorResponseCollection}
PATCH, PATCHED = klaviyo.ProfilePartialUpdateQuery, {200: klaviyo.PatchProfileResponse}
KLAVIYO = Contract(
    "klaviyo",
    klaviyo_cases.CASES,
    fits_klaviyo,
    fits_klaviyo,
    [
        Operation("POST", JOBS, IMPORT, STARTED),
        Operation("GET", JOB, None, PROGRESS),
        Operation("GET", f"{JOB}/import-errors", None, ERRORS),
        Operation(
            "POST",
            "/api/profile-import",
            klaviyo.ProfileUpsertQuery,
            {200: klaviyo.PostProfileResponse, 201: klaviyo.PostProfileResponse},
        ),
        Operation("GET", "/api/profiles", None, {200: klaviyo.GetProfileResponseCollection}),
        Operation("PATCH", "/api/profiles/[^/]+", PATCH, PATCHED),
        Operation("DELETE", LIST, klaviyo.ListMembersDeleteQuery, {204: None}),
    ],
)
ADD, ADDED = google.IngestAudienceMembersRequest, google.IngestAudienceMembersResponse
REMOVE, REMOVED = google.RemoveAudienceMembersRequest, google.RemoveAudienceMembersResponse
STATUS = google.RetrieveRequestStatusResponse
GOOGLE = Contract(
    "google_ads",
    google_ads.CASES,
    fits_google,
    fits_google,
    [
        Operation("POST", "/v1/audienceMembers:ingest", ADD, {200: ADDED}),
        Operation("POST", "/v1/audienceMembers:remove", REMOVE, {200: REMOVED}),
        Operation("GET", "/v1/requestStatus:retrieve", None, {200: STATUS}),
    ],
)
# Its client looks at nothing but the status of an answer.
SEGMENT = Contract(
    "segment",
    segment.CASES,
    fits_segment,
    fits_segment,
    [Operation("POST", "/v1/batch", Client, {})],
)
CONTRACTS = [HUBSPOT, KLAVIYO, GOOGLE, SEGMENT]
