"""The back door: every exposure that declares a sync becomes an asset that sends it."""

from collections.abc import Iterator, Sequence

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetKey,
    AssetsDefinition,
    Failure,
    MaterializeResult,
    asset,
    get_dagster_logger,
)

from orchestration.activation.declaration import Sync
from orchestration.activation.exposures import DeclarationError, declarations
from orchestration.activation.receipt import Receipt
from orchestration.activation.run import sync as run_sync
from orchestration.warehouse import Home, Manifest

SERVING = AssetKey(["serve", "serving"])
CHECK = "delivered"


def sync_assets(manifest: Manifest) -> Sequence[AssetsDefinition]:
    """One asset per sync, after the publication.

    A sync that is declared wrongly is an asset that fails with the reason: the others go on.
    """
    return [
        _asset(declared) if isinstance(declared, Sync) else _misdeclared(name, declared)
        for name, declared in declarations(manifest)
    ]


def _misdeclared(name: str, mistake: DeclarationError) -> AssetsDefinition:
    get_dagster_logger().warning(str(mistake))

    @asset(
        key=AssetKey(["activation", name]),
        deps=[SERVING],
        group_name="activation",
        description=str(mistake),
    )
    def refuse() -> None:
        raise Failure(description=str(mistake))

    return refuse


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
