"""What a dbt source says about how its table is collected (`config.meta.collect`)."""

from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from orchestration.complaints import complaints, nearest
from orchestration.sources.description import description, kinds
from orchestration.sources.elsewhere import Database, FromDlt
from orchestration.warehouse import Manifest


class DeclarationError(ValueError):
    """A source's `meta.collect` is wrong; the text names file, table, field and remedy."""


Columns = Annotated[tuple[str, ...], Field(min_length=1)]
# Objects of HubSpot that have no properties to choose from.
LISTS = ("lists", "list_members")
Comparison = Literal["name", "exact", "code", "date", "email"]


def _within(path: str) -> str:
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts or not path:
        raise ValueError(f"{path!r} must be a folder within landing/, such as loyalty/members")
    return path


LandingFolder = Annotated[str, AfterValidator(_within)]


class _Kind(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables without which nothing can be collected."""
        return ()


class EventFiles(_Kind):
    """Segment-spec messages, one JSON object a line, dropped under `landing/<path>`."""

    kind: Literal["event_files"]
    path: LandingFolder


class RecordFiles(_Kind):
    """CSV, Parquet or Excel files, one record a row, dropped under `landing/<path>`.

    `sheet` is that of the Excel files, by default the first one visible.
    """

    kind: Literal["record_files"]
    path: LandingFolder
    key: tuple[str, ...] = Field(min_length=1)
    sheet: str | None = None


class Hubspot(_Kind):
    """A HubSpot CRM object with the properties and associations that are wanted.

    The objects `lists` and `list_members` are read as they are.
    """

    kind: Literal["hubspot"]
    object: str
    properties: tuple[str, ...] = ()
    associations: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_what_there_is(self) -> "Hubspot":
        if (self.object in LISTS) == bool(self.properties):
            raise ValueError("properties belong to every object but lists and list_members")
        return self

    @property
    def variables(self) -> tuple[str, ...]:
        """The token of a private app."""
        return ("HUBSPOT_TOKEN",)


class Salesforce(_Kind):
    """A Salesforce object with the fields that are wanted."""

    kind: Literal["salesforce"]
    object: str
    fields: tuple[str, ...] = Field(min_length=1)

    @property
    def variables(self) -> tuple[str, ...]:
        """The address of the org, and the client credentials of a connected app."""
        return ("SALESFORCE_URL", "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET")


class FromDescription(_Kind):
    """An object of a kind of source that is a YAML file beside this module."""

    kind: str
    object: str
    options: dict[str, str | int] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_described(self) -> "FromDescription":
        objects = description(self.kind).objects
        if self.object not in objects:
            raise ValueError(f"object {self.object} is none of {', '.join(sorted(objects))}")
        words = objects[self.object].words
        if set(self.options) != set(words):
            needs = f"needs the options {', '.join(words)}" if words else "takes no options"
            raise ValueError(f"object {self.object} {needs}")
        return self

    @property
    def variables(self) -> tuple[str, ...]:
        """Those that the description names."""
        return description(self.kind).variables


class FuzzyTraining(_Kind):
    """How a model of the fuzzy tier learns; each tuple of columns is one rule "all are equal".

    `certain` pairs are one person beyond doubt, and that share (`certain_recall`) of all pairs that
    are; `maximise_on` are the rules within which expectation maximisation looks at pairs; `seed`
    and `sampled_pairs` are those of the random pairs, which are taken for strangers.
    """

    certain: tuple[Columns, ...] = Field(min_length=1)
    certain_recall: float = Field(gt=0, le=1)
    maximise_on: tuple[Columns, ...] = Field(min_length=1)
    sampled_pairs: int = Field(gt=0)
    seed: int


class Fuzzy(_Kind):
    """Pairs of customers who may be one person, by how much their profiles resemble each other.

    Columns are those of the doorway `customers`. Two customers who each have an identifier of a
    type in `distinguished_by` are never proposed.
    """

    kind: Literal["fuzzy"]
    enabled: bool
    compare: dict[str, Comparison] = Field(min_length=1)
    block_on: dict[str, Columns] = Field(min_length=1)
    most_pairs_per_block_rule: int = Field(gt=0)
    distinguished_by: tuple[str, ...] = ()
    propose_above: float = Field(gt=0, lt=1)
    training: FuzzyTraining


Collect = (
    EventFiles | RecordFiles | Hubspot | Salesforce | Database | FromDlt | Fuzzy | FromDescription
)
KINDS: dict[str, type[Collect]] = {
    "event_files": EventFiles,
    "record_files": RecordFiles,
    "hubspot": Hubspot,
    "salesforce": Salesforce,
    "database": Database,
    "dlt": FromDlt,
    "fuzzy": Fuzzy,
}


class Declaration(BaseModel):
    """One source table: where dbt reads it, how it is collected, and the file that says so."""

    model_config = ConfigDict(frozen=True)

    source: str
    table: str
    identifier: str
    collect: Collect
    file: str = ""

    @property
    def is_dropped(self) -> bool:
        """Whether others put its files into the landing folder; else we collect them."""
        return isinstance(self.collect, EventFiles | RecordFiles)

    @property
    def is_vendors(self) -> bool:
        """Whether its files are what we read elsewhere, with dlt."""
        return isinstance(self.collect, Hubspot | Salesforce | FromDescription | Database | FromDlt)

    @property
    def landing(self) -> PurePosixPath:
        """The folder of its files, relative to `landing/`."""
        if isinstance(self.collect, EventFiles | RecordFiles):
            return PurePosixPath(self.collect.path)
        return PurePosixPath(self.source, self.table)


def declarations(manifest: Manifest) -> list[Declaration]:
    """Every collected source table; raises DeclarationError on the first wrong one."""
    by_folder: dict[PurePosixPath, Declaration] = {}
    for source in manifest.sources():
        declared = _declaration(source)
        other = by_folder.setdefault(declared.landing, declared)
        if other is not declared:
            both = f"{other.source}.{other.table} ({other.file})"
            raise _wrong(source, [f"landing/{declared.landing} is the folder of {both} already"])
    return list(by_folder.values())


def _declaration(source: dict[str, Any]) -> Declaration:
    return Declaration(
        source=source["source_name"],
        table=source["name"],
        identifier=source["identifier"],
        collect=_collect(source),
        file=source["original_file_path"],
    )


def _collect(source: dict[str, Any]) -> Collect:
    told = source["config"]["meta"]["collect"]
    kind = str(told.get("kind", "")) if isinstance(told, dict) else ""
    model = FromDescription if kind in kinds() else KINDS.get(kind)
    if model is None:
        guess = nearest(kind, [*KINDS, *kinds()])
        raise _wrong(source, [f"meta.collect.kind: there is no {kind or 'kind'}; {guess}"])
    try:
        return model.model_validate(told)
    except ValidationError as mistakes:
        raise _wrong(source, complaints(mistakes, model, "meta.collect")) from None


def _wrong(source: dict[str, Any], problems: list[str]) -> DeclarationError:
    table = f"{source['source_name']}.{source['name']}"
    return DeclarationError(
        f"{source['original_file_path']}: source table {table}: {'; '.join(problems)}. "
        "Correct it; the next `kith run` reads it anew, or `.venv/bin/dbt parse`."
    )
