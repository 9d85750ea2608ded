"""What a dbt source says about how its table is collected (`config.meta.collect`)."""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from orchestration.warehouse import Manifest


class DeclarationError(ValueError):
    """A source's `meta.collect` is wrong; the text names file, table, field and remedy."""


class _Kind(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EventFiles(_Kind):
    """Segment-spec messages, one JSON object a line, dropped under `landing/<path>`."""

    kind: Literal["event_files"]
    path: str


class RecordFiles(_Kind):
    """CSV or Parquet files, one record a row, dropped under `landing/<path>`."""

    kind: Literal["record_files"]
    path: str
    key: tuple[str, ...] = Field(min_length=1)


class Hubspot(_Kind):
    """A HubSpot CRM object with the properties and associations that are wanted."""

    kind: Literal["hubspot"]
    object: str
    properties: tuple[str, ...] = Field(min_length=1)
    associations: tuple[str, ...] = ()


class Salesforce(_Kind):
    """A Salesforce object with the fields that are wanted."""

    kind: Literal["salesforce"]
    object: str
    fields: tuple[str, ...] = Field(min_length=1)


Collect = EventFiles | RecordFiles | Hubspot | Salesforce
_collect: TypeAdapter[Collect] = TypeAdapter(Annotated[Collect, Field(discriminator="kind")])


class Declaration(BaseModel):
    """One source table: where dbt reads it and how it is collected."""

    model_config = ConfigDict(frozen=True)

    source: str
    table: str
    identifier: str
    collect: Collect

    @property
    def landing(self) -> PurePosixPath:
        """The folder of its files, relative to `landing/`."""
        if isinstance(self.collect, EventFiles | RecordFiles):
            return PurePosixPath(self.collect.path)
        return PurePosixPath(self.source, self.table)


def declarations(manifest: Manifest) -> list[Declaration]:
    """Every collected source table; raises DeclarationError on the first wrong one."""
    return [_declaration(source) for source in manifest.sources()]


def of_vendor(all_declarations: Iterable[Declaration], kind: str) -> Iterator[Declaration]:
    """The tables that a vendor's API holds (`hubspot` or `salesforce`)."""
    return (each for each in all_declarations if each.collect.kind == kind)


def _declaration(source: dict[str, Any]) -> Declaration:
    try:
        collect = _collect.validate_python(source["config"]["meta"]["collect"])
    except ValidationError as wrong:
        raise DeclarationError(_explanation(source, wrong)) from None
    return Declaration(
        source=source["source_name"],
        table=source["name"],
        identifier=source["identifier"],
        collect=collect,
    )


def _explanation(source: dict[str, Any], wrong: ValidationError) -> str:
    problems = "; ".join(
        f"{'.'.join(['meta.collect', *map(str, error['loc'])])}: {error['msg']}"
        for error in wrong.errors(include_url=False, include_input=False)
    )
    return (
        f"{source['original_file_path']}: source table {source['source_name']}.{source['name']}: "
        f"{problems}. Correct it there, then run `dbt parse`."
    )
