"""Starts Dagster as a process of its own: one run with progress, or the web UI until Ctrl-C."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from orchestration.run_log import DBT_NODE, NOTICED, STEP_EVENT, UNREAD, WARNED
from orchestration.warehouse import PROJECT, Home, Manifest, UnusableHome

STOP_SECONDS = 40
# How the runs of `kith run` are known in Dagster; its daemon must not repeat them by itself.
TAGS = {"kith/started_by": "kith run", "dagster/max_retries": "0"}


@dataclass(frozen=True)
class Outcome:
    """How a run ended; `log` holds everything that it printed.

    `unread` are tables of sources that could not be read, each with why; that fails no run.
    `noticed` are sentences about files that were not loaded, or not yet, and rows of doubtful data.
    """

    succeeded: bool
    seconds: float
    failed_steps: tuple[str, ...]
    log: Path
    unread: Mapping[str, str] = field(default_factory=dict)
    noticed: tuple[str, ...] = ()


def prepare(home: Home) -> None:
    """Make the home's folders and Dagster's settings, and parse the dbt project if it changed.

    Raises UnusableHome if the home cannot be made or has a quote in its path.
    """
    if "'" in str(home.root):
        raise UnusableHome(
            f"Kith cannot work in {home.root}: SQL cannot name a path with a quote in it."
        )
    home.make()
    for folder in (home.landing / "events", home.dagster, home.root / "logs"):
        folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROJECT / "orchestration" / "dagster.yaml", home.dagster / "dagster.yaml")
    parse(home)


def parse(home: Home) -> None:
    """Let dbt read the project if anything in it changed; CalledProcessError if it cannot."""
    if not _manifest_is_current():
        dbt("parse", "--quiet", home=home)


def dbt(*arguments: str, home: Home, output: IO[str] | None = None) -> None:
    """Run dbt on the project; CalledProcessError if it fails. Its words go to the terminal, or to
    `output`.
    """
    subprocess.run(
        [_tool("dbt"), *arguments, "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)],
        check=True,
        env=_environment(home),
        stdout=output,
        stderr=output,
    )


def run_job(home: Home, console: Console) -> Outcome:
    """Let Dagster execute the job `run` and show its steps as they end."""
    with console.status("reading the dbt project"):
        prepare(home)
    with only_run(home, console) as lock:
        return _execute(home, console, lock)


@contextmanager
def only_run(home: Home, console: Console) -> Iterator[int]:
    """Wait until no other `kith run` works in this home; yields the lock, as a file descriptor.

    A process that inherits the descriptor keeps the lock even if this one is killed. The file holds
    something exactly while a run is under way or after it was killed.
    """
    with (home.root / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.print("Another run is under way in this home; waiting for its end.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if os.fstat(lock.fileno()).st_size:
            command = [sys.executable, "-m", "orchestration.killed_runs"]
            subprocess.run(command, check=True, env=_environment(home), cwd=PROJECT)
            lock.truncate(0)
        lock.write("A run is under way.\n")
        lock.flush()
        yield lock.fileno()
        lock.truncate(0)


def _execute(home: Home, console: Console, lock: int) -> Outcome:
    log = home.root / "logs" / f"run-{datetime.now(UTC):%Y%m%dT%H%M%S}.log"
    command = [_tool("dagster"), "job", "execute", "-m", "orchestration.definitions", "-j", "run"]
    command += ["--tags", json.dumps(TAGS)]
    started = time.monotonic()
    failed: list[str] = []
    unread: dict[str, str] = {}
    noticed: list[str] = []
    with (
        log.open("w", buffering=1) as file,
        _progress(console) as progress,
        subprocess.Popen(
            command,
            env=_environment(home),
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            pass_fds=[lock],
        ) as process,
    ):
        task = progress.add_task("", total=None)
        _tell(progress, task, "starting Dagster")
        try:
            for line in process.stdout or ():
                file.write(line)
                if "Step blocked by limit for pool" in line:
                    _tell(progress, task, "waiting for a run of the web UI")
                if node := DBT_NODE.search(line):
                    progress.update(task, description=f"transform: {node[1]} of {node[2]}")
                unread |= UNREAD.findall(line.rstrip())
                noticed += NOTICED.findall(line.rstrip())
                noticed += [
                    f"the dbt test {name} warns of {n} rows" for n, name in WARNED.findall(line)
                ]
                if event := STEP_EVENT.search(line):
                    step, kind = event.groups()
                    if kind == "STEP_START":
                        _tell(progress, task, step.replace("__", " "))
                    elif kind in ("STEP_FAILURE", "STEP_SKIPPED"):
                        failed.append(step)
        except BaseException:
            process.terminate()
            raise
    succeeded = process.returncode == 0 and not failed
    seconds = time.monotonic() - started
    return Outcome(succeeded, seconds, tuple(failed), log, unread, tuple(noticed))


def web_ui(home: Home, port: int) -> int:
    """Serve Dagster's web UI and daemon on loopback until Ctrl-C; returns its exit code.

    The home is prepared.
    """
    command = [_tool("dagster"), "dev", "-m", "orchestration.definitions"]
    asked: list[float] = []
    # `dagster dev` ends on SIGINT alone, and only if it does not inherit it as ignored. A signal
    # that is handled here is back at its default there. The handler itself must not look after the
    # process: it may run amid a call that does, which then answers nothing.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.append(time.monotonic()))
    process = subprocess.Popen(
        [*command, "-h", "127.0.0.1", "-p", str(port)],
        env=_environment(home),
        cwd=PROJECT,
        start_new_session=True,
    )
    while process.poll() is None and not asked:
        time.sleep(0.1)
    if process.returncode is not None:
        return process.returncode
    _stop(process, asked)
    return 0


def _stop(process: subprocess.Popen[bytes], asked: list[float]) -> None:
    """End a process group; who asks a second time, or long ago, does not wait for it any more."""
    group = os.getpgid(process.pid)
    os.killpg(group, signal.SIGINT)
    while process.poll() is None:
        if len(asked) > 1 or time.monotonic() > asked[0] + STOP_SECONDS:
            os.killpg(group, signal.SIGKILL)
            process.wait()
        time.sleep(0.1)


def _tool(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def _environment(home: Home) -> dict[str, str]:
    return {
        **os.environ,
        "KITH_HOME": str(home.root),
        "DAGSTER_HOME": str(home.dagster),
        "PYTHONWARNINGS": "ignore",
        "DO_NOT_TRACK": "1",
        "RUNTIME__DLTHUB_TELEMETRY": "false",
    }


def _manifest_is_current() -> bool:
    manifest = Manifest().path
    if not manifest.exists():
        return False
    parsed_at = manifest.stat().st_mtime
    inputs = [PROJECT / "dbt_project.yml", PROJECT / "profiles.yml"]
    for folder in ("models", "macros", "seeds", "tests/conservation"):
        # A folder's own time tells of what was deleted from it or moved into it.
        inputs.extend([PROJECT / folder, *(PROJECT / folder).rglob("*")])
    return all(path.stat().st_mtime <= parsed_at for path in inputs if path.exists())


def _tell(progress: Progress, task: TaskID, step: str) -> None:
    """What the run is at: in the moving line of a terminal, elsewhere as a line of its own."""
    progress.update(task, description=step)
    if not progress.console.is_terminal:
        progress.console.print(step, highlight=False)


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
