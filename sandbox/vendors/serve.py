"""Runs the emulators of the demo in one child process on free loopback ports.

A caller reaches them through the environment that they offer:

    with Vendors(world) as vendors:
        os.environ.update(vendors.environment())
"""

import argparse
import asyncio
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn

from sandbox.vendors import meta_insights, pipedrive, zoho
from sandbox.vendors.control import editing, gated
from sandbox.vendors.gate import Gate
from sandbox.vendors.hubspot.app import HubSpot
from sandbox.vendors.limits import Limits
from sandbox.vendors.salesforce.app import Salesforce
from sandbox.vendors.webhook import Webhook

PROJECT = Path(__file__).resolve().parents[2]
# Vendors that hold nothing at first.
RECEIVERS = (meta_insights.EMULATED,)
# Vendors that the world fills, beside HubSpot and Salesforce.
POPULATED = (pipedrive.EMULATED, zoho.EMULATED)
SECRETS = (
    *("HUBSPOT_TOKEN", "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET", "WEBHOOK_SECRET"),
    *(name for vendor in (*RECEIVERS, *POPULATED) for name in vendor.secrets),
)
PARENT_CHECK_SECONDS = 0.2
STOP_SECONDS = 5


class Vendors:
    """The emulators as a context manager: one child process, ready on entry, gone on exit.

    `world` is a folder with `<vendor>/*.parquet` of each CRM; None starts empty.
    Raises RuntimeError on entry if the child does not come up.
    """

    def __init__(self, world: Path | None = None, limits: Limits | None = None) -> None:
        self.world = world
        self.limits = limits or Limits()
        self._secrets = {name: f"sandbox-{secrets.token_hex(16)}" for name in SECRETS}
        self._addresses: dict[str, str] = {}
        self._process: subprocess.Popen[str] | None = None

    def environment(self) -> dict[str, str]:
        """What a sync or a load needs to reach the emulators, as environment variables."""
        return self._addresses | self._secrets

    @property
    def process_id(self) -> int:
        """Of the child; raises RuntimeError outside the `with` block."""
        if self._process is None:
            raise RuntimeError("the vendors are not running")
        return self._process.pid

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "sandbox.vendors.serve", "--parent", str(os.getpid())]
        command += ["--limits", json.dumps(asdict(self.limits))]
        command += [str(self.world.resolve())] if self.world else []
        self._process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=os.environ | self._secrets,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            self._addresses = self._read_addresses(self._process)
        except BaseException:
            self._stop(self._process)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._stop(self._process)
            self._process = None

    @staticmethod
    def _read_addresses(process: subprocess.Popen[str]) -> dict[str, str]:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise RuntimeError("the vendor emulators did not start; their error is above")
        addresses: dict[str, str] = json.loads(line)
        return addresses

    @staticmethod
    def _stop(process: subprocess.Popen[str]) -> None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


class QuietServer(uvicorn.Server):
    """A server that leaves signals to the process, because several share it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing to capture: `serve` stops all servers together."""
        yield


def applications(world: Path | None, limits: Limits) -> dict[str, Gate]:
    """The gated emulators, by the environment variable that holds their address."""
    hubspot = HubSpot(os.environ["HUBSPOT_TOKEN"], world and world / "hubspot", limits)
    client = (os.environ["SALESFORCE_CLIENT_ID"], os.environ["SALESFORCE_CLIENT_SECRET"])
    salesforce = Salesforce(client, world and world / "salesforce", limits)
    webhook = Webhook(os.environ["WEBHOOK_SECRET"], limits)
    populated = {
        each.address: each.fill(os.environ, limits, world and world / each.folder)
        for each in POPULATED
    }
    return {
        "HUBSPOT_URL": gated(hubspot, *editing(hubspot)),
        "SALESFORCE_URL": gated(salesforce, *editing(salesforce), salesforce.field_route()),
        "WEBHOOK_URL": gated(webhook),
        **{vendor.address: gated(vendor.make(os.environ, limits)) for vendor in RECEIVERS},
        **{name: gated(vendor, *editing(vendor)) for name, vendor in populated.items()},
    }


async def serve(gates: dict[str, Gate], parent: int) -> None:
    """Serve until SIGTERM, SIGINT or the death of the parent; prints the addresses when ready."""
    listeners = {name: listener() for name in gates}
    servers = {name: QuietServer(_config(gate)) for name, gate in gates.items()}
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    running = [asyncio.ensure_future(servers[n].serve([listeners[n]])) for n in gates]
    while not all(server.started for server in servers.values()):
        await asyncio.sleep(0.01)
    ports = {name: listening.getsockname()[1] for name, listening in listeners.items()}
    addresses = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    addresses["WEBHOOK_URL"] += "/hook"
    addresses["ZOHO_ACCOUNTS_URL"] = addresses["ZOHO_URL"]
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    while not stop.is_set() and os.getppid() == parent:
        await asyncio.sleep(PARENT_CHECK_SECONDS)
    for server in servers.values():
        server.should_exit = True
    await asyncio.gather(*running)


def listener() -> socket.socket:
    """A socket bound to a free loopback port."""
    # asyncio turns off Nagle's algorithm, 40 ms a reply, only where the protocol says TCP.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    return listening


def _config(gate: Gate) -> uvicorn.Config:
    return uvicorn.Config(
        gate,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def main() -> None:
    """What the child runs: addresses go to standard output, secrets come from the environment."""
    parser = argparse.ArgumentParser(description="Serve the vendor emulators on loopback.")
    parser.add_argument("world", nargs="?", type=Path)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--limits", type=json.loads, required=True)
    arguments = parser.parse_args()
    gates = applications(arguments.world, Limits(**arguments.limits))
    asyncio.run(serve(gates, arguments.parent))


if __name__ == "__main__":
    main()
