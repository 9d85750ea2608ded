"""Reads the syncs that the project's exposures declare, and says plainly what is wrong with one."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from orchestration.activation.declaration import Declared, Sync
from orchestration.warehouse import Manifest


class DeclarationError(ValueError):
    """An exposure that cannot be a sync; the text names its file, its fields and the remedy."""


INJECTED = {"name", "file", "owner", "room"}


def syncs(manifest: Manifest) -> Iterator[Sync]:
    """Every sync that the project declares; raises DeclarationError at the first bad one."""
    for exposure in manifest.exposures():
        yield _sync(exposure, manifest)


def _sync(exposure: dict[str, Any], manifest: Manifest) -> Sync:
    declared = exposure["config"]["meta"]["sync"]
    where = f"{exposure['original_file_path']}: exposure {exposure['name']}"
    if misplaced := INJECTED & set(declared):
        raise DeclarationError(f"{where}: {', '.join(misplaced)} cannot be set under sync; drop it")
    try:
        return Sync(
            name=exposure["name"],
            file=exposure["original_file_path"],
            owner=exposure["owner"]["email"],
            room=_room(exposure, declared.get("model"), manifest, where),
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


def _complaint(detail: ErrorDetails) -> str:
    path = [str(part) for part in detail["loc"]]
    owner: type[BaseModel] = Sync
    expected = ""
    for part in path:
        field = owner.model_fields.get(part)
        if field is None:
            expected = f"; known here are {', '.join(sorted(set(owner.model_fields) - INJECTED))}"
            break
        expected = f"; it should be {field.description}" if field.description else ""
        annotation = field.annotation
        owner = (
            annotation
            if isinstance(annotation, type) and issubclass(annotation, BaseModel)
            else Declared
        )
    return f"config.meta.sync.{'.'.join(path)}: {detail['msg']}{expected}".replace(".:", ":")
