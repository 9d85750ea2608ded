"""Messages against the tracking plan: what passes, what is held, and what brings it in."""

import importlib
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest

from orchestration.sources import tracking_check
from orchestration.sources.intake import replay
from orchestration.sources.statements import statement
from orchestration.warehouse import Home
from tests.front_door.landing import CONSERVATION, drop, ledger, line, query
from tests.front_door.plans import ORDER, load_by, plan, with_minimum

# What may stand in any place of an order, right or wrong.
VALUES: tuple[Any, ...] = (
    *(0, 7, 7.0, -1, 1.5, 99.5, 100, 1000, 10**20, True, False, None, "", "A", "EUR", "7", "Ärger"),
    *([], [1], ["x"], {}, {"name": "Ann"}, {"name": 5}, {"name": "Ann", "age": 3.0, "more": 1}),
    *(
        [{"sku": "a"}],
        [{"sku": 1, "price": 0}],
        [{"sku": "a", "tags": ["x", 5]}, 4, {"price": 100}],
    ),
    *([{}, {}, {}], {"age": 1.5}),
)


def order(number: object, **properties: object) -> bytes:
    """An order in one line that is right, except for the properties given."""
    right = {"order_id": "o_1", "total": 10}
    return line(number, event="Order Completed", properties={**right, **properties})


def held(home: Home) -> list[Any]:
    return query(
        home, "select message_id, batch_id, released_batch_id from raw.held_messages order by all"
    )


def visible(home: Home) -> list[Any]:
    """Messages that staging shows, with their batches."""
    return query(
        home, "select message_id, batch_id from raw.events where batch_id is not null order by all"
    )


def reference(properties: object) -> set[tuple[str, str]]:
    """What the reference implementation of JSON Schema finds wrong, as place and keyword."""
    if properties is None:
        return {("properties", "required")}
    found = set()
    validator = importlib.import_module("jsonschema").Draft202012Validator(ORDER)
    for error in validator.iter_errors(properties):
        steps = ["properties", *error.absolute_path]
        if error.validator == "required":
            steps.append(error.message.split("'")[1])
        place = "".join("[*]" if isinstance(step, int) else f".{step}" for step in steps)
        keyword = "enum" if error.validator == "const" else error.validator
        found.add((place.removeprefix("."), keyword))
    return found


@pytest.mark.parametrize("groups_at_once", [1, tracking_check.GROUPS_AT_ONCE])
def test_the_check_finds_what_the_reference_implementation_of_json_schema_finds(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, groups_at_once: int
) -> None:
    monkeypatch.setattr(tracking_check, "GROUPS_AT_ONCE", groups_at_once)
    right = {"order_id": "o_1", "total": 10, "products": [{"sku": "a", "price": 5}]}
    edits = list(product([*ORDER["properties"], "unknown"], VALUES))
    twice = list(combinations(edits, 2))[::29]
    orders: list[Any] = [{**right, **dict(both)} for both in twice]
    orders += [{name: value} for name, value in edits] + [right, *VALUES]
    drop(
        home,
        "a.ndjson",
        [line(n, event="Order Completed", properties=each) for n, each in enumerate(orders)],
    )
    load_by(home, plan(tmp_path / "tracking", "warn"))
    rows = query(home, "select message_id, location, keyword from raw.tracking_violations")
    found = {(int(message_id[1:]), place, keyword) for message_id, place, keyword in rows}
    assert found == {(n, *each) for n, order in enumerate(orders) for each in reference(order)}
    assert len({n for n, _, _ in found}) < len(orders) - 40
    assert len(rows) == len(found) > 1000


def test_a_violation_in_warn_mode_is_a_row_and_the_message_passes(
    home: Home, tmp_path: Path
) -> None:
    drop(home, "a.ndjson", [order(1), order(2, total=-5, products=[{"sku": 1}, {"sku": 2}])])
    report = load_by(home, plan(tmp_path / "tracking", "warn"))
    assert visible(home) == [("m1", 1), ("m2", 1)]
    assert query(
        home,
        "select message_id, location, keyword, argument, found, occurrences, batch_id "
        "from raw.tracking_violations order by all",
    ) == [
        ("m2", "properties.products[*].sku", "type", '["string"]', "number 9", 2, 1),
        ("m2", "properties.total", "minimum", "0", "number -9", 1, 1),
    ]
    assert [each.quarantined for each in report.tables] == [0]


def test_no_value_of_a_message_stands_in_a_violation(home: Home, tmp_path: Path) -> None:
    secrets = ("ann@example.com", "Müller", "東京", "4711", "ann.x_2")
    mail, name, city, number, key = secrets
    drop(
        home,
        "a.ndjson",
        [
            order(
                1,
                coupon=f"a {mail} {city}",
                total=f"{number},5",
                currency=int(number),
                buyer={"name": 5, mail: 1, key: 2, "nickname": 3},
            ),
            order(2, order_id=[mail], coupon=name.lower()),
        ],
    )
    load_by(home, plan(tmp_path / "tracking"))
    rows = query(home, "select * from raw.tracking_violations order by location")
    assert len(rows) == 7
    for secret in secrets:
        assert not [row for row in rows if secret.lower() in str(row).lower()]
    samples = {row[3]: row[6] for row in rows}
    assert samples["properties.total"] == "string 9999,9"
    assert samples["properties.buyer"] == "aaa@aaaaaaa.aaa, aaa.a_9, nickname"


def test_a_message_in_quarantine_comes_in_once_the_plan_lets_it_pass(
    home: Home, tmp_path: Path
) -> None:
    drop(home, "a.ndjson", [order(1), order(2, total=-5), order(3, total=-50), line(4)])
    load_by(home, plan(tmp_path / "tracking"))
    assert visible(home) == [("m1", 1), ("m4", 1)]
    assert ledger(home) == {"events/a.ndjson": (4, 2, 0, 2)}
    # The same plan again, and the same message again, change nothing.
    drop(home, "b.ndjson", [order(2, total=5), line(5)])
    assert load_by(home, tmp_path / "tracking").released == 0
    assert held(home) == [("m2", 1, None), ("m3", 1, None)]

    assert load_by(home, plan(tmp_path / "tracking", schema=with_minimum(-9))).released == 1
    assert visible(home) == [("m1", 1), ("m2", 3), ("m4", 1), ("m5", 2)]
    assert held(home) == [("m2", 1, 3), ("m3", 1, None)]
    assert load_by(home, tmp_path / "tracking").released == 0

    # A plan that only warns holds nothing, and still says what is wrong.
    assert load_by(home, plan(tmp_path / "tracking", "warn", with_minimum(-9))).released == 1
    assert query(
        home, "select message_id, mode, argument from raw.tracking_violations order by all"
    ) == [("m2", "quarantine", "0"), ("m3", "warn", "-9")]
    assert ledger(home) == {
        "events/a.ndjson": (4, 2, 0, 2),
        "events/b.ndjson": (2, 1, 1, 0),
        "replay/3": (1, 1, 0, 0),
        "replay/4": (1, 1, 0, 0),
    }
    assert query(home, CONSERVATION) == []


def test_a_replay_brings_in_what_the_corrected_plan_lets_pass_once(
    home: Home, tmp_path: Path
) -> None:
    drop(home, "a.ndjson", [order(1), order(2, total=-5), order(3, total=-50)])
    load_by(home, plan(tmp_path / "tracking"))
    assert replay(home, tracking=tmp_path / "tracking") == (0, 2)
    corrected = plan(tmp_path / "tracking", schema=with_minimum(-9))
    assert replay(home, tracking=corrected) == (1, 1)
    assert replay(home, tracking=corrected) == (0, 1)
    assert visible(home) == [("m1", 1), ("m2", 2)]


def test_a_plan_that_is_deleted_holds_nothing_any_more(home: Home, tmp_path: Path) -> None:
    drop(home, "a.ndjson", [order(1, total=-5)])
    folder = plan(tmp_path / "tracking")
    load_by(home, folder)
    (folder / "order_completed.json").unlink()
    drop(home, "b.ndjson", [order(2, total=-5)])
    assert load_by(home, folder).released == 1
    assert visible(home) == [("m1", 2), ("m2", 3)]


def test_a_release_that_is_killed_has_not_happened(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(home, "a.ndjson", [order(1, total=-5), order(2)])
    load_by(home, plan(tmp_path / "tracking"))
    before = query(home, "select * from raw.tracking_plan order by all")
    corrected = plan(tmp_path / "tracking", schema=with_minimum(-9))

    def killed(name: str) -> str:
        # After everything that a release writes, and before it is committed.
        return statement(name) + ("; select error('killed')" if name == "tracking_release" else "")

    with monkeypatch.context() as patch:
        patch.setattr(tracking_check, "statement", killed)
        with pytest.raises(Exception, match="killed"):
            load_by(home, corrected)
    assert held(home) == [("m1", 1, None)]
    assert query(home, "select * from raw.tracking_plan order by all") == before
    assert load_by(home, corrected).released == 1
    assert visible(home) == [("m1", 2), ("m2", 1)]
