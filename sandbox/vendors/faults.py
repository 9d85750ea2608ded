"""Faults that tests order from an emulator: refusals, lost replies, nonsense, delay, outage."""

import random
from collections import Counter, deque
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Fault = Literal[
    "401",  # the credentials are refused, as when a token expires
    "403",  # the quota is used up, or the credentials do not suffice
    "429",  # over the rate limit, in the vendor's own words (Salesforce says 403)
    "500_before",  # an error, and nothing was done
    "500_after",  # an error, although everything was done
    "garbage",  # 200 with a proxy's HTML page, and nothing was done
    "empty",  # 200 with an empty object, and nothing was done
    "reset",  # the connection is reset, and nothing was done
    "reset_after",  # the connection is reset, although everything was done
    "slow",  # done, but the reply comes after `slow_seconds`
    "503",  # unavailable: what `down` gives to every request
]


class FaultPlan(BaseModel):
    """Which requests fail and how; an empty plan is a healthy vendor.

    `next` holds exact faults for the coming requests and goes before `rates`, the share of
    requests that get each fault, drawn from `seed`. Both apply to paths that start with `only`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 0
    rates: dict[Fault, float] = Field(default_factory=dict)
    next: list[Fault] = Field(default_factory=list)
    only: str = "/"
    down: bool = False
    slow_seconds: float = Field(default=1.0, ge=0, le=60)


class Faults:
    """The plan under way: draws one fault, or none, for each request."""

    def __init__(self, plan: FaultPlan | None = None) -> None:
        self.plan = plan or FaultPlan()
        self.fired: Counter[Fault] = Counter()
        self._pending = deque(self.plan.next)
        self._random = random.Random(self.plan.seed)  # noqa: S311 - repeatable, not secret

    def draw(self, path: str) -> Fault | None:
        """The fault for a request to this path; counted in `fired`."""
        fault = "503" if self.plan.down else self._chosen(path)
        if fault is not None:
            self.fired[fault] += 1
        return fault

    def _chosen(self, path: str) -> Fault | None:
        if not path.startswith(self.plan.only):
            return None
        if self._pending:
            return self._pending.popleft()
        point = self._random.random()
        for fault, rate in self.plan.rates.items():
            if point < rate:
                return fault
            point -= rate
        return None
