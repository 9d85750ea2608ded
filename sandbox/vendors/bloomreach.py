"""A Bloomreach Engagement project: batches of commands, carried out in no particular order.

Follows https://documentation.bloomreach.com/engagement/reference/batch-commands-2 and the pages on
errors beside it.
"""

import base64
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated, Emulator
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal, read_object

LARGEST_BATCH = 50
HARD_IDS = {"registered"}
Property = dict[str, Any]


class Bloomreach(Emulator):
    """POST /track/v2/projects/{project}/batch. A property is not overwritten by an older one."""

    def __init__(self, known: Mapping[str, str], limits: Limits) -> None:
        path = "/track/v2/projects/{project}/batch"
        route = Route(path, self._batch, methods=["POST"])
        super().__init__([route], RollingLimit(limits.requests_second, 1))
        self._project = known["BLOOMREACH_PROJECT_TOKEN"]
        credentials = f"{known['BLOOMREACH_API_KEY']}:{known['BLOOMREACH_API_SECRET']}"
        self._authorization = f"Basic {base64.b64encode(credentials.encode()).decode()}"
        self.customers: dict[str, dict[str, Property]] = {}

    def is_authorized(self, request: Request) -> bool:
        """By key and secret."""
        return compare_digest(request.headers.get("authorization", ""), self._authorization)

    def error(self, status: int) -> object:
        """As the tracking API writes errors of a whole request."""
        return {"success": False, "message": f"status {status}"}

    def dump(self) -> dict[str, Any]:
        """Properties that are not null, by registered id."""
        return {
            "customers": {
                key: {
                    name: held["value"]
                    for name, held in properties.items()
                    if held["value"] is not None
                }
                for key, properties in self.customers.items()
            }
        }

    async def _batch(self, request: Request) -> Response:
        if request.path_params["project"] != self._project:
            raise Refusal(400, {"success": False, "error": "Invalid project id"})
        body = await read_object(request, lambda: _refused("Invalid JSON"))
        commands = body.get("commands")
        if not isinstance(commands, list) or not commands:
            raise _refused("No commands")
        if len(commands) > LARGEST_BATCH:
            raise _refused(f"Too many commands, at most {LARGEST_BATCH}")
        if any(not isinstance(command, dict) for command in commands):
            raise _refused("Invalid JSON")
        # The order of the commands means nothing to the vendor: here it is turned round.
        results = [self._carried_out(command) for command in reversed(commands)]
        return JSONResponse({"success": True, "results": results[::-1]})

    def _carried_out(self, command: Mapping[str, Any]) -> dict[str, Any]:
        data = command.get("data", {})
        named = command.get("command_id")
        result = {"command_id": named} if named else {}
        if command.get("name") != "customers":
            return {**result, "success": False, "errors": ["Unknown command"]}
        ids = {
            name: str(value).strip()
            for name, value in data.get("customer_ids", {}).items()
            if value is not None and str(value).strip()
        }
        if not ids:
            return {**result, "success": False, "errors": ["At least one id should be specified."]}
        if unknown := ids.keys() - HARD_IDS:
            return {**result, "success": False, "errors": [f"Unknown id: {min(unknown)}"]}
        updated_at = float(data.get("update_timestamp") or 0)
        customer = self.customers.setdefault(ids["registered"], {})
        for name, value in data.get("properties", {}).items():
            if customer.get(name, {}).get("updated_at", 0) <= updated_at:
                customer[name] = {"value": value, "updated_at": updated_at}
        return {**result, "success": True}


def _refused(message: str) -> Refusal:
    return Refusal(400, {"success": False, "message": message})


EMULATED = Emulated(
    "BLOOMREACH_URL",
    ("BLOOMREACH_API_KEY", "BLOOMREACH_API_SECRET", "BLOOMREACH_PROJECT_TOKEN"),
    Bloomreach,
)
