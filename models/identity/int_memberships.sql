-- Which identifiers a source record has or had. One row per record and identifier.
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='record_key'
) }}

with

touched as (

    select distinct record_key from {{ ref('int_identifiers') }}
    where {{ is_new() }}

),

versions as (

    select identifiers.*
    from {{ ref('int_identifiers') }} as identifiers
    inner join touched on identifiers.record_key = touched.record_key

),

-- A record that changed concerns also the people it used to name, hence one batch for all of it.
records as (

    select
        record_key,
        -- That a record was merged into another is the CRM's word about it, and not its own.
        coalesce(max(version) filter (where not is_mention), max(version)) as stated_version,
        max(version) as latest_version,
        max(batch_id) as last_batch_id
    from versions
    group by record_key

),

members as (

    select
        versions.record_key,
        nodes.node_id,
        max(versions.source) as source,
        max(versions.record_id) as record_id,
        max(versions.identifier_type) as identifier_type,
        min(versions.batch_id) as first_batch_id,
        max(records.last_batch_id) as last_batch_id,
        bool_or(versions.version = records.stated_version and not versions.is_deleted)
            as is_current,
        -- A deal, an activity or a merge may name who is long deleted.
        bool_or(
            versions.version = records.latest_version
            and not versions.is_deleted
            and not versions.is_mention
        ) as is_own
    from versions
    inner join records on versions.record_key = records.record_key
    inner join {{ ref('int_nodes') }} as nodes
        on
            versions.identifier_type = nodes.identifier_type
            and versions.identifier_value = nodes.identifier_value
    group by versions.record_key, nodes.node_id

)

select * from members
