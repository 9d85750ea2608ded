"""The ways to the next page that dlt has no word for."""

from inspect import signature
from typing import Any, cast

from dlt.sources.helpers.rest_client.paginators import (
    BaseReferencePaginator,
    JSONResponseCursorPaginator,
)
from dlt.sources.rest_api.config_setup import (
    PAGINATOR_MAP,
    create_paginator,
    register_paginator,
)
from requests import Request, Response

from orchestration.complaints import nearest


class LastId(BaseReferencePaginator):  # type: ignore[misc]  # dlt is not type-checked
    """The next page begins after the last record's id, as Stripe has it."""

    def __init__(self, parameter: str, more: str, records: str = "data") -> None:
        super().__init__()
        self._parameter, self._more, self._records = parameter, more, records

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """The last id, while the field `more` says that there is more."""
        reply = response.json()
        listed = reply.get(self._records) or []
        self._next_reference = str(listed[-1]["id"]) if listed and reply.get(self._more) else None

    def update_request(self, request: Request) -> None:
        """Ask for what comes after it."""
        given = cast(dict[str, Any], request.params or {})
        request.params = {**given, self._parameter: self._next_reference}


class Stream(JSONResponseCursorPaginator):  # type: ignore[misc]  # dlt is not type-checked
    """A cursor that goes on for ever; the field `end` says when it has come to now, as Zendesk's.

    With a cursor the parameter `start` must not be there.
    """

    def __init__(self, cursor_path: str, cursor_param: str, end: str, start: str = "") -> None:
        super().__init__(cursor_path=cursor_path, cursor_param=cursor_param)
        self._end, self._start = end, start

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """No next page after the end."""
        super().update_state(response, data)
        if response.json().get(self._end) is True:
            self._next_reference = None

    def update_request(self, request: Request) -> None:
        """The cursor takes the place of the first moment."""
        super().update_request(request)
        cast(dict[str, Any], request.params).pop(self._start, None)


register_paginator("last_id", LastId)
register_paginator("stream", Stream)


def paginator(pages: dict[str, Any]) -> BaseReferencePaginator:
    """A fresh paginator; raises ValueError for a type that is none, or settings that it has not."""
    try:
        made: BaseReferencePaginator | None = create_paginator(dict(pages))
    except TypeError as mistake:
        # Python names a class of dlt's that nobody wrote down.
        known = list(signature(PAGINATOR_MAP[pages["type"]]).parameters)
        wrong = [word for word in pages if word not in (*known, "type")]
        raise ValueError(
            "; ".join(f"{word} is none of its settings; {nearest(word, known)}" for word in wrong)
            or f"a setting is missing or too many; {nearest('', known)}"
        ) from mistake
    if made is None:
        raise ValueError(f"pages: {pages} is no way of paging")
    return made
