"""`sqlfluff`, which compiles every macro twice for each file that it reads: here, once in all."""

import sys
from types import CodeType
from unittest.mock import patch

from jinja2 import Environment
from sqlfluff.cli.commands import cli

compiled: dict[str, CodeType] = {}
compile_anew = Environment.compile


def compile_once(environment: Environment, source: str) -> CodeType:
    """What Jinja makes of a text, for all environments: sqlfluff makes them all alike."""
    if source not in compiled:
        compiled[source] = compile_anew(environment, source)
    return compiled[source]


if __name__ == "__main__":
    with patch.object(Environment, "compile", compile_once):
        sys.exit(cli(sys.argv[1:]))
