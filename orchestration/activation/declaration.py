"""What an exposure declares under `config.meta.sync`: who is sent where, as what, on whose yes."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.destinations import kinds


class Declared(BaseModel):
    """Read-only, and unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Consent(Declared):
    """The yes that every person must have given before anything about them leaves."""

    purpose: str = Field(description="a purpose of customers.consents, such as marketing")
    channel: str = Field(description="a channel of customers.consents, such as email")


class Limits(Declared):
    """How hard the destination may be asked."""

    batch: int = Field(default=100, ge=1, description="rows in one request")
    requests_per_second: float = Field(default=9, gt=0, description="over all connections")
    concurrency: int = Field(default=4, ge=1, description="requests under way at once")
    timeout_seconds: float = Field(default=30, gt=0, description="patience with one answer")
    attempts: int = Field(default=6, ge=1, description="tries of one request within a run")
    backoff_seconds: float = Field(default=0.5, gt=0, description="first pause, doubled each time")


class Guards(Declared):
    """Changes so large that a person should look first: the sync is held and sends nothing."""

    max_removed_share: float = Field(
        default=0.2, ge=0, le=1, description="of what the destination holds, removed in one run"
    )
    max_first_run: int | None = Field(
        default=None, ge=1, description="rows sent while the destination holds nothing of ours"
    )


class Sync(Declared):
    """One exposure that is sent somewhere; rows come from `room`.`model` of the publication."""

    name: str = Field(description="the exposure's name")
    file: str = Field(description="where it is declared")
    owner: str = Field(description="owner.email of the exposure")
    description: str = Field(default="", description="of the exposure")
    room: str = Field(description="schema of the model")

    destination: str = Field(description="a module of orchestration/destinations")
    object: Literal["contacts"] | None = Field(
        default=None, description="HubSpot only: the kind of record, contacts"
    )
    path: str | None = Field(
        default=None, description="file only: the folder to write into, from KITH_HOME"
    )
    format: Literal["parquet", "csv"] | None = Field(
        default=None, description="file only: parquet or csv"
    )
    model: str = Field(description="a public model that the exposure depends on")
    segment: str | None = Field(default=None, description="a name in segments.segment_members")
    key: str = Field(default="customer_id", description="the model's column that holds the person")
    match: str | None = Field(
        default=None, description="the field of `map` that the destination knows its records by"
    )
    mode: Literal["upsert", "mirror"] = Field(
        default="upsert", description="upsert, or mirror: who leaves is removed"
    )
    on_leave: Literal["nothing", "remove"] | None = Field(
        default=None, description="for mode upsert: what happens to who leaves, nothing or remove"
    )
    consent: Consent = Field(description="the consent needed: {purpose: …, channel: …}")
    map: dict[str, str] = Field(min_length=1, description="destination field: column of the model")
    limits: Limits = Limits()
    guards: Guards = Guards()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Sync":
        if self.destination not in kinds():
            raise ValueError(f"destination: there is {', '.join(kinds())}, not {self.destination}")
        if self.match is not None and self.match not in self.map:
            raise ValueError(f"match: {self.match} is no field of map; map it to a column")
        if self.mode == "mirror" and self.on_leave == "nothing":
            raise ValueError("on_leave: a mirror removes who leaves; use mode: upsert to keep them")
        self._fits_its_destination()
        return self

    def _fits_its_destination(self) -> None:
        if self.destination == "hubspot" and (self.object is None or self.match is None):
            raise ValueError("hubspot needs object: contacts and match: email")
        if self.destination == "file" and (
            self.path is None or self.format is None or self.mode != "mirror" or self.match
        ):
            raise ValueError(
                "file needs path, format and mode: mirror, and no match: "
                "a file is always the whole audience"
            )

    @property
    def removes_leavers(self) -> bool:
        """Whether who leaves the audience is removed. A withdrawn consent always removes."""
        return self.mode == "mirror" or self.on_leave == "remove"

    @property
    def match_column(self) -> str:
        """The column with the value that the destination knows the record by."""
        return self.map[self.match] if self.match else self.key
