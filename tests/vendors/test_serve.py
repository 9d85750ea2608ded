"""Starting and stopping the emulators: ready on entry, loopback only, never left behind."""

import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from sandbox.vendors.serve import PROJECT, Vendors

PARENT = """
import sys, time
from sandbox.vendors.serve import Vendors
with Vendors() as vendors:
    print(vendors.environment()["HUBSPOT_URL"], flush=True)
    time.sleep(60)
"""


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/_sandbox/requests").status_code == 200
    except httpx.TransportError:
        return False


def test_the_environment_names_loopback_addresses_and_their_secrets(vendors: Vendors) -> None:
    environment = vendors.environment()
    urls = [value for name, value in environment.items() if name.endswith("_URL")]
    assert {urlsplit(url).hostname for url in urls} == {"127.0.0.1"}
    assert len({urlsplit(url).port for url in urls}) == 6
    assert set(environment) == {
        *("HUBSPOT_URL", "HUBSPOT_TOKEN", "WEBHOOK_URL", "WEBHOOK_SECRET"),
        *("SALESFORCE_URL", "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"),
        *("PIPEDRIVE_URL", "PIPEDRIVE_TOKEN"),
        *("META_URL", "META_ACCESS_TOKEN", "ZOHO_URL", "ZOHO_ACCOUNTS_URL"),
        *("ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN"),
    }


def test_the_vendors_stop_with_their_block_even_after_an_error() -> None:
    vendors = Vendors()
    with pytest.raises(KeyError), vendors:
        url = vendors.environment()["HUBSPOT_URL"]
        assert answers(url)
        raise KeyError("something went wrong in the block")
    assert not answers(url)
    with pytest.raises(RuntimeError):
        _ = vendors.process_id


def test_the_vendors_stop_when_their_parent_is_killed() -> None:
    command = [sys.executable, "-c", PARENT]
    parent = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    url = parent.stdout.readline().strip()
    assert answers(url)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while answers(url) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not answers(url)


def test_a_broken_world_fails_the_start(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "hubspot" / "contacts.parquet"
    broken.parent.mkdir()
    broken.write_text("no parquet")
    with pytest.raises(RuntimeError, match="did not start"), Vendors(tmp_path):
        pass
    assert "contacts.parquet" in capfd.readouterr().err
