"""What a declaration says of a table in a database, and of a dlt resource that others wrote."""

from typing import Any, Literal

from pydantic import Field

from orchestration.destinations.answer import Described
from orchestration.sources.description import VARIABLE


class Database(Described):
    """A table or view of any database that SQLAlchemy can open.

    `url` names the environment variable that holds its address. Without `updated_at` the whole
    table is read each time. `deleted_at` is a moment or a flag; `scan_keys` finds the rows that
    were really deleted. `columns` are all that is stored besides the key; by default everything.
    """

    kind: Literal["database"]
    url: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    db_schema: str | None = Field(default=None, alias="schema")
    table: str
    key: tuple[str, ...] = Field(min_length=1)
    updated_at: str | None = None
    deleted_at: str | None = None
    scan_keys: bool = False
    columns: tuple[str, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """The one that holds the address."""
        return (self.url,)

    @property
    def title(self) -> str:
        """How messages name the table, without its address."""
        return f"{self.url}: table {'.'.join(filter(None, [self.db_schema, self.table]))}"


class FromDlt(Described):
    """A resource of a dlt source that others wrote: what `resource`, a function, returns.

    Its `arguments` may hold `$NAME` for a variable of the environment. `object` picks one of
    several resources. `key` and `updated_at` are paths in what it yields.
    """

    kind: Literal["dlt"]
    resource: str = Field(pattern=r"^[\w.]+:\w+$")
    arguments: dict[str, Any] = Field(default_factory=dict)
    object: str | None = None
    key: tuple[str, ...] = Field(min_length=1)
    updated_at: str | None = None

    @property
    def variables(self) -> tuple[str, ...]:
        """Those that the arguments name."""
        return tuple(sorted(set(VARIABLE.findall(str(self.arguments)))))
