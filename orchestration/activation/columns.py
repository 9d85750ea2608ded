"""The mapped columns of a model, as SQL that makes JSON of them."""

from dataclasses import dataclass

from orchestration.activation.declaration import Sync

Tree = dict[str, "str | Tree"]


@dataclass(frozen=True)
class Columns:
    """The mapped columns of the model, by destination field, with their DuckDB types."""

    types: dict[str, str]

    def as_json(self, sync: Sync, relation: str) -> str:
        """A json_object of the fields in the order of their names; timestamps as ISO 8601.

        A dot in the name of a field makes an object of its own: `address.city`. `relation` is the
        model's name in the statement.
        """
        tree: Tree = {}
        for field in sorted(sync.map):
            *branches, leaf = field.split(".")
            place = tree
            for branch in branches:
                grown = place.setdefault(branch, {})
                place = grown if isinstance(grown, dict) else place
            place[leaf] = self._value(field, f"{relation}.{quoted(sync.map[field])}")
        return _object(tree)

    def _value(self, field: str, column: str) -> str:
        if self.types[field].startswith("TIMESTAMP"):
            return f"strftime(cast({column} as timestamp), '%Y-%m-%dT%H:%M:%SZ')"
        return column


def quoted(name: str) -> str:
    """A name as SQL has it."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def literal(text: str) -> str:
    """A text as SQL has it."""
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


def _object(tree: Tree) -> str:
    members = ", ".join(
        f"{literal(name)}, {_object(value) if isinstance(value, dict) else value}"
        for name, value in tree.items()
    )
    return f"json_object({members})"
