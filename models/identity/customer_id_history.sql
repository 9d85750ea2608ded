-- Customer ids that merged into another or split off one, and why. One row per old and new id.
{{ config(
    materialized='incremental', incremental_strategy='append', full_refresh=false,
    on_schema_change='append_new_columns', meta={'follows': 'int_links'}
) }}

with

moved as (

    select * from {{ ref('int_clusters') }}
    where
        version > {{ highest_in_this("version") }}
        and previous_component <> component

),

changes as (

    select
        previous_component,
        component,
        version,
        batch_id,
        count(*) as identifiers,
        min(changed_at) as changed_at
    from moved
    group by previous_component, component, version, batch_id

),

causes as (

    select * from {{ ref('int_causes') }}

),

explained as (

    select
        changes.*,
        causes.record_key,
        causes.node_id,
        causes.anchor_node_id,
        case
            when causes.source = 'override' or causes.guard in ('never link', 'kept apart')
                then 'override'
            when
                {{ rules_changed() or is_redefined() }}
                and coalesce(causes.guard, '') <> 'no longer stated'
                and coalesce(causes.first_batch_id, 0) <= {{ batch_before() }}
                then 'rule_change'
            when changes.component < changes.previous_component then 'merge'
            else 'split'
        end as reason
    from changes
    left join causes
        on
            changes.version = causes.version
            and changes.previous_component = causes.previous_component
            and changes.component = causes.component

)

select
    {{ customer_id('previous_component') }} as old_customer_id,
    {{ customer_id('component') }} as new_customer_id,
    reason,
    record_key as because_of_record_key,
    node_id as because_of_node_id,
    anchor_node_id as because_of_anchor_node_id,
    batch_id,
    version,
    identifiers,
    changed_at
from explained
