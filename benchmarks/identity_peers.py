"""What else finds connected components: scipy and Splink, over the links of a project."""

import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from splink import DuckDBAPI
from splink.clustering import cluster_pairwise_predictions_at_threshold

from orchestration.warehouse import connect

SQL = Path(__file__).parent


def by_scipy(database: Path) -> float:
    """Leave the components in `by_scipy`; the seconds with the dictionary and both ways."""
    with connect(database) as connection:
        _warm_up(connection)
        started = time.perf_counter()
        connection.execute((SQL / "identity_numbers.sql").read_text())
        edges = connection.execute((SQL / "identity_numbered_edges.sql").read_text())
        labels = _labels(edges.to_arrow_table())
        connection.register("labels", labels)
        connection.execute(
            "create or replace table by_scipy as select numbers.node_id, labels.component "
            "from labels inner join numbers on labels.number = numbers.number"
        )
        return time.perf_counter() - started


def by_scipy_without_dictionary(database: Path) -> float:
    """The same where the identifiers are already numbered, from 1 and with few gaps."""
    with connect(database) as connection:
        _warm_up(connection)
        started = time.perf_counter()
        edges = connection.execute(
            "select cast(a - 1 as integer) as a, cast(b - 1 as integer) as b "
            "from graph.links where is_used"
        )
        connection.register("labels", _labels(edges.to_arrow_table()))
        connection.execute(
            "create or replace table by_scipy as "
            "select cast(number + 1 as bigint) as node_id, component from labels"
        )
        return time.perf_counter() - started


def by_splink(database: Path) -> float:
    """Leave the components in `by_splink`; the seconds of the clustering alone, all in memory."""
    with connect(Path(":memory:")) as connection:
        connection.execute(f"attach '{database}' as project")
        connection.execute((SQL / "identity_predictions.sql").read_text())
        started = time.perf_counter()
        clusters = cluster_pairwise_predictions_at_threshold(
            "nodes", "predictions", DuckDBAPI(connection), node_id_column_name="node_id"
        )
        taken = time.perf_counter() - started
        connection.execute(
            "create or replace table project.by_splink as "
            f"select node_id, cluster_id as component from {clusters.physical_name}"
        )
    return taken


def nothing(_: Path) -> float:
    """Only the imports."""
    return 0.0


def _warm_up(connection: duckdb.DuckDBPyConnection) -> None:
    """The first Arrow table imports what all of them need."""
    connection.register("warm", connection.execute("select 1 as one").to_arrow_table())


def _labels(edges: pa.Table) -> pa.Table:
    a, b = (edges[end].to_numpy() for end in ("a", "b"))
    count = int(max(a.max(), b.max())) + 1
    ones = np.ones(len(a), dtype=np.int8)
    _, labels = connected_components(coo_matrix((ones, (a, b)), (count, count)), directed=False)
    return pa.table({"number": np.arange(count, dtype=np.int32), "component": labels})
