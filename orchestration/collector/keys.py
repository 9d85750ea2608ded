"""Who may send events: the sources of `collector.yml` and their write keys in the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestration.collector.address import AddressRule
from orchestration.warehouse import PROJECT

DECLARATION = PROJECT / "collector.yml"


class CollectorError(ValueError):
    """The collector cannot start; the text says why and what to do."""


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Declared):
    """One sender: `write_key` names the environment variable that holds its key."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    write_key: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    ip: AddressRule = "truncate"
    events_per_second: int = Field(default=5000, gt=0)


class SealAfter(_Declared):
    """When a file of the spool is handed to the load: at this age or size, whichever is first."""

    seconds: float = Field(default=10, gt=0)
    megabytes: float = Field(default=64, gt=0)


class Declaration(_Declared):
    """The content of `collector.yml`."""

    sources: tuple[Source, ...] = Field(min_length=1)
    seal_after: SealAfter = SealAfter()


@dataclass(frozen=True)
class Keys:
    """The sources that are open, by their write keys, and those whose variable is not set."""

    sources: Mapping[str, Source]
    closed: tuple[Source, ...]


def declaration(path: Path = DECLARATION) -> Declaration:
    """What the file declares; raises CollectorError if it is missing or wrong."""
    try:
        return Declaration.model_validate(yaml.safe_load(path.read_text()))
    except OSError as missing:
        raise CollectorError(f"{path} cannot be read: {missing.strerror}.") from None
    except yaml.YAMLError:
        raise CollectorError(f"{path} is no YAML.") from None
    except ValidationError as wrong:
        problems = "; ".join(
            f"{'.'.join(map(str, error['loc'])) or 'file'}: {error['msg']}"
            for error in wrong.errors(include_url=False, include_input=False)
        )
        raise CollectorError(f"{path}: {problems}.") from None


def keys(declared: Declaration, environment: Mapping[str, str]) -> Keys:
    """Open every source whose key is set; raises CollectorError if none is, or two share one."""
    opened: dict[str, Source] = {}
    closed = []
    for source in declared.sources:
        key = environment.get(source.write_key, "").strip()
        if not key:
            closed.append(source)
        elif key in opened:
            raise CollectorError(
                f"{source.write_key} and {opened[key].write_key} hold the same key: "
                "give each source one of its own."
            )
        else:
            opened[key] = source
    if not opened:
        names = ", ".join(source.write_key for source in declared.sources)
        raise CollectorError(f"No source has a write key: set {names} in the environment.")
    return Keys(opened, tuple(closed))
