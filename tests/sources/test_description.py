"""Mistakes in a kind of source that is a YAML file, told before anything is read."""

from typing import Any

import pytest

from orchestration.sources.declaration import FromDescription
from orchestration.sources.described import demand_paging
from tests.sources.conftest import Describe

PLAIN: dict[str, Any] = {
    "title": "A vendor",
    "documents": ["https://vendor.example.com/docs"],
    "address": {"variable": "VENDOR_URL"},
    "auth": {"kind": "headers", "headers": {"key": "$VENDOR_SECRET"}},
    "pages": {"type": "cursor", "cursor_path": "next", "cursor_param": "cursor"},
    "objects": {
        "things": {
            "id": ["id"],
            "updated_at": "at",
            "reads": [{"path": "/things", "records": "data"}],
        },
        "days": {
            "id": ["id"],
            "window": {"days": 7, "first_days": 90, "day": "on"},
            "reads": [
                {"path": "/days/$account", "records": "", "parameters": {"range": "$from:$to"}}
            ],
        },
    },
}


@pytest.fixture
def described(describe: Describe) -> None:
    """One kind, without a mistake."""
    describe(PLAIN)


@pytest.mark.usefixtures("described")
def test_an_object_that_the_kind_does_not_have_is_refused_with_those_that_it_has() -> None:
    with pytest.raises(ValueError, match="object thing is none of days, things"):
        FromDescription(kind="acme", object="thing")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: [", "orchestration/sources/acme.yml, line 1"),
        ("title: Acme", "orchestration/sources/acme.yml: documents: is missing"),
    ],
)
def test_a_mistake_in_a_description_is_told_with_its_file(
    describe: Describe, text: str, said: str
) -> None:
    describe(text)
    with pytest.raises(ValueError, match=said):
        FromDescription(kind="acme", object="things")


@pytest.mark.usefixtures("described")
@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("days", {}, "object days needs the options account"),
        ("days", {"acount": "a7"}, "object days needs the options account"),
        ("things", {"account": "a7"}, "object things takes no options"),
    ],
)
def test_options_are_those_that_the_requests_of_an_object_name(
    name: str, options: dict[str, str | int], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        FromDescription(kind="acme", object=name, options=options)


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ({"type": "curser", "cursor_path": "next"}, r"acme.yml: pages: .*curser"),
        ({"type": "cursor", "cursor_pth": "next"}, "acme.yml: pages: cursor_pth .* cursor_path?"),
    ],
)
def test_a_misspelt_way_of_paging_is_told_before_anything_is_read(
    describe: Describe, pages: dict[str, str], said: str
) -> None:
    describe(PLAIN)
    demand_paging("acme")
    describe(PLAIN | {"pages": pages})
    with pytest.raises(ValueError, match=said):
        demand_paging("acme")
