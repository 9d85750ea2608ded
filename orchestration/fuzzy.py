"""The optional fuzzy tier in Dagster: proposals as a source, and the model that they need."""

from collections.abc import Iterator

import dagster as dg

from orchestration.collect import landing_key
from orchestration.sources.declaration import Declaration, Fuzzy, declarations
from orchestration.sources.fuzzy.profiles import FuzzyError
from orchestration.warehouse import Home, Manifest

CHECK = "proposed"


def proposal_assets(manifest: Manifest) -> list[dg.AssetsDefinition]:
    """One asset per fuzzy source table; one that is switched off only says so."""
    return [_proposals(table, wanted) for table, wanted in _fuzzy(manifest)]


def model_assets(manifest: Manifest) -> list[dg.AssetsDefinition]:
    """The model of each fuzzy source, trained on demand."""
    return [_model(table.source, wanted) for table, wanted in _fuzzy(manifest)]


def _fuzzy(manifest: Manifest) -> list[tuple[Declaration, Fuzzy]]:
    return [
        (table, table.collect)
        for table in declarations(manifest)
        if isinstance(table.collect, Fuzzy)
    ]


def _proposals(table: Declaration, wanted: Fuzzy) -> dg.AssetsDefinition:
    key = landing_key(table)

    # The last publication, which it reads, is no dependency: this run's comes after what it lands.
    @dg.asset(
        name=key.path[-1],
        key_prefix=key.path[:-1],
        group_name="collect",
        kinds={"splink"},
        check_specs=[dg.AssetCheckSpec(CHECK, asset=key)],
    )
    def propose_pairs(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[None]]:
        """Compare the published customers; if that cannot be, say so and let the run go on."""
        home = Home.from_environment()
        try:
            metadata, passed = _proposed(home, table, wanted), True
        except FuzzyError as trouble:
            context.log.warning("not read: %s.%s: %s", table.source, table.table, trouble)
            metadata, passed = {"cause": str(trouble)}, False
        check = dg.AssetCheckResult(passed=passed, check_name=CHECK, metadata=metadata)
        yield dg.MaterializeResult(metadata=metadata, check_results=[check])

    return propose_pairs


def _proposed(home: Home, table: Declaration, wanted: Fuzzy) -> dict[str, str | int]:
    if not wanted.enabled:
        return {"cause": f"switched off: `enabled: false` in the source {table.source}"}
    if not home.serving.exists():
        return {"cause": "nothing is published yet"}
    # Splink takes half a second to import, which only those pay who use it.
    from orchestration.sources.fuzzy.proposals import propose  # noqa: PLC0415 - see above

    found = propose(home, table, wanted)
    return {
        "model_version": found.model_version,
        "pairs": found.pairs,
        "proposed": found.proposed,
        "withdrawn": found.withdrawn,
    }


def _model(source: str, wanted: Fuzzy) -> dg.AssetsDefinition:
    @dg.asset(
        name=f"{source}_model",
        group_name="collect",
        kinds={"splink"},
        description="What pairs of one person, and of two, look like; trained on demand.",
    )
    def train_model() -> dg.MaterializeResult[None]:
        """Train on the last publication; until that is done, the former model is in force."""
        from orchestration.sources.fuzzy.training import train  # noqa: PLC0415 - as for proposals

        model = train(Home.from_environment(), source, wanted)
        return dg.MaterializeResult(
            metadata={"model_version": model.version, "customers": model.customers}
        )

    return train_model
