"""Runs one sync in a process of its own that is killed, with no chance to clean up, at a moment."""

import multiprocessing
import os
import signal
import threading
from pathlib import Path

from orchestration.activation.declaration import Sync
from orchestration.activation.run import sync
from orchestration.warehouse import Home

# Children are forked from a server that has imported everything already, which saves a second each.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.destinations.killed"])
PATIENCE_SECONDS = 60


def killed_run(declared: Sync, home: Home, environment: dict[str, str], seconds: float) -> bool:
    """Runs the sync until it ends or the moment has come; whether it was killed."""
    child = CONTEXT.Process(
        target=_run, args=(declared.model_dump_json(), str(home.root), environment, seconds)
    )
    child.start()
    child.join(PATIENCE_SECONDS)
    if child.is_alive():
        child.kill()
        child.join()
        raise AssertionError("a sync took longer than a minute")
    assert child.exitcode in (0, -signal.SIGKILL), f"the sync ended with {child.exitcode}"
    return child.exitcode == -signal.SIGKILL


def _run(declared: str, root: str, environment: dict[str, str], seconds: float) -> None:
    threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
    sync(Sync.model_validate_json(declared), Home(Path(root)), environment)
    os._exit(0)
