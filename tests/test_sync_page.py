"""What `kith plan` says of a sync whose last run was killed."""

from dataclasses import replace

import pytest
from rich.console import Console

from orchestration.activation.declaration import Sync
from orchestration.activation.interrupted import interrupted
from orchestration.activation.run import plan_only, sync
from orchestration.sync_page import plan_page
from orchestration.warehouse import Home
from tests.activation_world import Served, people, publish, webhook_sync


def shown(declared: Sync, home: Home, width: int = 500) -> str:
    """The page as it is printed on a terminal of so many columns."""
    console = Console(width=width)
    with console.capture() as captured:
        console.print(plan_page(*plan_only(declared, home), interrupted(declared, home)))
    return captured.get()


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_the_plan_after_a_kill_says_what_the_next_run_finishes_first(
    home: Home, endpoint: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = webhook_sync()
    publish(home, people(5))
    sync(declared, home, endpoint.environment)
    assert "interrupted" not in shown(declared, home)
    publish(home, [replace(people(1)[0], first_name="Grace"), *people(7)[2:]])
    with monkeypatch.context() as patch:
        patch.setattr("orchestration.activation.run.deliver", killed)
        with pytest.raises(KeyboardInterrupt):
            sync(declared, home, endpoint.environment)
    page = shown(declared, home)
    assert "was to add 2 rows, change 1 and remove 1. The next run finishes it first" in page
    assert "sends those of them that were not answered for" in page
    publish(home, people(7))
    assert "counts what was not answered for as in doubt" in shown(declared, home)
    sync(declared, home, endpoint.environment)
    assert "interrupted" not in shown(declared, home)


def test_every_heading_of_a_plan_is_whole_on_a_narrow_terminal(home: Home) -> None:
    publish(home, people(5))
    [_, headings, *_] = shown(webhook_sync(), home, width=80).splitlines()
    assert {"unchanged", "unsendable", "remove"} <= set(headings.split())
