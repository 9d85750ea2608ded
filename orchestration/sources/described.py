"""A kind of source that is a description in YAML, at work."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from itertools import islice
from typing import Any

from requests import Request
from requests.auth import AuthBase, HTTPBasicAuth

from orchestration.destinations.description import BasicAuth, HeaderAuth, OAuthAuth
from orchestration.sources import full_scan, told_changes
from orchestration.sources.credentials import HeadersAuth, RenewedToken
from orchestration.sources.declaration import FromDescription
from orchestration.sources.description import (
    Description,
    Moment,
    Object,
    Read,
    Values,
    description,
)
from orchestration.sources.id_scan import Scan
from orchestration.sources.paging import paginator
from orchestration.sources.throttling import asks_for_patience
from orchestration.sources.vendor import Api, Cursor, Row, VendorError, row
from orchestration.sources.windowed import Windowed

WORD = re.compile(r"\$(\w+)")
# Numbers of a Unix time beyond this are milliseconds: as seconds they would be after the year 5000.
LARGEST_SECONDS = 100_000_000_000


def rows(wanted: FromDescription, state: dict[str, Any], scan: Scan | None = None) -> Iterator[Row]:
    """New versions of one object's records; `state` carries the position from run to run.

    `scan` knows what landed before. Raises VendorError if the vendor cannot be read.
    """
    described = description(wanted.kind)
    words = {name: os.environ[name] for name in described.variables}
    words |= {name: str(value) for name, value in wanted.options.items()}
    reader = _Reader(api(wanted.kind, described), described, described.objects[wanted.object])
    fingerprint = [reader.object.model_dump_json(), dict(wanted.options)]
    if reader.object.window is not None:
        window = Windowed(state, fingerprint, reader.object.window.days)
        start = window.start(reader.object.window.first_days)
        words |= {"from": start.isoformat(), "to": window.today.isoformat()}
        yield from window.saw(reader.read_all(reader.object.reads, None, words), start)
        window.advance()
        return
    cursor = Cursor(state, fingerprint)
    if reader.object.changes is not None:
        read = partial(reader.read_all, words=words)
        yield from told_changes.rows(reader.object, read, state, cursor, scan)
        return
    every = reader.object.scan
    if scan and every and (cursor.since is None or full_scan.is_due(state, every.hours)):
        everything = cursor.saw(reader.read_all(reader.object.reads, None, words))
        yield from full_scan.reconciled(state, scan, everything, every)
    else:
        yield from cursor.saw(reader.read_all(reader.object.reads, cursor.since, words))
    cursor.advance()


def demand_paging(kind: str) -> None:
    """Raises ValueError, which names the file and the request, if a way to page is none."""
    described = description(kind)
    requests = [
        (f"objects.{name}.{each.path}", each.pages)
        for name, found in described.objects.items()
        for each in (*found.reads, *(found.changes.reads if found.changes else ()))
    ]
    for where, pages in [("pages", described.pages), *requests]:
        try:
            paginator(pages or described.pages)
        except (TypeError, ValueError) as wrong:
            raise ValueError(f"orchestration/sources/{kind}.yml: {where}: {wrong}") from None


def api(kind: str, described: Description) -> Api:
    """The vendor's address, entered with the credentials of the environment."""
    url = os.environ.get(described.address.variable) or described.address.default
    headers = _filled(described.headers, os.environ)
    patience = asks_for_patience(described.throttled) if described.throttled else None
    return Api(kind, url, _auth(kind, described, url), headers, patience)


def _auth(kind: str, described: Description, url: str) -> AuthBase:
    auth = described.auth
    if isinstance(auth, HeaderAuth):
        return HeadersAuth(_filled(auth.headers, os.environ))
    if isinstance(auth, BasicAuth):
        user, password = _filled([auth.user, auth.password], os.environ)
        return HTTPBasicAuth(user, password)
    return RenewedToken(lambda: _bought(kind, auth, url), auth.scheme)


def _bought(kind: str, auth: OAuthAuth, url: str) -> str:
    """A token; each renewal reads the environment anew."""
    door = url if auth.url is None else os.environ.get(auth.url.variable) or auth.url.default
    form = _filled(auth.form, os.environ)
    reply = Api(kind, door).ask("POST", auth.path, "access_token", data=form)
    return str(reply["access_token"])


class _Reader:
    """Reads one object: the requests of its description, page by page."""

    def __init__(self, door: Api, described: Description, wanted: Object) -> None:
        self._door = door
        self._described = described
        self.object = wanted

    def read_all(
        self, reads: Iterable[Read], since: datetime | None, words: Mapping[str, str]
    ) -> Iterator[Row]:
        """The records of these requests, of what changed `since`."""
        for read in reads:
            for record in self._records(read, words, since):
                yield self._version(read, record)

    def _records(
        self, read: Read, words: Mapping[str, str], since: datetime | None
    ) -> Iterator[dict[str, Any]]:
        while True:
            last, told = None, 0
            for last in islice(self._asked(read, words, since), read.most):
                told += 1
                yield last
            if read.most is None or told < read.most:
                return
            later = datetime.fromisoformat(moment(self._changed_at(read, last)))
            if since is not None and later <= since:
                raise VendorError(f"more than {told} records of {read.path} changed at one moment")
            since = later

    def _asked(
        self, read: Read, words: Mapping[str, str], since: datetime | None
    ) -> Iterator[dict[str, Any]]:
        parameters: dict[str, Any] = dict(read.parameters)
        headers: dict[str, str] = {}
        if read.since is not None:
            asked = _since(read.since.first, since)
            if asked is not None:
                words = {**words, "since": _written(asked, read.since.format)}
                parameters |= read.since.parameters
                headers |= read.since.headers
        request = Request(
            read.method,
            _filled(read.path, words),
            params=_filled(parameters, words),
            headers=_filled(headers, words),
            json=_filled(read.body, words),
        )
        paging = paginator(read.pages or self._described.pages)
        yield from self._door.pages(request, read.records, paging, read.empty, read.none)

    def _changed_at(self, read: Read, record: object) -> Any:  # noqa: ANN401 - as the vendor has it
        return _at(record, read.updated_at or self.object.updated_at or "")

    def _version(self, read: Read, listed: dict[str, Any]) -> Row:
        wanted = self.object
        found = _at(listed, read.record) if read.record else listed
        record: dict[str, Any] = found if isinstance(found, dict) else {}
        parts = [_at(record, path) for path in wanted.id]
        # Without an id the load puts the record into quarantine.
        record_id = "" if None in parts else "|".join(map(str, parts))
        told = self._changed_at(read, listed)
        is_deleted = _means(wanted.is_deleted, record) or (
            _means(read.is_deleted, listed)
            if isinstance(read.is_deleted, dict)
            else read.is_deleted
        )
        content = record
        for path in wanted.leave_out:
            content = _without(content, path.split("."))
        on = _at(record, wanted.window.day) if wanted.window else None
        made = row(content, record_id, moment(told), is_deleted=is_deleted)
        return made | {"on": str(on or "")} if wanted.window else made


def _means(values: Mapping[str, Values], record: dict[str, Any]) -> bool:
    return any(_at(record, path) in meant for path, meant in values.items())


def moment(told: object) -> str:
    """A vendor's time as ISO text in UTC with milliseconds.

    A number is a Unix time. What is no time becomes the moment of reading: the record is new to us
    then, and its own text is kept.
    """
    try:
        if isinstance(told, int | float) and not isinstance(told, bool):
            seconds = told / 1000 if told > LARGEST_SECONDS else told
            found = datetime.fromtimestamp(seconds, UTC)
        else:
            found = datetime.fromisoformat(str(told))
    except (ValueError, OverflowError, OSError):
        found = datetime.now(UTC)
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _since(first: str | None, since: datetime | None) -> datetime | None:
    if since is not None or first is None:
        return since
    return datetime.combine(date.fromisoformat(first), datetime.min.time(), UTC)


def _written(since: datetime, form: Moment) -> str:
    since = since.astimezone(UTC).replace(microsecond=0)
    milliseconds = round(since.timestamp() * 1000)
    texts = {
        "iso": since.isoformat().replace("+00:00", "Z"),
        "seconds": str(milliseconds // 1000),
        "milliseconds": str(milliseconds),
        "http_date": format_datetime(since, usegmt=True),
        "date": (since - timedelta(days=1)).date().isoformat(),
    }
    return texts[form]


def _filled(shape: Any, words: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
    """The shape with `$name` replaced wherever a word has that name."""
    if isinstance(shape, str):
        return WORD.sub(lambda found: words.get(found[1], found[0]), shape)
    if isinstance(shape, list):
        return [_filled(each, words) for each in shape]
    if isinstance(shape, dict):
        return {name: _filled(each, words) for name, each in shape.items()}
    return shape


def _at(record: object, path: str) -> Any:  # noqa: ANN401 - whatever the vendor has there
    """What lies at a dotted path, None if there is nothing."""
    for name in path.split("."):
        if not isinstance(record, dict):
            return None
        record = record.get(name)
    return record


def _without(record: dict[str, Any], path: list[str]) -> dict[str, Any]:
    name, *rest = path
    if name not in record:
        return record
    if rest:
        inner = record[name]
        return {**record, name: _without(inner, rest)} if isinstance(inner, dict) else record
    return {key: value for key, value in record.items() if key != name}
