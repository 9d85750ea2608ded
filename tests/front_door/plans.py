"""Tracking plans for tests: schemas written into a folder, and loads that check by them."""

import json
from pathlib import Path
from typing import Any

from orchestration.sources.intake import LoadReport, load
from orchestration.warehouse import Home
from tests.front_door.landing import EVENTS

ORDER: dict[str, Any] = {
    "type": "object",
    "required": ["order_id", "total"],
    "properties": {
        "order_id": {"type": "string", "minLength": 1, "maxLength": 4},
        "total": {"type": "number", "minimum": 0, "exclusiveMaximum": 1000},
        "currency": {"enum": ["EUR", "USD", None, 7]},
        "coupon": {"type": ["string", "null"], "pattern": "^[A-Z]"},
        "is_gift": {"const": True},
        "buyer": {
            "type": "object",
            "required": ["name"],
            "additionalProperties": False,
            "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        },
        "products": {
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "items": {
                "required": ["sku"],
                "properties": {
                    "sku": {"type": "string"},
                    "price": {"exclusiveMinimum": 0, "maximum": 99.5},
                    "tags": {"items": {"type": "string"}},
                },
            },
        },
    },
}


def plan(folder: Path, mode: str = "quarantine", schema: object = ORDER, **top: object) -> Path:
    """A folder with the schema of one event, `Order Completed`; returns the folder."""
    folder.mkdir(exist_ok=True)
    whole = {
        "title": "Order Completed",
        "x-mode": mode,
        "type": "object",
        "required": ["properties"],
        "properties": {"properties": schema},
        **top,
    }
    (folder / "order_completed.json").write_text(json.dumps(whole))
    return folder


def with_minimum(minimum: float) -> dict[str, Any]:
    """The schema of an order whose total has another lower bound."""
    total = {**ORDER["properties"]["total"], "minimum": minimum}
    return {**ORDER, "properties": {**ORDER["properties"], "total": total}}


def load_by(home: Home, folder: Path) -> LoadReport:
    """Load the event files of a home, checked by the plan in that folder."""
    return load(home, [EVENTS], tracking=folder)
