"""What an exposure declares under `config.meta.sync`: who is sent where, as what, on whose yes."""

import json
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from orchestration.complaints import complaints, nearest
from orchestration.destinations import kinds, misfits, offer
from orchestration.destinations.protocol import Leave, Mode, Offer


class Declared(BaseModel):
    """Read-only, and unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Consent(Declared):
    """The yes that every person must have given before anything about them leaves."""

    purpose: str = Field(description="a purpose of customers.consents, such as marketing")
    channel: str = Field(description="a channel of customers.consents, such as email")


class Limits(Declared):
    """How hard the destination may be asked."""

    batch: int | None = Field(
        default=None, ge=1, description="rows in one request; by default as many as it takes"
    )
    requests_per_second: float | None = Field(
        default=None, gt=0, description="of all syncs to the account; by default what it admits"
    )
    concurrency: int = Field(default=4, ge=1, description="requests under way at once")
    timeout_seconds: float = Field(default=30, gt=0, description="patience with one answer")
    attempts: int = Field(default=6, ge=1, description="tries of one request within a run")
    backoff_seconds: float = Field(default=0.5, gt=0, description="first pause, doubled each time")


class Guards(Declared):
    """Changes so large that a person should look first: the sync is held and sends nothing."""

    max_removed_share: float = Field(
        default=0.2, ge=0, le=1, description="of what the destination holds, removed in one run"
    )
    max_added_share: float = Field(
        default=3, ge=0, description="of what the destination holds, added in one run; 3 is 300 %"
    )
    max_first_run: int = Field(
        default=100_000, ge=1, description="rows sent while the destination holds nothing of ours"
    )
    ignore_below: int = Field(
        default=10, ge=0, description="rows; a smaller removal or addition is never held"
    )


class Sync(Declared):
    """One exposure that is sent somewhere; rows come from `room`.`model` of the publication."""

    name: str = Field(description="the exposure's name")
    file: str = Field(description="where it is declared")
    owner: str = Field(description="owner.email of the exposure")
    description: str = Field(default="", description="of the exposure")
    room: str = Field(description="schema of the model")
    peers: tuple[tuple[str, str | None], ...] = Field(
        default=(), description="all syncs of the project, each with its segment"
    )

    destination: str = Field(description="a kind of orchestration/destinations")
    object: str | None = Field(
        default=None, description="the destination's kind of record, such as contacts"
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="what this kind of destination asks for beside all that"
    )
    model: str = Field(description="a public model that the exposure depends on")
    segment: str | None = Field(default=None, description="a name in segments.segment_members")
    key: str = Field(default="customer_id", description="the model's column that holds the person")
    match: str | None = Field(
        default=None, description="the field of `map` that the destination knows its records by"
    )
    mode: Mode = Field(
        default="upsert",
        description="upsert, insert, update, mirror, audience or append",
    )
    on_leave: Leave | None = Field(
        default=None,
        description="what happens to who leaves the audience: nothing, clear, remove or delete",
    )
    consent: Consent | None = Field(
        default=None,
        description="the consent needed: {purpose: …, channel: …}; without it nothing is sent",
    )
    map: dict[str, str] = Field(min_length=1, description="destination field: column of the model")
    is_retired: bool = Field(
        default=False, description="true to take everybody back, before the exposure is deleted"
    )
    limits: Limits = Limits()
    guards: Guards = Guards()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Sync":
        if self.destination not in kinds():
            guess = nearest(self.destination, kinds())
            raise ValueError(f"destination: there is no {self.destination}; {guess}")
        if self.match is not None and self.match not in self.map:
            guess = nearest(self.match, self.map)
            raise ValueError(
                f"match: {self.match} is no field of map; map it to a column ({guess})"
            )
        if stems := [a for a in self.map for b in self.map if b.startswith(f"{a}.")]:
            raise ValueError(f"map: {stems[0]} is a value, and cannot have fields of its own")
        if self.mode in ("mirror", "audience") and self.on_leave == "nothing":
            raise ValueError(
                f"on_leave: {self.mode} takes back who leaves; use mode: upsert to keep them"
            )
        if found := _misfits(self, self.offer) or misfits(self):
            raise ValueError("; ".join(found))
        return self

    @cached_property
    def offer(self) -> Offer:
        """What the destination can do."""
        return offer(self.destination)

    @property
    def takes_leavers_back(self) -> bool:
        """Whether who leaves the audience is taken back. A withdrawn consent always is."""
        if self.is_retired:
            return True
        if self.on_leave is None:
            return self.mode in ("mirror", "audience")
        return self.on_leave != "nothing"

    @property
    def removal(self) -> Leave:
        """How a row is taken back: as declared, else the destination's own way."""
        if self.on_leave is not None and self.on_leave != "nothing":
            return self.on_leave
        ways = self.offer.leave
        # Who leaves a list remains a record, and a record does not leave by leaving a list.
        fitting = [way for way in ways if (way == "remove") is (self.mode == "audience")]
        return next(iter([*fitting, *ways]), "nothing")

    @property
    def batch(self) -> int:
        """Rows in one request."""
        return self.limits.batch or self.offer.batch

    @property
    def requests_per_second(self) -> float:
        """The budget of the account."""
        return self.limits.requests_per_second or self.offer.requests_per_second

    @property
    def target(self) -> str:
        """Where rows go, and as what: what is held elsewhere is none of this declaration's."""
        told_as = {"audience": "members", "append": "events"}.get(self.mode, "records")
        parts = (self.destination, told_as, self.object, self.match, self.options)
        return json.dumps(parts, sort_keys=True)

    @property
    def consented(self) -> str:
        """The consent needed, in words."""
        return f"{self.consent.purpose} by {self.consent.channel}" if self.consent else "anything"

    @property
    def match_column(self) -> str:
        """The column with the value that the destination knows the record by."""
        return self.map[self.match] if self.match else self.key


def _misfits(sync: Sync, offer: Offer) -> list[str]:
    """What the declaration asks for and the kind of destination has not, with the remedy."""
    kind, found = sync.destination, list[str]()
    if sync.mode not in offer.modes:
        found.append(f"mode: {kind} knows {_listed(offer.modes)}, not {sync.mode}")
    if sync.on_leave not in (None, "nothing", *offer.leave):
        ways = _listed(("nothing", *offer.leave))
        found.append(f"on_leave: {kind} knows {ways}, not {sync.on_leave}")
    if sync.on_leave == "remove" and sync.mode != "audience" and len(offer.leave) > 1:
        found.append(f"on_leave: at {kind}, remove is for mode: audience")
    if offer.objects is None and sync.object is not None:
        found.append(f"object: {kind} has one kind of record only; drop it")
    if offer.objects is not None and (
        sync.object is None or (offer.objects and sync.object not in offer.objects)
    ):
        wanted = _listed(offer.objects) or "a kind of record"
        given = f", not {sync.object}" if sync.object else ""
        found.append(f"object: {kind} needs {wanted}{given}")
    if sync.match is None and offer.needs_match:
        found.append(f"match: {kind} needs {_listed(offer.match or ()) or 'a field of map'}")
    if sync.match is not None and offer.match is not None and sync.match not in offer.match:
        found.append(f"match: {kind} finds records by {_listed(offer.match) or 'their key'} only")
    if sync.limits.batch and sync.limits.batch > offer.batch:
        found.append(f"limits.batch: {kind} takes at most {offer.batch} rows in one request")
    try:
        offer.options.model_validate(sync.options)
    except ValidationError as error:
        found += complaints(error, offer.options, "options")
    return found


def _listed(words: tuple[str, ...]) -> str:
    return " or ".join(", ".join(words).rsplit(", ", 1))
