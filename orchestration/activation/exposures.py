"""Reads the syncs that the project's exposures declare, and says plainly what is wrong with one."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from orchestration.activation.declaration import Sync
from orchestration.complaints import complaints, nearest
from orchestration.warehouse import Manifest


class DeclarationError(ValueError):
    """An exposure that cannot be a sync; the text names its file, its fields and the remedy."""


INJECTED = {"name", "file", "owner", "description", "room", "peers"}
SYNC = "config.meta.sync"
# As Dagster demands of an owner.
ADDRESS = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,7}"


def declarations(manifest: Manifest) -> Iterator[tuple[str, Sync | DeclarationError]]:
    """Every sync that the project declares, by its name, or what is wrong with it."""
    accepted: list[Sync] = []
    for exposure in sorted(manifest.exposures(), key=lambda each: str(each["name"])):
        try:
            sync = _sync(exposure, manifest)
            _undoes_nobody(sync, accepted)
        except DeclarationError as mistake:
            yield exposure["name"], mistake
        else:
            accepted.append(sync)
            yield exposure["name"], sync


def syncs(manifest: Manifest) -> Iterator[Sync]:
    """Every sync that the project declares; raises DeclarationError at the first bad one."""
    for _, declared in declarations(manifest):
        if isinstance(declared, DeclarationError):
            raise declared
        yield declared


def _sync(exposure: dict[str, Any], manifest: Manifest) -> Sync:
    where = f"{exposure['original_file_path']}: exposure {exposure['name']}"
    declared = _declared(exposure, where)
    model = _model(exposure, declared.get("model"), manifest)
    wrong = [
        *(f"config.meta.sync.{name} cannot be set; drop it" for name in INJECTED & set(declared)),
        *_owner_complaints(exposure),
        *_segment_complaints(declared.get("segment"), manifest),
        *_model_complaints(declared, model),
    ]
    outside = {
        "name": exposure["name"],
        "file": exposure["original_file_path"],
        "owner": exposure["owner"].get("email") or "",
        "description": exposure["description"] or "",
        "room": model["schema"] if model else "",
        "peers": _peers(manifest),
    }
    try:
        sync = Sync.model_validate(declared | outside)
    except ValidationError as error:
        wrong += complaints(error, Sync, SYNC, INJECTED)
    if wrong:
        raise DeclarationError(f"{where}: {'; '.join(wrong)}")
    return sync


def _declared(exposure: dict[str, Any], where: str) -> dict[str, Any]:
    """What the exposure says of its sync; raises DeclarationError if it says nothing."""
    meta = exposure["config"].get("meta") or {}
    declared = meta.get("sync")
    if isinstance(declared, dict):
        return declared
    if declared is not None:
        raise DeclarationError(f"{where}: {SYNC} must be fields, not {declared!r}")
    if "sync" in meta:
        found = f"{SYNC} is empty"
    elif near := get_close_matches("sync", meta, n=1):
        found = f"did you mean sync by config.meta.{near[0]}?"
    elif misplaced := [name for name in exposure["config"] if name == "sync"]:
        found = f"config.{misplaced[0]} belongs under config.meta"
    else:
        found = f"config.meta has {', '.join(sorted(meta)) or 'nothing'}"
    raise DeclarationError(
        f"{where}: declares no sync: {found}; say under {SYNC} where it is sent, or move the "
        "exposure out of models/activation"
    )


def _model(exposure: dict[str, Any], model: object, manifest: Manifest) -> dict[str, Any] | None:
    """The node of the model that is sent, if the exposure depends on it."""
    for unique_id in exposure["depends_on"]["nodes"]:
        node: dict[str, Any] | None = manifest.content["nodes"].get(unique_id)
        if node and node["name"] == model:
            return node
    return None


def _owner_complaints(exposure: dict[str, Any]) -> Iterator[str]:
    email = exposure["owner"].get("email")
    if not re.fullmatch(ADDRESS, str(email or "")):
        yield f"owner.email: {email or 'it'} is no e-mail address; name who looks after the sync"


def _segment_complaints(segment: object, manifest: Manifest) -> Iterator[str]:
    """A misspelt segment has no members, which would look as if everybody had left."""
    names = [node["name"] for node in manifest.content["nodes"].values()]
    segments = [name for name in names if name.startswith("seg_")]
    if segment is not None and segment not in segments:
        yield f"{SYNC}.segment: there is no {segment}; {nearest(str(segment), segments)}"


def _model_complaints(declared: dict[str, Any], model: dict[str, Any] | None) -> Iterator[str]:
    name = declared.get("model")
    if name is not None and model is None:
        yield f"{SYNC}.model: {name} is not among depends_on; add ref('{name}')"
    columns = model.get("columns", {}) if model else {}
    # Only a contract says all columns that there are.
    if not model or not model.get("config", {}).get("contract", {}).get("enforced"):
        return
    fields = declared.get("map")
    wanted = (
        {f"map.{field}": column for field, column in fields.items()}
        if isinstance(fields, dict)
        else {}
    )
    for field, column in (wanted | {"key": declared.get("key", "customer_id")}).items():
        if isinstance(column, str) and column not in columns:
            yield f"{SYNC}.{field}: {name} has no column {column}; {nearest(column, columns)}"


def _peers(manifest: Manifest) -> tuple[tuple[str, str | None], ...]:
    declared = (
        (each["name"], (each["config"].get("meta") or {}).get("sync"))
        for each in manifest.exposures()
    )
    segments = ((name, sync.get("segment")) for name, sync in declared if isinstance(sync, dict))
    return tuple((name, each) for name, each in segments if isinstance(each, str | None))


def _undoes_nobody(sync: Sync, others: Iterable[Sync]) -> None:
    """What one sync takes back of a record, another that writes the same fields would miss."""
    for other in others:
        if sync.target != other.target or sync.offer.is_whole or not sync.match:
            continue
        shared = (sync.map.keys() & other.map.keys()) - {sync.match}
        is_membership = sync.mode == "audience"
        if is_membership or (shared and (sync.takes_leavers_back or other.takes_leavers_back)):
            what = "the same list" if is_membership else ", ".join(sorted(shared))
            raise DeclarationError(
                f"{sync.file}: exposure {sync.name}: {other.name} writes {what} of the same "
                "records, and each would undo the other's; make one sync of them, or map "
                "other fields"
            )
