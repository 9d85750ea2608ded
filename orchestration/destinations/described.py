"""A destination that is a description in YAML, at work."""

import json
import re
from collections.abc import Mapping
from urllib.parse import quote

import httpx

from orchestration.activation.declaration import Sync
from orchestration.destinations.answer import body
from orchestration.destinations.authorization import Headers, OAuth, Wsse
from orchestration.destinations.description import (
    BasicAuth,
    Description,
    HeaderAuth,
    OAuthAuth,
    Request,
    WsseAuth,
)
from orchestration.destinations.protocol import (
    Batch,
    Exchange,
    Outcome,
    Row,
    Steps,
    account,
    sent,
)
from orchestration.destinations.requests import request_name
from orchestration.destinations.template import IN_PATH, Template, at, filled_path, listed


def build(
    description: Description, sync: Sync, environment: Mapping[str, str]
) -> "DescribedDestination | None":
    """The destination, or None if a variable that the description names is not set."""
    if any(not environment.get(name) for name in description.variables):
        return None
    address = environment.get(description.address.variable) or description.address.default
    names = (name for name in description.variables if name != description.address.variable)
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
            **dict.fromkeys(description.options, ""),
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
        """One request, and before it the one that finds ids of rows, if it needs some."""
        name = request_name(self._description, self._sync, is_removal=batch.is_removal)
        first = self._description.requests[name].first
        unknown = tuple(row for row in batch.rows if not row.remote_id)
        if not first or not unknown:
            return (yield from self._ask(name, batch))
        found = yield from self._ask(first, batch.part(unknown))
        ids = {row.position: row.remote_id for row in batch.rows if row.remote_id}
        ids |= {outcome.position: outcome.remote_id for outcome in found if outcome.remote_id}
        rest = tuple(
            row._replace(remote_id=ids[row.position]) for row in batch.rows if row.position in ids
        )
        outcomes = [outcome for outcome in found if outcome.position not in ids]
        if rest:
            outcomes += yield from self._ask(name, batch.part(rest))
        return outcomes

    def _ask(self, name: str, batch: Batch) -> Steps:
        """After a 413 that took some rows, once more with the rest."""
        request = self._description.requests[name]
        waiting, outcomes = batch, list[Outcome]()
        while True:
            response = yield self._rendered(name, request, waiting)
            # Where the path names the rows they are gone; elsewhere the path itself is wrong.
            if response.status_code == 404 and batch.is_removal and request.body is None:
                return [sent(row.position) for row in waiting.rows]
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
            return [sent(row.position) for row in batch.rows]
        if state is None or state in poll.unclear:
            return []
        code = str(at(body(response), poll.code) or state)
        return [Outcome(row.position, "rejected", code) for row in batch.rows]

    def throttled(self, response: httpx.Response) -> bool:
        """As the description says."""
        rule = self._description.throttled
        return rule is not None and at(body(response), rule.at) in rule.values

    def _rendered(self, name: str, request: Request, batch: Batch) -> httpx.Request:
        words = {
            "matches": ",".join(row.match for row in batch.rows),
            "remote_ids": ",".join(row.remote_id for row in batch.rows),
            "quoted_matches": ",".join(quote(_escaped(row.match), safe="") for row in batch.rows),
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
        return json.dumps(_nested({**dict.fromkeys(sorted(self._sync.map)), **known_by}))

    def _emptied(self, row: Row) -> str:
        """The row by the vendor's id, with nothing in its other fields."""
        fields = dict.fromkeys(
            field for field in sorted(self._sync.map) if field != self._sync.match
        )
        return json.dumps(_nested({"id": row.remote_id, **fields}))

    def _template(self, name: str, request: Request) -> tuple[Template, Template]:
        if name not in self._templates:
            words = {
                "cleared": self._cleared,
                "emptied": self._emptied,
                "listed": lambda row: listed(request.field, row.fields or self._cleared(row)),
            }
            self._templates[name] = (
                Template(request.row, self._constants, words),
                Template(request.body, self._constants, words),
            )
        return self._templates[name]


def _escaped(value: str) -> str:
    """A value of a list in a query, in which commas and brackets mean something."""
    return re.sub(r"([(),\\])", r"\\\1", value)


def _nested(fields: Mapping[str, object]) -> dict[str, object]:
    """Fields as they travel: a dot in a name makes an object of its own."""
    tree: dict[str, object] = {}
    for name, value in fields.items():
        *branches, leaf = name.split(".")
        place = tree
        for branch in branches:
            grown = place.setdefault(branch, {})
            place = grown if isinstance(grown, dict) else place
        place[leaf] = value
    return tree


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
