"""One Salesforce object type with its records: load, show, write, delete."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.vendors.salesforce.schema import Field, ObjectType, guessed
from sandbox.vendors.state import Clock, Loaded, Record, Table, load

OWNER = "005Ki0000000001AAA"


class Objects:
    """All records of one sObject type in one org."""

    def __init__(self, kind: ObjectType, clock: Clock) -> None:
        self.kind = kind
        self.clock = clock
        self.table = Table(f.name for f in kind.fields if f.external_id or f.id_lookup)
        # Ids of records that somebody else is busy writing.
        self.locked: set[str] = set()
        self._count = 0

    def load(self, path: Path) -> None:
        """Take the records of a world file; columns not known yet become fields."""
        for row in load(path):
            self.clock.saw(row.updated_at)
            record = _record(row)
            self.table.put(record)
            for name, value in record.fields.items():
                if value is not None and self.kind.field(name) is None:
                    self.kind.add(guessed(name, value))

    def define(self, item: Field) -> None:
        """Add a custom field to the object type."""
        self.kind.add(item)
        if item.external_id:
            self.table.add_lookup(item.name)

    def write(self, key: str | None, values: Mapping[str, Any], moment: datetime) -> Record:
        """Set fields of the record with this id, or of a new one; moves its modification stamps.

        Raises KeyError for an unknown id.
        """
        fields = dict(self.table.records[key].fields) if key else self._new(moment)
        for name, value in values.items():
            field = self.kind.field(name)
            fields[field.name if field else name] = None if value == "" else value
        if self.kind.name in ("Contact", "Lead"):
            parts = (fields.get("FirstName"), fields.get("LastName"))
            fields["Name"] = " ".join(part for part in parts if part)
        fields["LastModifiedDate"] = fields["SystemModstamp"] = stamp(moment)
        record = Record(fields["Id"], fields, moment)
        self.table.put(record)
        return record

    def delete(self, key: str) -> None:
        """Put into the recycle bin, which moves the modification stamps too."""
        moment = self.clock.tick()
        self.table.delete(key, moment)
        record = self.table.records[key]
        record.modified_at = moment
        record.fields |= {"IsDeleted": True, "SystemModstamp": stamp(moment)}
        record.fields["LastModifiedDate"] = stamp(moment)

    def show(self, record: Record, fields: Iterable[Field], version: str) -> dict[str, Any]:
        """As a query returns it: attributes, then the fields asked for."""
        url = f"/services/data/{version}/sobjects/{self.kind.name}/{record.id}"
        shown = {field.name: record.fields.get(field.name) for field in fields}
        return {"attributes": {"type": self.kind.name, "url": url}, **shown}

    def _new(self, moment: datetime) -> dict[str, Any]:
        key = None
        while key is None or key in self.table.records:
            self._count += 1
            key = f"{self.kind.prefix}Ki{self._count:010d}AAA"
        created = {"Id": key, "IsDeleted": False, "OwnerId": OWNER, "CreatedDate": stamp(moment)}
        return {f.name: False for f in self.kind.fields if f.type == "boolean"} | created


def _record(row: Loaded) -> Record:
    fields = {name: value for name, value in row.record.items() if not isinstance(value, dict)}
    modified = fields.get("SystemModstamp") or stamp(row.updated_at)
    fields |= {
        "Id": row.id,
        "IsDeleted": row.is_deleted,
        "SystemModstamp": modified,
        "LastModifiedDate": fields.get("LastModifiedDate") or modified,
        "CreatedDate": fields.get("CreatedDate") or modified,
    }
    moment = datetime.fromisoformat(modified)
    return Record(row.id, fields, moment, moment if row.is_deleted else None)


def stamp(moment: datetime) -> str:
    """Salesforce's time format: UTC, milliseconds, +0000."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
