"""A full build and any sequence of incremental ones end in the same tables."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orchestration.warehouse import Home, Manifest, connect
from tests.effort import scaled
from tests.raw_history import Warehouse, raw_history

# What was noticed when, by its nature, depends on when one looked.
HISTORIES = {"customer_id_history", "identity_quality", "customer_history", "segment_history"}


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return raw_history(tmp_path_factory.mktemp("history"), people=60, days=210, seed=3)


def differing(left: Home, right: Home, ignored: set[str]) -> dict[str, int]:
    """Rows of each doorway that only one of two homes has."""
    with connect(Path(":memory:")) as connection:
        connection.execute(f"attach '{left.doorways}' as first_home (read_only)")
        connection.execute(f"attach '{right.doorways}' as second_home (read_only)")
        counts = {}
        for node in Manifest().doorways():
            name = f"{node['schema']}.{node['name']}"
            if node["name"] not in ignored:
                (counts[name],) = connection.execute(
                    f"select count(*) from ((from first_home.{name} except all "
                    f"from second_home.{name}) union all (from second_home.{name} except all "
                    f"from first_home.{name}))"
                ).fetchall()[0]
        return {name: count for name, count in counts.items() if count}


@settings(
    max_examples=scaled(2),
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(salt=st.integers(0, 1_000_000), batches=st.integers(3, 5), late_percent=st.integers(0, 60))
@pytest.mark.timeout(scaled(400))
def test_any_sequence_of_incremental_builds_equals_a_full_one(
    history: Path,
    tmp_path_factory: pytest.TempPathFactory,
    salt: int,
    batches: int,
    late_percent: int,
) -> None:
    # By time of arrival, except for a share of rows that go to any batch.
    scattered = f"md5_number_lower(concat('{salt}', cast(row as varchar)))"
    when = (
        "coalesce(json_extract_string(to_json(row), '$.received_at'), "
        "json_extract_string(to_json(row), '$.updated_at'))"
    )
    by_time = (
        f"least({batches}, 1 + floor({batches} * coalesce(date_diff('day', date '2026-04-05', "
        f"try_cast(left({when}, 10) as date)), 0) / 211.0))"
    )
    cut = (
        f"cast(case when {scattered} % 100 < {late_percent} "
        f"then 1 + ({scattered} // 100) % {batches} else greatest(1, {by_time}) end as bigint)"
    )
    whole = Warehouse(Home(tmp_path_factory.mktemp("whole")))
    whole.take_up(history, cut, range(1, batches + 1))
    whole.build()
    pieces = Warehouse(Home(tmp_path_factory.mktemp("pieces")))
    for batch in range(1, batches + 1):
        pieces.take_up(history, cut, range(batch, batch + 1))
        pieces.build()
    assert differing(whole.home, pieces.home, HISTORIES) == {}
