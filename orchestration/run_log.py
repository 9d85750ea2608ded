"""What the log of a run tells of it: its steps, what was not read, and why it failed."""

import re
from pathlib import Path

STEP_EVENT = re.compile(r" - (\S+) - (STEP_START|STEP_SUCCESS|STEP_FAILURE|STEP_SKIPPED) - ")
# As the steps that collect log it: a table, and why.
UNREAD = re.compile(r" - not read: (\w+\.\w+): (.+)$")
# As the load logs what somebody may wonder about.
NOTICED = re.compile(r" - noticed: (.+)$")
# As dbt prints whatever it begins: a model, a seed or a test.
DBT_NODE = re.compile(r"\b(\d+) of (\d+) START ")
# As dbt prints a test that only warns: rows, and its name.
WARNED = re.compile(r"\d+ of \d+ WARN (\d+) (\w+) ")
# Our own errors say in words what is wrong; where they are defined helps nobody.
OUR_ERROR = re.compile(r"^orchestration\.[\w.]+: ")
CAUSE = re.compile(r"(Failure in|Error in|(Compilation|Parsing) Error|^[\w.]*(Error|Exception):)")


def causes(log: Path, lines: int = 15) -> str:
    """What dbt or a traceback gives as the cause of a failure, else the last lines of the log."""
    with log.open() as file:
        text = file.read().splitlines()
    starts = [number for number, line in enumerate(text) if CAUSE.search(line)]
    found = [line for start in starts for line in text[start : start + 4] if line.strip()]
    found = [OUR_ERROR.sub("", line) for line in found]
    return "\n".join(list(dict.fromkeys(found))[:lines] or text[-lines:])
