-- What changed in a profile and when it was noticed. One row per customer, field and change.
{{ config(
    materialized='incremental', incremental_strategy='append', full_refresh=false,
    on_schema_change='append_new_columns'
) }}

with

profiles as (

    -- No other profile was computed again.
    select * from {{ ref('customers') }}
    where customer_id in ({{ due_customers() }})

),

fields as (

    select customer_id, 'lifecycle_stage' as field, lifecycle_stage as value from profiles
    union all
    select customer_id, 'country', country from profiles
    union all
    select customer_id, 'company_id', company_id from profiles
    union all
    select customer_id, 'can_email', cast(can_email as varchar) from profiles

),

latest as (

    {{ latest_in_this(
        'customer_id, field', 'value', 'version',
        of='customer_id in (select customer_id from profiles)'
    ) }}

)

select
    fields.customer_id,
    fields.field,
    fields.value,
    latest.value as previous_value,
    {{ highest_in_this('version') }} + 1 as version,
    clock.as_on as changed_on,
    clock.batch_id
from fields
left join latest
    on fields.customer_id = latest.customer_id and fields.field = latest.field
cross join (
    select
        max(as_on) as as_on,
        max(batch_id) as batch_id
    from {{ ref('clock') }}
) as clock
where fields.value is distinct from latest.value
