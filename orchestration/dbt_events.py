"""The command `kith-dbt`: dbt as Dagster calls it, which tells only the events that Dagster reads.

dbt's own command writes out all its events, debug ones too, before it leaves most of them away: a
tenth of the time of a run. https://docs.getdbt.com/reference/programmatic-invocations
"""

import json
import os
import sys

from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventMsg
from dbt_common.events.functions import env_scrubber, msg_to_dict
from dbt_common.utils.encoding import ForgivingJSONEncoder


def tell(event: EventMsg) -> None:
    """Write an event as dbt does with `--log-format json`, one a line, secrets crossed out."""
    if event.info.level != "debug":
        line = json.dumps(msg_to_dict(event), sort_keys=True, cls=ForgivingJSONEncoder)
        try:
            sys.stdout.write(env_scrubber(line) + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            # Dagster was killed. What goes on here would only keep the next run waiting, which
            # repeats it; DuckDB undoes what is half done.
            os._exit(1)


def main() -> int:
    """Run dbt with this process's arguments; its exit code: 1 if a node failed, 2 if dbt did."""
    result = dbtRunner(callbacks=[tell]).invoke([*sys.argv[1:], "--log-level", "none"])
    if result.exception is not None:
        sys.stderr.write(env_scrubber(str(result.exception)) + "\n")
        return 2
    return 0 if result.success else 1
