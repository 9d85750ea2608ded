"""One module per kind of destination; the module's name is what an exposure calls it."""

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.activation.declaration import Sync
    from orchestration.destinations.protocol import Destination
    from orchestration.warehouse import Home


def kinds() -> list[str]:
    """The names of all kinds of destination."""
    return [module.name for module in pkgutil.iter_modules(__path__) if module.name != "protocol"]


def build(sync: "Sync", home: "Home", environment: Mapping[str, str]) -> "Destination | None":
    """The destination of a sync, or None if the environment holds no credentials for it."""
    module = import_module(f"{__name__}.{sync.destination}")
    destination: Destination | None = module.build(sync, home, environment)
    return destination
