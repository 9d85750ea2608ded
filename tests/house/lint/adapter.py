"""Stands in for dbt's adapter while sqlfluff renders a model: dialect macros read as functions."""

from collections.abc import Callable


def dispatch(macro: str) -> Callable[..., str]:
    """The macro's call as SQL: its first argument is always an expression, so that is linted."""

    def call(expression: str, *_: object) -> str:
        return f"{macro}({expression})"

    return call
