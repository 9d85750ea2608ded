"""What Klaviyo calls a profile, made of rows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from orchestration.destinations.protocol import Row

Profile = dict[str, Any]
CUSTOM = "properties"


class Profiles:
    """Profiles with these fields, known by one of them."""

    def __init__(self, fields: Iterable[str], match: str) -> None:
        self._match = match
        self._fields = sorted(set(fields) - {match})

    def known_by(self, row: Row) -> Profile:
        """The profile with nothing but what it is known by."""
        return _profile({self._match: row.match})

    def without_gaps(self, row: Row) -> Profile:
        """For a job, which takes no empty fields."""
        return _profile(_filled(json.loads(row.fields)))

    def with_gaps(self, row: Row) -> Mapping[str, object]:
        """For one request, which empties the fields that have no value."""
        attributes = json.loads(row.fields)
        custom = attributes.get(CUSTOM) or {}
        gaps = [name for name, value in custom.items() if value is None]
        return {"data": _profile(attributes, gaps)}

    def emptied(self, key: str) -> Mapping[str, object]:
        """The profile with this id without any of the fields."""
        attributes: Profile = {}
        gaps = []
        for field in self._fields:
            group, _, name = field.partition(".")
            if group == CUSTOM:
                gaps.append(name)
            elif name:
                attributes.setdefault(group, {})[name] = None
            else:
                attributes[group] = None
        return {"data": _profile(attributes, gaps) | {"id": key}}

    def question(self, rows: Sequence[Row]) -> dict[str, str]:
        """Asks for the profiles of some rows."""
        matches = [row.match for row in rows]
        wanted = json.dumps(matches, separators=(",", ":"), ensure_ascii=False)
        return {
            "filter": f"any({self._match},{wanted})",
            "fields[profile]": self._match,
            "page[size]": "100",
        }

    def ids(self, found: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        """Ids by the values that the profiles are known by, in lower case."""
        return {
            str((profile.get("attributes") or {}).get(self._match) or "").lower(): str(
                profile.get("id")
            )
            for profile in found
        }


def has_gaps(row: Row) -> bool:
    """Whether a field has no value."""
    return _has_gaps(json.loads(row.fields))


def import_job(profiles: Sequence[Profile], list_id: str) -> Mapping[str, object]:
    """A job that writes profiles, and puts them into a list if there is one."""
    job: dict[str, object] = {
        "type": "profile-bulk-import-job",
        "attributes": {"profiles": {"data": profiles}},
    }
    if list_id:
        job["relationships"] = {"lists": {"data": [{"type": "list", "id": list_id}]}}
    return {"data": job}


def listed(ids: Iterable[str]) -> Mapping[str, object]:
    """Profiles as members of a list."""
    return {"data": [{"type": "profile", "id": key} for key in ids]}


def _profile(attributes: Profile, gaps: Sequence[str] = ()) -> Profile:
    """`gaps` are custom properties to take away: one that is set to null would stay, as null."""
    if not gaps:
        return {"type": "profile", "attributes": attributes}
    attributes = {**attributes, CUSTOM: _filled(attributes.get(CUSTOM) or {})}
    meta = {"patch_properties": {"unset": list(gaps)}}
    return {"type": "profile", "attributes": attributes, "meta": meta}


def _filled(attributes: Profile) -> Profile:
    return {
        name: _filled(value) if isinstance(value, dict) else value
        for name, value in attributes.items()
        if value is not None
    }


def _has_gaps(value: object) -> bool:
    if isinstance(value, dict):
        return any(_has_gaps(member) for member in value.values())
    return value is None
