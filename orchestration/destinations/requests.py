"""Which requests a sync makes, and what it must declare for them."""

from typing import TYPE_CHECKING

from orchestration.destinations.description import MODES, Description
from orchestration.destinations.protocol import Options

if TYPE_CHECKING:
    from orchestration.activation.declaration import Sync


def request_name(description: Description, sync: "Sync", *, is_removal: bool) -> str:
    """The request that writes a row of the sync, or takes it back."""
    requests = description.requests
    name = next(name for name, modes in MODES.items() if sync.mode in modes)
    if is_removal:
        # Who leaves an audience stays a record, unless the exposure says more.
        is_left = sync.mode == "audience" and sync.on_leave is None and "remove" in requests
        name = "remove" if is_left else sync.removal
    special = f"{name} {sync.object}"
    return special if special in requests else name


def misfits(description: Description, sync: "Sync") -> list[str]:
    """What a sync lacks of what its requests name, and what it must not send beside its match."""
    found = []
    if sync.match in description.alone and len(sync.map) > 1:
        others = ", ".join(sorted(sync.map.keys() - {sync.match}))
        found.append(
            f"map: nothing may travel beside {sync.match}, which could not be taken back; "
            f"drop {others}"
        )
    names = (request_name(description, sync, is_removal=gone) for gone in (False, True))
    requests = [description.requests[name] for name in names if name in description.requests]
    for option, meaning in description.options.items():
        is_named = any(request.names(option) for request in requests)
        if is_named and sync.options.get(option) in (None, ""):
            found.append(f"options.{option}: is missing ({meaning})")
    return found


def list_misfits(sync: "Sync", options: type[Options]) -> list[str]:
    """What a sync lacks that keeps the members of a list, where `options` has the `list_id`."""
    found = []
    if sync.options.get("list_id") in (None, ""):
        found.append(f"options.list_id: is missing ({options.model_fields['list_id'].description})")
    if sync.on_leave not in (None, "remove"):
        found.append(f"on_leave: mode audience knows remove only, not {sync.on_leave}")
    return found
