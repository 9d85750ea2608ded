"""Takes personal data out of a vendor's words before they are kept."""

import json
import re

EMAIL = re.compile(r"[^\s\"'<>(),:;=\[\]{}]+@[^\s\"'<>(),:;=\[\]{}]+")
PHONE = re.compile(r"\+?\d[\d ()./-]{5,}\d")
LONGEST = 500


def scrubbed(message: str, fields: str) -> str:
    """`message` without the row's own values, e-mail addresses and phone numbers, cut to 500.

    `fields` is the row as a JSON object; values of fewer than three characters say too little.
    """
    values = json.loads(fields).values() if fields else ()
    known = {str(value) for value in values if value is not None}
    for value in sorted(known, key=len, reverse=True):
        if len(value) >= 3:
            message = re.sub(re.escape(value), "[value]", message, flags=re.IGNORECASE)
    return PHONE.sub("[number]", EMAIL.sub("[e-mail]", message))[:LONGEST]
