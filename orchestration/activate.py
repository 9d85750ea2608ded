"""The back door: every exposure that declares a sync becomes an asset that sends it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    MaterializeResult,
    multi_asset,
)

from orchestration.activation.declaration import Sync
from orchestration.activation.exposures import DeclarationError, declarations
from orchestration.activation.lost import notice_losses
from orchestration.activation.receipt import Receipt
from orchestration.activation.run import refused
from orchestration.activation.run import sync as run_sync
from orchestration.warehouse import Home, Manifest

SERVING = AssetKey(["serve", "serving"])
GROUP = "activation"
CHECK = "delivered"
AT_ONCE = 16
Declared = Sync | DeclarationError


def sync_assets(manifest: Manifest) -> AssetsDefinition:
    """One asset per sync, after the publication; all are sent at the same time.

    Each is sent whatever becomes of the others: one that is slow, down or declared wrongly neither
    delays nor fails another.
    """
    declared = dict(declarations(manifest))

    @multi_asset(
        name="syncs",
        specs=[_spec(name, each) for name, each in declared.items()],
        check_specs=[_check_spec(name) for name in declared],
        can_subset=True,
    )
    def send(context: AssetExecutionContext) -> Iterator[MaterializeResult[None]]:
        home = Home.from_environment()
        chosen = [key.path[-1] for key in context.selected_asset_keys]
        notice_losses(home)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            under_way = {pool.submit(_sent, n, declared[n], home): n for n in sorted(chosen)}
            bugs = []
            for done in as_completed(under_way):
                if bug := done.exception():
                    bugs.append(bug)
                else:
                    yield _result(under_way[done], done.result())
        # An error of this program, not of a vendor: loud, once the others have been sent.
        for bug in bugs:
            raise bug

    return send


def _sent(name: str, declared: Declared, home: Home) -> Receipt:
    if isinstance(declared, DeclarationError):
        return refused(name, str(declared), home)
    return run_sync(declared, home)


def _spec(name: str, declared: Declared) -> AssetSpec:
    key = AssetKey([GROUP, name])
    if isinstance(declared, DeclarationError):
        return AssetSpec(
            key, deps=[SERVING], group_name=GROUP, description=str(declared), skippable=True
        )
    return AssetSpec(
        key,
        deps=[SERVING],
        group_name=GROUP,
        owners=[declared.owner],
        kinds={declared.destination},
        description=declared.description,
        skippable=True,
    )


def _check_spec(name: str) -> AssetCheckSpec:
    return AssetCheckSpec(
        CHECK,
        asset=AssetKey([GROUP, name]),
        description="The destination answered for every row that was sent.",
    )


def _result(name: str, receipt: Receipt) -> MaterializeResult[None]:
    return MaterializeResult(
        asset_key=AssetKey([GROUP, name]),
        metadata=receipt.metadata(),
        check_results=[_check(name, receipt)],
    )


def _check(name: str, receipt: Receipt) -> AssetCheckResult:
    """A vendor's bad day is a warning, because the next run makes good; a stopped sync is not."""
    needs_someone = receipt.status in ("held", "refused")
    return AssetCheckResult(
        asset_key=AssetKey([GROUP, name]),
        check_name=CHECK,
        passed=receipt.is_delivered,
        severity=AssetCheckSeverity.ERROR if needs_someone else AssetCheckSeverity.WARN,
        metadata={"status": receipt.status, "reason": receipt.reason or "none"},
    )
