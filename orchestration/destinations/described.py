"""A destination that is a description in YAML, at work."""

import json
import re
from collections.abc import Mapping

import httpx

from orchestration.activation.declaration import Sync
from orchestration.destinations.answer import body
from orchestration.destinations.authorization import Headers, OAuth, Wsse
from orchestration.destinations.description import (
    MODES,
    BasicAuth,
    Description,
    HeaderAuth,
    OAuthAuth,
    Request,
    WsseAuth,
)
from orchestration.destinations.protocol import Batch, Exchange, Outcome, Row, Steps, account
from orchestration.destinations.template import IN_PATH, Template, at, filled_path

NAMED = re.compile(r"\$([A-Z][A-Z0-9_]+)")


def build(
    description: Description, sync: Sync, environment: Mapping[str, str]
) -> "DescribedDestination | None":
    """The destination, or None if a variable that the description names is not set."""
    address = environment.get(description.address.variable) or description.address.default
    names = set(NAMED.findall(description.model_dump_json(include={"auth", "requests"})))
    if not address or any(not environment.get(name) for name in names):
        return None
    secrets = {name: environment[name] for name in names}
    return DescribedDestination(description, sync, address.rstrip("/"), secrets, environment)


class DescribedDestination:
    """A described kind at work for one sync."""

    def __init__(
        self,
        description: Description,
        sync: Sync,
        address: str,
        secrets: Mapping[str, str],
        environment: Mapping[str, str],
    ) -> None:
        self._description = description
        self._sync = sync
        self._address = address
        self.auth = _auth(description.auth, address, secrets, environment)
        self.account = account(address, *(secrets[name] for name in sorted(secrets)))
        self._constants: dict[str, object] = {
            **secrets,
            **sync.options,
            "object": sync.object,
            "match_field": sync.match,
            "sync": sync.name,
            "names": sorted(sync.map),
        }
        self._templates: dict[str, tuple[Template, Template]] = {}

    def prepare(self, types: Mapping[str, str]) -> Exchange:
        """Nothing to prepare."""
        yield from ()

    def deliver(self, batch: Batch) -> Steps:
        """One request; after a 413 that took some rows, another with the rest."""
        name = self._request_for(batch)
        request = self._description.requests[name]
        waiting, outcomes = batch, list[Outcome]()
        while True:
            response = yield self._rendered(name, request, waiting)
            if response.status_code == 404 and batch.is_removal:
                return [Outcome(row.position, "sent") for row in waiting.rows]
            if not response.is_success and response.status_code != 413:
                raise self._description.errors.refusal(response)
            found = request.answer.outcomes(response, waiting.rows)
            outcomes += found
            if response.is_success:
                return outcomes
            answered = {outcome.position for outcome in found}
            rest = tuple(row for row in waiting.rows if row.position not in answered)
            if not found or not rest:
                raise self._description.errors.refusal(response)
            waiting = waiting.part(rest)

    def poll(self, ticket: str, batch: Batch) -> Steps:
        """One look at a job; one that is gone leaves its rows in doubt."""
        poll = self._description.poll
        if poll is None:
            return []
        response = yield httpx.Request(
            "GET", self._address + filled_path(poll.path, self._constants, {"ticket": ticket})
        )
        state = at(body(response), poll.at) if response.is_success else None
        if state in poll.running:
            return [Outcome(row.position, "pending", ticket=ticket) for row in batch.rows]
        if state in poll.taken:
            return [Outcome(row.position, "sent") for row in batch.rows]
        if state is None:
            return []
        code = str(at(body(response), poll.code) or state)
        return [Outcome(row.position, "rejected", code) for row in batch.rows]

    def throttled(self, response: httpx.Response) -> bool:
        """As the description says."""
        rule = self._description.throttled
        return rule is not None and at(body(response), rule.at) in rule.values

    def _request_for(self, batch: Batch) -> str:
        if batch.is_removal:
            return self._sync.removal
        for name, modes in MODES.items():
            if self._sync.mode in modes:
                return name
        raise AssertionError(self._sync.mode)

    def _rendered(self, name: str, request: Request, batch: Batch) -> httpx.Request:
        words = {
            "matches": ",".join(row.match for row in batch.rows),
            "remote_ids": ",".join(row.remote_id for row in batch.rows),
        }
        url = self._address + filled_path(request.path, self._constants, words)
        headers = {"Content-Type": "application/json", **request.headers}
        if request.body is None:
            return httpx.Request(request.method, url, headers=headers)
        row, around = self._template(name, request)
        rows = request.separator.join(row.row(each, batch) for each in batch.rows)
        if request.body == "$rows":
            content = f"[{rows}]" if request.separator == "," else rows
        else:
            content = around.body(f"[{rows}]", batch)
        return httpx.Request(request.method, url, content=content.encode(), headers=headers)

    def _cleared(self, row: Row) -> str:
        """The row with nothing in its fields but what it is known by."""
        known_by = {self._sync.match: row.match} if self._sync.match else {}
        return json.dumps({**dict.fromkeys(sorted(self._sync.map)), **known_by})

    def _template(self, name: str, request: Request) -> tuple[Template, Template]:
        if name not in self._templates:
            self._templates[name] = (
                Template(request.row, self._constants, self._cleared),
                Template(request.body, self._constants, self._cleared),
            )
        return self._templates[name]


def _auth(
    auth: HeaderAuth | BasicAuth | OAuthAuth | WsseAuth,
    address: str,
    secrets: Mapping[str, str],
    environment: Mapping[str, str],
) -> httpx.Auth:
    def filled(text: str) -> str:
        return IN_PATH.sub(lambda found: secrets.get(found.group(1), found.group(0)), text)

    if isinstance(auth, HeaderAuth):
        return Headers({name: filled(text) for name, text in auth.headers.items()})
    if isinstance(auth, BasicAuth):
        return httpx.BasicAuth(filled(auth.user), filled(auth.password))
    if isinstance(auth, WsseAuth):
        return Wsse(filled(auth.user), filled(auth.secret))
    base = address
    if auth.url is not None:
        base = (environment.get(auth.url.variable) or auth.url.default).rstrip("/")
    return OAuth(base + auth.path, {k: filled(v) for k, v in auth.form.items()}, auth.scheme)
