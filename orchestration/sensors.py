"""Notices files that have landed and asks for one run over all of them."""

import hashlib
import time
from pathlib import Path

import dagster as dg

from orchestration.sources.arrivals import is_growing
from orchestration.warehouse import Home

# The daemon asks a sensor every five seconds, or when it has answered: one that keeps watching
# until then sees a file as it lands.
WATCH_SECONDS = 4.5
LOOK_SECONDS = 0.2
UNFINISHED = (dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED)


def new_files(
    job_name: str, larger_job_name: str, watch_seconds: float = WATCH_SECONDS
) -> dg.SensorDefinition:
    """A sensor that requests a job once for each change of what lies in `landing/events`.

    It waits while that job is under way, or the larger one that does the same and more.
    """

    @dg.sensor(
        name="new_files",
        job_name=job_name,
        # With the daemon's five seconds it would pass over every other look.
        minimum_interval_seconds=1,
        description="One run over everything new, however many files have landed.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        folder = Home.from_environment().landing / "events"
        landed = fingerprint(folder)
        if landed in (None, context.cursor) and _has_arrival(folder, watch_seconds):
            landed = fingerprint(folder)
        if landed is None or landed == context.cursor:
            return dg.SkipReason("Nothing has landed since the last run was asked for.")
        unfinished = [
            dg.RunsFilter(job_name=name, statuses=list(UNFINISHED))
            for name in (job_name, larger_job_name)
        ]
        if any(map(context.instance.get_runs_count, unfinished)):
            # The cursor stays: what landed meanwhile is asked for when this run has ended.
            return dg.SkipReason("A run is under way; what has landed since waits for its end.")
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=landed)], cursor=landed)

    return sensor


def fingerprint(folder: Path) -> str | None:
    """What lies in a folder, as one word that changes with any file; None if nothing does.

    A file that may still be written does not lie there yet.
    """
    files = sorted(
        (path.name, path.stat().st_size)
        for path in folder.glob("*")
        if not path.name.startswith(".")
        and path.suffix not in (".part", ".tmp")
        and not is_growing(path)
    )
    return hashlib.sha256(repr(files).encode()).hexdigest() if files else None


def _has_arrival(folder: Path, within_seconds: float) -> bool:
    """Watches a folder for a file that is moved into it."""
    before, until = _changed_at(folder), time.monotonic() + within_seconds
    while time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
        if _changed_at(folder) != before:
            return True
    return False


def _changed_at(folder: Path) -> int | None:
    return folder.stat().st_mtime_ns if folder.exists() else None
