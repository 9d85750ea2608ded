"""What an exposure declares is read before anything is sent, and a mistake is said plainly."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from orchestration.activation.declaration import Sync
from orchestration.activation.exposures import DeclarationError, declarations, syncs
from orchestration.complaints import complaints
from orchestration.sources.elsewhere import Database
from orchestration.warehouse import Manifest

WHERE = "models/activation/hubspot.yml: exposure hubspot_people: "
COLUMNS: dict[str, object] = {"customer_id": {}, "email": {}, "first_name": {}}
MEMBERS = {"mode": "audience", "map": {"email": "email"}}


def exposure(**changes: object) -> dict[str, Any]:
    """An exposure with a sync; a change to None leaves the field out."""
    declared = {
        "destination": "hubspot",
        "object": "contacts",
        "model": "customers",
        "match": "email",
        "consent": {"purpose": "marketing", "channel": "email"},
        "map": {"email": "email"},
    }
    kept = {name: value for name, value in (declared | changes).items() if value is not None}
    return {
        "name": "hubspot_people",
        "original_file_path": "models/activation/hubspot.yml",
        "owner": {"email": "lifecycle@example.com"},
        "description": "Everybody.",
        "depends_on": {"nodes": ["model.kith.customers"]},
        "config": {"meta": {"sync": kept}},
    }


def manifest(*declared: dict[str, Any]) -> Manifest:
    """A project with these exposures, a model under contract, and a segment."""
    made = Manifest(Path("manifest.json"))
    customers = {"name": "customers", "schema": "customers", "columns": COLUMNS}
    made.__dict__["content"] = {
        "exposures": {each["name"]: each for each in declared},
        "nodes": {
            "model.kith.customers": customers | {"config": {"contract": {"enforced": True}}},
            "model.kith.seg_people": {"name": "seg_people", "schema": "segments"},
        },
    }
    return made


def complaint(declared: dict[str, Any]) -> str:
    """What is said of it, without where."""
    with pytest.raises(DeclarationError) as said:
        list(syncs(manifest(declared)))
    assert str(said.value).startswith(WHERE)
    return str(said.value).removeprefix(WHERE)


def test_an_exposure_declares_a_sync() -> None:
    (declared,) = syncs(manifest(exposure()))
    assert (declared.name, declared.room, declared.batch) == ("hubspot_people", "customers", 100)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"consent": {"purpose": "marketing"}},
            "config.meta.sync.consent.channel: is missing (a channel of customers.consents, such "
            "as email)",
        ),
        ({"consent": "marketing"}, "config.meta.sync.consent: 'marketing' is no set of fields ("),
        ({"limits": {"rows": 5}}, "sync.limits.rows: there is no such field; there is "),
        ({"mach": "email"}, "config.meta.sync.mach: there is no such field; did you mean match? "),
        (
            {"purpose": "marketing"},
            "config.meta.sync.purpose: there is no such field here; it belongs under consent",
        ),
        (
            {"limits": {"mode": "upsert"}},
            "config.meta.sync.limits.mode: there is no such field here; it belongs one level up",
        ),
        ({"name": "x"}, "config.meta.sync.name cannot be set; drop it"),
        ({"on_leave": "remove"}, "at hubspot, remove is for mode: audience"),
        (
            {"mode": "miror"},
            "config.meta.sync.mode: there is no miror; did you mean mirror? there is append, ",
        ),
        ({"limits": {"batch": "many"}}, "sync.limits.batch: 'many' is no whole number (rows in"),
        ({"limits": {"batch": 0}}, "config.meta.sync.limits.batch: 0 must be 1 or more ("),
        ({"is_retired": "perhaps"}, "sync.is_retired: 'perhaps' is neither true nor false"),
        (
            {"guards": {"max_removed_share": 20}},
            "sync.guards.max_removed_share: 20 is no share between 0 and 1; for 20 % write 0.2",
        ),
        (
            {"guards": {"max_added_share": "300%"}},
            "sync.guards.max_added_share: 300% is no share, where 1 is 100 %; for 300 % write 3",
        ),
        ({"match": "emial"}, "match: emial is no field of map; map it to a column (did you mean "),
        ({"destination": "hupspot"}, "destination: there is no hupspot; did you mean hubspot?"),
        ({"map": {"email": "email", "a": "email", "a.b": "email"}}, "map: a is a value"),
        ({"map": {}}, "config.meta.sync.map: is empty (destination field: column of the model)"),
        ({"map": {"email": "email", 3: "email"}}, "sync.map.3: 3 is no text; put it into quotes"),
        (
            {"map": {"email": "email", "name": "firstname"}},
            "config.meta.sync.map.name: customers has no column firstname; did you mean "
            "first_name? there is customer_id, email, first_name",
        ),
        ({"key": "id"}, "config.meta.sync.key: customers has no column id; there is customer_id, "),
        ({"model": "orders"}, "config.meta.sync.model: orders is not among depends_on; add ref("),
        ({"model": None}, "config.meta.sync.model: is missing (a public model that the exposure"),
        (
            {"segment": "seg_peeple"},
            "sync.segment: there is no seg_peeple; did you mean seg_people? there is seg_people",
        ),
        ({"mode": "mirror", "on_leave": "nothing"}, "mirror takes back who leaves"),
        ({"destination": "file"}, "mode: file knows mirror, not upsert"),
        ({"options": {"lists": 5}}, "options.lists: there is no such field; did you mean list_id?"),
        ({"options": {"list_id": [5]}}, "options.list_id: this is no text"),
    ],
)
def test_a_wrong_declaration_names_the_field_the_mistake_and_the_remedy(
    changes: dict[str, object], said: str
) -> None:
    assert said in complaint(exposure(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": 5, "limits": [1], "guards": {"max_removed_share": "a fifth"}},
        {"map": {"email": None}, "consent": {"purpose": 5, "channel": ["email"]}},
        {"limits": {"batch": 1.5, "timeout_seconds": -1, "concurrency": "4x"}, "object": {}},
        {"destination": None, "options": "list", "segment": 5},
        {"destination": "postgres", "object": None, "options": {"table": "people"}},
        {"destination": "s3", "options": {"bucket": 5, "format": "xml"}},
    ],
)
def test_no_complaint_is_in_the_words_of_a_library(changes: dict[str, object]) -> None:
    said = complaint(exposure(**changes))
    assert not re.search(r"[Ii]nput|should be|Extra|required|Value error|valid|pattern", said)
    assert "not what it should be" not in said


def test_all_that_is_wrong_is_said_at_once() -> None:
    said = complaint(exposure(mode="miror", segment="seg_peeple", mach="email", map={"a": "b"}))
    for field in ("sync.mode:", "sync.segment:", "sync.mach:", "sync.map.a:"):
        assert field in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({**MEMBERS}, "options.list_id: is missing (mode audience: the id of a static list)"),
        ({**MEMBERS, "options": {"list_id": "7"}, "on_leave": "delete"}, "knows remove only"),
        ({"object": "tasks"}, "tasks is for mode: append, and mode: append for object: tasks"),
        ({"mode": "append"}, "tasks is for mode: append, and mode: append for object: tasks"),
        (
            {**MEMBERS, "destination": "klaviyo", "object": None},
            "options.list_id: is missing (mode audience: the id of a list)",
        ),
        (
            {**MEMBERS, "destination": "emarsys", "object": None, "match": "email"},
            "options.list_id: is missing (the contact list, in mode audience)",
        ),
        (
            {"destination": "segment", "mode": "append", "match": None, "object": "user"},
            "options.event: is missing (name of the event, in mode append)",
        ),
        (
            {**MEMBERS, "destination": "meta", "object": None, "match": "email"},
            "options.audience_id: is missing (the id of a customer file custom audience)",
        ),
    ],
)
def test_what_a_request_will_need_is_asked_for_when_the_exposure_is_read(
    changes: dict[str, object], said: str
) -> None:
    assert said in complaint(exposure(**changes))


@pytest.mark.parametrize("path", ["/srv/agency", "../agency", "outbox/../../agency", "", "."])
def test_a_file_does_not_leave_the_home(path: str) -> None:
    options = {"path": path, "format": "csv"}
    declared = {"destination": "file", "object": None, "match": None, "mode": "mirror"}
    said = complaint(exposure(**declared, options=options))
    assert f"options.path: {path or 'nothing'} leads out of KITH_HOME; name a folder" in said


@pytest.mark.parametrize(
    ("meta", "said"),
    [
        ({"sync": None}, "declares no sync: config.meta.sync is empty; say under config.meta.sync"),
        ({"snyc": {}}, "declares no sync: did you mean sync by config.meta.snyc?"),
        ({"team": "crm"}, "declares no sync: config.meta has team"),
        ({}, "declares no sync: config.meta has nothing"),
        ({"sync": "webhook"}, "config.meta.sync must be fields, not 'webhook'"),
        ({"sync": {}}, "config.meta.sync.destination: is missing (a kind of "),
    ],
)
def test_an_exposure_among_the_syncs_that_declares_none_is_refused_by_name(
    meta: dict[str, Any], said: str
) -> None:
    broken = exposure() | {"name": "broken", "config": {"meta": meta}}
    found = dict(declarations(manifest(exposure(), broken)))
    assert isinstance(found["hubspot_people"], Sync)
    assert str(found["broken"]).startswith("models/activation/hubspot.yml: exposure broken: ")
    assert said in str(found["broken"])


def test_an_exposure_elsewhere_is_a_sync_only_if_it_says_so() -> None:
    elsewhere = {"original_file_path": "models/customers/dashboards.yml"}
    dashboard = exposure() | elsewhere | {"name": "dashboard", "config": {"meta": {}}}
    emptied = exposure() | elsewhere | {"name": "emptied", "config": {"meta": {"sync": None}}}
    found = dict(declarations(manifest(exposure(), dashboard, emptied)))
    assert list(found) == ["emptied", "hubspot_people"]
    assert isinstance(found["emptied"], DeclarationError)


@pytest.mark.parametrize("owner", [{"name": "CRM"}, {"email": "the CRM team"}])
def test_an_owner_without_an_address_is_pointed_out(owner: dict[str, str]) -> None:
    assert "owner.email: " in complaint(exposure() | {"owner": owner})


def test_two_syncs_that_would_undo_each_other_are_refused_and_one_of_them_goes_on() -> None:
    fields = {"email": "email", "firstname": "first_name"}
    one = exposure(map=fields, mode="mirror")
    other = exposure(map=fields) | {"name": "hubspot_second"}
    found = dict(declarations(manifest(one, other)))
    assert isinstance(found["hubspot_people"], Sync)
    assert "hubspot_people writes firstname of the same records" in str(found["hubspot_second"])
    apart = exposure(map={"email": "email", "id": "customer_id"}) | {"name": "hubspot_second"}
    assert isinstance(dict(declarations(manifest(one, apart)))["hubspot_second"], Sync)


def test_a_misspelt_field_is_told_the_names_under_which_fields_are_declared() -> None:
    with pytest.raises(ValidationError) as mistakes:
        Database.model_validate({"kind": "database", "url": "SHOP_URL", "table": "a", "shema": "b"})
    said = complaints(mistakes.value, Database, "meta.collect")
    assert "meta.collect.shema: there is no such field; did you mean schema? there is " in said[-1]
