"""What a dbt source says about how its table is collected (`config.meta.collect`)."""

from pathlib import PurePosixPath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

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


class Declaration(BaseModel):
    """One source table: where dbt reads it and how it is collected."""

    model_config = ConfigDict(frozen=True)

    source: str
    table: str
    identifier: str
    collect: EventFiles | RecordFiles | Hubspot | Salesforce = Field(discriminator="kind")

    @property
    def is_dropped(self) -> bool:
        """Whether others put its files into the landing folder; else we ask a vendor's API."""
        return isinstance(self.collect, EventFiles | RecordFiles)

    @property
    def landing(self) -> PurePosixPath:
        """The folder of its files, relative to `landing/`."""
        if isinstance(self.collect, EventFiles | RecordFiles):
            return PurePosixPath(self.collect.path)
        return PurePosixPath(self.source, self.table)


def declarations(manifest: Manifest) -> list[Declaration]:
    """Every collected source table; raises DeclarationError on the first wrong one."""
    return [_declaration(source) for source in manifest.sources()]


def _declaration(source: dict[str, Any]) -> Declaration:
    try:
        return Declaration(
            source=source["source_name"],
            table=source["name"],
            identifier=source["identifier"],
            collect=source["config"]["meta"]["collect"],
        )
    except ValidationError as wrong:
        raise DeclarationError(_explanation(source, wrong)) from None


def _explanation(source: dict[str, Any], wrong: ValidationError) -> str:
    problems = "; ".join(
        f"{'.'.join(['meta', *map(str, error['loc'])])}: {error['msg']}"
        for error in wrong.errors(include_url=False, include_input=False)
    )
    return (
        f"{source['original_file_path']}: source table {source['source_name']}.{source['name']}: "
        f"{problems}. Correct it there, then run `dbt parse`."
    )
