"""The back door: every exposure that declares a sync becomes an asset that sends it."""

from collections.abc import Iterator, Sequence

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetKey,
    AssetsDefinition,
    MaterializeResult,
    asset,
)

from orchestration.activation.declaration import Sync
from orchestration.activation.exposures import syncs
from orchestration.activation.receipt import Receipt
from orchestration.activation.run import sync as run_sync
from orchestration.warehouse import Home, Manifest

SERVING = AssetKey(["serve", "serving"])
CHECK = "delivered"


def sync_assets(manifest: Manifest) -> Sequence[AssetsDefinition]:
    """One asset per sync, after the publication; raises DeclarationError for a bad exposure."""
    return [_asset(sync) for sync in syncs(manifest)]


def _asset(sync: Sync) -> AssetsDefinition:
    key = AssetKey(["activation", sync.name])

    @asset(
        key=key,
        deps=[SERVING],
        group_name="activation",
        owners=[sync.owner],
        kinds={sync.destination},
        description=sync.description,
        check_specs=[
            AssetCheckSpec(
                CHECK,
                asset=key,
                description="The destination answered for every row that was sent.",
            )
        ],
    )
    def send() -> Iterator[MaterializeResult[None]]:
        receipt = run_sync(sync, Home.from_environment())
        yield MaterializeResult(metadata=receipt.metadata(), check_results=[_check(receipt)])

    return send


def _check(receipt: Receipt) -> AssetCheckResult:
    """A vendor's bad day is a warning, because the next run makes good; a stopped sync is not."""
    needs_someone = receipt.status in ("held", "refused")
    return AssetCheckResult(
        check_name=CHECK,
        passed=receipt.is_delivered,
        severity=AssetCheckSeverity.ERROR if needs_someone else AssetCheckSeverity.WARN,
        metadata={"status": receipt.status, "reason": receipt.reason or "none"},
    )
