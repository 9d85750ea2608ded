"""Runs that a guard holds, and the word that lets one out."""

from typing import Any

import pytest

from orchestration.activation.guards import NothingHeld, approve
from orchestration.activation.run import plan_only, sync
from orchestration.warehouse import Home
from tests.activation_world import (
    Served,
    people,
    publish,
    webhook_sync,
)

CAREFUL: dict[str, Any] = {"guards": {"max_removed_share": 0.2, "ignore_below": 1}}


def test_a_held_run_goes_out_once_after_somebody_says_so(home: Home, endpoint: Served) -> None:
    declared = webhook_sync(**CAREFUL)
    publish(home, people(20))
    sync(declared, home, endpoint.environment)
    publish(home, people(10))
    held = sync(declared, home, endpoint.environment)
    assert (held.status, held.sent) == ("held", 0)
    assert held.reason is not None and "kith sync approve webhook_members" in held.reason
    assert approve(declared, home).removed == 10
    assert plan_only(declared, home)[0].status == "planned"
    assert sync(declared, home, endpoint.environment).sent == 10
    publish(home, people(5))
    assert sync(declared, home, endpoint.environment).status == "held"


def test_what_was_approved_is_no_licence_for_much_more(home: Home, endpoint: Served) -> None:
    declared = webhook_sync(**CAREFUL)
    publish(home, people(20))
    sync(declared, home, endpoint.environment)
    publish(home, people(10))
    sync(declared, home, endpoint.environment)
    approve(declared, home)
    publish(home, people(2))
    assert sync(declared, home, endpoint.environment).status == "held"


def test_a_word_that_was_not_needed_is_not_kept_for_another_time(
    home: Home, endpoint: Served
) -> None:
    declared = webhook_sync(**CAREFUL)
    publish(home, people(20))
    sync(declared, home, endpoint.environment)
    publish(home, people(10))
    sync(declared, home, endpoint.environment)
    approve(declared, home)
    publish(home, people(19))
    assert sync(declared, home, endpoint.environment).removed == 1
    publish(home, people(10))
    assert sync(declared, home, endpoint.environment).status == "held"


def test_without_a_held_run_there_is_nothing_to_approve(home: Home, endpoint: Served) -> None:
    publish(home, people(3))
    sync(webhook_sync(), home, endpoint.environment)
    with pytest.raises(NothingHeld, match="was not held"):
        approve(webhook_sync(), home)


def test_an_audience_that_multiplies_is_held(home: Home, endpoint: Served) -> None:
    declared = webhook_sync(guards={"max_added_share": 1, "ignore_below": 1})
    publish(home, people(5))
    sync(declared, home, endpoint.environment)
    publish(home, people(11))
    assert sync(declared, home, endpoint.environment).status == "held"


def test_a_purpose_that_nobody_was_ever_asked_for_is_pointed_out(
    home: Home, endpoint: Served
) -> None:
    publish(home, people(20))
    misspelt = webhook_sync(consent={"purpose": "marketting", "channel": "email"}, **CAREFUL)
    receipt = sync(misspelt, home, endpoint.environment)
    assert receipt.status == "refused"
    assert receipt.reason is not None
    assert "asked for marketting by email" in receipt.reason
    assert receipt.reason.endswith("there is marketing by email")
