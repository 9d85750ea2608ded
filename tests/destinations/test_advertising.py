"""What advertising platforms have of their own: counts instead of rows, and answers that wait."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx
import pytest

from orchestration.activation.receipt import Receipt
from orchestration.activation.run import sync
from orchestration.destinations.answer import Answer
from orchestration.destinations.protocol import Row
from orchestration.warehouse import Home
from sandbox.vendors.google_ads import ACCOUNT, AUDIENCE, MANAGER, GoogleAds
from tests.activation_world import Person, Served, people, publish, quick, rows, served
from tests.destinations.case import Case, vendor_of
from tests.destinations.cases import google_ads, meta
from tests.destinations.cases.google_ads import fingerprint

(GOOGLE,) = google_ads.CASES
META, META_ALONE = meta.CASES


@dataclass(frozen=True)
class At:
    """A platform at work."""

    case: Case
    home: Home
    vendor: Served
    environment: dict[str, str]

    def run(self, persons: list[Person], **changes: object) -> Receipt:
        """Publishes these people and syncs once."""
        publish(self.home, persons)
        return sync(self.case.declared(**changes), self.home, self.environment)

    @property
    def held(self) -> dict[str, str]:
        """Who is in the audience."""
        return self.case.held(self.vendor.gate.vendor.dump())


def at(case: Case, home: Home) -> Iterator[At]:
    secrets = {name: token_hex(8) for name in case.emulated.secrets}
    with served(vendor_of(case, secrets)) as vendor:
        yield At(case, home, vendor, case.environment(vendor, secrets))


@pytest.fixture
def google(tmp_path: Path) -> Iterator[At]:
    yield from at(GOOGLE, Home(tmp_path))


@pytest.fixture
def facebook(tmp_path: Path) -> Iterator[At]:
    yield from at(META, Home(tmp_path))


def google_of(at: At) -> GoogleAds:
    vendor = at.vendor.gate.vendor
    assert isinstance(vendor, GoogleAds)
    return vendor


WHOLE: dict[str, Any] = {"limits": quick(timeout_seconds=30)}


def test_meta_is_sent_ten_thousand_people_at_a_time(facebook: At) -> None:
    receipt = facebook.run(people(10_050), **WHOLE)
    assert (receipt.sent, receipt.requests, len(facebook.held)) == (10_050, 2, 10_050)


def test_google_is_sent_ten_thousand_people_at_a_time(google: At) -> None:
    receipt = google.run(people(10_050), **WHOLE)
    assert (receipt.pending, receipt.requests, len(google.held)) == (10_050, 2, 10_050)


def test_impatience_of_meta_costs_nobody_their_place(facebook: At) -> None:
    facebook.vendor.order(next=["429", "429"])
    receipt = facebook.run(people(7))
    assert (receipt.sent, receipt.rejected, receipt.requests) == (7, 0, 4)


def test_meta_takes_people_back_by_the_key_they_are_known_by(facebook: At) -> None:
    facebook.run(people(3))
    entries = facebook.vendor.gate.vendor.dump()["entries"]
    assert set(entries[0]) == {"EXTERN_ID", "EMAIL", "FN"}
    # The address has changed meanwhile: the person is found all the same.
    moved = replace(people(3)[0], email="elsewhere@example.com", is_granted=False)
    facebook.run([moved, *people(3)[1:]])
    assert facebook.held == META.expected(people(3)[1:])


@pytest.mark.parametrize("case", [META_ALONE, GOOGLE], ids=lambda case: case.name)
def test_nothing_travels_that_could_not_be_taken_back(case: Case) -> None:
    known_by = str(case.sync["match"])
    more = {"map": {known_by: "email_sha256", "FN": "first_name_sha256"}}
    with pytest.raises(ValueError, match=f"nothing may travel beside {known_by}, .* drop FN"):
        case.declared(**more)


@pytest.mark.parametrize("received", [2, None])
def test_a_count_of_other_rows_than_were_sent_vouches_for_none(received: int | None) -> None:
    answer = Answer(align="count", at="num_invalid_entries", received="num_received")
    told = httpx.Response(200, json={"num_received": received, "num_invalid_entries": 0})
    sent = [Row(i, "added", f"c{i}", f"m{i}", "{}") for i in range(3)]
    assert answer.outcomes(told, sent) == []


def test_a_job_of_google_is_asked_about_until_it_is_done(google: At) -> None:
    google_of(google).slow = 1
    first = google.run(people(7))
    assert (first.status, first.pending, first.requests) == ("pending", 7, 2)
    second = google.run([*people(7), Person("c00050", "later@example.com")])
    # Who travels in a job is not sent again meanwhile.
    assert (second.pending, second.added) == (1, 1)
    google.run(people(7))
    statuses = "select status, sent, pending from activation.sync_runs order by run_id limit 1"
    assert rows(google.home, statuses) == [("settled", 7, 0)]


def test_a_job_that_failed_refuses_its_people_with_googles_reason(google: At) -> None:
    google_of(google).unusable = {fingerprint(person) for person in people(2)}
    google.run(people(2))
    google.run(people(2))
    refused = "select code from activation.sync_rejections where is_open"
    assert rows(google.home, refused) == [("PROCESSING_ERROR_REASON_INVALID_USER_IDENTIFIER",)] * 2


def test_a_job_that_took_some_leaves_all_in_doubt_and_they_can_be_taken_back(google: At) -> None:
    unusable = {fingerprint(people(3)[0])}
    google_of(google).unusable = unusable
    google.run(people(3))
    google.run(people(3))
    first = "select in_doubt, rejected from activation.sync_runs order by run_id limit 1"
    assert rows(google.home, first) == [(3, 0)]
    google_of(google).unusable = set()
    withdrawn = [replace(person, is_granted=False) for person in people(3)]
    google.run(withdrawn)
    google.run(withdrawn)
    assert google.held == {}


def test_google_uses_nothing_without_a_yes_in_the_request(google: At) -> None:
    google.run(people(1))
    assert google.held
    token = google_of(google)._tokens.copy().pop()
    body = {
        "destinations": [
            {
                "operatingAccount": {"accountType": "GOOGLE_ADS", "accountId": ACCOUNT},
                "loginAccount": {"accountType": "GOOGLE_ADS", "accountId": MANAGER},
                "productDestinationId": AUDIENCE,
            }
        ],
        "audienceMembers": [{"userData": {"userIdentifiers": [{"emailAddress": "0" * 64}]}}],
        "termsOfService": {"customerMatchTermsOfServiceStatus": "ACCEPTED"},
        "encoding": "HEX",
    }
    url = f"{google.vendor.url}/v1/audienceMembers:ingest"
    answer = httpx.post(url, json=body, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, "0" * 64 in google.held) == (200, False)
