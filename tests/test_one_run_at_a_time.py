"""Whoever comes second waits: for a file that is in use, and for a run that is under way."""

import subprocess
import sys
from pathlib import Path
from threading import Thread

from rich.console import Console

from orchestration.launch import only_run
from orchestration.warehouse import Home, connect

HOLDER = """
import sys, time, duckdb
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
time.sleep(1)
"""


def test_a_warehouse_that_another_process_holds_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(file)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        with connect(file) as connection:
            assert holder.wait() == 0
            assert connection.execute("select 1").fetchall() == [(1,)]


def test_a_second_run_waits_for_the_end_of_the_first(tmp_path: Path) -> None:
    home, order, console = Home(tmp_path), list[str](), Console(quiet=True)

    def second() -> None:
        with only_run(home, console):
            order.append("second")

    waiting = Thread(target=second)
    with only_run(home, console):
        waiting.start()
        waiting.join(0.3)
        order.append("first")
    waiting.join(10)
    assert order == ["first", "second"]
