"""One HubSpot object type with its records: load, show, write, archive."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.vendors.hubspot.schema import ObjectType, Property
from sandbox.vendors.state import Clock, Loaded, Record, Table, fold, held, load

OTHER_ADDRESSES = "hs_additional_emails"


class Objects:
    """All records of one object type in one portal."""

    def __init__(self, kind: ObjectType, clock: Clock) -> None:
        self.kind = kind
        self.clock = clock
        unique = [name for name, item in kind.properties.items() if item.unique]
        self.table = Table(unique, _identifying)
        self.blocklist: set[str] = set()
        # Ids of merged records, and the record that each became part of.
        self.aliases: dict[str, str] = {}
        self._last_id = 100_000

    def load(self, path: Path) -> None:
        """Take the records of a world file; properties not known yet become text properties."""
        for row in load(path):
            self.clock.saw(row.updated_at)
            if winner := row.record.get("mergedInto"):
                self.aliases[row.id] = winner
            else:
                self.table.put(self._record(row))
        used = {name for record in self.table.records.values() for name in record.fields}
        self.kind.add(*(Property(name) for name in used - self.kind.properties.keys()))
        self._last_id = max([self._last_id, *map(int, self.table.records)])

    def define(self, item: Property) -> None:
        """Add a property to the object type."""
        self.kind.add(item)
        if item.unique:
            self.table.add_lookup(item.name)

    def write(self, key: str | None, values: Mapping[str, Any], moment: datetime) -> Record:
        """Set properties of the record with this id, or of a new one; moves its modification date.

        Values are stored as text, as HubSpot does; a blank clears. Raises KeyError for an unknown
        id.
        """
        if key is None:
            self._last_id += 1
            key = str(self._last_id)
            born = {self.kind.created: stamp(moment), "hs_object_id": key}
            before = Record(key, born, moment)
        else:
            before = self.table.records[key]
        fields = before.fields | {name: text(value) for name, value in values.items()}
        fields = {name: value for name, value in fields.items() if value not in (None, "")}
        fields[self.kind.modified] = stamp(moment)
        record = Record(key, fields, moment, None, before.associations)
        self.table.put(record)
        return record

    def archive(self, key: str) -> None:
        """Put into the recycling bin; the modification date stays. Unknown ids are ignored."""
        record = self.table.records.get(key)
        if record is not None and record.deleted_at is None:
            self.table.delete(key, self.clock.tick())

    def erase(self, value: str, by_email: bool) -> None:
        """Delete for good, by id or address; an unknown address may not be used from now on."""
        if by_email:
            found = [record.id for record in self.table.find("email", value)]
            if not found:
                self.blocklist.add(fold(value))
        else:
            found = [value] if value in self.table.records else []
        for key in found:
            self.table.erase(key)

    def show(self, record: Record, properties: Sequence[str] = ()) -> dict[str, Any]:
        """As the API returns it: the default properties, or those asked for that exist."""
        names = {*(properties or self.kind.shown), *self.kind.always_shown}
        shown = {
            name: record.fields.get(name) for name in sorted(names & self.kind.properties.keys())
        }
        body = {
            "id": record.id,
            "properties": shown,
            "createdAt": record.fields.get(self.kind.created, stamp(record.modified_at)),
            "updatedAt": stamp(record.modified_at),
            "archived": record.deleted_at is not None,
        }
        if record.deleted_at is not None:
            body["archivedAt"] = stamp(record.deleted_at)
        return body

    def _record(self, row: Loaded) -> Record:
        body = row.record
        modified = datetime.fromisoformat(body.get("updatedAt") or row.updated_at.isoformat())
        archived = None
        if row.is_deleted or body.get("archived"):
            archived = datetime.fromisoformat(body.get("archivedAt") or row.updated_at.isoformat())
        system = {
            self.kind.created: body.get("createdAt", stamp(modified)),
            "hs_object_id": row.id,
            self.kind.modified: stamp(modified),
        }
        values = {name: value for name, value in body["properties"].items() if value is not None}
        associations = body.get("associations") or {}
        return Record(row.id, values | system, modified, archived, associations)


def _identifying(record: Record, name: str) -> list[str]:
    """Addresses that came from merged contacts find a contact as its own does."""
    others = record.fields.get(OTHER_ADDRESSES, "") if name == "email" else ""
    return held(record, name) + [value for value in others.split(";") if value]


def stamp(moment: datetime) -> str:
    """HubSpot's time format: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def text(value: object) -> str | None:
    """A property value as HubSpot stores it."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
