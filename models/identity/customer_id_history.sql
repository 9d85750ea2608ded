-- Customer ids that merged into another or split off one. One row per old id, new id and batch.
{{ config(
    materialized='incremental', incremental_strategy='append', full_refresh=false,
    on_schema_change='append_new_columns'
) }}

with

changes as (

    select * from {{ ref('int_clusters') }}
    where
        version > {{ highest_in_this("version") }}
        and previous_component <> component

)

select
    {{ customer_id('previous_component') }} as old_customer_id,
    {{ customer_id('component') }} as new_customer_id,
    case when component < previous_component then 'merge' else 'split' end as reason,
    batch_id,
    version,
    count(*) as identifiers,
    min(changed_at) as changed_at
from changes
group by previous_component, component, batch_id, version
