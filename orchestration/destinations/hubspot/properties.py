"""Values and definitions of HubSpot's properties."""

import json
from decimal import Decimal
from typing import Any

OURS = "kith_"
# How lists and associations call the kinds of record.
TYPE_IDS = {"contacts": "0-1", "companies": "0-2", "deals": "0-3"}
GROUPS = {
    "contacts": "contactinformation",
    "companies": "companyinformation",
    "deals": "dealinformation",
}
WHOLE_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
NUMBERS = (*WHOLE_NUMBERS, "DECIMAL", "FLOAT", "DOUBLE")


def values(fields: str) -> dict[str, str]:
    """A row's JSON object as HubSpot takes it: text, and an empty one empties the property."""
    row = json.loads(fields, parse_float=Decimal)
    return {field: _text(value) for field, value in row.items()}


def definition(
    field: str, kind: str, records: str = "contacts", *, is_unique: bool = False
) -> dict[str, Any]:
    """The property to create for a column of DuckDB type `kind`."""
    label = field.removeprefix(OURS).replace("_", " ").capitalize()
    return {
        "name": field,
        "label": f"{label} (Kith)",
        "groupName": GROUPS[records],
        **({"hasUniqueValue": True} if is_unique else {}),
        **_shape(kind),
    }


def _shape(kind: str) -> dict[str, Any]:
    if kind == "BOOLEAN":
        answers = {"Yes": "true", "No": "false"}
        options = [{"label": k, "value": v, "hidden": False} for k, v in answers.items()]
        return {"type": "bool", "fieldType": "booleancheckbox", "options": options}
    if kind == "DATE":
        return {"type": "date", "fieldType": "date"}
    if kind.startswith("TIMESTAMP"):
        return {"type": "datetime", "fieldType": "date"}
    if kind.startswith(NUMBERS):
        return {"type": "number", "fieldType": "number"}
    return {"type": "string", "fieldType": "text"}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value if isinstance(value, str) else json.dumps(value, default=str)
