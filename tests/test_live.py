"""The demo's visitors, who come over HTTP."""

import json
from pathlib import Path

import pytest

from orchestration.warehouse import Home
from sandbox import live, world


def landed(home: Home) -> list[dict[str, str]]:
    """Messages that the collector handed over."""
    files = sorted((home.landing / "events").glob("*.ndjson"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def test_known_people_visit_once_and_a_killed_demo_sends_the_same_messages_again(
    tmp_path: Path,
) -> None:
    folder = world.build(tmp_path / "world", people=60, days=20).root
    home = Home(tmp_path / "home")
    assert live.visit(folder, home) == len(landed(home)) > 0
    known = (folder / "events" / "events_000.ndjson").read_text()
    assert all(each["userId"] in known for each in landed(home))
    assert live.visit(folder, home) == 0
    ids = {each["messageId"] for each in landed(home)}
    (folder / "live.sent.json").rename(folder / "live.json")
    live.visit(folder, home)
    assert {each["messageId"] for each in landed(home)} == ids


def test_a_collector_that_does_not_start_says_why(tmp_path: Path) -> None:
    folder = world.build(tmp_path / "world", people=20, days=5).root
    home = Home(tmp_path / "home")
    home.root.mkdir()
    # Where the collector's folder should be is a file.
    (home.root / "collector").write_text("")
    with pytest.raises(RuntimeError, match="did not start"):
        live.visit(folder, home)
    assert (folder / "live.json").exists()
