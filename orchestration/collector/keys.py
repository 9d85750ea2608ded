"""Who may send events: what `collector.yml` declares, and the keys to it in the environment."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from orchestration.collector.address import AddressRule
from orchestration.warehouse import PROJECT

DECLARATION = PROJECT / "collector.yml"


class CollectorError(ValueError):
    """The collector cannot start; the text says why and what to do."""


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
_Variable = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]


class Source(_Declared):
    """One sender: `write_key` names the environment variable that holds its key."""

    name: _Name
    write_key: _Variable
    ip: AddressRule = "truncate"
    events_per_second: int = Field(default=5000, gt=0)

    @property
    def variable(self) -> str:
        """The environment variable without which it is closed."""
        return self.write_key


class Webhook(_Declared):
    """A vendor that tells of events: `secret` names the variable that holds what it signs with.

    `url` is what HubSpot was told to call, as it signs that too. `user_id` and `anonymous_id` say
    where in the payload the person is named, as a dotted path such as `data.object.customer`.
    """

    name: _Name
    kind: Literal["hubspot", "shopify", "stripe"]
    secret: _Variable
    url: str | None = Field(default=None, pattern=r"^https://[^\s%#]+$")
    user_id: str | None = Field(default=None, min_length=1)
    anonymous_id: str | None = Field(default=None, min_length=1)
    events_per_second: int = Field(default=5000, gt=0)

    @property
    def variable(self) -> str:
        """The environment variable without which it is closed."""
        return self.secret

    @model_validator(mode="after")
    def _has_a_url_if_that_is_signed(self) -> Self:
        if (self.kind == "hubspot") != (self.url is not None):
            raise ValueError("`url` is needed for hubspot, which signs it, and for no other kind")
        return self


class SealAfter(_Declared):
    """When a file of the spool is handed to the load: at this age or size, whichever is first."""

    seconds: float = Field(default=3, gt=0)
    megabytes: float = Field(default=64, gt=0)


class Declaration(_Declared):
    """The content of `collector.yml`."""

    sources: tuple[Source, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    seal_after: SealAfter = SealAfter()

    @property
    def senders(self) -> tuple[Source | Webhook, ...]:
        """All that may send once their variables are set."""
        return (*self.sources, *self.webhooks)

    @model_validator(mode="after")
    def _has_senders_with_names_of_their_own(self) -> Self:
        names = Counter(sender.name for sender in self.senders)
        if not names:
            raise ValueError("there are neither sources nor webhooks")
        if twice := [name for name, times in names.items() if times > 1]:
            raise ValueError(f"several are named {', '.join(twice)}")
        return self


@dataclass(frozen=True)
class Endpoint:
    """A webhook that is open, and the secret with which its vendor signs."""

    webhook: Webhook
    secret: bytes


@dataclass(frozen=True)
class Keys:
    """The sources that are open, by their write keys, the webhooks by their names, and the rest."""

    sources: Mapping[str, Source]
    closed: tuple[Source | Webhook, ...]
    webhooks: Mapping[str, Endpoint] = field(default_factory=dict)

    @property
    def opened(self) -> list[Source | Webhook]:
        """All that may send."""
        return [*self.sources.values(), *(each.webhook for each in self.webhooks.values())]


def declaration(path: Path = DECLARATION) -> Declaration:
    """What the file declares; raises CollectorError if it is missing or wrong."""
    try:
        return Declaration.model_validate(yaml.safe_load(path.read_text()))
    except OSError as missing:
        raise CollectorError(f"{path} cannot be read: {missing.strerror}.") from None
    except yaml.YAMLError as wrong:
        place = getattr(wrong, "problem_mark", None)
        line = f": look at line {place.line + 1}" if place else ""
        raise CollectorError(f"{path} is no YAML{line}.") from None
    except ValidationError as wrong:
        problems = "; ".join(
            f"{'.'.join(map(str, error['loc'])) or 'file'}: {error['msg']}"
            for error in wrong.errors(include_url=False, include_input=False)
        )
        raise CollectorError(f"{path}: {problems}.") from None


def keys(declared: Declaration, environment: Mapping[str, str]) -> Keys:
    """Open everything whose variable is set; raises CollectorError if nothing is, or keys clash."""
    values = {
        sender.variable: environment.get(sender.variable, "").strip() for sender in declared.senders
    }
    opened: dict[str, Source] = {}
    for source in declared.sources:
        key = values[source.variable]
        if key in opened:
            raise CollectorError(
                f"{source.write_key} and {opened[key].write_key} hold the same key: "
                "give each source one of its own."
            )
        if key:
            opened[key] = source
    webhooks = {
        webhook.name: Endpoint(webhook, secret.encode())
        for webhook in declared.webhooks
        if (secret := values[webhook.variable])
    }
    if not opened and not webhooks:
        names = ", ".join(values)
        raise CollectorError(f"Nobody may send: set {names} in the environment.")
    closed = tuple(sender for sender in declared.senders if not values[sender.variable])
    return Keys(opened, closed, webhooks)
