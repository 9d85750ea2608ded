"""Refusals that ask for patience though they are no 429."""

from collections.abc import Callable

from dlt.common import jsonpath
from requests import Response
from requests.exceptions import RequestException

from orchestration.destinations.description import Throttled


def asks_for_patience(
    throttled: Throttled,
) -> Callable[[Response | None, BaseException | None], bool]:
    """Tells of a response, or the failure to get one, whether to ask again in a while."""

    def is_throttled(response: Response | None, _failure: BaseException | None) -> bool:
        if response is None or response.ok:
            return False
        try:
            found = jsonpath.find_values(throttled.at, response.json())
        except RequestException:
            return False
        return any(value in throttled.values for value in found)

    return is_throttled
