"""Buckets as destinations: faults, refusals, files in parts, and what Optimove reads."""

import gzip
import hashlib
from dataclasses import replace

import botocore.utils
import pytest

from orchestration.activation.declaration import Limits
from orchestration.destinations import optimove
from sandbox.vendors.s3 import S3
from tests.activation_world import Person, hubspot_sync, people, publish, rows
from tests.destinations.file_drop import NAMES, PLAIN, Drop, child, until
from tests.destinations.members import CHANGED, wanted

in_a_bucket = pytest.mark.parametrize("drop", ["s3-csv"], indirect=True)


def many(name: str) -> list[Person]:
    """So many people that their file travels in three parts."""
    long = (name + "x") * 500
    return [replace(p, first_name=f"{i}{long}"[:1000]) for i, p in enumerate(people(18_000))]


@in_a_bucket
@pytest.mark.parametrize("fault", ["429", "500_after", "reset_after"])
def test_after_a_fault_and_one_clean_run_the_file_is_right(drop: Drop, fault: str) -> None:
    drop.run(people(12))
    drop.vendor.order(next=[fault] * 3)
    drop.run(CHANGED)
    drop.vendor.order()
    drop.run(CHANGED[1:])
    drop.run(CHANGED[1:])
    assert drop.held() == wanted(CHANGED[1:])
    told = drop.manifest()
    assert told is not None
    assert told["rows"] == len(wanted(CHANGED[1:]))


@in_a_bucket
def test_a_200_that_proves_nothing_is_no_success(drop: Drop) -> None:
    drop.vendor.order(next=["garbage"])
    receipt = drop.run(people(3))
    assert (receipt.status, receipt.sent, receipt.in_doubt) == ("partial", 0, 3)
    assert receipt.reason == "S3 answers without proof that it took the file"


@in_a_bucket
def test_while_s3_is_down_the_last_file_stays_and_the_next_run_makes_it_right(drop: Drop) -> None:
    drop.run(people(12))
    drop.vendor.order(down=True)
    receipt = drop.run(CHANGED)
    drop.vendor.order()
    assert (receipt.status, receipt.reason) == ("partial", "S3 refuses: SlowDown")
    assert drop.held() == wanted(people(12))
    assert drop.run(CHANGED).status == "settled"
    assert drop.held() == wanted(CHANGED)


@in_a_bucket
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "open-sesame"}, "S3 refuses: SignatureDoesNotMatch"),
        ({"AWS_ACCESS_KEY_ID": "open-sesame"}, "S3 refuses: InvalidAccessKeyId"),
        ({"AWS_REGION": "eu-north-1"}, "S3 refuses: AuthorizationHeaderMalformed"),
        ({"S3_ENDPOINT_URL": "http://127.0.0.1:1"}, "S3 cannot be reached: EndpointConnection"),
        ({"S3_ENDPOINT_URL": "open-sesame"}, "S3_ENDPOINT_URL is no address"),
    ],
)
def test_a_bucket_that_cannot_be_reached_says_why_and_gives_nothing_away(
    drop: Drop, changes: dict[str, str], reason: str
) -> None:
    receipt = drop.run(people(3), **changes)
    assert (receipt.status, receipt.sent) == ("partial", 0)
    assert str(receipt.reason).startswith(reason)
    assert "sesame" not in str(rows(drop.home, "from activation.sync_runs"))


@in_a_bucket
def test_a_bucket_that_is_not_there_is_named_as_the_cause(drop: Drop) -> None:
    options = {**drop.declared.options, "bucket": "elsewhere"}
    receipt = replace(drop, declared=drop.declared.model_copy(update={"options": options})).run(
        people(3)
    )
    assert receipt.reason == "S3 refuses: NoSuchBucket"


@in_a_bucket
def test_without_credentials_nothing_is_asked_of_anybody(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: object, **__: object) -> None:
        raise AssertionError("asked the machine's metadata")

    monkeypatch.setattr(botocore.utils.IMDSFetcher, "_fetch_metadata_token", asked)
    monkeypatch.setattr(botocore.utils.IMDSFetcher, "_get_request", asked)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    receipt = drop.run(people(3), AWS_SECRET_ACCESS_KEY="")
    reason = "no credentials: AWS_SECRET_ACCESS_KEY not set"
    assert (receipt.status, receipt.reason) == ("skipped", reason)
    assert drop.run(people(3)).status == "settled"


@in_a_bucket
def test_a_large_file_travels_in_parts_and_is_seen_once_it_is_whole(drop: Drop) -> None:
    drop.run(many("Ada"))
    stored = drop.vendor.gate.vendor
    assert isinstance(stored, S3)
    assert stored.objects["kith/members.csv"].etag.endswith("-3")
    told = drop.manifest()
    content = drop.read(drop.name)
    assert content is not None
    assert told is not None
    assert (told["rows"], told["sha256"]) == (18_000, hashlib.sha256(content).hexdigest())
    assert drop.vendor.gate.vendor.dump()["uploads"] == 0


@in_a_bucket
def test_an_upload_killed_between_its_parts_is_not_seen_and_is_made_up_for(drop: Drop) -> None:
    drop.run(people(3))
    publish(drop.home, many("Ada"))
    drop.vendor.order(rates={"slow": 1.0}, slow_seconds=1)
    stored = drop.vendor.gate.vendor
    assert isinstance(stored, S3)
    patient = drop.declared.model_copy(update={"limits": Limits(timeout_seconds=20)})
    killed = child(replace(drop, declared=patient), "never")
    until(lambda: any(upload.parts for upload in stored.uploads.values()), killed)
    killed.kill()
    killed.wait()
    drop.vendor.order()
    assert drop.held() == wanted(people(3))
    receipt = drop.run(people(5))
    assert (receipt.status, drop.held()) == ("settled", wanted(people(5)))


@pytest.mark.parametrize("drop", ["optimove"], indirect=True)
def test_optimove_gets_a_compressed_csv_within_its_limit(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop.run(people(2))
    lines = gzip.decompress(drop.read("members.csv.gz") or b"").decode().splitlines()
    assert lines == [",".join(NAMES), *(f"{p.email},Ada,100" for p in people(2))]
    monkeypatch.setattr(optimove, "LARGEST_FILE", 10)
    before = drop.vendor.requests
    receipt = drop.run(people(3))
    assert str(receipt.reason).startswith("the file is over 1 GB")
    assert drop.vendor.requests == before


@pytest.mark.parametrize("folder", ["a/b/c", "/a", "a/", ""])
def test_a_folder_that_optimove_would_not_see_is_refused_where_it_is_declared(folder: str) -> None:
    with pytest.raises(ValueError, match=r"options\.folder"):
        hubspot_sync(**PLAIN, destination="optimove", options={"bucket": "b", "folder": folder})
