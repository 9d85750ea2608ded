"""What only the sandbox has: order faults, read state and request counts, edit as a person would.

GET and PUT `/_sandbox/faults`, GET `/_sandbox/state`, GET `/_sandbox/requests`; for the CRMs also
POST `/_sandbox/upsert` {object, records} and POST `/_sandbox/delete` {object, ids}.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.faults import FaultPlan, Faults
from sandbox.vendors.gate import Gate, Vendor
from sandbox.vendors.replies import Refusal, read_object, refuse


class EditableVendor(Vendor, Protocol):
    """A vendor whose records people edit in its own screens."""

    def edit(self, name: str, records: list[dict[str, Any]]) -> list[str]:
        """Create or change records, moving modification dates; returns their ids."""

    def remove(self, name: str, ids: list[str]) -> None:
        """Delete records into the vendor's bin."""


def gated(vendor: Vendor, *more: Route) -> Gate:
    """The vendor behind its gate, with the common controls and these."""
    return Gate(vendor, lambda gate: _application(gate, more))


def _application(gate: Gate, more: Sequence[Route]) -> Starlette:
    async def order_faults(request: Request) -> Response:
        try:
            gate.faults = Faults(FaultPlan.model_validate_json(await request.body()))
        except ValidationError as error:
            return JSONResponse({"error": str(error)}, 400)
        return _faults(gate)

    async def tell_faults(_request: Request) -> Response:
        return _faults(gate)

    async def tell_requests(_request: Request) -> Response:
        return JSONResponse(gate.requests)

    async def tell_state(_request: Request) -> Response:
        return JSONResponse(gate.vendor.dump())

    routes = [
        Route("/_sandbox/faults", order_faults, methods=["PUT"]),
        Route("/_sandbox/faults", tell_faults),
        Route("/_sandbox/requests", tell_requests),
        Route("/_sandbox/state", tell_state),
        *more,
    ]
    return Starlette(routes=routes, exception_handlers={Refusal: refuse, KeyError: _unknown})


def _faults(gate: Gate) -> Response:
    return JSONResponse({"plan": gate.faults.plan.model_dump(), "fired": gate.faults.fired})


def editing(vendor: EditableVendor) -> list[Route]:
    """The controls with which tests edit a CRM's records."""

    async def edit(request: Request) -> Response:
        body = await read_object(request, _malformed)
        return JSONResponse({"ids": vendor.edit(body["object"], body["records"])})

    async def remove(request: Request) -> Response:
        body = await read_object(request, _malformed)
        vendor.remove(body["object"], body["ids"])
        return Response(status_code=204)

    return [
        Route("/_sandbox/upsert", edit, methods=["POST"]),
        Route("/_sandbox/delete", remove, methods=["POST"]),
    ]


def _malformed() -> Refusal:
    return Refusal(400, {"error": "the body must be a JSON object"})


async def _unknown(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": f"missing or unknown: {error}"}, 400)
