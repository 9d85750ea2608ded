"""Runs one sync in a process of its own and kills it, with no chance to clean up, where told.

Arguments: home, file with the sync as JSON, and where: `never`, seconds, `function:n` (at the n-th
call of a function of the engine) or `torn` (in the middle of a line of the journal).
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, ParamSpec, TypeVar

from orchestration.activation import journal, run, settle
from orchestration.activation.declaration import Sync
from orchestration.warehouse import Home

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def dying(function: Callable[Arguments, Result], calls: int) -> Callable[Arguments, Result]:
    counted = 0

    def counting(*arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
        nonlocal counted
        counted += 1
        return die() if counted == calls else function(*arguments, **named)

    return counting


def torn(self: journal.Journal) -> None:
    self._file.write(b"".join(self._pending)[:-20])
    self._file.flush()
    die()


def prepare_to_die(where: str) -> None:
    owners = {"spool": run, "sync_to_disk": run, "deliver": run, "settle": run, "statement": settle}
    name, _, calls = where.partition(":")
    if where == "torn":
        journal.Journal._flush = torn  # type: ignore[method-assign]  # the fault under test
    elif name == "record":
        journal.Journal.record = dying(journal.Journal.record, int(calls))  # type: ignore[method-assign]  # likewise
    elif name == "unlink":
        Path.unlink = dying(Path.unlink, int(calls))  # type: ignore[method-assign]  # likewise
    elif name in owners:
        setattr(owners[name], name, dying(getattr(owners[name], name), int(calls)))
    else:
        threading.Timer(float(where), die).start()


if __name__ == "__main__":
    home, declared, where = sys.argv[1:]
    if where != "never":
        prepare_to_die(where)
    run.sync(Sync.model_validate_json(Path(declared).read_text()), Home(Path(home)))
    os._exit(0)
