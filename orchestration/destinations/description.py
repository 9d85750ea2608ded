"""What a YAML file says of a kind of destination: address, credentials, requests, answers."""

import re
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, create_model

from orchestration.destinations.answer import Answer, Described, Errors, Values
from orchestration.destinations.protocol import Leave, Mode, Offer, Options

MODES: dict[str, tuple[Mode, ...]] = {
    "write": ("upsert", "mirror"),
    "insert": ("insert",),
    "update": ("update",),
    "add": ("audience",),
    "append": ("append",),
}
LEAVES: tuple[Leave, ...] = ("clear", "remove", "delete")
NAMED = re.compile(r"\$([A-Z][A-Z0-9_]+)")


class Address(Described):
    """Where the vendor listens: an environment variable, and what holds without it."""

    variable: str
    default: str = ""


class HeaderAuth(Described):
    """Headers in which `$NAME` is an environment variable."""

    kind: Literal["headers"]
    headers: dict[str, str]


class BasicAuth(Described):
    """HTTP Basic."""

    kind: Literal["basic"]
    user: str
    password: str = ""


class OAuthAuth(Described):
    """A token bought with a form at a path of the address, or at an address of its own."""

    kind: Literal["oauth"]
    url: Address | None = None
    path: str
    form: dict[str, str]
    scheme: str = "Bearer"


class WsseAuth(Described):
    """X-WSSE."""

    kind: Literal["wsse"]
    user: str
    secret: str


class Request(Described):
    """One request: `body` with `$rows` in it, each of them `row`; or a path with `$matches`.

    In a row `$listed` is a list of its fields, each of them `field`. `first` names a request whose
    answer tells the remote ids that this one needs; a row that it knows none of is gone.
    """

    method: Literal["POST", "PUT", "PATCH", "DELETE", "GET"] = "POST"
    path: str
    headers: dict[str, str] = Field(default_factory=dict)
    row: Any = "$fields"
    field: Any = None
    first: str = ""
    body: Any = None
    separator: str = Field(default=",", description="between rows; a line break for JSON lines")
    answer: Answer = Answer()

    def names(self, option: str) -> bool:
        """Whether the request needs an option."""
        return re.search(rf"\${option}\b", self.model_dump_json()) is not None


class Poll(Described):
    """How to ask about a job: the state at `at` and what it may be; the rest is a refusal.

    After an `unclear` state some rows were taken, and the vendor does not tell which.
    """

    path: str
    at: str
    running: Values
    taken: Values
    unclear: Values = Field(default_factory=list)
    code: str = ""


class Throttled(Described):
    """Values at a path of a 4xx that ask for patience."""

    at: str
    values: Values


class Description(Described):
    """A kind of destination.

    `requests` are some of write, insert, update, add, append; clear, remove, delete. One that
    differs for a kind of record is named with it: `write group`. An exposure may leave out an
    option that only some requests name, unless it uses one of them.
    """

    title: str
    documents: list[str] = Field(min_length=1, description="the vendor's pages that it follows")
    address: Address
    auth: Annotated[HeaderAuth | BasicAuth | OAuthAuth | WsseAuth, Field(discriminator="kind")]
    objects: tuple[str, ...] | None = None
    match: tuple[str, ...] | None = None
    needs_match: bool = False
    alone: tuple[str, ...] = Field(
        default=(),
        description="match fields beside which nothing may travel: taking a person back by them "
        "would not reach it",
    )
    options: dict[str, str] = Field(default_factory=dict, description="name: what it is")
    batch: int
    requests_per_second: float
    requests: dict[str, Request]
    poll: Poll | None = None
    errors: Errors = Errors()
    throttled: Throttled | None = None

    @cached_property
    def offer(self) -> Offer:
        """Modes and ways to leave are those that have a request."""
        modes = tuple(mode for name in self.requests for mode in MODES.get(name, ()))
        options: dict[str, Any] = {
            name: self._option(name, words) for name, words in self.options.items()
        }
        return Offer(
            modes=modes,
            leave=tuple(leave for leave in LEAVES if leave in self.requests),
            objects=self.objects,
            match=self.match,
            needs_match=self.needs_match,
            options=create_model("DescribedOptions", __base__=Options, **options),
            batch=self.batch,
            requests_per_second=self.requests_per_second,
            variables=self.variables,
        )

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The environment variables without which the vendor cannot be reached."""
        named = NAMED.findall(self.model_dump_json(include={"auth", "requests"}))
        address = () if self.address.default else (self.address.variable,)
        return (*address, *sorted(set(named)))

    def _option(self, name: str, words: str) -> tuple[Any, Any]:
        named = [request.names(name) for request in self.requests.values()]
        if any(named) and not all(named):
            return str | int | None, Field(default=None, description=words)
        return str | int, Field(description=words)


@cache
def description(file: Path) -> Description:
    """The kind that a file describes; raises pydantic's ValidationError if it is malformed."""
    return Description.model_validate(yaml.safe_load(file.read_text()))
