"""Syncs to one account share one budget of requests, in whatever processes they run."""

import asyncio
import multiprocessing
import time
from pathlib import Path

from orchestration.activation.pace import Pace

TURNS = 12
PER_SECOND = 40.0


def take_turns(file: str, turns: int) -> None:
    async def take() -> None:
        pace = Pace(Path(file), PER_SECOND)
        for _ in range(turns):
            await pace.turn()

    asyncio.run(take())


def test_two_processes_take_turns_as_one_would(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    file = str(tmp_path / "budgets" / "account")
    pair = [context.Process(target=take_turns, args=(file, TURNS)) for _ in range(2)]
    take_turns(file, 1)
    started = time.time()
    for process in pair:
        process.start()
    for process in pair:
        process.join(30)
    # The last turn of all is this long after the first, however the two came to theirs.
    assert time.time() - started >= (2 * TURNS - 1) / PER_SECOND


def test_a_pause_that_one_is_asked_for_holds_for_all(tmp_path: Path) -> None:
    file = tmp_path / "account"
    Pace(file, 1_000).pause(0.3)
    started = time.monotonic()
    take_turns(str(file), 1)
    assert time.monotonic() - started >= 0.25


def test_a_clock_that_was_set_back_stops_nobody(tmp_path: Path) -> None:
    file = tmp_path / "account"
    Pace(file, 1_000).pause(100_000)
    started = time.monotonic()
    take_turns(str(file), 1)
    assert time.monotonic() - started < 5
