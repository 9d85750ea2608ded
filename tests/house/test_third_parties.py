"""Third parties: what they say may choose people, and never decides who is who."""

from orchestration.warehouse import Manifest
from tests.house.project import Model, demand, models

THIRD_PARTIES = ("source.kith.audiences.",)


def ancestors(model_id: str, everything: dict[str, Model]) -> set[str]:
    """All that a model is made of, sources included."""
    found: set[str] = set()
    open_ids = [model_id]
    while open_ids:
        for parent in everything[open_ids.pop()].parents:
            if parent not in found:
                found.add(parent)
                open_ids += [parent] if parent in everything else []
    return found


def test_no_third_party_makes_a_customer_or_merges_two(manifest: Manifest) -> None:
    everything = models(manifest)
    of_people = {
        model_id: model
        for model_id, model in everything.items()
        if model.room == "identity" or model.name == "customers"
    }
    assert len(of_people) > 1
    told = [
        each
        for model_id in everything
        for each in ancestors(model_id, everything)
        if each.startswith(THIRD_PARTIES)
    ]
    assert told, "no model reads third parties any more"
    demand(
        (
            f"{model.room}/{model.name} is made of {each}"
            for model_id, model in of_people.items()
            for each in ancestors(model_id, everything)
            if each.startswith(THIRD_PARTIES)
        ),
        why="Bought data is wrong about people too often to decide who they are.",
        fix="Match it with `customer_contact_points` and `customer_ids`, behind them.",
    )
