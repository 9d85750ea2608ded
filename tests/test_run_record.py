"""Dagster's record of runs is written quickly, and is whole when the process is killed."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from orchestration.warehouse import PROJECT

# Writes some lines through SQLAlchemy as Dagster does, then dies without closing anything.
WRITER = """
import os, signal, sys
import sqlalchemy as db
from sqlalchemy.pool import NullPool
from orchestration.run_record import write_quickly

write_quickly()
for number in range(int(sys.argv[2])):
    engine = db.create_engine("sqlite:///" + sys.argv[1], poolclass=NullPool)
    with engine.connect() as connection, connection.begin():
        connection.execute(db.text(f"insert into lines values ({number})"))
os.kill(os.getpid(), signal.SIGKILL)
"""


def write(file: Path, lines: int) -> None:
    """Lines into a new SQLite file, by a process that is killed after the last one."""
    with sqlite3.connect(file) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("create table lines (number integer)")
    connection.close()
    subprocess.run(
        [sys.executable, "-c", WRITER, str(file), str(lines)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        check=False,
    )


def test_a_killed_process_has_recorded_every_line(tmp_path: Path) -> None:
    file = tmp_path / "record.db"
    write(file, 50)
    with sqlite3.connect(file) as connection:
        assert connection.execute("select count(*) from lines").fetchone() == (50,)


def test_lines_are_not_folded_into_the_file_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "record.db"
    write(file, 50)
    # What the killed process left in the log is what no closing has folded into the file.
    assert file.with_name("record.db-wal").stat().st_size > 50 * 1024
