"""An installation with vendors of its own, on which tests start `kith run`, and kill it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from orchestration.report import Report, report
from orchestration.warehouse import PROJECT, Home, connect
from sandbox.vendors.serve import Vendors

KITH = str(Path(sys.executable).parent / "kith")
PATIENCE_SECONDS = 240
CHECK = re.compile(r"Asset check 'collected' on 'landing/(\w+)/\w+' (passed|did not pass)\.")

# Counts the published files twice over one connection, with a pause that its caller ends.
# The same content, sent to the same person by the same sync.
SENT_TWICE = (
    "select sync, customer_id, operation, fields_hash from activation.sync_changes "
    "group by all having count(*) > 1"
)
READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
for _ in range(2):
    print(connection.execute("select count(*) from collection.loads").fetchone()[0], flush=True)
    sys.stdin.readline()
"""


@dataclass(frozen=True)
class Ended:
    """A run that has ended: its exit code, what it printed, and its whole log."""

    code: int
    printed: str
    log: str

    def collected(self) -> dict[str, set[str]]:
        """What the checks said of each vendor: `passed` or `did not pass`."""
        said: dict[str, set[str]] = {}
        for vendor, verdict in CHECK.findall(self.log):
            said.setdefault(vendor, set()).add(verdict)
        return said


@dataclass(frozen=True)
class Installation:
    """A home and the environment in which its vendors are reached."""

    home: Home
    environment: dict[str, str]

    def start(self) -> subprocess.Popen[str]:
        """`kith run` as the leader of a process group."""
        return subprocess.Popen(
            [KITH, "run"],
            cwd=PROJECT,
            env={**os.environ, **self.environment, "KITH_HOME": str(self.home.root)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self) -> Ended:
        """`kith run` to its end; a run that hangs is killed and raises TimeoutExpired."""
        with self.start() as process:
            try:
                printed, _ = process.communicate(timeout=PATIENCE_SECONDS)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                raise
        return Ended(process.returncode, printed, self.log())

    def log(self) -> str:
        """What the latest run has logged so far."""
        logs = sorted((self.home.root / "logs").glob("run-*.log"))
        return logs[-1].read_text() if logs else ""

    def kill_once(self, is_time: Callable[[str], object], *, spare_dbt: bool = False) -> None:
        """Start a run and kill it with no chance to clean up, as soon as its log says so."""
        earlier = self.log()
        with self.start() as process:
            deadline = time.monotonic() + PATIENCE_SECONDS
            try:
                while (log := self.log()) == earlier or not is_time(log):
                    assert process.poll() is None, f"the run ended by itself: {log[-2000:]}"
                    assert time.monotonic() < deadline, f"it never came to that: {log[-2000:]}"
                    time.sleep(0.02)
            finally:
                if spare_dbt:
                    for number in (process.pid, *children(process.pid)):
                        os.kill(number, signal.SIGKILL)
                else:
                    os.killpg(process.pid, signal.SIGKILL)

    def control(self, vendor: str, method: str, action: str, body: object = None) -> dict[str, Any]:
        """Ask or order something of an emulator: `requests`, `state`, `faults`."""
        address = httpx.URL(self.environment[f"{vendor.upper()}_URL"])
        url = address.copy_with(path=f"/_sandbox/{action}")
        reply = httpx.request(method, url, json=body, timeout=30).raise_for_status()
        answer: dict[str, Any] = reply.json()
        return answer

    def hubspot_contacts(self) -> dict[str, dict[str, str]]:
        """What syncs wrote into HubSpot, by e-mail address."""
        contacts = self.control("hubspot", "GET", "state")["contacts"].values()
        return {
            str(each["properties"].get("email", each["id"])): {
                name: value
                for name, value in each["properties"].items()
                if name.startswith("kith_") or name.endswith("name")
            }
            for each in contacts
        }

    def hooked(self) -> list[str]:
        """The rows that the webhook's receiver applied, in order of arrival."""
        return [str(row) for row in self.control("webhook", "GET", "state")["rows"]]

    def requests(self) -> dict[str, int]:
        """How often each destination was asked to write something."""
        counted = {
            f"{vendor} {request}": count
            for vendor in ("hubspot", "webhook")
            for request, count in self.control(vendor, "GET", "requests").items()
        }
        return {name: counted[name] for name in counted if "upsert" in name or "hook" in name}

    def report(self) -> Report:
        """The publication in figures."""
        return report(self.home)

    def stated(self) -> set[Any]:
        """Contact points and CRM records as published, without the moments of their writing."""
        points = (
            "select customer_id, field, value, is_chosen from customers.customer_contact_points"
        )
        records = "select contact_id, customer_id, email, first_name from customers.crm_contacts"
        return {*self.published(points), *self.published(records)}

    def published(self, query: str) -> list[Any]:
        """The rows of a query on the publication."""
        with connect(self.home.serving, read_only=True) as connection:
            return connection.execute(query).fetchall()


def reached(vendors: Vendors) -> dict[str, str]:
    """All but Zoho: what a sync writes into a CRM comes back, which HubSpot shows already."""
    return {k: v for k, v in vendors.environment().items() if not k.startswith("ZOHO")}


def children(parent: int) -> list[int]:
    """The process ids of a process's children, not of theirs."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)],  # noqa: S607 - ps is where the machine has it
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(number) for number in listed.stdout.split()]
