"""The `kith` command: what it says when all is well, and what when it is not."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.launch import STOP_SECONDS, Outcome
from orchestration.report import Report, SyncReport, unread_for_want_of
from orchestration.run_log import causes
from orchestration.warehouse import PROJECT, Manifest

KITH = str(Path(sys.executable).parent / "kith")


def kith(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a home and return what it printed."""
    return subprocess.run(
        [KITH, *arguments],
        env={**os.environ, "KITH_HOME": str(home), "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_status_without_a_publication_says_what_to_do(tmp_path: Path) -> None:
    result = kith("status", home=tmp_path)
    assert result.returncode == 1
    assert "kith run" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_a_home_that_cannot_be_used_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    quoted, file = tmp_path / "o'hara", tmp_path / "file"
    commands = (("run",), ("ui",), ("plan", "webhook_cart_abandoners"))
    for home, command in ((quoted, ("run",)), *((file, command) for command in commands)):
        result = kith(*command, home=home)
        assert result.returncode == 1
        assert "Kith cannot work in" in result.stdout
        assert "Traceback" not in result.stdout + result.stderr


def ended(
    monkeypatch: pytest.MonkeyPatch, home: Path, outcome: Outcome, **syncs: str
) -> tuple[int, str]:
    """The exit code and the last words of a `kith run` that ended so."""
    nothing = dict.fromkeys(SyncReport.model_fields, 0) | {"reason": None}
    rejected = {name: nothing | {"status": status, "rejected": 3} for name, status in syncs.items()}
    empty: dict[str, object] = dict.fromkeys(Report.model_fields, 0) | {
        "as_on": None,
        "example": None,
    }
    for mapping in ("segments", "abandoned", "id_changes", "refusals", "quality"):
        empty[mapping] = {}
    state = Report.model_validate(empty | {"syncs": rejected})
    monkeypatch.setenv("KITH_HOME", str(home))
    monkeypatch.setattr("orchestration.cli.run_job", lambda *_: outcome)
    monkeypatch.setattr("orchestration.cli.report", lambda _: state)
    monkeypatch.setattr("orchestration.cli.closing_page", lambda *_: "")
    monkeypatch.setattr("orchestration.cli.unread_for_want_of", lambda _: {"crm": ["CRM_TOKEN"]})
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["run"])
    return result.exit_code, " ".join(result.output.split())


def test_the_exit_code_of_a_run_and_its_last_words_say_what_is_left_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (log := tmp_path / "run.log").write_text("KeyError: 'x'")
    went = Outcome(True, 1.0, (), log)
    code, said = ended(monkeypatch, tmp_path, went)
    assert (code, said) == (0, "crm was skipped, no credentials: CRM_TOKEN not set.")
    for status in ("held", "refused", "partial"):
        code, said = ended(monkeypatch, tmp_path, went, crm=status)
        assert (code, f"Not sent to the end: crm ({status});" in said) == (2, True)
    code, said = ended(monkeypatch, tmp_path, went, ads="settled", crm="held")
    assert (code, "ads (every row refused), crm (held);" in said) == (2, True)
    causes_of = dict.fromkeys(("hubspot.lists", "hubspot.deals"), "answered 403")
    code, said = ended(monkeypatch, tmp_path, replace(went, unread=causes_of))
    assert (code, "Not read: hubspot.deals, hubspot.lists: answered 403." in said) == (2, True)
    code, said = ended(monkeypatch, tmp_path, replace(went, succeeded=False), crm="held")
    assert (code, "The run failed" in said) == (1, True)


def test_sources_without_credentials_are_named_with_what_they_need(manifest: Manifest) -> None:
    everything = unread_for_want_of({})
    assert everything["hubspot"] == ["HUBSPOT_TOKEN"]
    assert "SALESFORCE_CLIENT_ID" in everything["salesforce"]
    assert "events" not in everything
    given = unread_for_want_of({"HUBSPOT_TOKEN": "x", "SALESFORCE_URL": "x"})
    assert "hubspot" not in given
    assert "SALESFORCE_URL" not in given["salesforce"]


@pytest.mark.parametrize(
    ("changes", "is_left_over"),
    [
        ({"status": "settled", "sent": 5}, False),
        ({"status": "settled", "sent": 4, "rejected": 1}, False),
        ({"status": "settled", "rejected": 5}, True),
        ({"status": "settled", "unsendable": 5}, False),
        ({"status": "pending", "pending": 5}, False),
        ({"status": "skipped"}, False),
        ({"status": "held"}, True),
    ],
)
def test_a_sync_is_left_over_if_somebody_should_look(
    changes: dict[str, object], is_left_over: bool
) -> None:
    nothing = dict.fromkeys(SyncReport.model_fields, 0) | {"reason": None}
    assert SyncReport.model_validate(nothing | changes).is_left_over == is_left_over


def test_a_run_over_a_damaged_ledger_ends_at_once_and_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "activation.duckdb").write_bytes(b"not it" * 5_000)
    result = kith("run", home=tmp_path)
    said = " ".join(result.stdout.split())
    assert result.returncode == 1
    assert "activation.duckdb cannot be read: " in said
    assert "Put its backup in its place" in said
    assert "Traceback" not in result.stdout + result.stderr


def test_a_failed_run_shows_the_cause_and_not_the_end_of_its_log(tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    noise = [f"dagster - DEBUG - event {number}" for number in range(50)]
    failure = ["Failure in test unique_orders (models/journey/orders.yml)", "  Got 1 result"]
    log.write_text("\n".join([*noise, *failure, *noise]))
    assert causes(log).splitlines()[:2] == failure
    log.write_text("orchestration.sources.declaration.DeclarationError: shop.yml: no such field\n")
    assert causes(log) == "shop.yml: no such field"
    log.write_text("\n".join(noise))
    assert causes(log).splitlines() == noise[-15:]


def test_a_replay_where_nothing_has_landed_says_so_and_makes_no_home(tmp_path: Path) -> None:
    result = kith("replay", home=tmp_path / "misspelt")
    assert result.returncode == 1
    assert "Nothing has landed" in result.stdout
    assert not (tmp_path / "misspelt").exists()


def test_the_plan_of_an_unknown_sync_names_the_known_ones(
    tmp_path: Path, manifest: Manifest
) -> None:
    for command in (("plan",), ("sync", "forget")):
        result = kith(*command, "nowhere", home=tmp_path)
        assert result.returncode == 1
        assert "hubspot_big_spenders" in result.stdout
        assert "Traceback" not in result.stdout + result.stderr


def test_an_empty_identifier_is_asked_for_again(tmp_path: Path) -> None:
    result = kith("explain", " ", home=tmp_path)
    assert (result.returncode, result.stdout.strip()) == (
        1,
        "An identifier is empty. Whose is meant?",
    )


def test_a_plan_that_cannot_be_made_ends_with_1_and_the_reason(
    tmp_path: Path, manifest: Manifest
) -> None:
    result = kith("plan", "hubspot_big_spenders", home=tmp_path)
    assert result.returncode == 1
    assert "nothing has been published yet" in " ".join(result.stdout.split())


def test_every_target_of_the_makefile_has_a_line_of_help() -> None:
    helped = subprocess.run(
        [str(shutil.which("make")), "help"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout
    targets = re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), flags=re.MULTILINE)
    assert targets
    for target in targets:
        assert f"make {target}" in helped


@pytest.mark.timeout(240)
def test_the_web_ui_serves_and_leaves_nothing_behind_on_control_c(
    tmp_path: Path, manifest: Manifest
) -> None:
    port = free_port()
    process = subprocess.Popen(
        [KITH, "ui", "--port", str(port)],
        env={**os.environ, "KITH_HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert answers(f"http://127.0.0.1:{port}/server_info", seconds=120)
        children = descendants(process.pid)
        assert children
        process.send_signal(signal.SIGINT)
        # By itself, and not because patience ended.
        process.wait(timeout=STOP_SECONDS - 5)
    finally:
        process.kill()
    assert not [child for child in children if is_running(child)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(address: str, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urlopen(address, timeout=5) as response:  # noqa: S310 # loopback, made above
                return bool(response.status == 200)
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    return False


def descendants(process_id: int) -> list[int]:
    """All processes below one, by the kernel's own list."""
    found = []
    for task in Path(f"/proc/{process_id}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def is_running(process_id: int) -> bool:
    status = Path(f"/proc/{process_id}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
