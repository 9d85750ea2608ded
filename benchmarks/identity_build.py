"""Kith's own way to find the components of a graph from nothing, through dbt."""

from pathlib import Path

from sandbox.graph_project import Built, GraphProject


def by_kith(database: Path) -> float:
    """Leave the components of a project's links in `graph.components`; the model's own seconds."""
    return first_build(GraphProject(database.parent)).seconds


def first_build(project: GraphProject) -> Built:
    """Build the components as if there were none."""
    with project.connect() as connection:
        connection.execute("drop table if exists graph.components")
    return project.build()
