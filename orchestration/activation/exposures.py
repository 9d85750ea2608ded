"""Reads the syncs that the project's exposures declare, and says plainly what is wrong with one."""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from orchestration.activation.declaration import Sync
from orchestration.warehouse import Manifest


class DeclarationError(ValueError):
    """An exposure that cannot be a sync; the text names its file, its fields and the remedy."""


INJECTED = {"name", "file", "owner", "description", "room", "peers"}


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
    declared = exposure["config"]["meta"]["sync"]
    where = f"{exposure['original_file_path']}: exposure {exposure['name']}"
    if not isinstance(declared, dict):
        raise DeclarationError(f"{where}: config.meta.sync must be fields, not {declared!r}")
    if misplaced := INJECTED & set(declared):
        raise DeclarationError(f"{where}: {', '.join(misplaced)} cannot be set under sync; drop it")
    _known_segment(declared.get("segment"), manifest, where)
    try:
        return Sync(
            name=exposure["name"],
            file=exposure["original_file_path"],
            owner=exposure["owner"]["email"],
            description=exposure["description"],
            room=_room(exposure, declared.get("model"), manifest, where),
            peers=_peers(manifest),
            **declared,
        )
    except ValidationError as error:
        complaints = "; ".join(_complaint(detail) for detail in error.errors())
        raise DeclarationError(f"{where}: {complaints}") from None


def _room(exposure: dict[str, Any], model: object, manifest: Manifest, where: str) -> str:
    for unique_id in exposure["depends_on"]["nodes"]:
        node = manifest.content["nodes"].get(unique_id)
        if node and node["name"] == model:
            return str(node["schema"])
    raise DeclarationError(
        f"{where}: config.meta.sync.model: {model} is not among depends_on; add ref('{model}')"
    )


def _peers(manifest: Manifest) -> tuple[tuple[str, str | None], ...]:
    declared = ((each["name"], each["config"]["meta"]["sync"]) for each in manifest.exposures())
    return tuple((name, sync.get("segment")) for name, sync in declared if isinstance(sync, dict))


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


def _known_segment(segment: object, manifest: Manifest, where: str) -> None:
    """A misspelt segment has no members, which would look as if everybody had left."""
    names = sorted(
        node["name"]
        for node in manifest.content["nodes"].values()
        if node["name"].startswith("seg_")
    )
    if segment is not None and segment not in names:
        raise DeclarationError(
            f"{where}: config.meta.sync.segment: there is no {segment}; "
            f"there is {', '.join(names) or 'none'}"
        )


def _complaint(detail: ErrorDetails) -> str:
    path = [str(part) for part in detail["loc"]]
    where = ".".join(["config.meta.sync", *path])
    return f"{where}: {detail['msg'].removeprefix('Value error, ')}{_remedy(path)}"


def _remedy(path: list[str]) -> str:
    """What the declared field at `path` should be, or which fields there are beside it."""
    owner: type[BaseModel] = Sync
    remedy = ""
    for name in path:
        field = owner.model_fields.get(name)
        if field is None:
            return f"; there is {', '.join(sorted(set(owner.model_fields) - INJECTED))}"
        remedy = f"; it should be {field.description}" if field.description else ""
        if not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
            break
        owner = field.annotation
    return remedy
