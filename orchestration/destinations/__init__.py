"""The kinds of destination: a module here, or a description in YAML; its name is what syncs say."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from orchestration.destinations.description import description
from orchestration.destinations.protocol import Offer

if TYPE_CHECKING:
    from orchestration.activation.declaration import Sync
    from orchestration.destinations.protocol import Destination
    from orchestration.warehouse import Home

FOLDER = Path(__file__).parent
# What all kinds are built with; everything else in this folder is a kind.
SHARED = {
    *("__init__", "protocol", "authorization"),
    *("description", "described", "requests", "template", "answer"),
}


def kinds() -> list[str]:
    """The names of all kinds of destination."""
    modules = {path.stem for path in FOLDER.glob("*.py")} - SHARED
    packages = {path.parent.name for path in FOLDER.glob("*/__init__.py")}
    described = {path.stem for path in FOLDER.glob("*.yml")}
    return sorted(modules | packages | described)


def offer(kind: str) -> Offer:
    """What a kind can do."""
    if (file := FOLDER / f"{kind}.yml").exists():
        return description(file).offer
    return cast(Offer, import_module(f"{__name__}.{kind}").OFFER)


def misfits(sync: "Sync") -> list[str]:
    """What the kind of destination asks of a declaration beyond its offer, and does not find."""
    if (file := FOLDER / f"{sync.destination}.yml").exists():
        requests = import_module(f"{__name__}.requests")
        return cast(list[str], requests.misfits(description(file), sync))
    module = import_module(f"{__name__}.{sync.destination}")
    return cast(list[str], module.misfits(sync)) if hasattr(module, "misfits") else []


def unset(sync: "Sync", environment: Mapping[str, str]) -> list[str]:
    """The variables that the environment lacks, or has empty, without which nothing can be sent."""
    return [name for name in offer(sync.destination).variables if not environment.get(name)]


def build(sync: "Sync", home: "Home", environment: Mapping[str, str]) -> "Destination | None":
    """The destination of a sync, or None if the environment holds no credentials for it."""
    if (file := FOLDER / f"{sync.destination}.yml").exists():
        described = import_module(f"{__name__}.described")
        return cast("Destination | None", described.build(description(file), sync, environment))
    module = import_module(f"{__name__}.{sync.destination}")
    return cast("Destination | None", module.build(sync, home, environment))
