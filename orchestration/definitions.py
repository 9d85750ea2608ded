"""The one place where the parts are put together; `dg` and the `kith` command load it."""

import os

import dagster as dg
from dagster_dlt import DagsterDltResource

from orchestration.activate import sync_assets
from orchestration.collect import collect_assets
from orchestration.fuzzy import model_assets, proposal_assets
from orchestration.load import load_asset
from orchestration.run_record import write_quickly
from orchestration.sensors import new_files
from orchestration.serve import SERVING, serve_assets
from orchestration.source_checks import source_checks
from orchestration.transform import dbt_resource, transform_assets
from orchestration.warehouse import Home, Manifest

write_quickly()
home = Home.from_environment()
home.make()
# dbt runs in a process of its own and must find the same files, wherever it is started.
os.environ["KITH_HOME"] = str(home.root)

manifest = Manifest()
syncs = sync_assets(manifest)

models = model_assets(manifest)

train_fuzzy = dg.define_asset_job(
    "train_fuzzy",
    selection=dg.AssetSelection.assets(*models),
    description="Train the model of the fuzzy tier on the last publication.",
)

run = dg.define_asset_job(
    "run",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(*models),
    description="From every source to every destination: collect, load, build, check, serve, sync.",
)

# Without a question to any vendor: a run for every few seconds of events would use up what they
# admit in a day.
landed = dg.define_asset_job(
    "landed",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("collect"),
    description="From what has landed to every destination: load, build, check, serve, sync.",
)

hourly = dg.ScheduleDefinition(
    name="hourly", job=run, cron_schedule="30 * * * *", execution_timezone="UTC"
)

daily = dg.ScheduleDefinition(
    name="daily",
    job=run,
    cron_schedule="0 4 * * *",
    execution_timezone="UTC",
    run_config=dg.RunConfig(ops={SERVING.to_python_identifier(): {"config": {"compact": True}}}),
)

defs = dg.Definitions(
    assets=[
        *collect_assets(manifest),
        *proposal_assets(manifest),
        *models,
        load_asset(manifest),
        transform_assets(manifest, landed.name),
        *serve_assets(manifest, sorted(syncs.keys)),
        syncs,
    ],
    asset_checks=[source_checks(manifest)],
    jobs=[run, landed, train_fuzzy],
    schedules=[hourly, daily],
    sensors=[new_files(landed.name, run.name)],
    resources={"dbt": dbt_resource(), "dlt": DagsterDltResource()},
    # One process for all steps: each further one would import everything again.
    executor=dg.in_process_executor,
)
