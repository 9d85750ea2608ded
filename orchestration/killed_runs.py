"""Ends in Dagster's books the runs of `kith run` whose processes were killed.

Dagster learns of the end of a run from its process. One that was killed stays "started" and keeps
its place in the pool, for which the next run would wait forever.
"""

import dagster as dg

from orchestration.launch import TAGS

UNFINISHED = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]


def end_killed_runs(instance: dg.DagsterInstance) -> int:
    """Fail them and free their pools; returns how many there were.

    Only for a caller that knows that no `kith run` is alive.
    """
    runs = instance.get_runs(dg.RunsFilter(tags=TAGS, statuses=UNFINISHED))
    for run in runs:
        instance.report_run_failed(run, "The process of this run was killed.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return len(runs)


if __name__ == "__main__":
    with dg.DagsterInstance.get() as dagster:
        end_killed_runs(dagster)
