"""Rooms: what a model is called, where it lives, and which doors it may open."""

import csv
import re
from pathlib import Path

from orchestration.warehouse import PROJECT, Manifest
from tests.house.project import ROOMS, Model, demand, models, text

# Sources that the platform writes itself, so that nothing collects them.
OUR_OWN_LEDGERS = {"loads", "activation"}
# The staging folders that are no source: views that give all vendors of a kind the same columns, so
# that nothing behind staging knows which one a company has. They read the vendors' staging models.
CANONICAL = {"crm", "spend", "commerce", "support", "email"}


def fitting_name(model: Model) -> str:
    """The pattern that a model's name has to match."""
    if model.room == "staging":
        return rf"stg_{model.folder}__[a-z_]+"
    if model.is_public:
        return r"(?!stg_|int_|seg_)[a-z_]+"
    return r"(int|seg)_[a-z_]+" if model.room == "segments" else r"int_[a-z_]+"


def test_a_name_tells_what_kind_of_model_it_is(manifest: Manifest) -> None:
    demand(
        (
            f"{model.room}/{model.name} is not like {fitting_name(model)}"
            for model in models(manifest).values()
            if not re.fullmatch(fitting_name(model), model.name)
        ),
        why="The prefix says without opening the file whether a model may be relied on.",
        fix="stg_<source>__<plural> in staging/<source>/, int_<noun> for a private step, "
        "seg_<adjective_noun> for a segment, a bare plural noun for a doorway.",
    )


def test_folder_group_and_schema_are_one_word(manifest: Manifest) -> None:
    demand(
        (
            f"{model.name}: folder {model.room}, group {model.node['config'].get('group')}, "
            f"schema {model.node['schema']}"
            for model in models(manifest).values()
            if {model.room, model.node["config"].get("group"), model.node["schema"]} != {model.room}
            or model.room not in ROOMS
        ),
        why="A person who saw a table in a dashboard must find its file and its owner by one word.",
        fix="Give the room one line in dbt_project.yml and a group in models/_rooms.yml, and let "
        "no model set its own schema or group.",
    )


def trespasses(model: Model, everything: dict[str, Model]) -> list[str]:
    """The models that a model reads and may not."""
    found = []
    for parent_id in model.parents:
        if parent_id not in everything:
            continue
        parent = everything[parent_id]
        is_open = parent.room in (model.room, "staging") or parent.is_public
        if not is_open or ROOMS.index(parent.room) > ROOMS.index(model.room):
            found.append(f"{model.room}/{model.name} reads {parent.room}/{parent.name}")
    return found


def test_doors_open_one_way(manifest: Manifest) -> None:
    everything = models(manifest)
    demand(
        (line for model in everything.values() for line in trespasses(model, everything)),
        why="A room that reads a later one, or another's private step, cannot be changed alone.",
        fix="Read a doorway of an earlier room; if there is none, add the column to a doorway "
        f"there. The order is {' > '.join(ROOMS)}.",
    )


def test_a_staging_model_reads_one_source_table_and_nothing_else(manifest: Manifest) -> None:
    demand(
        (
            f"{model.name} reads {', '.join(model.parents)}"
            for model in models(manifest).values()
            if model.room == "staging"
            and model.folder not in CANONICAL
            and [parent.split(".")[0] for parent in model.parents] != ["source"]
        ),
        why="A staging model is where a source's table gets our names, and the only place for it.",
        fix="One stg_ model per source table; join in a later room.",
    )


def test_no_model_behind_staging_names_a_vendor(manifest: Manifest) -> None:
    everything = models(manifest)
    vendors = {
        parent.folder
        for model in everything.values()
        if model.folder in CANONICAL
        for parent in (everything.get(unique_id) for unique_id in model.parents)
        if parent
    } - CANONICAL
    assert vendors, "the canonical views read no vendor's staging model"
    demand(
        (
            f"{model.room}/{model.name} reads {parent.name}"
            for model in everything.values()
            for parent in (everything.get(unique_id) for unique_id in model.parents)
            if parent
            and parent.room == "staging"
            and parent.folder in vendors
            and not (model.room == "staging" and model.folder in CANONICAL)
        ),
        why="Whoever moves from one vendor to another changes staging, and no segment.",
        fix=f"Read a view of {', '.join(sorted(CANONICAL))}, and give it a branch per vendor.",
    )


def test_only_staging_reads_sources(manifest: Manifest) -> None:
    demand(
        (
            f"{model.room}/{model.name} reads {parent}"
            for model in models(manifest).values()
            for parent in model.parents
            if parent.startswith("source.") and model.room != "staging"
        ),
        why="When a vendor renames a field, exactly one model may notice.",
        fix="Read the stg_ model of that table; write one if there is none.",
    )


def test_every_source_table_says_how_it_is_collected(manifest: Manifest) -> None:
    demand(
        (
            f"{source['source_name']}.{source['name']} has no config.meta.collect"
            for source in manifest.content["sources"].values()
            if source["source_name"] not in OUR_OWN_LEDGERS
            and not source["config"]["meta"].get("collect")
        ),
        why="A source that nothing collects stays empty without a word.",
        fix="Add `config: {meta: {collect: {kind: …}}}` to the table in its YAML.",
    )


def test_every_source_and_every_table_of_it_is_described(manifest: Manifest) -> None:
    demand(
        (
            f"{source['source_name']}.{source['name']}"
            for source in manifest.content["sources"].values()
            if not source["description"] or not source["source_description"]
        ),
        why="The lineage begins here: what nobody explains at the door is guessed elsewhere.",
        fix="Add a `description:` to the source and to the table.",
    )


def test_every_segment_is_listed_and_described(manifest: Manifest) -> None:
    everything = models(manifest)
    [members] = [model for model in everything.values() if model.name == "segment_members"]
    code = text(Path(members.node["original_file_path"]))
    demand(
        (
            f"{model.name} is not listed in segment_members.sql, or not described"
            for unique_id, model in everything.items()
            if model.name.startswith("seg_")
            and not (
                unique_id in members.parents
                and f"'{model.name}'" in code
                and model.node["description"]
            )
        ),
        why="A segment that is not in segment_members has nobody in it, and no sync can send it.",
        fix="Add `select 'seg_<name>', customer_id from …` to segment_members.sql and a "
        "description to the YAML beside it.",
    )


def test_every_exposure_is_owned_and_says_what_it_sends(manifest: Manifest) -> None:
    demand(
        (
            f"{exposure['name']} has no owner or no config.meta.sync"
            for exposure in manifest.content["exposures"].values()
            if not exposure["owner"].get("email")
            or not exposure["description"]
            or not exposure["config"]["meta"].get("sync")
        ),
        why="Somebody has to answer when a vendor refuses rows, and something has to send them.",
        fix="Add description, `owner: {name: …, email: …}` and `config: {meta: {sync: {…}}}`.",
    )


def test_contact_pressure_names_syncs_that_exist(manifest: Manifest) -> None:
    with (PROJECT / "seeds/contact_pressure_rules.csv").open() as rules:
        named = {row["sync"] for row in csv.DictReader(rules)}
    declared = {exposure["name"] for exposure in manifest.content["exposures"].values()}
    demand(
        (f"seeds/contact_pressure_rules.csv: there is no sync {name}" for name in named - declared),
        why="A rule for a sync that is misspelt limits nobody.",
        fix=f"Name one of {', '.join(sorted(declared))}, or delete the row.",
    )


def test_an_exposure_reads_doorways_only(manifest: Manifest) -> None:
    everything = models(manifest)
    demand(
        (
            f"{exposure['name']} reads {parent}"
            for exposure in manifest.content["exposures"].values()
            for parent in exposure["depends_on"]["nodes"]
            if parent not in everything or not everything[parent].is_public
        ),
        why="What is sent to a vendor must not change when a private step does.",
        fix="Depend on public models; add the column to a doorway if it is missing there.",
    )
